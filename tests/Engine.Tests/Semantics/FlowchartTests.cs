using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class FlowchartTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public async Task Activities_run_breadth_first_along_their_connections()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("1a"), Line("2a"), Line("1b"), Line("2b")), "",
            "s -> 1a", "s -> 2a", "1a -> 1b", "2a -> 2b"));

        _engine.Lines.ShouldBe(["s", "1a", "2a", "1b", "2b"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_activity_with_two_arrows_waits_for_both_and_runs_once()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("a"), Line("b"), Line("b2"), Line("end")), "",
            "s -> a", "s -> b", "b -> b2", "a -> end", "b2 -> end"));

        _engine.Lines.ShouldBe(["s", "a", "b", "b2", "end"]);
    }

    [Fact]
    public async Task An_untaken_branch_does_not_block_the_merge()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Decision("d", true), Line("yes"), Line("no"), Line("no2"), Line("end")), "",
            "d:True -> yes", "d:False -> no", "no -> no2", "yes -> end", "no2 -> end"));

        _engine.Lines.ShouldBe(["yes", "end"]);
    }

    [Fact]
    public async Task A_join_of_all_is_skipped_when_one_branch_was_not_taken()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("a"), Decision("d", false), Line("b"), Join("j", "WaitAll"), Line("end")), "",
            "s -> a", "s -> d", "d:True -> b", "a -> j", "b -> j", "j -> end"));

        _engine.Lines.ShouldBe(["s", "a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_join_of_any_runs_with_the_first_and_cancels_what_waits_upstream()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("a"), Wait("w"), Line("afterWait"), Join("j", "WaitAny"), Line("end")), "",
            "s -> w", "s -> a", "w -> afterWait", "afterWait -> j", "a -> j", "j -> end"));

        _engine.Lines.ShouldBe(["s", "a", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_join_of_all_active_runs_when_the_waiting_branch_goes_on()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("a"), Wait("w"), Join("j", "WaitAllActive"), Line("end")), "",
            "s -> a", "s -> w", "w -> j", "a -> j", "j -> end"));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        _engine.Lines.ShouldBe(["s", "a"]);

        var resumed = await _engine.ResumeAsync(workflow);

        resumed.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["s", "a", "end"]);
    }

    [Fact]
    public async Task An_arrow_back_runs_its_target_again_each_time()
    {
        // The counter lives in the list: each pass takes the next decision from a variable that the loop body flips.
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("body"), DecisionByVariable("d", "again"), SetVariable("stop", "again", "false"), Line("end")),
            """{"id":"again","name":"again","typeName":"Boolean","value":"true","storageDriverTypeName":"WorkflowInstanceStorageDriver"}""",
            "s -> body", "body -> d", "d:True -> stop", "stop -> body", "d:False -> end"));

        _engine.Lines.ShouldBe(["s", "body", "body", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_arrow_back_into_the_middle_of_a_fork_faults()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("a"), Line("b"), Line("m")), "",
            "s -> a", "s -> b", "a -> m", "b -> m", "m -> a"));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith(
            "Invalid backward connection: Every path from the source ('m') must go through the target ('a') when tracing back to the start.");
    }

    [Fact]
    public async Task The_start_marker_wins_over_the_order_of_activities()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Line("x"), """{"id":"start","type":"Elsa.Start"}""", Line("a")), "", "start -> a"));

        _engine.Lines.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_workflow_started_by_a_trigger_begins_at_that_activity()
    {
        await _engine.StartAsync(Flowchart(string.Join(',', Line("a"), Line("b"), Line("c")), "", "a -> b", "c -> b"), workflow => workflow.TriggerActivityId = "c");

        _engine.Lines.ShouldContain("c");
        _engine.Lines.ShouldNotContain("a");
    }

    [Fact]
    public async Task An_outcome_without_connection_ends_its_path()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Decision("d", false), Line("yes")), "", "d:True -> yes"));

        _engine.Lines.ShouldBeEmpty();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_end_activity_completes_the_flowchart_and_cancels_the_rest()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Wait("w"), """{"id":"e","type":"Elsa.End"}""", Line("after")), "",
            "s -> w", "s -> e", "w -> after", "e -> after"));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Bookmarks.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["s"]);
    }

    [Fact]
    public async Task A_fault_ends_the_instance_but_work_queued_before_it_still_runs()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Line("s"), Line("1a"), Line("2a"), Wait("e1"), Fault("f"), Line("1b"), Line("2b")), "",
            "s -> 1a", "s -> 2a", "1a -> e1", "e1 -> 1b", "2a -> f", "f -> 2b"));

        _engine.Lines.ShouldBe(["s", "1a", "2a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents.ShouldHaveSingleItem().ActivityId.ShouldBe("f");
    }

    [Fact]
    public async Task With_the_strategy_to_continue_the_other_branch_goes_on_after_a_fault()
    {
        var document = Flowchart(
            string.Join(',', Line("s"), Line("1a"), Line("2a"), Wait("e1"), Fault("f"), Line("1b"), Line("2b")), "",
            "s -> 1a", "s -> 2a", "1a -> e1", "e1 -> 1b", "2a -> f", "f -> 2b");
        var workflow = await _engine.StartAsync(document.Replace("{\"variables\"", "{\"options\":{\"incidentStrategyType\":\"Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core\"},\"variables\"", StringComparison.Ordinal));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

        var resumed = await _engine.ResumeAsync(workflow);

        _engine.Lines.ShouldBe(["s", "1a", "2a", "1b"]);
        resumed.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        resumed.Incidents.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_faulted_activity_can_be_retried()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Line("s"), Fault("f"), Line("after")), "", "s -> f", "f -> after"));
        var loaded = _engine.Reload(workflow);

        Interpreter.RetryFaulted(loaded, null).ShouldBe(1);
        await Interpreter.RunAsync(loaded);

        loaded.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        loaded.Incidents.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Branches_wait_for_outside_answers_at_the_same_time()
    {
        var a = $"a{Guid.NewGuid():N}";
        var b = $"b{Guid.NewGuid():N}";
        var run = _engine.StartAsync(Flowchart(string.Join(',', Line("s"), GateActivity("ga", a), GateActivity("gb", b), Line("end")), "", "s -> ga", "s -> gb", "ga -> end", "gb -> end"));

        // Both are inside their waits before either is let go.
        await Gate.Reached.GetOrAdd(a, _ => Gate.New()).Task;
        await Gate.Reached.GetOrAdd(b, _ => Gate.New()).Task;
        Gate.Gates.GetOrAdd(b, _ => Gate.New()).TrySetResult();
        Gate.Gates.GetOrAdd(a, _ => Gate.New()).TrySetResult();

        (await run).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["s", "end"]);
    }

    [Fact]
    public async Task A_checkpoint_in_the_middle_of_a_wait_continues_in_another_process()
    {
        var key = $"c{Guid.NewGuid():N}";
        var workflow = new WorkflowExecutionContext(_engine.Compile(Flowchart(string.Join(',', Line("s"), GateActivity("g", key), Line("end")), "", "s -> g", "g -> end")), "i1", _engine.Host);
        var run = Interpreter.StartAsync(workflow).AsTask();
        await Gate.Reached.GetOrAdd(key, _ => Gate.New()).Task;
        Interpreter.RequestCheckpoint(workflow);
        await run;
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Executing);

        var elsewhere = _engine.Reload(workflow);
        Gate.Gates.GetOrAdd(key, _ => Gate.New()).TrySetResult();
        await Interpreter.RunAsync(elsewhere);

        elsewhere.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["s", "end"]);
    }

    [Fact]
    public async Task Ten_thousand_activities_in_a_row_run()
    {
        var ids = Enumerable.Range(0, 10_000).Select(i => $"n{i}").ToList();
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', ids.Select(id => Line(id, "x"))), "",
            [.. ids.Zip(ids.Skip(1), (a, b) => $"{a} -> {b}")]));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.Count.ShouldBe(10_000);
    }

    internal static string Decision(string id, bool value) => Step(id, "Elsa.FlowDecision", ("condition", "Literal", value.ToString()));

    internal static string DecisionByVariable(string id, string variable) =>
        Step(id, "Elsa.FlowDecision", ("condition", "Variable", new { id = variable, name = variable }));

    internal static string SetVariable(string id, string variable, string value)
    {
        var step = System.Text.Json.Nodes.JsonNode.Parse(Step(id, "Elsa.SetVariable", ("value", "Literal", value)))!.AsObject();
        step["variable"] = new System.Text.Json.Nodes.JsonObject { ["id"] = variable, ["name"] = variable };
        return step.ToJsonString();
    }

    internal static string Join(string id, string mode) => Step(id, "Elsa.FlowJoin", ("mode", "Literal", mode));

    internal static string Wait(string id) => Step(id, "Test.Wait", ("key", "Literal", id));

    internal static string GateActivity(string id, string key) => Step(id, "Test.Gate", ("key", "Literal", key));

    internal static string Fault(string id) => Step(id, "Elsa.Fault", ("message", "Literal", "broken"));
}
