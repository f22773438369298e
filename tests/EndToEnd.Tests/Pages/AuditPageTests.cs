using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Finding out who changed what.</summary>
[Collection(Studio.Name)]
public sealed class AuditPageTests(Studio.Fixture studio)
{
    const int Changes = 52;

    [Fact]
    public Task A_change_is_found_page_by_page_and_shows_what_was_before_and_after() => studio.PlayAsync(async page =>
    {
        await ChangeAsync("page-audited");
        await page.SignInAsync("/studio/audit");
        await page.Page.GetByLabel("Target", new() { Exact = true }).SelectOptionAsync("role");
        await page.Page.GetByLabel("Id of the target").FillAsync("page-audited");
        var rows = page.Page.Locator(".pf-row");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("targetId=page-audited"));
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(Changes + 1 - 50);
        await Assertions.Expect(rows.Last).ToContainTextAsync("Role created");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Previous page" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(50);

        await rows.First.GetByRole(AriaRole.Link, new() { Name = "Role changed" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/audit/."));
        var name = page.Page.Locator(".pf-difference-table tr", new() { HasText = "name" });
        await Assertions.Expect(name).ToContainTextAsync($"Name {Changes - 1}");
        await Assertions.Expect(name).ToContainTextAsync($"Name {Changes}");
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "All of this kind" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("audit\\?action=role.update"));
        await rows.First.WaitForAsync();
    });

    [Fact]
    public Task What_was_refused_is_found_by_its_outcome_and_what_is_not_there_is_said() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 404");
        using var client = studio.Server.CreateClient();
        using var refused = await client.DeleteAsync("api/roles/page-audit-none");
        await page.SignInAsync("/studio/audit?outcome=Failed&search=page-audit-none");
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToContainTextAsync("WF4741");

        await page.Page.GetByLabel("Names, ids, addresses or changes").FillAsync("there is nothing like it");
        await page.Page.GetByText("Nothing matches").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear filters" }).ClickAsync();
        await page.Page.Locator(".pf-row").First.WaitForAsync();
        await page.OpenAsync("/studio/audit/none");
        await page.Page.GetByText("This entry does not exist").WaitForAsync();
    });

    async Task ChangeAsync(string role)
    {
        using var client = studio.Server.CreateClient();
        using var created = await client.PostAsJsonAsync("api/roles", new JsonObject { ["id"] = role, ["name"] = "Name 0", ["permissions"] = new JsonArray("read:queue") });
        created.EnsureSuccessStatusCode();
        for (var index = 1; index <= Changes; index++)
        {
            using var changed = await client.PutAsJsonAsync("api/roles/" + role, new JsonObject { ["name"] = $"Name {index}", ["permissions"] = new JsonArray("read:queue") });
            changed.EnsureSuccessStatusCode();
        }
    }
}
