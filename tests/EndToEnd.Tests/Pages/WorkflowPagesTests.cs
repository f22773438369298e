using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>The list of workflows, making one, bringing one in, running one, and what is different between versions.</summary>
[Collection(Studio.Name)]
public sealed class WorkflowPagesTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_newcomer_runs_the_first_workflow_with_two_clicks_and_makes_one_from_a_template() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Workflows" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run Hello World" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).Or(page.Page.GetByText("It finished after")).First.WaitForAsync();
        if (await page.Page.GetByRole(AriaRole.Dialog).IsVisibleAsync())
            await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await page.Page.GetByText("It finished after").WaitForAsync();

        await page.OpenAsync("/studio/workflows?new=1");
        await page.Page.Locator(".pf-tile", new() { HasText = "Trip Saga" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(form.GetByLabel("Name")).ToHaveValueAsync("My Trip Saga");
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Create and open" }).ClickAsync();
        await page.WaitForCanvasAsync();
        await Assertions.Expect(page.Page.Locator(".pf-crumb-here")).ToHaveTextAsync("My Trip Saga");
    });

    [Fact]
    public Task Inputs_are_asked_for_in_a_form_and_kept_for_the_next_time() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync(
            "page-inputs",
            """{"type":"Elsa.WriteLine","version":1,"id":"line","name":"Greet","text":{"typeName":"String","expression":{"type":"JavaScript","value":"'Hello ' + getWho() + ' ' + getTimes()"} } }""",
            """
            "inputs":[{"name":"Who","type":"String","displayName":"Whom to greet"},{"name":"Times","type":"Int32","displayName":"How often"}],
            """);
        await page.SignInAsync("/studio/workflows");
        await page.Page.GetByLabel("Name, description or id").FillAsync("page-inputs");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run page-inputs" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Whom to greet").FillAsync("Mina");
        await form.GetByLabel("How often").FillAsync("3");

        // What was typed survives a reload.
        await page.Page.ReloadAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run page-inputs" }).ClickAsync();
        await Assertions.Expect(form.GetByLabel("Whom to greet")).ToHaveValueAsync("Mina");
        await form.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "Greet" }).ClickAsync();
        await page.Page.GetByText("Hello Mina 3").WaitForAsync();

        await page.OpenAsync("/studio/workflows?search=page-inputs");
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run page-inputs" }).ClickAsync();
        await Assertions.Expect(form.GetByLabel("How often")).ToHaveValueAsync("3");

        // What this browser has is offered once; what is kept is there for everybody, in any browser.
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep with the workflow" }).ClickAsync();
        await form.GetByText("From my browser is kept with the workflow.").WaitForAsync();
        await form.GetByLabel("How often").FillAsync("5");
        await form.GetByLabel("Name for these values").FillAsync("Five times");
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await form.GetByText("Five times is kept with the workflow.").WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.EvaluateAsync("() => { localStorage.clear(); sessionStorage.clear(); }");
        await page.Page.ReloadAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run page-inputs" }).ClickAsync();
        await Assertions.Expect(form.GetByLabel("How often")).ToHaveValueAsync("5");
        await form.GetByLabel("Choose a test input").SelectOptionAsync("From my browser");
        await Assertions.Expect(form.GetByLabel("How often")).ToHaveValueAsync("3");
        await Assertions.Expect(form.GetByText("This browser has the values")).ToHaveCountAsync(0);
        await form.GetByRole(AriaRole.Button, new() { Name = "Remove this test input" }).ClickAsync();
        await form.GetByText("From my browser is removed.").WaitForAsync();
    });

    [Fact]
    public Task Files_are_checked_before_they_are_imported() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/workflows");
        var file = new FilePayload
        {
            Name = "brought.json", MimeType = "application/json",
            Buffer = """{"definitionId":"page-brought","name":"Brought in","root":{"type":"Elsa.Flowchart","version":1,"id":"root","activities":[{"type":"Acme.Unknown","version":1,"id":"odd"}],"connections":[]} }"""u8.ToArray(),
        };
        var chooser = await page.Page.RunAndWaitForFileChooserAsync(() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync());
        await chooser.SetFilesAsync(file);
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Acme.Unknown").First.WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Import 1" }).ClickAsync();
        var row = page.Page.Locator(".pf-row", new() { HasText = "Brought in" });
        await Assertions.Expect(row).ToHaveCountAsync(1);

        // Tagged where it stands, and found by the tag; also at 200 % zoom, where the navigation has more than fits.
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Tags…" }).ClickAsync();
        await dialog.GetByLabel("Tags").FillAsync("imported, Brought along");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Brought along", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("tag=Brought"));
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToHaveCountAsync(1);
        await page.Page.SetViewportSizeAsync(640, 400);
        await page.ShouldBeAccessibleAsync();
        (await page.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
    });

    [Fact]
    public Task Two_versions_are_compared_on_the_canvas_by_activity_and_as_text() => studio.PlayAsync(async page =>
    {
        const string first = """{"type":"Elsa.WriteLine","version":1,"id":"line","name":"Say","text":{"typeName":"String","expression":{"type":"Literal","value":"one"} } }""";
        await studio.Server.PublishAsync("page-versions", first);
        await studio.Server.PublishAsync("page-versions", first.Replace("\"one\"", "\"two\"", StringComparison.Ordinal) + """,{"type":"Elsa.Finish","version":1,"id":"end","name":"End"}""");

        await page.SignInAsync("/studio/versions/page-versions");
        await page.Page.GetByText("Added 1").WaitForAsync();
        await page.Page.GetByText("Changed 1").WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-rows-item", new() { HasText = "Elsa.WriteLine" })).ToContainTextAsync(new Regex("one.*two"));
        await Assertions.Expect(page.Page.Locator(".pf-diff-added", new() { HasText = "\"value\": \"two\"" })).ToHaveCountAsync(1);
        await page.ShouldBeAccessibleAsync();
    });

    [Fact]
    public Task The_palette_leads_to_a_page_and_to_a_workflow_and_the_page_speaks_Korean() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-palette", """{"type":"Elsa.WriteLine","version":1,"id":"line"}""");
        await page.SignInAsync("/studio/home");
        await page.Page.Keyboard.PressAsync("Control+k");
        await page.Page.Keyboard.TypeAsync("queue");
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "Queue" }).First.WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByText("Nothing waits").WaitForAsync();
        await page.ShouldBeAccessibleAsync();

        await page.Page.Keyboard.PressAsync("Control+k");
        await page.Page.Keyboard.TypeAsync("page-palette");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Option, new() { Name = "page-palette" }).First).ToHaveAttributeAsync("aria-selected", "true");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/definitions/page-palette"));

        await page.OpenAsync("/studio/queue");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "한국어" }).ClickAsync();
        await page.Page.GetByText("기다리는 작업이 없습니다").WaitForAsync();
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
    });
}
