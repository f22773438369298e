using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>
/// A person at the web UI: signs in, draws, saves, runs, reads. The methods know Elsa Studio's document, which has few
/// names of its own; they act with real mouse moves and wait for what the action causes, never for time.
/// </summary>
public sealed partial class StudioPage
{
    const string SavePath = "/elsa/api/workflow-definitions";

    readonly ServerFixture server;
    readonly string address;
    readonly List<string> problems = [];
    readonly List<Regex> expected = [];

    StudioPage(IPage page, ServerFixture server, string address)
    {
        Page = page;
        this.address = address;
        this.server = server;
    }

    /// <summary>The page itself, for what the methods here do not cover.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong in the page so far and was not expected.</summary>
    public IReadOnlyList<string> Problems
    {
        get { lock (problems) return [.. problems.Where(problem => !expected.Exists(pattern => pattern.IsMatch(problem)))]; }
    }

    internal static async Task<StudioPage> CreateAsync(IBrowserContext context, ServerFixture server, string? through = null)
    {
        var address = through ?? server.Address;
        var page = await context.NewPageAsync();
        var studio = new StudioPage(page, server, address);
        page.Console += (_, message) => { if (message.Type is "error") studio.Note($"console: {message.Text}"); };
        page.PageError += (_, error) => studio.Note($"page error: {error}");
        page.RequestFailed += (_, request) =>
        {
            // Requests that are under way when a page is left are called off by the browser.
            if (request.Failure is not "net::ERR_ABORTED") studio.Note($"failed request: {request.Method} {request.Url} {request.Failure}");
        };
        page.Request += (_, request) =>
        {
            var url = new Uri(request.Url);
            if (url.Scheme is not ("data" or "blob") && url.Authority != new Uri(address).Authority) studio.Note($"request to another host: {request.Url}");
        };
        await page.AddInitScriptAsync("""
            addEventListener('DOMContentLoaded', () => {
              const bar = document.getElementById('blazor-error-ui');
              new MutationObserver(() => { if (bar.style.display === 'block') console.error('Elsa Studio showed its error bar'); }).observe(bar, { attributeFilter: ['style'] });
            });
            """);
        return studio;
    }

