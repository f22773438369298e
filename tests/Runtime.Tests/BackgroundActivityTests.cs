using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

/// <summary>Jobs and asynchronous tasks run outside of their instance's bursts.</summary>
public sealed class BackgroundActivityTests
{
    [Fact]
    public async Task The_instance_waits_and_its_other_branches_go_on_meanwhile()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        await harness.PublishAsync("busy", Flowchart(
            [
                Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")),
                Job(key), Line("worked"),
                Step("e", "Elsa.Event", ("eventName", "Literal", key)), Line("heard"),
            ],
            "fork:A -> job", "job:Good -> worked", "fork:B -> e", "e:Done -> heard"));

        var run = await harness.RunAsync("busy");
        run.Instance.SubStatus.ShouldBe("Suspended");
        await Work.StartedAsync(key);
        await harness.Runtime.DeliverAsync(Activities.EventStimulus.For(key, null), CancellationToken.None);
        harness.Lines.ToString().ShouldBe($"heard{Environment.NewLine}");
        Work.Finish(key);

        await harness.FinishedAsync("busy");
        harness.Lines.ToString().ShouldBe($"heard{Environment.NewLine}worked{Environment.NewLine}");
    }

    [Fact]
    public async Task Outputs_variables_and_journal_entries_reach_the_instance()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        var job = Job(key);
        job["result"] = new JsonObject { ["typeName"] = "String", ["memoryReference"] = new JsonObject { ["id"] = "bound" } };
        var document = JsonNode.Parse(Flowchart(
            [job, Step("show", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.Bound} ${variables.Told} ${getOutputFrom('job')}`"))], "job:Good -> show"))!;
        document["variables"] = new JsonArray(Variable("bound", "Bound"), Variable("told", "Told"));
        await harness.PublishAsync("busy", document.ToJsonString());
        Work.Finish(key);

        var run = await harness.RunAsync("busy");

        await harness.FinishedAsync("busy");
        harness.Lines.ToString().ShouldBe($"result told result{Environment.NewLine}");
        var bursts = await harness.Store.ReadBurstsAsync(run.Instance.Id, CancellationToken.None);
        var history = Engine.Execution.ExecutionHistory.Read(run.Instance.Id, bursts.Select(burst => burst.Log));
        history.Journal.Where(entry => entry.Execution.ActivityId == "job").Select(entry => entry.EventName)
            .ShouldBe(["Started", "Suspended", "Resumed", "Progress", "Completed"]);
    }

    [Fact]
    public async Task After_a_crash_it_runs_again_with_the_same_key()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        await harness.PublishAsync("busy", Flowchart([Job(key), Line("worked")], "job:Good -> worked"));
        await harness.RunAsync("busy");
        await Work.StartedAsync(key);

        await harness.RestartAsync();
        await Work.StartedAsync(key);
        Work.Finish(key);

        await harness.FinishedAsync("busy");
        harness.Lines.ToString().ShouldBe($"worked{Environment.NewLine}");
        Work.IdempotencyKeys(key).Distinct().ShouldHaveSingleItem();
        Work.IdempotencyKeys(key).Count.ShouldBe(2);
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fault_in_the_background_is_an_incident()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        await harness.PublishAsync("busy", Flowchart([Job(key)]));
        Work.Fail(key);

        await harness.RunAsync("busy");

        var finished = await harness.FinishedAsync("busy");
        (finished.Instance.SubStatus, finished.Instance.IncidentCount).ShouldBe(("Faulted", 1));
    }

    [Fact]
    public async Task Cancelling_the_instance_ends_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        await harness.PublishAsync("busy", Flowchart([Job(key)]));
        var run = await harness.RunAsync("busy");
        await Work.StartedAsync(key);

        (await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None)).ShouldBeTrue();

        await Work.CancelledAsync(key);
        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Cancelled");
    }

    [Theory]
    [InlineData(false, "Finished")]
    [InlineData(true, "Suspended")]
    public async Task A_task_runs_in_the_background_only_when_its_author_says_so(bool runsAsynchronously, string subStatus)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var task = Step("task", "Test.QuickTask");
        task["customProperties"] = new JsonObject { ["runAsynchronously"] = runsAsynchronously };
        await harness.PublishAsync("task", Flowchart([task]));

        (await harness.RunAsync("task")).Instance.SubStatus.ShouldBe(subStatus);

        await harness.FinishedAsync("task");
    }

    private static JsonObject Job(string key) => Step("job", "Test.Work", ("key", "Literal", key));

    private static JsonObject Variable(string id, string name) => new() { ["id"] = id, ["name"] = name, ["typeName"] = "String", ["storageDriverTypeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" };
}

/// <summary>A job that works until the test lets it end.</summary>
[Activity("Test", "Test", Kind = ActivityKind.Job)]
[FlowNode("Good", "Bad")]
public sealed class Work : CodeActivity<string>
{
    private static readonly ConcurrentDictionary<string, State> States = new();

    public Input<string> Key { get; set; } = new("");

    public static string NewKey() => Guid.NewGuid().ToString("n");

    /// <summary>The next time that the job started and was not waited for yet.</summary>
    public static Task StartedAsync(string key) => Of(key).Started.WaitAsync(TimeSpan.FromSeconds(30));

    public static Task CancelledAsync(string key) => Of(key).Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static void Finish(string key) => Of(key).End.TrySetResult(true);

    public static void Fail(string key) => Of(key).End.TrySetResult(false);

    public static IReadOnlyCollection<string> IdempotencyKeys(string key) => Of(key).Keys;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var state = Of(Key.Get(context)!);
        state.Keys.Add(context.IdempotencyKey);
        state.Started.Release();
        bool good;
        try
        {
            good = await state.End.Task.WaitAsync(context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            state.Cancelled.TrySetResult();
            throw;
        }

        if (!good)
            throw new InvalidOperationException("The job went wrong.");
        context.AddExecutionLogEntry("Progress", "Half of it is done.");
        context.SetVariable("Told", "told");
        context.SetResult("result");
        await context.CompleteActivityWithOutcomesAsync("Good");
    }

    private static State Of(string key) => States.GetOrAdd(key, _ => new State());

    private sealed class State
    {
        public SemaphoreSlim Started { get; } = new(0);

        public TaskCompletionSource<bool> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentBag<string> Keys { get; } = [];
    }
}

/// <summary>A task that is done at once.</summary>
[Activity("Test", "Test", Kind = ActivityKind.Task)]
public sealed class QuickTask : CodeActivity;
