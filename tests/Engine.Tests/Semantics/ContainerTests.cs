using System.Text.Json.Nodes;
using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class ContainerTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public async Task A_sequence_runs_its_activities_in_order_and_an_end_stops_it()
    {
        var workflow = await _engine.StartAsync(Root(Container("Elsa.Sequence", "activities", Line("a"), Step("e", "Elsa.End"), Line("b"))));

        _engine.Lines.ShouldBe(["a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("true", "then")]
    [InlineData("false", "else")]
    public async Task If_runs_one_of_its_branches(string condition, string expected)
    {
        var document = Step("i", "Elsa.If", ("condition", "Literal", condition));
        await _engine.StartAsync(Root(With(document, ("then", Line("then")), ("else", Line("else")))));

        _engine.Lines.ShouldBe([expected]);
    }

    [Fact]
    public async Task If_without_the_branch_it_needs_completes()
    {
        var workflow = await _engine.StartAsync(Root(Step("i", "Elsa.If", ("condition", "Literal", "true"))));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("MatchFirst", "true,true", "case0")]
    [InlineData("MatchAny", "true,true", "case0,case1")]
    [InlineData("MatchFirst", "false,true", "case1")]
    [InlineData("MatchFirst", "false,false", "default")]
    public async Task Switch_runs_the_cases_that_match(string mode, string conditions, string expected)
    {
        var step = JsonNode.Parse(Step("s", "Elsa.Switch", ("mode", "Literal", mode)))!.AsObject();
        step["cases"] = new JsonArray([.. conditions.Split(',').Select((condition, i) => new JsonObject
        {
            ["label"] = "L" + i,
            ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = condition },
            ["activity"] = JsonNode.Parse(Line("case" + i)),
        })]);
        step["default"] = JsonNode.Parse(Line("default"));

        await _engine.StartAsync(Root(step.ToJsonString()));

        _engine.Lines.ShouldBe(expected.Split(','));
    }

    [Theory]
    [InlineData("MatchFirst", "a")]
    [InlineData("MatchAny", "a,b")]
    public async Task FlowSwitch_leaves_by_the_labels_that_match(string mode, string expected)
    {
        var step = JsonNode.Parse(Step("s", "Elsa.FlowSwitch", ("mode", "Literal", mode)))!.AsObject();
        step["cases"] = new JsonArray([.. new[] { "A", "B" }.Select(label => new JsonObject
        {
            ["label"] = label,
            ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = "true" },
        })]);

        await _engine.StartAsync(Flowchart(string.Join(',', step.ToJsonString(), Line("a"), Line("b"), Line("d")), "", "s:A -> a", "s:B -> b", "s:Default -> d"));

        _engine.Lines.ShouldBe(expected.Split(','));
    }

    [Fact]
    public async Task A_fork_leaves_by_all_of_its_branches()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Step("f", "Elsa.FlowFork", ("branches", "Object", "[\"x\",\"y\"]")), Line("a"), Line("b")), "", "f:x -> a", "f:y -> b"));

        _engine.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task ForEach_runs_its_body_for_each_item_with_its_value_and_index()
    {
        var body = Step("w", "Elsa.WriteLine", ("text", "Variable", new { name = "CurrentValue" }));
        await _engine.StartAsync(Root(With(Step("l", "Elsa.ForEach", ("items", "Object", "[\"a\",\"b\",3]")), ("body", body))));

        _engine.Lines.ShouldBe(["a", "b", "3"]);
    }

    [Fact]
    public async Task ForEach_goes_on_with_the_next_item_after_a_wait_and_a_restart()
    {
        var body = Container("Elsa.Sequence", "activities", Step("w", "Elsa.WriteLine", ("text", "Variable", new { name = "CurrentValue" })), FlowchartTests.Wait("x"));
        var workflow = await _engine.StartAsync(Root(With(Step("l", "Elsa.ForEach", ("items", "Object", "[\"a\",\"b\"]")), ("body", body))));

        workflow = await _engine.ResumeAsync(workflow);
        workflow = await _engine.ResumeAsync(workflow);

        _engine.Lines.ShouldBe(["a", "b"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData(1, 3, 1, true, "1,2,3")]
    [InlineData(1, 3, 1, false, "1,2")]
    [InlineData(3, 1, -1, true, "3,2,1")]
    [InlineData(0, 4, 2, true, "0,2,4")]
    public async Task For_counts_in_the_direction_of_its_step(int start, int end, int step, bool inclusive, string expected)
    {
        var body = Step("w", "Elsa.WriteLine", ("text", "Variable", new { name = "CurrentValue" }));
        var loop = Step("l", "Elsa.For", ("start", "Literal", start), ("end", "Literal", end), ("step", "Literal", step), ("outerBoundInclusive", "Literal", inclusive));
        await _engine.StartAsync(Root(With(loop, ("body", body))));

        _engine.Lines.ShouldBe(expected.Split(','));
    }

    [Fact]
    public async Task For_with_step_zero_faults_instead_of_hanging()
    {
        var workflow = await _engine.StartAsync(Root(With(Step("l", "Elsa.For", ("step", "Literal", 0)), ("body", Line("x")))));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
    }

    [Fact]
    public async Task While_evaluates_its_condition_before_each_iteration()
    {
        var body = Container("Elsa.Sequence", "activities", Line("once"), FlowchartTests.SetVariable("s", "go", "false"));
        var loop = Step("l", "Elsa.While", ("condition", "Variable", new { id = "go", name = "go" }));
        var workflow = await _engine.StartAsync(Root(With(loop, ("body", body)), """{"id":"go","name":"go","typeName":"Boolean","value":"true"}"""));

        _engine.Lines.ShouldBe(["once"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_endless_loop_ends_with_the_name_of_the_limit()
    {
        var engine = new EngineHarness { Limits = new EngineLimits { StepsPerBurstMax = 1_000 } };
        var workflow = await engine.StartAsync(Root(With(Step("l", "Elsa.While", ("condition", "Literal", "true")), ("body", Line("x")))));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents[0].Message.ShouldContain("StepsPerBurstMax");
    }

    [Fact]
    public async Task Break_ends_the_nearest_loop_only()
    {
        var inner = With(Step("in", "Elsa.ForEach", ("items", "Object", "[1,2]")), ("body", Container("Elsa.Sequence", "activities", Line("x"), Step("b", "Elsa.Break"), Line("never"))));
        await _engine.StartAsync(Root(With(Step("out", "Elsa.ForEach", ("items", "Object", "[1,2]")), ("body", inner))));

        _engine.Lines.ShouldBe(["x", "x"]);
    }

    [Fact]
    public async Task ParallelForEach_runs_all_bodies_and_completes_after_the_last()
    {
        var loop = With(Step("l", "Elsa.ParallelForEach", ("items", "Object", "[\"a\",\"b\"]")), ("body", Container("Elsa.Sequence", "activities", Step("w", "Elsa.WriteLine", ("text", "Variable", new { name = "CurrentValue" })), FlowchartTests.Wait("x"))));
        var workflow = await _engine.StartAsync(Root(loop));
        workflow.Bookmarks.Count.ShouldBe(2);

        workflow = await _engine.ResumeAsync(workflow);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        workflow = await _engine.ResumeAsync(workflow);

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Complete_ends_the_whole_workflow_from_inside_containers()
    {
        var inner = Container("Elsa.Sequence", "activities", Step("c", "Elsa.Complete"), Line("never"));
        var workflow = await _engine.StartAsync(Root(Container("Elsa.Sequence", "activities", Line("a"), With(Step("i", "Elsa.If", ("condition", "Literal", "true")), ("then", inner)), Line("never"))));

        _engine.Lines.ShouldBe(["a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Finish_ends_the_instance_and_its_bookmarks()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Line("s"), FlowchartTests.Wait("w"), Step("f", "Elsa.Finish")), "", "s -> w", "s -> f"));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Variables_survive_a_wait_when_they_are_stored_with_the_instance()
    {
        var workflow = await _engine.StartAsync(Root(
            Container("Elsa.Sequence", "activities", FlowchartTests.SetVariable("s1", "kept", "new"), FlowchartTests.SetVariable("s2", "lost", "new"), FlowchartTests.Wait("w"),
                Step("w1", "Elsa.WriteLine", ("text", "Variable", new { id = "kept" })), Step("w2", "Elsa.WriteLine", ("text", "Variable", new { id = "lost" }))),
            """{"id":"kept","name":"kept","typeName":"String","value":"old","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}""",
            """{"id":"lost","name":"lost","typeName":"String","value":"old"}"""));

        await _engine.ResumeAsync(workflow);

        _engine.Lines.ShouldBe(["new", "old"]);
    }

    [Fact]
    public async Task Outputs_go_to_variables_and_to_outputs_of_the_workflow()
    {
        var condition = JsonNode.Parse(Step("i", "Elsa.If", ("condition", "Literal", "true")))!.AsObject();
        condition["result"] = new JsonObject { ["typeName"] = "Boolean", ["memoryReference"] = new JsonObject { ["id"] = "Answer" } };
        var document = JsonNode.Parse(Root(condition.ToJsonString()))!.AsObject();
        document["outputs"] = new JsonArray(new JsonObject { ["name"] = "Answer", ["type"] = "Boolean" });

        var workflow = await _engine.StartAsync(document.ToJsonString());

        workflow.Output["Answer"].ShouldBe(true);
    }

    [Fact]
    public async Task An_unknown_activity_is_kept_and_faults_only_when_it_runs()
    {
        var workflow = await _engine.StartAsync(Root(Container("Elsa.Sequence", "activities", Line("a"), Step("u", "Acme.Unknown"), Line("b"))));

        _engine.Lines.ShouldBe(["a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents[0].Message.ShouldContain("Acme.Unknown");
        workflow.Plan.Content.Warnings.ShouldContain(warning => warning.Code == "WF1103" && warning.Path == "$.root.activities[1]");
    }

    [Fact]
    public async Task The_history_tells_what_each_activity_did()
    {
        var workflow = await _engine.StartAsync(Root(Container("Elsa.Sequence", "activities", Line("a"), FlowchartTests.Wait("w"), FlowchartTests.Fault("f"))));
        await _engine.ResumeAsync(workflow);

        var history = _engine.History();

        history.Journal.Select(entry => $"{entry.Execution.ActivityId} {entry.EventName}").ShouldBe([
            "Workflow1 Started", "seq Started", "a Started", "a Completed", "w Started", "w Suspended",
            "w Resumed", "w Completed", "f Started", "f Faulted"]);
        var line = history.Executions.Single(record => record.ActivityId == "a");
        line.ActivityState!.Value.GetProperty("Text").GetString().ShouldBe("a");
        line.Status.ShouldBe(ActivityStatus.Completed);
        line.NodeId.ShouldBe("Workflow1:seq:a");
        history.Executions.Single(record => record.ActivityId == "f").Exception!.Message.ShouldBe("broken");
    }

    private static string Root(string root, params string[] variables) => "{\"variables\":[" + string.Join(',', variables) + "],\"root\":" + root + "}";

    private static string Container(string type, string port, params string[] activities)
    {
        var step = JsonNode.Parse(Step("seq", type))!.AsObject();
        step[port] = new JsonArray([.. activities.Select(activity => JsonNode.Parse(activity))]);
        return step.ToJsonString();
    }

    private static string With(string step, params (string Port, string Activity)[] ports)
    {
        var node = JsonNode.Parse(step)!.AsObject();
        foreach (var (port, activity) in ports)
            node[port] = JsonNode.Parse(activity);
        return node.ToJsonString();
    }
}