    /// <summary>Takes a problem that the test provokes out of the count.</summary>
    public void Expect([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
    {
        lock (problems) expected.Add(new Regex(pattern));
    }

    /// <summary>Fails when the page is not clean.</summary>
    public async Task ShouldBeCleanAsync()
    {
        (await Page.EvaluateAsync<string?>("document.documentElement.dataset.crashes ?? null")).ShouldBeNull();
        Problems.ShouldBeEmpty();
    }

    /// <summary>Fails when the page breaks a rule of WCAG 2.2, level AA, that can be checked by a program; Elsa Studio's own elements are left out.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        await Page.EvaluateAsync(await File.ReadAllTextAsync(ServerProcess.Metadata("AxeScript")));
        var violations = await Page.EvaluateAsync<string[]>("""
            async () => {
              const { violations } = await axe.run({ exclude: [['[remote-endpoint]']] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
              return violations.flatMap(({ id, help, nodes }) => nodes.map(node => `${id}: ${help} - ${node.target.join(' ')}`));
            }
            """);
        violations.ShouldBeEmpty();
    }

    /// <summary>Opens a path below the server's address, such as <c>/studio/definitions</c>.</summary>
    public Task OpenAsync(string path) => Page.GotoAsync(address + path);

    /// <summary>Opens another tab of the same browser, so that whoever is signed in is so there too.</summary>
    public Task<StudioPage> OpenTabAsync() => CreateAsync(Page.Context, server, address);

    /// <summary>Keeps a picture of the page beside the results of the tests.</summary>
    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(Directory.CreateDirectory(ServerProcess.Metadata("ResultsDirectory")).FullName, "pictures", name + ".png") });

    /// <summary>Chooses a theme in the menu at the top.</summary>
    public async Task ChooseThemeAsync(string theme)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Theme" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitemradio, new() { Name = theme }).ClickAsync();
    }

    /// <summary>Opens a path and signs in at the form that comes.</summary>
    public async Task SignInAsync(string path = "/studio/definitions", string? username = null)
    {
        await OpenAsync(path);
        await FillSignInAsync(server.Password, username);
        await Page.Locator(".pf-top").WaitForAsync();
    }

    /// <summary>Fills and sends the sign-in form that is open.</summary>
    public async Task FillSignInAsync(string password, string? username = null)
    {
        await Page.GetByLabel("User name").FillAsync(username ?? server.Username);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Goes to Elsa Studio's list of workflows through the navigation and waits for its rows.</summary>
    public async Task OpenDefinitionsAsync()
    {
        await Navigation("Workflows").ClickAsync();
        await ElsasList.ClickAsync();
        await DefinitionsShownAsync();
    }

    /// <summary>Waits until the list of workflows stands.</summary>
    public async Task DefinitionsShownAsync()
    {
        await Page.Locator(".definitions-table").WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(Page.Locator(".definitions-table tbody")).Not.ToContainTextAsync("Loading");
    }

    /// <summary>Goes to Elsa Studio's list of instances through the navigation and waits for it.</summary>
    public async Task OpenInstancesAsync()
    {
        await Navigation("Runs").ClickAsync();
        await ElsasList.ClickAsync();
        await Page.Locator(".instances-table").WaitForAsync();
        await Assertions.Expect(Page.Locator(".instances-table tbody")).Not.ToContainTextAsync("Loading");
    }

    /// <summary>A row of the list that is open, by a text in it.</summary>
    public ILocator Row(string text) => Page.Locator(".mud-table-body tr", new() { HasText = text });

    /// <summary>Creates a flowchart from the list of workflows and opens it; answers its definition id.</summary>
    public async Task<string> CreateWorkflowAsync(string name)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        // The dialog proposes a name once the server has said which one is free; before that it would overwrite ours.
        await Assertions.Expect(dialog.GetByLabel("Name")).Not.ToHaveValueAsync("");
        await dialog.GetByLabel("Name").FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Ok" }).ClickAsync();
        await Page.WaitForURLAsync(new Regex("/studio/definitions/[^?/]+"));
        await WaitForCanvasAsync();
        return Uri.UnescapeDataString(new Uri(Page.Url).Segments[^1]);
    }

    /// <summary>Imports an exported workflow from a file, in the list of workflows.</summary>
    public async Task ImportAsync(string file)
    {
        await Page.Locator(".definitions-table .mud-button-group-root .mud-menu button").ClickAsync();
        var imported = Page.WaitForResponseAsync(response => response.Request.Method == "POST" && new Uri(response.Url).AbsolutePath == SavePath + "/import");
        var chooser = await Page.RunAndWaitForFileChooserAsync(() => Page.Locator(".mud-popover-open").GetByText("Import", new() { Exact = true }).ClickAsync());
        await chooser.SetFilesAsync(file);
        await ShouldBeOkAsync(await imported);
    }

    /// <summary>Finds a workflow in the list, which may have several pages, through the search.</summary>
    public async Task<ILocator> FindDefinitionAsync(string name)
    {
        await Page.GetByPlaceholder("Search").FillAsync(name);
        await Page.GetByPlaceholder("Search").PressAsync("Enter");
        await Row(name).First.WaitForAsync();
        return Row(name).First;
    }

    /// <summary>Opens a workflow from the list.</summary>
    public async Task OpenDefinitionAsync(string name)
    {
        var row = await FindDefinitionAsync(name);
        await row.Locator("td").Nth(2).ClickAsync();
        await Page.WaitForURLAsync(new Regex("/studio/definitions/[^?/]+"));
    }

    /// <summary>Waits until the canvas is drawn, with at least so many activities.</summary>
    public async Task WaitForCanvasAsync(int activities = 0)
    {
        await Canvas.WaitForAsync(new() { Timeout = 60_000 });
        await Page.WaitForFunctionAsync("count => document.querySelectorAll('.x6-node').length >= count", activities);
        // The toolbar is enabled when the definition has arrived; a drop before that would be lost.
        await Toolbar.First.WaitForAsync();
    }

    /// <summary>Drags an activity from the palette to a place on the canvas, as a rule until it is saved; answers its node id.</summary>
    public async Task<string> AddActivityAsync(string displayName, int x, int y, bool saved = true)
    {
        await Page.GetByPlaceholder("Search").First.FillAsync(displayName);
        var item = Page.Locator("[draggable=true]").Filter(new() { HasTextRegex = new Regex($"^\\s*{Regex.Escape(displayName)}\\s*$") }).First;
        await item.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (!await item.IsVisibleAsync())
            await Page.Locator(".mud-expand-panel", new() { Has = item }).Last.Locator(".mud-expand-panel-header").ClickAsync();
        await item.WaitForAsync();

        var before = await NodeIdsAsync();
        Task Drag() => item.DragToAsync(Canvas, new() { TargetPosition = new() { X = x, Y = y } });
        if (saved) await SavedByAsync(Drag);
        else await Drag();
        await Page.WaitForFunctionAsync("count => document.querySelectorAll('.x6-node').length > count", before.Length);
        return (await NodeIdsAsync()).Except(before).ShouldHaveSingleItem();
    }

    /// <summary>Draws a connection from one activity's port to another one.</summary>
    public async Task ConnectAsync(string from, string port, string to)
    {
        // Selected nodes lie under their selection box, which would take the mouse.
        await ClearSelectionAsync();
        var source = await CentreAsync(Port(from, port));
        var target = await CentreAsync(Port(to, "In"));
        var edges = await Page.Locator(".x6-edge").CountAsync();
        await SavedByAsync(async () =>
        {
            await Page.Mouse.MoveAsync(source.X, source.Y);
            await Page.Mouse.DownAsync();
            await Page.Mouse.MoveAsync((source.X + target.X) / 2, (source.Y + target.Y) / 2, new() { Steps = 8 });
            await Page.Mouse.MoveAsync(target.X, target.Y, new() { Steps = 8 });
            await Page.Mouse.UpAsync();
        });
        await Page.WaitForFunctionAsync("count => document.querySelectorAll('.x6-edge').length > count", edges);
    }

    /// <summary>Selects an activity, so that its properties are shown below the canvas.</summary>
    public async Task SelectAsync(string node)
    {
        await ClearSelectionAsync();
        await Node(node).ClickAsync();
        await Page.Locator(".x6-widget-selection-box").WaitForAsync();
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Input" }).Or(Page.Locator(".mud-tab", new() { HasText = "Input" })).First.WaitForAsync();
    }

    /// <summary>Types a literal into a one-line input of the selected activity and waits until it is saved.</summary>
    public Task EditTextAsync(string label, string text) => SavedByAsync(async () =>
    {
        var field = Field(label).Locator("input:visible").First;
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    });

    /// <summary>Switches an input of the selected activity to a language, types the expression and waits until it is saved.</summary>
    public async Task EditExpressionAsync(string label, string language, string expression)
    {
        await InputRow(label).Locator(".mud-menu button").First.ClickAsync();
        await Page.Locator(".mud-popover-open").GetByText(language, new() { Exact = true }).ClickAsync();
        var editor = InputRow(label).Locator(".monaco-editor").First;
        await editor.Locator(".view-lines").WaitForAsync();
        await SavedByAsync(async () =>
        {
            await editor.ClickAsync();
            await Page.Keyboard.PressAsync("Control+A");
            // Inserted as a paste is: typed keys would let the editor close brackets and quotes by itself.
            await Page.Keyboard.InsertTextAsync(expression);
        });
        // Not before it is saved: Elsa Studio takes an expression half a second after the last key, or never when its activity is left sooner.
        await ClearSelectionAsync();
    }

    /// <summary>Saves with the keys.</summary>
    public Task SaveAsync() => SavedByAsync(() => Page.Keyboard.PressAsync("Control+S"));

    /// <summary>Publishes with the toolbar's button and waits until the header says so.</summary>
    public async Task PublishAsync()
    {
        await SavedByAsync(() => ToolbarButtonAsync("Publish workflow"));
        await Assertions.Expect(Page.Locator(".pf-chip")).ToContainTextAsync("Published");
    }

    /// <summary>Runs with the toolbar's button; answers the id of the instance whose viewer opens.</summary>
    public async Task<string> RunAsync()
    {
        await ToolbarButtonAsync("Run Workflow");
        await Page.WaitForURLAsync(new Regex("/studio/instances/[^?/]+"));
        await Page.Locator("elsa-workflow-instance-viewer .x6-node").First.WaitForAsync();
        return Uri.UnescapeDataString(new Uri(Page.Url).Segments[^1]);
    }

    /// <summary>The lines of the journal that is open, such as "Say hello: Write Line - Completed".</summary>
    public async Task<IReadOnlyList<string>> JournalAsync()
    {
        var items = Page.Locator("elsa-workflow-instance-viewer .mud-timeline-item-content");
        await items.First.WaitForAsync();
        return [.. (await items.AllInnerTextsAsync()).Select(text => Spaces().Replace(text.Trim().Replace("\n", ": ", StringComparison.Ordinal), " "))];
    }

    /// <summary>A value in the viewer's details, such as that of "Sub status".</summary>
    public ILocator Detail(string name) =>
        Page.Locator("elsa-workflow-instance-viewer tr").Filter(new() { Has = Page.GetByRole(AriaRole.Cell, new() { Name = name, Exact = true }) }).Locator("td").Nth(1);

    /// <summary>Does something that Elsa Studio answers by saving, and waits until the server has taken it.</summary>
    public async Task SavedByAsync(Func<Task> action)
    {
        var response = await Page.RunAndWaitForResponseAsync(action, response =>
            response.Request.Method == "POST" && new Uri(response.Url).AbsolutePath == SavePath);
        await ShouldBeOkAsync(response);
    }

    /// <summary>The text of an answer is asked for only when it is wrong: after a good one the page may have gone on, and then there is no text any more.</summary>
    static async Task ShouldBeOkAsync(IResponse response) => response.Status.ShouldBe(200, response.Status == 200 ? null : await response.TextAsync());

    public ILocator Node(string id) => Page.Locator($".x6-node[data-cell-id='{id}']");

    ILocator Canvas => Page.Locator(".x6-graph-svg").First;

    ILocator Toolbar => Page.Locator("elsa-workflow-definition-editor .mud-paper-outlined .mud-toolbar button:visible");

    ILocator Port(string node, string port) => Node(node).Locator($"[port='{port}'] circle").First;

    ILocator ElsasList => Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Link, new() { Name = "Elsa’s list" });

    ILocator Navigation(string name) => Page.Locator(".pf-nav").GetByRole(AriaRole.Link, new() { Name = name });

    ILocator Field(string label) => Page.Locator(".mud-tab-panel .mud-input-control", new() { Has = Page.Locator("legend, label").GetByText(label, new() { Exact = true }) }).First;

    /// <summary>The row of an input in the form: its field and the menu of languages beside it.</summary>
    ILocator InputRow(string label) => Page.Locator(".mud-tab-panel .mud-form .d-flex.flex-row", new() { Has = Page.GetByText(label, new() { Exact = true }) })
        .Filter(new() { Has = Page.Locator(".mud-menu") }).First;

    /// <summary>The buttons of Elsa Studio have no name but in the tooltip that hovering shows.</summary>
    public async Task ToolbarButtonAsync(string tooltip)
    {
        for (var index = await Toolbar.CountAsync() - 1; index >= 0; index--)
        {
            var button = Toolbar.Nth(index);
            await button.HoverAsync();
            var shown = Page.Locator(".mud-tooltip:visible", new() { HasText = tooltip });
            try
            {
                await shown.WaitForAsync(new() { Timeout = 600 });
            }
            catch (TimeoutException)
            {
                continue; // another button's tooltip
            }

            await button.ClickAsync();
            return;
        }

        throw new InvalidOperationException($"No button of the toolbar has the tooltip '{tooltip}'.");
    }

    async Task ClearSelectionAsync()
    {
        var box = await Canvas.BoundingBoxAsync() ?? throw new InvalidOperationException("There is no canvas.");
        await Page.Mouse.ClickAsync(box.X + box.Width - 12, box.Y + 12);
        await Assertions.Expect(Page.Locator(".x6-widget-selection-box")).ToHaveCountAsync(0);
    }

    async Task<(float X, float Y)> CentreAsync(ILocator locator)
    {
        var box = await locator.BoundingBoxAsync() ?? throw new InvalidOperationException($"Not to be seen: {locator}");
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    Task<string[]> NodeIdsAsync() => Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.x6-node')].map(node => node.dataset.cellId)");

    void Note(string problem)
    {
        lock (problems) problems.Add(problem);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
