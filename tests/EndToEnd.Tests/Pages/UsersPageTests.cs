using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Letting people in with what they may do, and keeping them out.</summary>
[Collection(Studio.Name)]
public sealed class UsersPageTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_person_is_let_in_with_a_generated_password_and_kept_out_again() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/users");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "New user" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name to sign in with").FillAsync("page.person");
        await form.GetByLabel("Name for people").FillAsync("Page Person");
        await form.GetByLabel("Reader (reader)").CheckAsync();
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Make the user" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Password of page.person" }).WaitForAsync();
        var password = await form.GetByLabel("Password", new() { Exact = true }).InputValueAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        (await SignInAsync("page.person", password)).ShouldBe(HttpStatusCode.OK);

        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("page.person");
        var row = page.Page.Locator(".pf-row");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("reader");
        await page.ShouldBeAccessibleAsync();
        await ChooseAsync(page, row, "Disable");
        await form.GetByRole(AriaRole.Button, new() { Name = "Disable" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Disabled");
        (await SignInAsync("page.person", password)).ShouldBe(HttpStatusCode.Unauthorized);
        await ChooseAsync(page, row, "Enable");
        await Assertions.Expect(row).ToContainTextAsync("May sign in");

        await ChooseAsync(page, row, "New password");
        await form.GetByRole(AriaRole.Button, new() { Name = "New password" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Password of page.person" }).WaitForAsync();
        (await form.GetByLabel("Password", new() { Exact = true }).InputValueAsync()).ShouldNotBe(password);
        (await SignInAsync("page.person", password)).ShouldBe(HttpStatusCode.Unauthorized);
    });

    [Fact]
    public Task A_role_is_made_changed_and_deleted_and_one_that_is_held_stays() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 409");
        await page.SignInAsync("/studio/users?tab=roles");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "New role" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name").FillAsync("Page night shift");
        await form.GetByText("Runs", new() { Exact = true }).ClickAsync();
        await form.GetByLabel("manage:queue").CheckAsync();
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Make the role" }).ClickAsync();
        var row = page.Page.Locator(".pf-row", new() { HasText = "Page night shift" });
        await Assertions.Expect(row).ToContainTextAsync("manage:queue");
        await page.ShouldBeAccessibleAsync();

        var id = await row.Locator(".pf-mono").First.InnerTextAsync();
        await CreateUserAsync("page.night", "a long way into the night", id);
        await ChooseAsync(page, row, "Delete");
        await form.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("WF4750");
        await form.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(1);
    });

    [Fact]
    public Task A_person_changes_the_own_password_and_stays_signed_in() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 403");
        const string Former = "the first long password";
        const string Next = "quite another long one";
        await CreateUserAsync("page.changer", Former, "reader");
        await page.OpenAsync("/studio/schedules");
        await page.FillSignInAsync(Former, "page.changer");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Change password" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Password until now").FillAsync("not the password");
        await form.GetByLabel("New password *", new() { Exact = true }).FillAsync(Next);
        await form.GetByLabel("New password again").FillAsync(Next + "!");
        await form.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await form.GetByText("The two are not the same.").WaitForAsync();
        await form.GetByLabel("New password again").FillAsync(Next);
        await form.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("WF4752");
        await page.ShouldBeAccessibleAsync();
        await form.GetByLabel("Password until now").FillAsync(Former);
        await form.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await page.Page.GetByText("The password is changed").WaitForAsync();

        await page.Page.ReloadAsync();
        await page.Page.Locator(".pf-nav").GetByRole(AriaRole.Link, new() { Name = "Schedules" }).WaitForAsync();
        (await SignInAsync("page.changer", Former)).ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync("page.changer", Next)).ShouldBe(HttpStatusCode.OK);
    });

    static async Task ChooseAsync(StudioPage page, ILocator row, string choice)
    {
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = choice, Exact = true }).ClickAsync();
    }

    async Task CreateUserAsync(string name, string password, string role)
    {
        using var client = studio.Server.CreateClient();
        using var created = await client.PostAsJsonAsync("api/users", new JsonObject { ["name"] = name, ["password"] = password, ["roles"] = new JsonArray(role) });
        created.EnsureSuccessStatusCode();
    }

    async Task<HttpStatusCode> SignInAsync(string name, string password)
    {
        using var client = new HttpClient { BaseAddress = new Uri(studio.Server.Address + "/") };
        using var answer = await client.PostAsJsonAsync("api/session", new JsonObject { ["username"] = name, ["password"] = password });
        return answer.StatusCode;
    }
}
