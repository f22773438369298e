using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

// What belongs to a workflow as a whole: Elsa Studio's tabs at the right, its dialogs, the menu beside the button that publishes.
public sealed partial class StudioPage
{
    ILocator Dialog => Page.GetByRole(AriaRole.Dialog).Last;

    /// <summary>Opens a tab, which may lie outside of what its bar shows.</summary>
    public async Task ShowTabAsync(string name)
    {
        var tab = Page.Locator(".mud-tab", new() { HasTextRegex = new Regex($"^\\s*{Regex.Escape(name)}\\s*\\d*\\s*$") }).Last;
        var bar = Page.Locator(".mud-tabs-tabbar", new() { Has = tab }).Last;
        await tab.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        for (var turn = 0; turn < 6; turn++)
        {
            var shown = await bar.Locator(".mud-tabs-tabbar-content").BoundingBoxAsync() ?? throw new InvalidOperationException("There is no bar of tabs.");
            var at = await tab.BoundingBoxAsync() ?? throw new InvalidOperationException($"There is no tab '{name}'.");
            var isLeft = at.X < shown.X - 1;
            if (!isLeft && at.X + at.Width <= shown.X + shown.Width + 1) break;
            var arrow = isLeft ? bar.Locator("button:visible").First : bar.Locator("button:visible").Last;
            if (!await arrow.IsEnabledAsync()) break; // at the end of the bar; the click brings the rest into view
            await arrow.ClickAsync();
            // The tabs glide to their place; what turns for ever elsewhere is not waited for.
            await Page.EvaluateAsync("() => Promise.all(document.getAnimations().filter(one => Number.isFinite(one.effect.getComputedTiming().endTime)).map(one => one.finished.catch(() => {})))");
        }

        await tab.ClickAsync();
        await Assertions.Expect(tab).ToHaveClassAsync(new Regex("mud-tab-active"));
    }

    /// <summary>Adds a variable, an input or an output: its name and type.</summary>
    public async Task AddMemberAsync(string button, string name, string type)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        // The dialog proposes a name; before that it would overwrite ours.
        await Assertions.Expect(Dialog.GetByLabel("Name", new() { Exact = true })).Not.ToHaveValueAsync("");
        await ChooseAsync(Dialog, "Type", type);
        await Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await SavedByAsync(() => Dialog.GetByRole(AriaRole.Button, new() { Name = "Ok" }).ClickAsync());
        await Assertions.Expect(Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    /// <summary>Describes the workflow in the tab of its properties.</summary>
    public Task DescribeAsync(string text) => SavedByAsync(async () =>
    {
        var field = Page.GetByLabel("Description").First;
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    });

    /// <summary>Chooses one of the settings of the workflow.</summary>
    public Task ChooseSettingAsync(string label, string option) => SavedByAsync(() => ChooseAsync(Page.Locator("elsa-workflow-definition-editor"), label, option));

    /// <summary>Chooses in the menu beside the button that publishes.</summary>
    public async Task ChooseInMenuAsync(string entry)
    {
        await Page.Locator("elsa-workflow-definition-editor .mud-toolbar .mud-menu button").Last.ClickAsync();
        await Popover.GetByText(entry, new() { Exact = true }).ClickAsync();
    }

    /// <summary>Takes the published version back.</summary>
    public async Task RetractAsync()
    {
        await AnsweredAsync("/retract", () => ChooseInMenuAsync("Unpublish"));
        await Assertions.Expect(Page.Locator(".pf-chip")).ToContainTextAsync("Draft");
    }

    /// <summary>Exports the workflow; answers the path of what the browser stored.</summary>
    public async Task<string> ExportAsync(string to)
    {
        await ChooseInMenuAsync("Export");
        var download = await Page.RunAndWaitForDownloadAsync(() => Dialog.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());
        var path = Path.Combine(to, download.SuggestedFilename);
        await download.SaveAsAsync(path);
        return path;
    }

    /// <summary>Imports a file over the workflow that is open.</summary>
    public Task ImportHereAsync(string file) => AnsweredAsync("/import", async () =>
    {
        var chooser = await Page.RunAndWaitForFileChooserAsync(() => ChooseInMenuAsync("Import"));
        await chooser.SetFilesAsync(file);
    });

    /// <summary>Makes an earlier version the draft, in the history of versions that is open.</summary>
    public async Task RevertAsync(int version)
    {
        var row = Page.Locator(".mud-tab-panel:visible tbody tr").Filter(new() { Has = Page.GetByRole(AriaRole.Cell, new() { Name = $"{version}", Exact = true }) });
        await row.Locator(".mud-menu button").ClickAsync();
        // Elsa Studio draws the canvas anew afterwards; what is done on the one before would be lost.
        await Canvas.EvaluateAsync("canvas => { canvas.dataset.before = 'revert'; }");
        await AnsweredAsync($"/revert/{version}", () => Popover.GetByText("Rollback").ClickAsync());
        await Assertions.Expect(Page.Locator("[data-before=revert]")).ToHaveCountAsync(0);
    }

    /// <summary>Deletes an activity with the keys.</summary>
    public async Task DeleteAsync(string node)
    {
        await SelectAsync(node);
        await SavedByAsync(() => Page.Keyboard.PressAsync("Delete"));
        await Assertions.Expect(Node(node)).ToHaveCountAsync(0);
    }

    /// <summary>Does something that Elsa Studio answers by asking the server, and waits until that has done it.</summary>
    public async Task AnsweredAsync(string pathEnd, Func<Task> action)
    {
        var response = await Page.RunAndWaitForResponseAsync(action, response =>
            response.Request.Method == "POST" && new Uri(response.Url).AbsolutePath.EndsWith(pathEnd, StringComparison.Ordinal));
        response.Ok.ShouldBeTrue($"{response.Status} {response.Url}");
    }

    async Task ChooseAsync(ILocator within, string label, string option)
    {
        await within.Locator(".mud-input-control", new() { Has = Page.Locator("label").GetByText(label, new() { Exact = true }) }).Last
            .Locator(".mud-select-input-extended, .mud-select-input").First.ClickAsync();
        await Popover.GetByText(option, new() { Exact = true }).First.ClickAsync();
    }
}
