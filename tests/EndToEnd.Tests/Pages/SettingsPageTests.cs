using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>What the server is, what it keeps, and how it was configured.</summary>
[Collection(Studio.Name)]
public sealed class SettingsPageTests(Studio.Fixture studio)
{
    const string Line = """{"type":"Elsa.WriteLine","version":1,"id":"line","text":{"typeName":"String","expression":{"type":"Literal","value":"Kept"} } }""";

    [Fact]
    public Task Storage_is_told_and_retention_and_limits_of_a_workflow_are_set() => studio.PlayAsync(async page =>
    {
        // A workflow without limits answers so.
        page.Expect("status of 404");
        await studio.Server.PublishAsync("page-kept", Line);
        await studio.Server.RunAsync("page-kept");
        await page.SignInAsync("/studio/settings");
        await page.Page.Locator(".pf-row", new() { HasText = "page-kept" }).WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-figure").First).ToContainTextAsync("KB");
        await page.ShouldBeAccessibleAsync();

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Retention" }).ClickAsync();
        await page.Page.GetByLabel("Id of a workflow").FillAsync("page-kept");
        var row = page.Page.Locator(".pf-row");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await ChooseAsync(page, row, "Set retention");
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Days for finished instances").FillAsync("1.5");
        await form.GetByLabel("Most finished instances").FillAsync("100");
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("finished 1 d 12 h · at most 100");
        await page.ShouldBeAccessibleAsync();
        await ChooseAsync(page, row, "Take back");
        await form.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("As the workflow or the server says");

        await ChooseAsync(page, row, "Limits");
        await form.GetByLabel("Runs at once", new() { Exact = true }).FillAsync("3");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(form).ToHaveCountAsync(0);
        await ChooseAsync(page, row, "Limits");
        await Assertions.Expect(form.GetByLabel("Runs at once", new() { Exact = true })).ToHaveValueAsync("3");
    });

    [Fact]
    public Task The_configuration_is_searched_and_shows_no_secret() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/settings?tab=configuration");
        await page.Page.GetByLabel("Name, meaning or value").FillAsync("queued runs at once");
        var row = page.Page.Locator(".pf-row");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("WorkersMax");
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByLabel("Name, meaning or value").FillAsync("bootstrap");
        await page.Page.GetByLabel("Only what was set").CheckAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("changed=yes"));
        await Assertions.Expect(page.Page.Locator(".pf-row", new() { HasText = "BootstrapPassword" })).ToContainTextAsync("set, not shown");
        await Assertions.Expect(page.Page.Locator(".pf-row", new() { HasText = "BootstrapPassword" })).ToContainTextAsync("environment");
        (await page.Page.ContentAsync()).ShouldNotContain(studio.Server.Password);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "curl" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("/api/settings'");
        await page.ShouldBeAccessibleAsync();
    });

    static async Task ChooseAsync(StudioPage page, ILocator row, string choice)
    {
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = choice, Exact = true }).ClickAsync();
    }
}
