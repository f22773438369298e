using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using static Platform.Runtime.Tests.Dispatching.DispatchHarness;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Dispatching;

public sealed class PauseTests
{
    [Fact]
    public async Task While_a_workflow_is_paused_starts_wait_and_what_runs_goes_on()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        var running = await harness.RunAsync("job");
        await harness.PauseAsync("job");

        await harness.DispatchAsync("job", "job-2");
        await harness.EndAsync(running.Instance.Id);
        await harness.PassAsync("pass-1");
        (await harness.QueuedAsync("job")).ShouldBe(1);
        (await harness.Runtime.StartAsync(new StartRequest { DefinitionId = "job" }, CancellationToken.None)).ShouldBeOfType<StartResult.Held>()
            .Hold.Reason.ShouldContain("was paused by ann");

        await harness.ResumeAsync("job");

        await harness.StartedAsync("job-2");
    }

    [Fact]
    public async Task A_pause_survives_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.PauseAsync("job");
        await harness.DispatchAsync("job", "job-1");

        await harness.RestartAsync();
        await harness.PassAsync("pass-1");

        (await harness.QueuedAsync("job")).ShouldBe(1);
        await harness.ResumeAsync("job");
        await harness.StartedAsync("job-1");
    }

    [Fact]
    public async Task Events_and_schedules_queue_their_starts_while_a_workflow_is_paused()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("onEvent", Sequence(Trigger("go", "Elsa.Event", ("eventName", "Literal", "go")), Line("event")));
        await harness.PublishAsync("onTime", Sequence(Trigger("cron", "Elsa.Cron", ("cronExpression", "Literal", "0 0 * * * *")), Line("tick")));
        await harness.PauseAsync("onEvent");
        await harness.PauseAsync("onTime");

        await harness.Runtime.PublishAsync(Activities.EventStimulus.For("go", null), CancellationToken.None);
        await harness.UntilAsync(async () => await harness.QueuedAsync("onEvent") == 1);
        await harness.UntilAsync(async () => await harness.QueuedAsync("onTime") > 0, TimeSpan.FromMinutes(5));
        await harness.PassAsync("pass-1");
        harness.Lines.ToString().ShouldNotContain("event");
        harness.Lines.ToString().ShouldNotContain("tick");

        await harness.ResumeAsync("onEvent");
        await harness.ResumeAsync("onTime");

        await harness.FinishedAsync("onEvent");
        await harness.FinishedAsync("onTime");
    }

    [Fact]
    public async Task A_workflow_that_drops_starts_counts_them_and_keeps_what_was_queued_before()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Trigger("go", "Elsa.Event", ("eventName", "Literal", "go")), Line("ran")));
        await harness.PauseAsync("job");
        await harness.DispatchAsync("job", "before");
        await harness.PassAsync("pass-1");
        harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await harness.PauseAsync("job", PauseMode.Drop);

        await harness.DispatchAsync("job", "after");
        await harness.Runtime.PublishAsync(Activities.EventStimulus.For("go", null), CancellationToken.None);
        await harness.UntilAsync(() => harness.Get<DispatchRules>().Find("job")?.Pause?.Dropped == 2 && harness.Get<WorkQueue>().HeldCount == 0);
        await harness.RestartAsync();

        harness.Get<DispatchRules>().Find("job")!.Pause!.Dropped.ShouldBe(2);
        harness.Get<DispatchRules>().RefusalOf("job")!.Kind.ShouldBe(HoldKind.Dropped);
        (await harness.QueuedAsync("job")).ShouldBe(1);
        await harness.ResumeAsync("job");
        await harness.StartedAsync("before");
        (await harness.IdsOfAsync("job")).ShouldBe(["before"]);
    }

    [Fact]
    public async Task A_child_is_not_dropped_for_its_parent_may_wait_for_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        await harness.PublishAsync("parent", Sequence(
            Step("call", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true)), Line("went on")));
        await harness.PauseAsync("child", PauseMode.Drop);

        await harness.RunAsync("parent");
        await harness.PassAsync("pass-1");
        (await harness.QueuedAsync("child")).ShouldBe(1);
        await harness.ResumeAsync("child");

        await harness.FinishedAsync("parent");
        harness.Lines.ToString().ShouldContain("went on");
    }
}
