namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Keeping a value that nobody sees again.</summary>
[Collection(Studio.Name)]
public sealed class SecretsPageTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_secret_is_kept_bound_to_hosts_given_a_new_value_and_deleted() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 400");
        await page.SignInAsync("/studio/secrets");
        await page.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "New secret" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name *", new() { Exact = true }).FillAsync("page-token");
        await form.GetByLabel("Value").FillAsync("page-s3cret-one");
        await form.GetByLabel("Hosts").FillAsync("https://api.example.com");
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep the secret" }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("WF4560");
        await Assertions.Expect(form.GetByLabel("Value")).ToHaveValueAsync("page-s3cret-one");
        await page.ShouldBeAccessibleAsync();
        await form.GetByLabel("Hosts").FillAsync("api.example.com\n*.example.org");
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep the secret" }).ClickAsync();

        await page.Page.GetByText("page-token is kept").WaitForAsync();
        await page.Page.GetByLabel("Name or description").FillAsync("page-token");
        var row = page.Page.Locator(".pf-row");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("*.example.org");
        await page.ShouldBeAccessibleAsync();

        await ChooseAsync(page, row, "New value");
        await form.GetByLabel("Value").FillAsync("page-s3cret-two");
        await form.GetByRole(AriaRole.Button, new() { Name = "New value" }).ClickAsync();
        await page.Page.GetByText("page-token has version 2 now").WaitForAsync();
        await ChooseAsync(page, row, "Test");
        await page.Page.GetByText("page-token can be used").WaitForAsync();
        (await page.Page.ContentAsync()).ShouldNotContain("page-s3cret");
        (await page.Page.EvaluateAsync<string>("JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage })")).ShouldNotContain("page-s3cret");

        await ChooseAsync(page, row, "Delete");
        await form.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Page.GetByText("Nothing matches").WaitForAsync();
    });

    static async Task ChooseAsync(StudioPage page, ILocator row, string choice)
    {
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = choice, Exact = true }).ClickAsync();
    }
}
