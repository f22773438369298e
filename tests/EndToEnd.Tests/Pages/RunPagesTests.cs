using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Finding runs, understanding one, and going on from there.</summary>
[Collection(Studio.Name)]
public sealed class RunPagesTests(Studio.Fixture studio)
{
    const string Line = """{"type":"Elsa.WriteLine","version":1,"id":"line","name":"Say it","text":{"typeName":"String","expression":{"type":"Literal","value":"Said before"} } }""";

    const string Failing = """
        {"type":"Elsa.Fault","version":1,"id":"fault","name":"Break","code":{"typeName":"String","expression":{"type":"Literal","value":"E1"} },
         "message":{"typeName":"String","expression":{"type":"Literal","value":"The stock is empty"} } }
        """;

    [Fact]
    public Task A_failed_run_is_found_understood_and_run_again_from_a_step() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-fails", Failing);
        await studio.Server.PublishAsync("page-says", Line);
        await studio.Server.RunAsync("page-fails");
        await studio.Server.RunAsync("page-says");

        await page.SignInAsync("/studio/home");
        var need = page.Page.GetByRole(AriaRole.Link, new() { Name = "page-fails failed" });
        await need.WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await need.ClickAsync();
        await page.Page.GetByText("The stock is empty").First.WaitForAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "Break" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("step="));
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Error" }).WaitForAsync();
        await page.ShouldBeAccessibleAsync();

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Logs" }).ClickAsync();
        var lines = page.Page.GetByRole(AriaRole.Log);
        await lines.GetByText("The stock is empty").First.WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByLabel("Search in the lines").FillAsync("not in any line");
        await page.Page.GetByText("Nothing matches").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "About" }).ClickAsync();
        await page.Page.GetByText("Not traced.").WaitForAsync();

        await page.OpenAsync("/studio/runs?definition=page-says");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "page-says" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "Say it" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Re-run from here" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Inputs").FillAsync("""{"Text":"Said otherwise"}""");
        await form.GetByRole(AriaRole.Button, new() { Name = "Re-run" }).ClickAsync();
        await page.Page.GetByText("A re-run of").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "Say it" }).ClickAsync();
        await page.Page.GetByText("Said otherwise").WaitForAsync();

        await page.Page.GoBackAsync();
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Re-runs" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        await page.Page.GetByText("\"Said before\" → \"Said otherwise\"").WaitForAsync();
        await page.ShouldBeAccessibleAsync();
    });

    [Fact]
    public Task Many_runs_are_cancelled_after_a_look_at_which() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-waits", """{"type":"Elsa.Event","version":1,"id":"event","name":"Wait","eventName":{"typeName":"String","expression":{"type":"Literal","value":"never"} } }""");
        for (var index = 0; index < 3; index++)
            await studio.Server.RunAsync("page-waits");

        await page.SignInAsync("/studio/runs");
        await page.Page.GetByLabel("Workflow", new() { Exact = true }).SelectOptionAsync("page-waits");
        await page.Page.GetByLabel("Status", new() { Exact = true }).SelectOptionAsync("Suspended");
        var rows = page.Page.Locator(".pf-row");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await page.ShouldBeAccessibleAsync();
        await rows.Nth(0).GetByRole(AriaRole.Checkbox).CheckAsync();
        await rows.Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.Page.Locator(".pf-bulk").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Cancel 2 runs?" }).WaitForAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel" }).Last.ClickAsync();

        // The list follows by itself: two of the three are no longer waiting.
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Watch it" }).ClickAsync();
        await page.Page.GetByText("2 / 2").WaitForAsync();
    });

    [Fact]
    public Task A_list_that_is_open_shows_a_run_that_begins_elsewhere() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-live", Line);
        await page.SignInAsync("/studio/runs?definition=page-live");
        await page.Page.GetByText("No entry fits what you filter by.").WaitForAsync();
        // The stream of news has to stand; without it the list would look again after a quarter of a minute only.
        await studio.Server.RunAsync("page-live");
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToHaveCountAsync(1, new() { Timeout = 8_000 });
    });

    [Fact]
    public Task A_run_is_found_by_a_value_and_by_a_word_of_its_fault() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-found", Failing.Replace("The stock is empty", "The zeppelin is grounded", StringComparison.Ordinal));
        await studio.Server.RunAsync("page-found");

        await page.SignInAsync("/studio/runs?search=zeppel");
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToHaveCountAsync(1, new() { Timeout = 15_000 });
        await page.ShouldBeAccessibleAsync();

        var search = page.Page.GetByPlaceholder("Id, words of a name or error, or city=Seoul");
        await search.FillAsync("zeppelin city=Nowhere");
        await page.Page.GetByText("No entry fits what you filter by.").WaitForAsync();
        page.Expect(@"status of 400 \(Bad Request\)");
        await search.FillAsync("a1 b2 c3 d4 e5 f6 g7 h8 i9");
        await page.Page.GetByText("A search has at most 8 words.").WaitForAsync();
    });
}
