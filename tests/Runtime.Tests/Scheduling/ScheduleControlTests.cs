using System.Text.Json.Nodes;
using Platform.Runtime.Definitions;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class ScheduleControlTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("Skip", 0)]
    [InlineData("Last", 1)]
    [InlineData("All", 10)]
    public async Task While_paused_nothing_starts_and_afterwards_the_misfire_policy_decides(string policy, int started)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *", new JsonObject { ["misfirePolicy"] = policy }));
        await PauseAsync(bench, true);

        await bench.PassAsync(TimeSpan.FromMinutes(30));
        await bench.RestartAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(21));
        (await bench.InstancesAsync()).ShouldBeEmpty();
        await PauseAsync(bench, false);
        await bench.FireAsync();
        await bench.WorkAsync();

        (await bench.InstancesAsync()).Count.ShouldBe(started);
    }

    [Theory]
    [InlineData("retracted")]
    [InlineData("deleted")]
    [InlineData("published anew")]
    public async Task A_tick_that_is_queued_when_its_workflow_goes_does_not_start(string how)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute());
        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();
        (await bench.QueuedAsync()).ShouldHaveSingleItem();

        await GoAsync(bench, how);
        await bench.RestartAsync();
        await bench.FireAsync();
        await bench.WorkAsync();

        (await bench.InstancesAsync()).ShouldBeEmpty();
        (await bench.QueuedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("retracted")]
    [InlineData("deleted")]
    [InlineData("published anew")]
    public async Task A_tick_that_waits_for_a_running_one_when_its_workflow_goes_does_not_start(string how)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "Queue" }, waits: true));
        await bench.PassAsync(Minute);
        await bench.PassAsync(Minute);
        (await bench.InfoAsync()).QueuedCount.ShouldBe(1);

        await GoAsync(bench, how);
        await bench.FinishAsync();
        await bench.FireAsync();
        await bench.WorkAsync();

        (await bench.InstancesAsync()).Count.ShouldBe(how == "deleted" ? 0 : 1);
    }

    [Fact]
    public async Task A_tick_of_the_new_version_does_not_bring_those_back_that_waited_for_the_former()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "Queue" }, waits: true));
        await bench.PassAsync(Minute);
        await bench.PassAsync(Minute);

        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "Queue", ["timeZone"] = "UTC" }, waits: true));
        await bench.RestartAsync();
        bench.Harness.Clock.Advance(Minute);
        await bench.Harness.Get<ScheduleTicks>().FireAsync(await bench.TriggerAsync(), bench.Now, CancellationToken.None);

        // The instance of the former version still runs, so the new tick waits, alone.
        var info = await bench.InfoAsync();
        (info.QueuedCount, info.SkippedCount).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_deleted_workflow_leaves_nothing_of_its_schedules()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute());
        await PauseAsync(bench, true);
        await PauseAsync(bench, false);
        await bench.PassAsync(Minute);
        await bench.Control.SetAsync(bench.ScheduleId, _ => new ScheduleSettings(OverlapPolicy: OverlapPolicy.Skip), CancellationToken.None);

        await bench.Harness.Definitions.DeleteAsync("tick", CancellationToken.None);

        (await bench.Harness.Store.ListDocumentsAsync("schedule", CancellationToken.None)).ShouldBeEmpty();
        (await bench.Harness.Store.ListDocumentsAsync("schedule-status", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_operator_sets_survives_publishing_and_moves_the_due_time_into_the_zone()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("0 12 * * *", new JsonObject { ["timeZone"] = "Asia/Seoul" }));
        (await bench.TriggerAsync()).DueAt.ShouldBe(At("2026-03-05T03:00Z"));

        await bench.Control.SetAsync(bench.ScheduleId, settings => settings with { TimeZone = "America/New_York" }, CancellationToken.None);
        (await bench.TriggerAsync()).DueAt.ShouldBe(At("2026-03-04T17:00Z"));
        await bench.PublishAsync(ScheduleBench.Cron("0 13 * * *", new JsonObject { ["timeZone"] = "Asia/Seoul" }));
        (await bench.TriggerAsync()).DueAt.ShouldBe(At("2026-03-04T18:00Z"));
        await bench.Control.SetAsync(bench.ScheduleId, _ => ScheduleSettings.Default, CancellationToken.None);

        (await bench.TriggerAsync()).DueAt.ShouldBe(At("2026-03-05T04:00Z"));
    }

    [Fact]
    public async Task An_activity_says_more_than_its_workflow()
    {
        await using var bench = new ScheduleBench();
        var document = JsonNode.Parse(ScheduleBench.Cron("0 12 * * *", new JsonObject { ["timeZone"] = "Asia/Seoul", ["overlapPolicy"] = "Skip" }))!;
        document["root"]!["activities"]![0]!["customProperties"]!["schedule"] = new JsonObject { ["timeZone"] = "Europe/Berlin" };

        await bench.PublishAsync(document.ToJsonString());

        (await bench.InfoAsync()).Settings.ShouldBe(new ScheduleSettings(OverlapPolicy: OverlapPolicy.Skip, TimeZone: "Europe/Berlin"));
        (await bench.TriggerAsync()).DueAt.ShouldBe(At("2026-03-04T11:00Z"));
    }

    [Theory]
    [InlineData("""{"timeZone":"Mars/Olympus"}""", "time zone 'Mars/Olympus' is not known")]
    [InlineData("""{"timeZone":"W. Europe Standard Time"}""", "Write an IANA id")]
    [InlineData("""{"misfirePolicy":"Sometimes"}""", "Write one of: Skip, Last, All.")]
    [InlineData("""{"overlapPolicy":3}""", "Write one of: Allow, Skip, Queue, CancelOld.")]
    [InlineData("""{"isPaused":"yes"}""", "neither true nor false")]
    [InlineData("""{"zone":"UTC"}""", "'zone' is not known in schedule settings")]
    [InlineData("\"UTC\"", "not an object")]
    public async Task Bad_settings_are_told_when_the_workflow_is_published(string settings, string message)
    {
        await using var bench = new ScheduleBench();
        var document = JsonNode.Parse(ScheduleBench.EveryMinute())!;
        document["customProperties"] = new JsonObject { ["schedule"] = JsonNode.Parse(settings) };

        var result = await bench.Harness.Definitions.SaveAsync(new DefinitionDraft(document.ToJsonString()), publish: true, CancellationToken.None);

        var problem = result.ShouldBeOfType<DefinitionResult.Invalid>().Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe("WF4540");
        problem.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"definitionId":"tick","activityId":"c","settings":{"timeZone":"Gone/Zone"}}""")]
    public async Task A_stored_setting_that_cannot_be_read_leaves_what_the_document_says(string json)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "Skip" }));
        await bench.Harness.Store.CommitAsync(
            new Commit { Documents = [new("schedule", bench.ScheduleId, json), new("schedule-status", bench.ScheduleId, "nonsense")] }, CancellationToken.None);

        await bench.PassAsync(Minute);

        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        (await bench.InfoAsync()).Settings.Overlaps.ShouldBe(OverlapPolicy.Skip);
    }

    [Fact]
    public async Task A_schedule_fires_now_beside_its_ticks()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["isPaused"] = true }));
        var due = (await bench.TriggerAsync()).DueAt;

        var id = (await bench.Control.TriggerAsync(bench.ScheduleId, CancellationToken.None)).ShouldNotBeNull();
        await bench.WorkAsync();

        (await bench.InstancesAsync()).ShouldHaveSingleItem().Id.ShouldBe(id);
        (await bench.TriggerAsync()).DueAt.ShouldBe(due);
    }

    [Fact]
    public async Task What_a_document_pauses_an_operator_resumes_and_back()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["isPaused"] = true }));
        await bench.PassAsync(Minute);
        (await bench.InstancesAsync()).ShouldBeEmpty();

        await PauseAsync(bench, false);
        await bench.FireAsync();
        await bench.WorkAsync();
        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        await PauseAsync(bench, true);

        (await bench.Harness.Store.ListDocumentsAsync("schedule", CancellationToken.None)).ShouldBeEmpty();
        (await bench.InfoAsync()).Settings.IsPaused.ShouldBe(true);
    }

    [Fact]
    public async Task A_backfill_starts_what_has_not_run_and_only_once()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *"));
        await bench.PassAsync(TimeSpan.FromMinutes(51));
        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        var (from, to) = (At("2026-03-04T05:10Z"), At("2026-03-04T05:55Z"));

        var dry = await BackfillAsync(bench, from, to, isDryRun: true);
        dry.Count(tick => tick.IsStarted).ShouldBe(9);
        dry[^1].IsStarted.ShouldBeFalse();
        (await bench.QueuedAsync()).ShouldBeEmpty();
        (await BackfillAsync(bench, from, to)).Count(tick => tick.IsStarted).ShouldBe(9);
        (await BackfillAsync(bench, from, to)).Count(tick => tick.IsStarted).ShouldBe(0);
        await bench.WorkAsync();
        (await BackfillAsync(bench, from, to)).Count(tick => tick.IsStarted).ShouldBe(0);

        (await bench.InstancesAsync()).Count.ShouldBe(10);
        (await bench.Control.BackfillAsync(bench.ScheduleId, from.AddDays(-1), to, isDryRun: false, CancellationToken.None))
            .ShouldBeOfType<BackfillResult.TooMany>().Most.ShouldBe(20);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task PauseAsync(ScheduleBench bench, bool isPaused) =>
        await bench.Control.PauseAsync(bench.ScheduleId, isPaused, CancellationToken.None);

    private static async Task<IReadOnlyList<BackfillTick>> BackfillAsync(ScheduleBench bench, DateTimeOffset from, DateTimeOffset to, bool isDryRun = false) =>
        (await bench.Control.BackfillAsync(bench.ScheduleId, from, to, isDryRun, CancellationToken.None)).ShouldBeOfType<BackfillResult.Done>().Ticks;

    private static async Task GoAsync(ScheduleBench bench, string how)
    {
        switch (how)
        {
            case "retracted":
                await bench.Harness.Definitions.RetractAsync("tick", CancellationToken.None);
                break;
            case "deleted":
                await bench.Harness.Definitions.DeleteAsync("tick", CancellationToken.None);
                break;
            default:
                await bench.PublishAsync(ScheduleBench.EveryMinute(waits: true));
                break;
        }
    }
}
