using System.Collections.Concurrent;
using Platform.Engine;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class CancellationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_step_that_does_not_stop_is_overruled_after_the_deadline_and_nothing_of_it_is_stored()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Deaf.NewKey();
        await harness.PublishAsync("deaf", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Step("d", "Test.Deaf", ("key", "Literal", key)), Line("after")));
        var run = await harness.RunAsync("deaf");
        var resuming = harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None).AsTask();
        await Deaf.ReachedAsync(key);

        var cancelling = harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None).AsTask();
        await harness.UntilAsync(() => cancelling.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await cancelling).ShouldBeTrue();
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        Deaf.Release(key);
        await Should.ThrowAsync<InstanceConflictException>(() => resuming.WaitAsync(Patience));
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        harness.Lines.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wish_to_cancel_holds_although_the_process_ends_before_the_step_stops()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Deaf.NewKey();
        await harness.PublishAsync("deaf", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Step("d", "Test.Deaf", ("key", "Literal", key)), Line("after")));
        var run = await harness.RunAsync("deaf");
        var resuming = harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None).AsTask();
        await Deaf.ReachedAsync(key);
        using var caller = new CancellationTokenSource();
        var cancelling = harness.Runtime.CancelAsync(run.Instance.Id, caller.Token).AsTask();
        await harness.UntilAsync(async () => await harness.Store.FindWorkByKeyAsync("cancel:" + run.Instance.Id, CancellationToken.None) is not null);

        // The caller gives up, the step ends, the process ends; only the wish is left.
        await caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelling);
        Deaf.Release(key);
        await resuming.WaitAsync(Patience);
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldNotBe("Cancelled");
        await harness.RestartAsync();

        var ended = await harness.CommittedAsync(burst => burst.Instance.Id == run.Instance.Id && burst.Instance.Status == "Finished");
        ended.Instance.SubStatus.ShouldBe("Cancelled");
        harness.Lines.ToString().ShouldBeEmpty();
        (await harness.Store.FindWorkByKeyAsync("cancel:" + run.Instance.Id, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Children_are_cancelled_although_the_process_ends_right_after_the_parents_commit()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never"))));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
        var parent = await harness.RunAsync("parent");

        // What the commit of the parent left behind, without the rest of the call.
        await harness.ComposeOnlyAsync();
        var runner = harness.Get<InstanceRunner>();
        var (workflow, header) = (await runner.LoadAsync(parent.Instance.Id, CancellationToken.None))!.Value;
        await runner.CancelAsync(workflow, header, null, commit => (commit.Work ??= []).Add(harness.Get<Outbox>().CancelChildren(parent.Instance.Id)));
        await harness.StartAsync();

        (await harness.FinishedAsync("child")).Instance.SubStatus.ShouldBe("Cancelled");
    }

    [Fact]
    public async Task A_child_that_was_queued_when_its_parent_was_cancelled_does_not_begin()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child ran")));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "child")), Step("e", "Elsa.Event", ("eventName", "Literal", "never"))));

        // Without workers: the child stays in the queue.
        await harness.ComposeOnlyAsync();
        var parent = await harness.RunAsync("parent");
        (await harness.Runtime.CancelAsync(parent.Instance.Id, CancellationToken.None)).ShouldBeTrue();
        await harness.StartAsync();
        await harness.PublishAsync("other", Sequence(Line("other")));
        await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "other" }, CancellationToken.None);
        await harness.FinishedAsync("other");

        await harness.UntilAsync(async () => (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).Count == 0);
        (await harness.InstancesOfAsync("child")).ShouldBeEmpty();
        harness.Lines.ToString().ShouldNotContain("child ran");
    }

    [Fact]
    public async Task Cancelling_a_parent_stops_the_burst_of_the_child_it_waits_for()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("h", "Test.Stoppable"), Line("after")));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
        var starting = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "parent", InstanceId = "the-parent" }, CancellationToken.None).AsTask();
        await Stoppable.Reached.Task.WaitAsync(Patience);

        (await harness.Runtime.CancelAsync("the-parent", CancellationToken.None)).ShouldBeTrue();

        await starting.WaitAsync(Patience);
        (await harness.InstanceAsync("the-parent")).SubStatus.ShouldBe("Cancelled");
        (await harness.InstancesOfAsync("child")).ShouldHaveSingleItem().SubStatus.ShouldBe("Cancelled");
        harness.Lines.ToString().ShouldBeEmpty();
    }
}

/// <summary>Waits and does not hear that it should stop.</summary>
[Activity("Test", "Test")]
public sealed class Deaf : CodeActivity
{
    private static readonly ConcurrentDictionary<string, (TaskCompletionSource Reached, TaskCompletionSource Released)> Signals = new(StringComparer.Ordinal);

    /// <summary>Whose signals it uses.</summary>
    public Input<string> Key { get; set; } = new("");

    public static string NewKey()
    {
        var key = Guid.NewGuid().ToString("n");
        Signals[key] = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));
        return key;
    }

    public static Task ReachedAsync(string key) => Signals[key].Reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static void Release(string key) => Signals[key].Released.TrySetResult();

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (reached, released) = Signals[Key.Get(context)];
        reached.TrySetResult();
        await released.Task;
    }
}

/// <summary>Waits until it is told to stop.</summary>
[Activity("Test", "Test")]
public sealed class Stoppable : CodeActivity
{
    public static TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
