using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Seeing what fires when, holding it back, and making up for what did not happen.</summary>
[Collection(Studio.Name)]
public sealed class SchedulesPageTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_schedule_is_found_paused_resumed_and_run_now() => studio.PlayAsync(async page =>
    {
        await PublishAsync("page-nightly", "0 3 * * *");
        await page.SignInAsync("/studio/schedules");
        await page.Page.GetByLabel("Workflow, expression or time zone").FillAsync("page-nightly");
        var row = page.Page.Locator(".pf-row");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("Every day at 03:00");
        await page.ShouldBeAccessibleAsync();

        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Paused");
        await page.Page.GetByLabel("Status").SelectOptionAsync("paused");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("state=paused"));

        await row.GetByRole(AriaRole.Link, new() { Name = "page-nightly" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Next ten (UTC)" }).WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-rows-item")).ToHaveCountAsync(10);
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await page.Page.GetByText("page-nightly starts").WaitForAsync();
        await page.Page.Locator(".pf-toast", new() { HasText = "page-nightly starts" }).GetByRole(AriaRole.Button, new() { Name = "See it" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/runs/."));
        await page.Page.GetByText("Finished").First.WaitForAsync();
    });

    [Fact]
    public Task Settings_of_a_schedule_are_changed_and_a_wrong_one_is_refused_where_it_is_typed() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 400");
        await PublishAsync("page-set", "0 9 * * 1-5");
        await page.SignInAsync("/studio/schedules/page-set%7Cc");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Settings" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Time zone").FillAsync("Mars/Olympus");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("The time zone 'Mars/Olympus' is not known.");
        await page.ShouldBeAccessibleAsync();

        await form.GetByLabel("Time zone").FillAsync("Asia/Seoul");
        await form.GetByLabel("While an earlier run goes on").SelectOptionAsync("Skip");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Next ten (Asia/Seoul)" }).WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-rows-item").First).ToContainTextAsync("9:00 AM");
        await Assertions.Expect(page.Page.Locator(".pf-fact", new() { HasText = "While an earlier run goes on" })).ToContainTextAsync("Leave the tick out");
    });

    [Fact]
    public Task The_ticks_of_a_past_time_are_looked_at_and_then_started() => studio.PlayAsync(async page =>
    {
        await PublishAsync("page-backfill", "0 3 * * *");
        await page.SignInAsync("/studio/schedules/page-backfill%7Cc");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Backfill" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("From").FillAsync("2024-01-01T00:00");
        await form.GetByLabel("To *").FillAsync("2024-01-03T12:00");
        await form.GetByRole(AriaRole.Button, new() { Name = "See what would start" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "3 runs would start" }).WaitForAsync();
        await Assertions.Expect(form.Locator(".pf-tag", new() { HasText = "Would start" })).ToHaveCountAsync(3);
        await page.ShouldBeAccessibleAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Start 3 runs" }).ClickAsync();

        await page.Page.GetByText("3 runs start").First.WaitForAsync();
        await page.OpenAsync("/studio/runs?definition=page-backfill");
        await Assertions.Expect(page.Page.Locator(".pf-row")).ToHaveCountAsync(3);
    });

    [Fact]
    public Task The_calendar_sums_up_and_an_expression_is_tried() => studio.PlayAsync(async page =>
    {
        await PublishAsync("page-daily", "0 4 * * *");
        await PublishAsync("page-often", "*/5 * * * *");
        await page.SignInAsync("/studio/schedules?tab=calendar");
        var days = page.Page.Locator(".pf-calendar-day");
        await Assertions.Expect(days).ToHaveCountAsync(35);
        var last = days.Last;
        await Assertions.Expect(last.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("×288 page-often") })).ToBeVisibleAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Week" }).ClickAsync();
        await Assertions.Expect(days).ToHaveCountAsync(7);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Later" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("view=week.*at=|at=.*view=week"));
        await days.First.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("04:00 page-daily") }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "page-daily" }).WaitForAsync();

        page.Expect("status of 400");
        await page.OpenAsync("/studio/schedules?tab=preview");
        await page.Page.GetByText("Monday to Friday, 09:00").WaitForAsync();
        await page.Page.GetByLabel("Cron expression").FillAsync("0 99 * * *");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("WF4542");
        await page.Page.GetByLabel("Cron expression").FillAsync("30 8 1 * *");
        await page.Page.GetByText("On day 1 of the month, 08:30").WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-rows-item")).ToHaveCountAsync(10);
        await page.ShouldBeAccessibleAsync();
    });

    Task PublishAsync(string id, string cron) => studio.Server.PublishAsync(id, $$"""
        {"type":"Elsa.Cron","version":1,"id":"c","name":"Tick","customProperties":{"canStartWorkflow":true},"cronExpression":{"typeName":"String","expression":{"type":"Literal","value":"{{cron}}"} } }
        """);
}
