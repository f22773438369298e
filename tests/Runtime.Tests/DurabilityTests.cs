using Platform.Engine;
using Platform.Runtime.Activities;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class DurabilityTests
{
    [Fact]
    public async Task A_delay_survives_a_restart_and_fires_when_its_time_has_come()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Line("before"), Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Line("after")));
        var started = await harness.RunAsync("slow");
        started.Instance.SubStatus.ShouldBe("Suspended");

        await harness.RestartAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(10));

        await harness.FinishedAsync("slow");
        harness.Lines.ToString().ShouldBe($"before{Environment.NewLine}after{Environment.NewLine}");
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("ActivityExecuted", 4)]
    [InlineData("WorkflowExecuting", 2)]
    public async Task A_commit_strategy_stores_progress_in_the_middle_of_a_burst(string? strategy, int commits)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = System.Text.Json.Nodes.JsonNode.Parse(Sequence(Line("a"), Line("b")))!;
        document["options"] = new System.Text.Json.Nodes.JsonObject { ["commitStrategyName"] = strategy };
        await harness.PublishAsync("careful", document.ToJsonString());

        var run = await harness.RunAsync("careful");

        run.Instance.SubStatus.ShouldBe("Finished");
        run.Instance.Revision.ShouldBe(commits);
    }

    [Fact]
    public async Task A_delay_that_ended_while_the_server_was_down_fires_at_the_start()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Line("after")));
        await harness.RunAsync("slow");

        await harness.StopAsync();
        harness.Clock.Advance(TimeSpan.FromHours(1));
        await harness.StartAsync();

        await harness.FinishedAsync("slow");
    }

    [Fact]
    public async Task A_dispatched_run_is_done_although_the_process_ended_before_it_began()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        var outbox = harness.Get<Outbox>();
        await harness.StopAsync();
        var request = new StartRequest { DefinitionId = "quick", InstanceId = "wanted", Input = new Dictionary<string, object?> { ["a"] = 1 } };
        await harness.Store.CommitAsync(new Commit { Work = [outbox.ToWork(request)] }, CancellationToken.None);

        await harness.StartAsync();

        (await harness.FinishedAsync("quick")).Instance.Id.ShouldBe("wanted");
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cron_workflow_fires_once_per_occurrence()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("tick", Flowchart([Trigger("c", "Elsa.Cron", ("cronExpression", "Literal", "0 */5 * * * *")), Line("tock")], "c -> tock"));

        harness.Clock.Advance(TimeSpan.FromMinutes(5));
        await harness.FinishedAsync("tick");

        (await harness.InstancesOfAsync("tick")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ticks_missed_while_the_server_was_down_fire_once()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("tick", Flowchart([Trigger("c", "Elsa.Timer", ("interval", "Literal", "00:01:00")), Line("tock")], "c -> tock"));
        await harness.StopAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(30));

        await harness.StartAsync();
        await harness.FinishedAsync("tick");

        (await harness.InstancesOfAsync("tick")).Count.ShouldBe(1);
        var trigger = (await harness.Store.FindTriggersAsync(new TriggerFilter { DefinitionId = "tick" }, CancellationToken.None)).ShouldHaveSingleItem();
        trigger.DueAt.ShouldBe(harness.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_retracted_workflow_fires_no_more()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("tick", Flowchart([Trigger("c", "Elsa.Timer", ("interval", "Literal", "00:01:00")), Line("tock")], "c -> tock"));
        await harness.Definitions.RetractAsync("tick", CancellationToken.None);

        harness.Clock.Advance(TimeSpan.FromMinutes(10));

        (await harness.Store.FindTriggersAsync(new TriggerFilter { DefinitionId = "tick" }, CancellationToken.None)).ShouldBeEmpty();
        (await harness.InstancesOfAsync("tick")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_published_event_starts_and_resumes_what_waits_for_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("starts", Flowchart([Trigger("e", "Elsa.Event", ("eventName", "Literal", "paid")), Line("started")], "e -> started"));
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "paid")), Line("resumed")));
        await harness.PublishAsync("publishes", Sequence(Step("p", "Elsa.PublishEvent", ("eventName", "Literal", "paid"))));
        await harness.RunAsync("waits");

        await harness.RunAsync("publishes");

        await harness.FinishedAsync("starts");
        await harness.FinishedAsync("waits");
    }

    [Fact]
    public async Task A_parent_waits_for_the_child_it_dispatched_and_gets_its_output()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(
            Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:00:10")),
            Step("o", "Elsa.SetOutput", ("outputName", "Literal", "Answer"), ("outputValue", "Literal", 42))));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true)), Line("done")));
        var parent = await harness.RunAsync("parent");
        parent.Instance.SubStatus.ShouldBe("Suspended");
        await harness.CommittedAsync(burst => burst.Instance.DefinitionId == "child");

        harness.Clock.Advance(TimeSpan.FromSeconds(10));

        await harness.FinishedAsync("child");
        await harness.FinishedAsync("parent");
        harness.Lines.ToString().ShouldContain("done");
    }

    [Fact]
    public async Task A_child_that_finishes_in_its_first_burst_is_executed_in_line()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true)), Line("parent")));

        var parent = await harness.RunAsync("parent");

        parent.Instance.SubStatus.ShouldBe("Finished");
        harness.Lines.ToString().ShouldBe($"child{Environment.NewLine}parent{Environment.NewLine}");
        (await harness.InstancesOfAsync("child")).ShouldHaveSingleItem().ParentInstanceId.ShouldBe(parent.Instance.Id);
    }

    [Fact]
    public async Task A_run_that_waits_for_an_answer_is_stored_while_it_waits_and_goes_on_after_a_crash()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("calls", Sequence(Line("before"), Step("h", "Test.Hang"), Line("after")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "calls" }, CancellationToken.None).AsTask();
        await Hang.Reached.Task;
        harness.Clock.Advance(TimeSpan.FromMilliseconds(100));
        var stored = await harness.CommittedAsync(burst => burst.Instance.SubStatus == "Executing");

        // The old process is gone: its run is abandoned, the store is all there is.
        await using var next = await RuntimeHarness.CreateAsync();
        var instance = await harness.InstanceAsync(stored.Instance.Id);
        instance.SubStatus.ShouldBe("Executing");
        Hang.Release.TrySetResult();
        await running;

        (await harness.InstanceAsync(stored.Instance.Id)).SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_shutdown_interrupts_a_burst_and_the_next_start_finishes_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("calls", Sequence(Line("before"), Step("h", "Test.HangOnce"), Line("after")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "calls" }, CancellationToken.None).AsTask();
        await HangOnce.Reached.Task;

        await harness.StopAsync();
        (await running).ShouldBeOfType<StartResult.Started>().Instance.SubStatus.ShouldBe("Interrupted");
        await harness.StartAsync();

        await harness.FinishedAsync("calls");
        harness.Lines.ToString().ShouldBe($"before{Environment.NewLine}after{Environment.NewLine}");
    }

    [Fact]
    public async Task Cancelling_ends_the_instance_its_bookmarks_and_its_children()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never"))));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
        var parent = await harness.RunAsync("parent");

        (await harness.Runtime.CancelAsync(parent.Instance.Id, CancellationToken.None)).ShouldBeTrue();

        (await harness.InstanceAsync(parent.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        (await harness.InstancesOfAsync("child")).ShouldHaveSingleItem().SubStatus.ShouldBe("Cancelled");
        (await harness.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = parent.Instance.Id }, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_singleton_refuses_a_second_instance_while_one_runs()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")))
            .Replace("{\"root\"", "{\"options\":{\"activationStrategyType\":\"Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime\"},\"root\"", StringComparison.Ordinal);
        await harness.PublishAsync("single", document);
        await harness.RunAsync("single");

        var second = await harness.Runtime.StartAsync(new StartRequest { DefinitionId = "single" }, CancellationToken.None);

        second.ShouldBeOfType<StartResult.Refused>();
        (await harness.InstancesOfAsync("single")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Publishing_two_workflows_for_one_schedule_or_a_bad_cron_says_what_is_wrong()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = Flowchart([Trigger("c", "Elsa.Cron", ("cronExpression", "Literal", "nonsense"))]);

        var result = await harness.Definitions.SaveAsync(new DefinitionDraft(document) { DefinitionId = "bad" }, publish: true, CancellationToken.None);

        var problem = result.ShouldBeOfType<DefinitionResult.Invalid>().Problems.ShouldHaveSingleItem();
        problem.Path.ShouldBe("$.root.activities[0]");
        problem.Message.ShouldContain("Error when parsing cron expression");
        (await harness.Definitions.FindAsync("bad", Engine.Definitions.VersionOptions.Latest, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_task_waits_until_it_is_reported_as_done()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("asks", Sequence(Step("t", "Elsa.RunTask", ("taskName", "Literal", "approve")), Line("approved")));
        var started = await harness.RunAsync("asks");
        var bookmark = (await harness.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = started.Instance.Id }, CancellationToken.None)).ShouldHaveSingleItem();

        await harness.Runtime.ResumeAsync(bookmark, new Dictionary<string, object?> { [RunTask.ResultInput] = "yes" }, null, CancellationToken.None);

        (await harness.InstanceAsync(started.Instance.Id)).SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_bookmark_resumed_by_many_at_once_resumes_once()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Line("once")));
        await harness.RunAsync("waits");

        await Parallel.ForAsync(0, 20, async (_, token) => await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), token));

        harness.Lines.ToString().ShouldBe("once" + Environment.NewLine);
    }
}

/// <summary>Waits in the process until the test lets it go.</summary>
[Activity("Test", "Test")]
public sealed class Hang : CodeActivity
{
    public static readonly TaskCompletionSource Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public static readonly TaskCompletionSource Release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Reached.TrySetResult();
        await Release.Task;
    }
}

/// <summary>Waits for ever the first time it runs, until it is cancelled.</summary>
[Activity("Test", "Test")]
public sealed class HangOnce : CodeActivity
{
    public static readonly TaskCompletionSource Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Reached.TrySetResult())
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
    }
}
