using System.Text.Json.Nodes;
using Platform.Runtime.Activities;
using Platform.Runtime.Scheduling;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class OverlapTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task By_default_instances_run_beside_each_other()
    {
        await using var bench = await WaitingAsync(null);

        await bench.PassAsync(Minute);
        await bench.PassAsync(Minute);

        (await bench.InstancesAsync()).Count(instance => instance.Status == "Running").ShouldBe(2);
    }

    [Fact]
    public async Task Skip_leaves_out_ticks_while_one_runs_also_after_a_restart()
    {
        await using var bench = await WaitingAsync("Skip");
        await bench.PassAsync(Minute);

        await bench.PassAsync(Minute);
        await bench.RestartAsync();
        await bench.PassAsync(Minute);
        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        await bench.FinishAsync();
        await bench.PassAsync(Minute);

        (await bench.InstancesAsync()).Select(instance => instance.Status).Order().ShouldBe(["Finished", "Running"]);
        var info = await bench.InfoAsync();
        (info.FiredCount, info.SkippedCount).ShouldBe((2, 2));
    }

    [Fact]
    public async Task Skip_sees_a_start_that_is_only_queued()
    {
        await using var bench = await WaitingAsync("Skip");
        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();
        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();

        (await bench.QueuedAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Queue_starts_ticks_one_after_the_other_also_after_a_restart()
    {
        await using var bench = await WaitingAsync("Queue");
        await bench.PassAsync(Minute);
        await bench.PassAsync(Minute);
        await bench.PassAsync(Minute);
        // Two wait at most, as the options say: the fourth is left out.
        await bench.PassAsync(Minute);
        (await bench.InstancesAsync()).ShouldHaveSingleItem();
        (await bench.InfoAsync()).QueuedCount.ShouldBe(2);
        (await bench.InfoAsync()).SkippedCount.ShouldBe(1);

        for (var started = 2; started <= 3; started++)
        {
            await bench.RestartAsync();
            await bench.FinishAsync();
            await bench.FireAsync();
            await bench.WorkAsync();
            (await bench.InstancesAsync()).Count.ShouldBe(started);
            (await bench.InstancesAsync()).Count(instance => instance.Status == "Running").ShouldBe(1);
        }

        (await bench.InfoAsync()).QueuedCount.ShouldBe(0);
    }

    [Fact]
    public async Task Queue_starts_the_next_as_soon_as_the_running_one_ends()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("tick", ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "Queue" }, waits: true));
        await harness.Clock.WaitsAsync(TimeSpan.FromSeconds(30));
        harness.Clock.Advance(Minute);
        var first = await harness.CommittedAsync(burst => burst.Instance is { DefinitionId: "tick", SubStatus: "Suspended" });
        harness.Clock.Advance(Minute);
        await harness.Get<DueTimes>().FireAsync(CancellationToken.None);

        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

        await harness.CommittedAsync(burst => burst.Instance.SubStatus == "Suspended" && burst.Instance.Id != first.Instance.Id);
    }

    [Fact]
    public async Task CancelOld_cancels_the_running_one_and_then_starts_also_after_a_restart()
    {
        await using var bench = await WaitingAsync("CancelOld");
        await bench.PassAsync(Minute);
        var old = (await bench.InstancesAsync()).ShouldHaveSingleItem();

        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();
        (await bench.QueuedAsync()).ShouldHaveSingleItem().Kind.ShouldBe("Cancel");
        await bench.RestartAsync();
        await bench.FireAsync();
        await bench.WorkAsync();
        (await bench.InstancesAsync()).ShouldHaveSingleItem().SubStatus.ShouldBe("Cancelled");
        await bench.RestartAsync();
        await bench.FireAsync();
        await bench.WorkAsync();

        var instances = await bench.InstancesAsync();
        instances.Count.ShouldBe(2);
        instances.Single(instance => instance.Status == "Running").Id.ShouldNotBe(old.Id);
        (await bench.InfoAsync()).QueuedCount.ShouldBe(0);
    }

    [Fact]
    public async Task CancelOld_takes_back_a_start_that_has_not_begun()
    {
        await using var bench = await WaitingAsync("CancelOld");
        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();
        var withdrawn = (await bench.QueuedAsync()).ShouldHaveSingleItem();

        bench.Harness.Clock.Advance(Minute);
        await bench.FireAsync();
        // A worker that had taken it into its memory does not begin it.
        await bench.Harness.Get<Platform.Runtime.Execution.WorkExecution>().ExecuteAsync(withdrawn, CancellationToken.None);
        await bench.WorkAsync();

        (await bench.InstancesAsync()).ShouldHaveSingleItem().Id.ShouldNotBe(withdrawn.InstanceId);
        (await bench.InfoAsync()).SkippedCount.ShouldBe(1);
    }

    [Fact]
    public async Task CancelOld_and_all_missed_ticks_leave_the_last_one()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(new JsonObject { ["overlapPolicy"] = "CancelOld", ["misfirePolicy"] = "All" }, waits: true));

        await bench.PassAsync(TimeSpan.FromMinutes(5));

        (await bench.InstancesAsync()).ShouldHaveSingleItem().Status.ShouldBe("Running");
        var info = await bench.InfoAsync();
        (info.FiredCount, info.SkippedCount).ShouldBe((1, 4));
    }

    private static async Task<ScheduleBench> WaitingAsync(string? policy)
    {
        var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute(policy is null ? null : new JsonObject { ["overlapPolicy"] = policy }, waits: true));
        return bench;
    }
}
