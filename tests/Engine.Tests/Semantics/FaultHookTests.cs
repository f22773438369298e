namespace Platform.Engine.Tests.Semantics;

/// <summary>What a container of a module can do at faults and ends.</summary>
public sealed class FaultHookTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public async Task A_container_may_wait_before_it_decides_and_goes_on_after_the_branch_has_ended()
    {
        var workflow = await _engine.StartAsync(Guarded("handled", Fault("NO")));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["after"]);
        Guard.Heard("handled").ShouldBe(["asked: it broke", "ended: boom"]);
    }

    [Fact]
    public async Task A_fault_that_it_does_not_handle_goes_on_outwards_and_it_is_asked_once()
    {
        var workflow = await _engine.StartAsync(Guarded("passed", Fault("OTHER")));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        Guard.Heard("passed").ShouldBe(["asked: it broke"]);
    }

    [Fact]
    public async Task What_it_throws_while_it_decides_takes_the_place_of_the_fault()
    {
        var workflow = await _engine.StartAsync(Guarded("throws", Fault("THROW")));

        workflow.Incidents.Select(incident => incident.Message).ShouldBe(["the guard broke"]);
    }

    [Fact]
    public async Task It_hears_of_its_cancellation_with_its_instance_also_after_a_restart()
    {
        var workflow = _engine.Reload(await _engine.StartAsync(Guarded("cancelled", Wait)));

        await Interpreter.CancelAsync(workflow);

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        Guard.Heard("cancelled").ShouldBe(["cancelled"]);
    }

    [Fact]
    public async Task It_hears_of_its_end_when_a_container_around_it_ends_it_and_not_when_it_completes()
    {
        var around = """{"root":{"id":"t","type":"Platform.Timeout","duration":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"00:00:01"}},"body":{0}}}""";
        var workflow = await _engine.StartAsync(around.Replace("{0}", Inner("timed", Wait), StringComparison.Ordinal));
        (await _engine.ResumeAsync(workflow, "Platform.Timeout")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        await _engine.StartAsync(Guarded("completed", EngineHarness.Line("well")));

        Guard.Heard("timed").ShouldBe(["cancelled"]);
        Guard.Heard("completed").ShouldBeEmpty();
    }

    [Fact]
    public async Task When_it_fails_at_its_cancellation_the_rest_ends_all_the_same()
    {
        var workflow = _engine.Reload(await _engine.StartAsync(Guarded("cancel-throws", Wait)));

        await Interpreter.CancelAsync(workflow);

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        workflow.Bookmarks.ShouldBeEmpty();
        workflow.Incidents.Select(incident => incident.Message).ShouldBe(["it cannot be given back"]);
    }

    private static string Wait => EngineHarness.Step("w", "Test.Wait", ("key", "Literal", "k"));

    private static string Fault(string code) => EngineHarness.Step("boom", "Elsa.Fault", ("code", "Literal", code), ("message", "Literal", "it broke"));

    private static string Guarded(string key, string body) => "{\"root\":" + Inner(key, body) + "}";

    private static string Inner(string key, string body) =>
        EngineHarness.Step("g", "Test.Guard", ("key", "Literal", key))[..^1] + ",\"body\":" + body + ",\"after\":" + EngineHarness.Line("after") + "}";
}

/// <summary>A container as a module writes it.</summary>
[Activity("Test", "Test")]
public sealed class Guard : Activity
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, System.Collections.Concurrent.ConcurrentQueue<string>> _heard = new();

    public Input<string> Key { get; set; } = new("");

    [Port]
    public IActivity? Body { get; set; }

    [Port]
    public IActivity? After { get; set; }

    public static IReadOnlyList<string> Heard(string key) => _heard.TryGetValue(key, out var heard) ? [.. heard] : [];

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnDoneAsync);

    protected override async ValueTask<bool> HandleFaultAsync(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        await Task.Yield();
        Tell(context, $"asked: {FaultFilter.MessageOf(faulted, exception)}");
        return new FaultFilter(ErrorCodes: ["THROW"]).Matches(faulted, exception)
            ? throw new InvalidOperationException("the guard broke")
            : new FaultFilter(ErrorCodes: ["NO"]).Matches(faulted, exception);
    }

    protected override ValueTask OnFaultHandledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        Tell(context, $"ended: {child.Activity.Id}");
        return context.ScheduleActivityAsync(After, OnDoneAsync);
    }

    protected override void OnCanceled(ActivityExecutionContext context)
    {
        if (context.Get(Key) == "cancel-throws")
            throw new InvalidOperationException("it cannot be given back");
        Tell(context, "cancelled");
    }

    private void Tell(ActivityExecutionContext context, string what) => _heard.GetOrAdd(context.Get(Key)!, _ => new()).Enqueue(what);

    private static ValueTask OnDoneAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}
