using System.Net;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Giving a program a key, and taking it back.</summary>
[Collection(Studio.Name)]
public sealed class KeysPageTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_key_is_made_shown_once_used_and_revoked() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/keys");
        await page.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name").FillAsync("Page import");
        await form.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await Assertions.Expect(form.GetByText("Needed.")).ToHaveCountAsync(1);
        await form.GetByLabel("Find a permission").FillAsync("see schedules");
        await form.GetByLabel("read:schedules").CheckAsync();
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();

        var shown = page.Page.GetByLabel("The key", new() { Exact = true });
        var key = await shown.InputValueAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(shown).ToBeVisibleAsync();
        (await AskAsync(key, "api/schedules")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(key, "api/audit")).ShouldBe(HttpStatusCode.Forbidden);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();

        var row = page.Page.Locator(".pf-row", new() { HasText = "Page import" });
        await Assertions.Expect(row).ToContainTextAsync("read:schedules");
        (await page.Page.ContentAsync()).ShouldNotContain(key);
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Revoke" }).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Revoked");
        (await AskAsync(key, "api/schedules")).ShouldBe(HttpStatusCode.Unauthorized);
        await page.ShouldBeAccessibleAsync();
    });

    async Task<HttpStatusCode> AskAsync(string key, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(studio.Server.Address + "/") };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }
}
