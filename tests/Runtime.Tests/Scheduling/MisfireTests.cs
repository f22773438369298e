using System.Text.Json.Nodes;
using Platform.Runtime.Execution;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class MisfireTests
{
    [Theory]
    [InlineData(null, 1, 9)]
    [InlineData("Last", 1, 9)]
    [InlineData("Skip", 0, 10)]
    [InlineData("All", 10, 0)]
    public async Task Ticks_missed_in_a_downtime_follow_the_policy(string? policy, int started, int missed)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *", policy is null ? null : new JsonObject { ["misfirePolicy"] = policy }));

        // From 05:06:07 to 05:57:07: ten ticks, the last one two minutes ago.
        bench.Harness.Clock.Advance(TimeSpan.FromMinutes(51));
        await bench.RestartAsync();
        await bench.FireAsync();
        await bench.WorkAsync();

        (await bench.InstancesAsync()).Count.ShouldBe(started);
        var info = await bench.InfoAsync();
        info.MissedCount.ShouldBe(missed);
        info.FiredCount.ShouldBe(started);
        info.NextDueAt.ShouldBe(new DateTimeOffset(2026, 3, 4, 6, 0, 0, TimeSpan.Zero));
        info.LastTickAt.ShouldBe(started == 0 ? null : new DateTimeOffset(2026, 3, 4, 5, 55, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_tick_that_is_a_little_late_is_not_missed()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *", new JsonObject { ["misfirePolicy"] = "Skip" }));

        // 05:10:59.
        await bench.PassAsync(TimeSpan.FromSeconds(292));

        (await bench.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Catching_up_starts_the_latest_ticks_up_to_the_limit_and_counts_the_others()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["misfirePolicy"] = "All" }));

        await bench.PassAsync(TimeSpan.FromMinutes(50));

        (await bench.InstancesAsync()).Count.ShouldBe(20);
        (await bench.InfoAsync()).MissedCount.ShouldBe(30);
        (await bench.InfoAsync()).LastTickAt.ShouldBe(bench.Now);
    }

    [Fact]
    public void A_year_of_seconds_is_not_walked_through()
    {
        var ticks = new CronTriggerPayload("* * * * * *").Ticks(TimeZoneInfo.Utc);
        var due = new DateTimeOffset(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);
        var now = due.AddYears(1);

        var found = DueTicks.Of(ticks, due, now, 1_000);

        found.IsCounted.ShouldBeFalse();
        found.Latest.Count.ShouldBe(1_000);
        found.Latest[^1].ShouldBe(now);
        found.Latest[0].ShouldBe(now.AddSeconds(-999));
    }

    [Fact]
    public async Task A_clock_set_back_an_hour_fires_no_tick_twice()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *"));
        for (var i = 0; i < 12; i++)
            await bench.PassAsync(TimeSpan.FromMinutes(5));

        bench.Harness.Clock.Advance(TimeSpan.FromHours(-1));
        // Published again, the schedule begins anew, in the past.
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * * "));
        for (var i = 0; i < 12; i++)
            await bench.PassAsync(TimeSpan.FromMinutes(5));
        (await bench.InstancesAsync()).Count.ShouldBe(12);
        (await bench.InfoAsync()).FiredCount.ShouldBe(12);
        await bench.PassAsync(TimeSpan.FromMinutes(5));

        (await bench.InstancesAsync()).Count.ShouldBe(13);
    }

    [Fact]
    public async Task A_clock_set_back_leaves_the_due_time_where_it_is()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *"));
        await bench.PassAsync(TimeSpan.FromMinutes(5));
        var due = (await bench.TriggerAsync()).DueAt;

        await bench.PassAsync(TimeSpan.FromHours(-1));
        await bench.PassAsync(TimeSpan.FromMinutes(50));

        (await bench.InstancesAsync()).Count.ShouldBe(1);
        (await bench.TriggerAsync()).DueAt.ShouldBe(due);
    }

    [Theory]
    [InlineData("Last", 1)]
    [InlineData("Skip", 0)]
    [InlineData("All", 12)]
    public async Task A_clock_set_forward_an_hour_follows_the_policy(string policy, int started)
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("*/5 * * * *", new JsonObject { ["misfirePolicy"] = policy }));

        // 06:07:07; the last tick was at 06:05.
        await bench.PassAsync(TimeSpan.FromMinutes(61));

        (await bench.InstancesAsync()).Count.ShouldBe(started);
    }

    [Fact]
    public async Task A_tick_starts_once_although_the_process_ends_between_any_two_steps()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute());
        bench.Harness.Clock.Advance(TimeSpan.FromMinutes(1));
        var trigger = await bench.TriggerAsync();

        // Before it is taken; after that, with another process that saw it due as well; before the work is done; and after that, with
        // a process that still holds it.
        await bench.RestartAsync();
        await bench.FireAsync();
        await bench.RestartAsync();
        await bench.Harness.Get<ScheduleTicks>().FireAsync(trigger, bench.Now, CancellationToken.None);
        await bench.FireAsync();
        var work = (await bench.QueuedAsync()).ShouldHaveSingleItem();
        await bench.RestartAsync();
        await bench.WorkAsync();
        await bench.RestartAsync();
        await bench.Harness.Get<WorkExecution>().ExecuteAsync(work, CancellationToken.None);
        // The work comes back from an older copy.
        await bench.Harness.Store.CommitAsync(new Commit { Work = [work] }, CancellationToken.None);
        await bench.WorkAsync();
        await bench.FireAsync();

        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        (await bench.InfoAsync()).FiredCount.ShouldBe(1);
        (await bench.QueuedAsync()).ShouldBeEmpty();
    }
}
