using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Runtime.Activities;
using Platform.Runtime.Alterations;
using Platform.Runtime.Explanations;
using Platform.Runtime.Execution;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class ResilienceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_undo_step_that_waits_survives_a_restart_and_no_step_is_undone_twice()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b", Nested("ub", Event("go"), Line("undo-b"))), Undoable("c"), Step("boom", "Elsa.Fault", ("message", "Literal", "no money"))));
        var run = await harness.RunAsync("order");
        run.Instance.SubStatus.ShouldBe("Suspended");

        await harness.RestartAsync();
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

        var ended = await harness.FinishedAsync("order");
        ended.Instance.SubStatus.ShouldBe("Faulted");
        Undone(harness).ShouldBe(["undo-c", "undo-b", "undo-a"]);
    }

    [Theory]
    [InlineData(0, new string[0], new[] { "undo-c", "undo-b", "undo-a" })]
    [InlineData(1, new[] { "undo-c" }, new[] { "undo-c", "undo-b", "undo-a" })]
    [InlineData(2, new[] { "undo-c", "undo-b" }, new[] { "undo-b", "undo-a" })]
    [InlineData(3, new[] { "undo-c", "undo-b", "undo-a" }, new[] { "undo-a" })]
    public async Task What_was_undone_and_committed_is_not_undone_again_wherever_the_process_ends(int commits, string[] before, string[] afterwards)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var store = new StoppingStore();
        harness.Wrap = store.Around;
        await harness.RestartAsync();
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b"), Undoable("c"), Event("never")));
        var run = await harness.RunAsync("order");

        store.StopAfter(commits);
        await Should.ThrowAsync<IOException>(() => harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None).AsTask());
        Undone(harness).ShouldBe(before);
        harness.Lines.GetStringBuilder().Clear();
        store.GoOn();
        await harness.RestartAsync();
        // Before the first commit nobody was told that it is cancelled, and nothing was undone.
        if (commits == 0)
            (await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None)).ShouldBeTrue();

        (await harness.FinishedAsync("order")).Instance.SubStatus.ShouldBe("Cancelled");
        Undone(harness).ShouldBe(afterwards);
    }

    [Fact]
    public async Task An_instance_whose_step_does_not_stop_is_undone_after_the_deadline()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Deaf.NewKey();
        await harness.PublishAsync("order", Saga(Undoable("a"), Event("go"), Step("d", "Test.Deaf", ("key", "Literal", key)), Line("late")));
        var run = await harness.RunAsync("order");
        var resuming = harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None).AsTask();
        await Deaf.ReachedAsync(key);

        var cancelling = harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None).AsTask();
        await harness.UntilAsync(() => cancelling.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await cancelling).ShouldBeTrue();
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        Deaf.Release(key);
        await Should.ThrowAsync<InstanceConflictException>(() => resuming.WaitAsync(Patience));
        Undone(harness).ShouldBe(["undo-a"]);
    }

    [Fact]
    public async Task Cancelling_again_does_not_stop_an_undo_step_that_runs()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Deaf.NewKey();
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b", Nested("ub", Step("d", "Test.Deaf", ("key", "Literal", key)), Line("undo-b"))), Event("never")));
        var run = await harness.RunAsync("order");
        var first = harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None).AsTask();
        await Deaf.ReachedAsync(key);

        (await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None).AsTask().WaitAsync(Patience)).ShouldBeTrue();
        harness.Clock.Advance(TimeSpan.FromMinutes(5));
        (await harness.InstanceAsync(run.Instance.Id)).Status.ShouldBe("Running");
        Deaf.Release(key);

        (await first.WaitAsync(Patience)).ShouldBeTrue();
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        Undone(harness).ShouldBe(["undo-b", "undo-a"]);
    }

    [Fact]
    public async Task A_child_that_an_undo_step_starts_is_not_cancelled_with_its_parent()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("refund", Sequence(Event("go"), Line("undo-by-child")));
        var undo = Step("x", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "refund"), ("waitForCompletion", "Literal", true));
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b", undo), Event("never")));
        var run = await harness.RunAsync("order");

        (await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None)).ShouldBeTrue();
        await harness.UntilAsync(async () => (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).Count == 0);
        (await harness.InstancesOfAsync("refund")).ShouldHaveSingleItem().SubStatus.ShouldBe("Suspended");
        (await harness.InstanceAsync(run.Instance.Id)).Status.ShouldBe("Running");
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

        (await harness.FinishedAsync("order")).Instance.SubStatus.ShouldBe("Cancelled");
        Undone(harness).ShouldBe(["undo-by-child", "undo-a"]);
    }

    [Fact]
    public async Task An_instance_that_undoes_says_so_and_how_far_it_is()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b", Nested("ub", Event("go"), Line("undo-b"))), Undoable("c"), Event("never")));
        var run = await harness.RunAsync("order");
        await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None);

        var explanation = (await harness.Get<InstanceExplainer>().ExplainAsync(run.Instance.Id, CancellationToken.None)).ShouldNotBeNull();

        explanation.SubStatus.ShouldBe("Suspended");
        explanation.Summary.ShouldBe("'saga' (Platform.Saga) is undoing 2 of 3 steps because it was cancelled: now 'b'. 'go' waits for the event 'go'.");
        var undoing = explanation.Undoing.ShouldHaveSingleItem();
        (undoing.Undone, undoing.Total, undoing.Current).ShouldBe((1, 3, "b"));
    }

    [Fact]
    public async Task A_handled_fault_is_explained_with_the_container_that_handled_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("careful", Sequence(
            Step("try", "Platform.TryCatch").Having("try", Step("boom", "Elsa.Fault", ("message", "Literal", "no paper"))).Having("catch", Line("caught"))));
        var run = await harness.RunAsync("careful");

        var explanation = (await harness.Get<InstanceExplainer>().ExplainAsync(run.Instance.Id, CancellationToken.None)).ShouldNotBeNull();

        run.Instance.IncidentCount.ShouldBe(0);
        explanation.Incidents.ShouldBeEmpty();
        explanation.HandledIncidents.ShouldHaveSingleItem().Sentence.ShouldBe(
            "The activity 'boom' (Elsa.Fault) failed and 'try' (Platform.TryCatch) handled it: no paper");
    }

    [Fact]
    public async Task A_retry_that_waits_survives_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Guid.NewGuid().ToString("n");
        await harness.PublishAsync("again", Sequence(
            Step("retry", "Platform.Retry", ("delay", "Literal", "00:05:00")).Having("body", Step("f", "Test.FailsFirst", ("key", "Literal", key))), Line("after")));
        (await harness.RunAsync("again")).Instance.SubStatus.ShouldBe("Suspended");

        await harness.RestartAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(5));

        (await harness.FinishedAsync("again")).Instance.SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_timeout_ends_a_step_that_waits_for_something_in_this_process()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(
            Step("timeout", "Platform.Timeout", ("duration", "Literal", "00:00:10")).Having("body", Step("p", "Test.Patient")).Having("onTimeout", Line("late")), Line("after")));
        var starting = harness.RunAsync("slow");

        await harness.UntilAsync(() => starting.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await starting).Instance.SubStatus.ShouldBe("Finished");
        harness.Lines.ToString().ShouldBe($"late{Environment.NewLine}after{Environment.NewLine}");
    }

    [Fact]
    public async Task A_step_that_is_left_out_by_hand_lets_the_rest_be_undone()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var stuck = Undoable("b", Step("ub", "Elsa.Fault", ("message", "Literal", "still shut")));
        await harness.PublishAsync("order", Saga([Undoable("a"), stuck, Event("never")], ("undoAttempts", 1)));
        var run = await harness.RunAsync("order");
        await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None);
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Faulted");

        var result = await harness.Get<InstanceAlterations>().RunAsync(
            run.Instance.Id, [new Alteration.CancelActivity("ub", null)], null, CancellationToken.None);

        result.IsSuccessful.ShouldBeTrue(string.Join(' ', result.Log.Select(entry => entry.Message)));
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
        Undone(harness).ShouldBe(["undo-a"]);
    }

    [Fact]
    public async Task An_alteration_that_cancels_undoes_first()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Saga(Undoable("a"), Undoable("b", Nested("ub", Event("go"), Line("undo-b"))), Event("never")));
        var run = await harness.RunAsync("order");

        var result = await harness.Get<InstanceAlterations>().RunAsync(run.Instance.Id, [new Alteration.Cancel()], null, CancellationToken.None);

        result.IsSuccessful.ShouldBeTrue();
        (await harness.InstanceAsync(run.Instance.Id)).Status.ShouldBe("Running");
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);
        (await harness.FinishedAsync("order")).Instance.SubStatus.ShouldBe("Cancelled");
        Undone(harness).ShouldBe(["undo-b", "undo-a"]);
    }

    [Fact]
    public async Task The_examples_of_the_documentation_run()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Platform.sln")))
            root = root.Parent.ShouldNotBeNull();
        var examples = File.ReadAllText(Path.Combine(root.FullName, "docs", "resilience.md")).Split("```json").Skip(1).Select(part => part.Split("```")[0]).ToList();
        examples.Count.ShouldBe(3);

        foreach (var (number, example) in examples.Index())
        {
            await harness.PublishAsync("example" + number, Sequence(JsonNode.Parse(example)!.AsObject()));
            (await harness.RunAsync("example" + number)).Instance.SubStatus.ShouldBe("Finished", example);
        }

        harness.Lines.ToString().ShouldContain("release the goods");
    }

    private static string Saga(params JsonObject[] steps) => Saga(steps, []);

    private static string Saga(JsonObject[] steps, params (string Name, object? Value)[] inputs) =>
        Sequence(Step("saga", "Platform.Saga", [.. inputs.Select(input => (input.Name, "Literal", input.Value))]).Having("body", Nested("body", steps)), Line("after"));

    private static JsonObject Nested(string id, params JsonObject[] steps) => new() { ["id"] = id, ["type"] = "Elsa.Sequence", ["activities"] = new JsonArray([.. steps]) };

    private static JsonObject Undoable(string id, JsonObject? undo = null) =>
        Step(id, "Platform.Compensable").Having("body", Line("do-" + id)).Having("compensation", undo ?? Line("undo-" + id));

    private static JsonObject Event(string name) => Step(name, "Elsa.Event", ("eventName", "Literal", name));

    private static string[] Undone(RuntimeHarness harness) =>
        [.. harness.Lines.ToString().Split(Environment.NewLine).Where(line => line.StartsWith("undo", StringComparison.Ordinal))];
}

/// <summary>Fails the first time.</summary>
[Activity("Test", "Test")]
public sealed class FailsFirst : CodeActivity
{
    private static readonly ConcurrentDictionary<string, bool> Seen = new(StringComparer.Ordinal);

    /// <summary>Who fails once.</summary>
    public Input<string> Key { get; set; } = new("");

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Seen.TryAdd(Key.Get(context), true))
            throw new InvalidOperationException("not yet");
    }
}

/// <summary>Waits for ever, or until it is told to stop.</summary>
[Activity("Test", "Test")]
public sealed class Patient : CodeActivity
{
    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) => await Task.Delay(Timeout.Infinite, context.CancellationToken);
}
