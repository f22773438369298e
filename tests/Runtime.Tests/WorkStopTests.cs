using System.Collections.Concurrent;
using Platform.Engine;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

/// <summary>All work is stopped while the process lives, and goes on later.</summary>
public sealed class WorkStopTests
{
    [Fact]
    public async Task A_burst_that_does_not_end_by_itself_is_interrupted_stored_and_finished_after_the_release()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Stall.NewKey();
        await harness.PublishAsync("calls", Sequence(Line("before"), Step("s", "Test.Stall", ("key", "Literal", key)), Line("after")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "calls" }, CancellationToken.None).AsTask();
        await Stall.ReachedAsync(key);
        var (intake, stop) = (harness.Get<Intake>(), harness.Get<WorkStop>());

        intake.Close();
        var drained = stop.DrainAsync();
        stop.IsQuiet.ShouldBeFalse();
        await harness.Clock.WaitsAsync(new RuntimeOptions().DrainTimeout);
        harness.Clock.Advance(new RuntimeOptions().DrainTimeout);
        await drained;

        stop.IsQuiet.ShouldBeTrue();
        var instance = (await running).ShouldBeOfType<StartResult.Started>().Instance;
        (await harness.InstanceAsync(instance.Id)).SubStatus.ShouldBe("Interrupted");
        intake.Open();
        await harness.FinishedAsync("calls");
        harness.Lines.ToString().ShouldBe($"before{Environment.NewLine}after{Environment.NewLine}");
        Stall.KeysOf(key).Distinct().Count().ShouldBe(1, "the same step has the same idempotency key");
    }

    [Fact]
    public async Task A_background_activity_is_interrupted_and_done_again_with_the_same_key()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        await harness.PublishAsync("busy", Sequence(Step("job", "Test.Work", ("key", "Literal", key))));
        await harness.RunAsync("busy");
        await Work.StartedAsync(key);
        var intake = harness.Get<Intake>();

        intake.Close();
        var drained = harness.Get<WorkStop>().DrainAsync();
        await harness.Clock.WaitsAsync(new RuntimeOptions().DrainTimeout);
        harness.Clock.Advance(new RuntimeOptions().DrainTimeout);
        await drained;
        await Work.CancelledAsync(key);
        harness.Get<WorkStop>().IsQuiet.ShouldBeTrue();

        intake.Open();
        await Work.StartedAsync(key);
        Work.Finish(key);
        await harness.FinishedAsync("busy");
        Work.IdempotencyKeys(key).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_ends_by_itself_may_still_execute_a_child()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Stall.NewKey();
        await harness.PublishAsync("child", Sequence(Line("child")));
        await harness.PublishAsync("parent", Sequence(
            Step("s", "Test.Stall", ("key", "Literal", key)),
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true)), Line("parent")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "parent" }, CancellationToken.None).AsTask();
        await Stall.ReachedAsync(key);

        harness.Get<Intake>().Close();
        var drained = harness.Get<WorkStop>().DrainAsync();
        Stall.Finish(key);
        await drained;

        (await running).ShouldBeOfType<StartResult.Started>().Instance.SubStatus.ShouldBe("Finished");
        harness.Lines.ToString().ShouldBe($"child{Environment.NewLine}parent{Environment.NewLine}");
    }

    [Fact]
    public async Task What_ends_by_itself_is_not_interrupted()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Stall.NewKey();
        await harness.PublishAsync("calls", Sequence(Step("s", "Test.Stall", ("key", "Literal", key)), Line("after")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "calls" }, CancellationToken.None).AsTask();
        await Stall.ReachedAsync(key);

        harness.Get<Intake>().Close();
        var drained = harness.Get<WorkStop>().DrainAsync();
        Stall.Finish(key);
        await drained;

        (await running).ShouldBeOfType<StartResult.Started>().Instance.SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task Nothing_begins_while_it_is_closed_and_what_was_queued_before_begins_when_it_is_opened()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("hello", Sequence(Line("hello")));
        await harness.PublishAsync("timer", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Line("ring")));
        var timer = await harness.RunAsync("timer");
        var later = await harness.Runtime.DispatchAsync(
            new StartRequest { DefinitionId = "hello" }, new QueueTerms(DueAt: harness.Clock.GetUtcNow().AddMinutes(5)), CancellationToken.None);
        var intake = harness.Get<Intake>();

        intake.Close();
        await harness.Get<WorkStop>().DrainAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(20));
        await Should.ThrowAsync<IntakeClosedException>(async () => await harness.RunAsync("hello"));
        await Should.ThrowAsync<IntakeClosedException>(async () => await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "hello" }, CancellationToken.None));
        await Should.ThrowAsync<IntakeClosedException>(async () => await harness.Runtime.DeliverAsync(new Stimulus("any", null), CancellationToken.None));
        await Should.ThrowAsync<IntakeClosedException>(async () => await harness.Get<KeyedStarts>().DispatchAsync(new StartRequest { DefinitionId = "hello" }, "key", CancellationToken.None));
        (intake.TryEnter(), intake.HasRoom(1)).ShouldBe((false, false));
        harness.Lines.ToString().ShouldBeEmpty();
        (await harness.InstanceAsync(timer.Instance.Id)).SubStatus.ShouldBe("Suspended");

        intake.Open();
        (await harness.FinishedAsync("hello")).Instance.Id.ShouldBe(later.InstanceId);
        await harness.FinishedAsync("timer");
    }

    [Fact]
    public async Task Queued_work_that_is_announced_while_it_is_closed_stays_and_is_not_counted_as_failed()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("hello", Sequence(Line("hello")));
        var intake = harness.Get<Intake>();
        var work = await QueueAsync(harness);
        intake.Close();

        harness.Get<WorkQueue>().Add(work);
        harness.Clock.Advance(TimeSpan.FromMinutes(5));
        var stored = (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldHaveSingleItem();
        stored.Attempts.ShouldBe(0);
        harness.Lines.ToString().ShouldBeEmpty();

        intake.Open();
        await harness.FinishedAsync("hello");
    }

    /// <summary>As another node would queue it: nobody here is told.</summary>
    private static async Task<Store.StoredWork> QueueAsync(RuntimeHarness harness)
    {
        var work = harness.Get<Outbox>().ToWork(new StartRequest { DefinitionId = "hello", InstanceId = "one" }, new QueueTerms());
        await harness.Store.CommitAsync(new Store.Commit { Work = [work] }, CancellationToken.None);
        return work;
    }
}

/// <summary>Waits until it is finished or interrupted; the second time for nothing.</summary>
[Activity("Test", "Test")]
public sealed class Stall : CodeActivity
{
    private static readonly ConcurrentDictionary<string, (TaskCompletionSource Reached, TaskCompletionSource Finished, ConcurrentQueue<string> Keys)> _all = new(StringComparer.Ordinal);

    public Input<string> Key { get; set; } = new("");

    public static string NewKey()
    {
        var key = Guid.NewGuid().ToString("N");
        _all[key] = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously), new());
        return key;
    }

    public static Task ReachedAsync(string key) => _all[key].Reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static void Finish(string key) => _all[key].Finished.TrySetResult();

    public static IReadOnlyCollection<string> KeysOf(string key) => _all[key].Keys;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (reached, finished, keys) = _all[context.Get(Key)!];
        keys.Enqueue(context.IdempotencyKey);
        if (reached.TrySetResult())
            await finished.Task.WaitAsync(context.CancellationToken);
    }
}
