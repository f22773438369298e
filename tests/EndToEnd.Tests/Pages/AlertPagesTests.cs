using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Alerts, what is done about them, the figures behind them, and the emergency stop.</summary>
[Collection(Studio.Name)]
public sealed class AlertPagesTests(Studio.Fixture studio)
{
    static readonly (string, string)[] _oftenWatched = [("Monitor__ServiceInterval", "00:00:01"), ("Monitor__PlatformInterval", "00:00:01")];

    [Fact]
    public Task An_alert_is_acknowledged_and_silenced() => studio.PlayAsync(async page =>
    {
        await studio.Server.RestartAsync(_oftenWatched);
        await RegisterAsync("e2e-gone");
        await page.SignInAsync("/studio/alerts?subject=service:e2e-gone");
        var row = page.Page.Locator(".pf-row", new() { HasText = "e2e-gone" }).First;
        await row.WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await row.Locator(".pf-row-target").ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("e2e-gone.* is unhealthy") }).WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByLabel("Note").FillAsync("The plug is out");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.Page.GetByText("The plug is out").WaitForAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByLabel("Reason").FillAsync("Maintenance");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.OpenAsync("/studio/alerts?tab=silences");
        await Assertions.Expect(page.Page.Locator(".pf-row").First).ToContainTextAsync("Maintenance");
        await page.ShouldBeAccessibleAsync();
        await page.Page.Locator(".pf-row").First.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "End it now" }).ClickAsync();
        await page.Page.GetByText("Nothing is silenced").WaitForAsync();
    });

    [Fact]
    public Task A_rule_is_made_switched_off_and_taken_back() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/alerts?tab=rules");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "New rule" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name").FillAsync("e2e-slow-runs");
        await form.GetByLabel("Figure").SelectOptionAsync("runs.p95_ms");
        await form.GetByLabel("Threshold").FillAsync("2000");
        await form.GetByLabel("For at least").FillAsync("2 min");
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var row = page.Page.Locator(".pf-row", new() { HasText = "e2e-slow-runs" });
        await Assertions.Expect(row).ToContainTextAsync("Duration p95 ≥ 2 s for 2 min");
        await row.GetByRole(AriaRole.Button, new() { Name = "Off" }).ClickAsync();
        await Assertions.Expect(row.GetByRole(AriaRole.Button, new() { Name = "Off" })).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Page.ReloadAsync();
        await Assertions.Expect(row.GetByRole(AriaRole.Button, new() { Name = "Off" })).ToHaveAttributeAsync("aria-pressed", "true");
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Take back" }).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_remedy_is_run_by_hand_and_its_run_can_be_looked_at() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("e2e-heals", """{"type":"Elsa.WriteLine","version":1,"id":"line","text":{"typeName":"String","expression":{"type":"Literal","value":"Healed"} } }""");
        await page.SignInAsync("/studio/alerts?tab=remedies");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "New remedy" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name").FillAsync("e2e-remedy");
        await form.GetByLabel("Rule").SelectOptionAsync("queue-backlog");
        await form.GetByLabel("Workflow").SelectOptionAsync("e2e-heals");
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var row = page.Page.Locator(".pf-row", new() { HasText = "e2e-remedy" });
        await row.GetByRole(AriaRole.Button, new() { Name = "On", Exact = true }).ClickAsync();
        await Assertions.Expect(row.GetByRole(AriaRole.Button, new() { Name = "On", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
        await page.ShouldBeAccessibleAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Run by hand" }).ClickAsync();
        await form.GetByLabel("For").SelectOptionAsync("queue");
        await form.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Actions" }).ClickAsync();
        var run = page.Page.Locator(".pf-row", new() { HasText = "e2e-remedy" }).First;
        await Assertions.Expect(run).ToContainTextAsync("admin");
        await run.Locator("a[href*='/runs/']").ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/runs/."));
    });

    [Fact]
    public Task Figures_are_drawn_for_the_range_that_stands_in_the_address() => studio.PlayAsync(async page =>
    {
        await studio.Server.RestartAsync(_oftenWatched);
        await page.SignInAsync("/studio/metrics");
        await page.Page.Locator(".pf-plot canvas").First.WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "15 min" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("range=15m"));
        await page.Page.GetByText("Figures").First.ClickAsync();
        await Assertions.Expect(page.Page.Locator(".pf-row", new() { HasText = "Runs started" })).ToBeVisibleAsync();
        await page.ShouldBeAccessibleAsync();
        await page.ChooseThemeAsync("Dark");
        await page.ShouldBeAccessibleAsync();

        // A stretch that is drawn over becomes the range.
        var box = await page.Page.Locator(".pf-plot .u-over").First.BoundingBoxAsync();
        await page.Page.Mouse.MoveAsync(box!.X + box.Width * .4f, box.Y + 40);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + box.Width * .8f, box.Y + 40, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("from=.*to="));
    });

    [Fact]
    public Task The_emergency_stop_is_seen_on_every_page_until_it_is_released() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/alerts");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Emergency stop" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByRole(AriaRole.Button, new() { Name = "Emergency stop" }).ClickAsync();
        await form.GetByText("Needed.").WaitForAsync();
        await form.GetByLabel("Reason").FillAsync("Wrong prices");
        await form.GetByRole(AriaRole.Button, new() { Name = "Emergency stop" }).ClickAsync();
        var strip = page.Page.Locator(".pf-stopped");
        await Assertions.Expect(strip).ToContainTextAsync("Wrong prices");
        await page.ShouldBeAccessibleAsync();

        await page.OpenAsync("/studio/queue");
        await Assertions.Expect(strip).ToContainTextAsync("admin");
        await page.ShouldBeAccessibleAsync();
        await strip.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Assertions.Expect(strip).ToHaveCountAsync(0);
    });

    // Nobody listens at port 9.
    async Task RegisterAsync(string name)
    {
        using var client = studio.Server.CreateClient();
        using var made = await client.PostAsJsonAsync("api/services", new JsonObject { ["name"] = name, ["baseAddress"] = "http://127.0.0.1:9" });
        made.EnsureSuccessStatusCode();
    }
}
