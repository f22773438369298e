using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Recovering;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Recovering;

public sealed class CrashWatchTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("platform-recorder-");

    private string RecorderPath => Path.Combine(_directory.FullName, "executing.bin");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_recorder_knows_after_a_crash_what_executed_and_after_a_stop_nothing()
    {
        var longId = new string('x', 500);
        using (var crashed = new FlightRecorder(RecorderPath))
        {
            crashed.Open().ShouldBeEmpty();
            crashed.Leave(crashed.Enter("done"));
            crashed.Enter("running");
            crashed.Enter(longId);
        }

        using (var stopped = new FlightRecorder(RecorderPath))
        {
            stopped.Open().ShouldBe(["running", FlightRecorder.Cut(longId)], ignoreOrder: true);
            stopped.Enter("interrupted");
            stopped.Clear();
        }

        using var next = new FlightRecorder(RecorderPath);
        next.Open().ShouldBeEmpty();
    }

    [Fact]
    public void The_recorder_holds_as_much_as_it_has_room_for_and_gives_room_back()
    {
        using var recorder = new FlightRecorder(RecorderPath);
        recorder.Open();
        var seats = Enumerable.Range(0, 1_024).Select(i => recorder.Enter($"{i}")).ToList();

        recorder.Enter("too many").ShouldBe(-1);
        recorder.Leave(-1);
        recorder.Leave(seats[0]);

        recorder.Enter("fits").ShouldBe(seats[0]);
    }

    [Fact]
    public async Task An_instance_that_executed_at_three_crashes_is_set_aside_and_goes_on_after_a_retry()
    {
        await using var harness = await StartAsync();
        await harness.PublishAsync("poison", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:00:10")), Line("after")));
        var run = await harness.RunAsync("poison");
        await CrashAsync(harness, 3, run.Instance.Id);

        harness.Clock.Advance(TimeSpan.FromSeconds(10));

        var burst = await harness.FinishedAsync("poison");
        burst.Instance.SubStatus.ShouldBe("Faulted");
        harness.Lines.ToString().ShouldBeEmpty();
        var (workflow, _) = (await harness.Get<InstanceRunner>().LoadAsync(run.Instance.Id, CancellationToken.None)).ShouldNotBeNull();
        var incident = workflow.Incidents.ShouldHaveSingleItem();
        incident.ActivityId.ShouldBe("d");
        incident.Message.ShouldContain("WF2110");
        incident.Message.ShouldContain("3 times");

        await harness.Runtime.RetryAsync(run.Instance.Id, null, CancellationToken.None);
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Suspended");
        harness.Clock.Advance(TimeSpan.FromSeconds(10));
        await harness.UntilAsync(async () => (await harness.InstanceAsync(run.Instance.Id)).SubStatus == "Finished");
        harness.Lines.ToString().ShouldBe("after" + Environment.NewLine);
    }

    [Fact]
    public async Task An_instance_whose_burst_ends_is_no_suspect_any_more()
    {
        await using var harness = await StartAsync();
        await harness.PublishAsync("patient", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:00:10")), Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Line("after")));
        var run = await harness.RunAsync("patient");
        await CrashAsync(harness, 2, run.Instance.Id);
        harness.Clock.Advance(TimeSpan.FromSeconds(10));
        await harness.CommittedAsync(burst => burst.Instance.Revision == 2);
        await harness.UntilAsync(async () => (await harness.Store.ListDocumentsAsync("crash-suspect", CancellationToken.None)).Count == 0);

        await CrashAsync(harness, 2, run.Instance.Id);
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_queued_start_that_ended_the_process_three_times_stands_as_a_faulted_instance()
    {
        await using var harness = await StartAsync();
        await harness.PublishAsync("poison", Sequence(Line("executed")));
        var outbox = harness.Get<Outbox>();
        await harness.StopAsync();
        for (var crash = 0; crash < 3; crash++)
            Leave("wanted");
        await harness.Store.CommitAsync(new Commit { Work = [outbox.ToWork(new StartRequest { DefinitionId = "poison", InstanceId = "wanted" })] }, CancellationToken.None);
        await harness.Store.CommitAsync(
            new Commit { Documents = [new("crash-suspect", "wanted", """{"ends":2,"lastAt":"2026-01-01T00:00:00+00:00"}""")] }, CancellationToken.None);

        await harness.StartAsync();

        (await harness.FinishedAsync("poison")).Instance.SubStatus.ShouldBe("Faulted");
        harness.Lines.ToString().ShouldBeEmpty();
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldBeEmpty();
        await harness.Runtime.RetryAsync("wanted", null, CancellationToken.None);
        (await harness.InstanceAsync("wanted")).SubStatus.ShouldBe("Finished");
        harness.Lines.ToString().ShouldBe("executed" + Environment.NewLine);
    }

    [Fact]
    public async Task Suspects_go_on_one_after_the_other_and_nothing_else_waits_for_them()
    {
        await using var harness = await StartAsync();
        await harness.PublishAsync("waits", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:00:10")), Step("m", "Test.Meeting")));
        await harness.PublishAsync("other", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:00:10")), Line("other")));
        var first = await harness.RunAsync("waits");
        var second = await harness.RunAsync("waits");
        await harness.RunAsync("other");
        await CrashAsync(harness, 1, first.Instance.Id, second.Instance.Id);

        harness.Clock.Advance(TimeSpan.FromSeconds(10));
        await harness.FinishedAsync("other");
        Meeting.Open.TrySetResult();
        await harness.UntilAsync(async () => (await harness.InstancesOfAsync("waits")).All(instance => instance.SubStatus == "Finished"));

        Meeting.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task More_interrupted_instances_than_the_queue_holds_all_go_on()
    {
        await using var harness = await StartAsync();
        await harness.PublishAsync("cut", Sequence(Step("h", "Test.HangFirst"), Line("after")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "cut" }, CancellationToken.None).AsTask();
        await HangFirst.Reached.Task;
        await harness.StopAsync();
        var template = (await running).ShouldBeOfType<StartResult.Started>().Instance;
        template.SubStatus.ShouldBe("Interrupted");
        const int Copies = 10_500;
        await harness.Store.CommitAsync(new Commit { Instances = [.. Enumerable.Range(0, Copies).Select(i => template with { Id = $"copy{i}", Revision = 1 })] }, CancellationToken.None);

        var before = harness.CommittedCount;

        await harness.StartAsync();
        await harness.UntilAsync(() => Task.FromResult(harness.CommittedCount >= before + Copies + 1), atMost: TimeSpan.FromMinutes(2));

        (await harness.Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = ["cut"], SubStatuses = ["Finished"], Take = 1 }, CancellationToken.None)).TotalCount.ShouldBe(Copies + 1);
    }

    private async Task<RuntimeHarness> StartAsync()
    {
        var harness = await RuntimeHarness.CreateAsync();
        await harness.StopAsync();
        harness.RecorderPath = RecorderPath;
        await harness.StartAsync();
        return harness;
    }

    /// <summary>Starts again and again after ends at which the instances executed.</summary>
    private async Task CrashAsync(RuntimeHarness harness, int times, params string[] executing)
    {
        for (var crash = 0; crash < times; crash++)
        {
            await harness.StopAsync();
            Leave(executing);
            await harness.StartAsync();
        }
    }

    private void Leave(params string[] executing)
    {
        using var recorder = new FlightRecorder(RecorderPath);
        recorder.Open();
        foreach (var id in executing)
            recorder.Enter(id);
    }
}

/// <summary>Counts how many execute at once.</summary>
[Engine.Activity("Test", "Test")]
public sealed class Meeting : Engine.CodeActivity
{
    public static readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int _now;

    public static int MostAtOnce { get; private set; }

    protected override async ValueTask ExecuteAsync(Engine.ActivityExecutionContext context)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        await Open.Task;
        Interlocked.Decrement(ref _now);
    }
}

/// <summary>Waits for ever the first time it runs, until it is cancelled.</summary>
[Engine.Activity("Test", "Test")]
public sealed class HangFirst : Engine.CodeActivity
{
    public static readonly TaskCompletionSource Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async ValueTask ExecuteAsync(Engine.ActivityExecutionContext context)
    {
        if (Reached.TrySetResult())
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
    }
}
