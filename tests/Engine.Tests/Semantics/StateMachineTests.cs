using System.Text.Json.Nodes;
using Platform.Engine.Definitions;

namespace Platform.Engine.Tests.Semantics;

public sealed class StateMachineTests
{
    private readonly EngineHarness _harness = new();

    [Fact]
    public async Task A_transition_runs_its_action_then_the_exit_and_then_the_next_entry()
    {
        var workflow = await _harness.StartAsync(Machine(
            [State("Draft", entry: "in draft", exit: "out of draft"), State("Sent", entry: "in sent")],
            [Transition("Draft", "Sent", Waits("send"), action: "sending")]));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        _harness.Lines.ShouldBe(["in draft"]);
        workflow = await _harness.ResumeAsync(workflow, "send");
        _harness.Lines.ShouldBe(["in draft", "sending", "out of draft", "in sent"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task All_triggers_are_armed_at_once_and_the_first_one_cancels_the_others()
    {
        var document = Machine(
            [State("Open"), State("Paid", entry: "paid"), State("Late", entry: "late")],
            [Transition("Open", "Paid", Waits("pay")), Transition("Open", "Late", Waits("due")), Transition("Late", "Paid", Waits("pay late"))]);
        var workflow = await _harness.StartAsync(document);
        workflow.Bookmarks.Select(bookmark => bookmark.Payload).ShouldBe(["pay", "due"]);
        workflow = await _harness.ResumeAsync(workflow, "due");
        _harness.Lines.ShouldBe(["late"]);
        workflow.Bookmarks.Select(bookmark => bookmark.Payload).ShouldBe(["pay late"]);
        (await _harness.ResumeAsync(workflow, "pay late")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _harness.Lines.ShouldBe(["late", "paid"]);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_arms_its_trigger_again_and_leaves_the_others()
    {
        var workflow = await _harness.StartAsync(Machine(
            [State("Open"), State("Shut")],
            [Transition("Open", "Shut", Waits("try"), condition: JavaScript("getInput('value') == 'now'")), Transition("Open", "Shut", Waits("other"))]));
        workflow = await _harness.ResumeAsync(workflow, "try", new() { ["value"] = "later" });
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        workflow.Bookmarks.Select(bookmark => bookmark.Payload).Order().ShouldBe(["other", "try"]);
        workflow = await _harness.ResumeAsync(workflow, "try", new() { ["value"] = "now" });
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("""{"type":"Literal","value":"true"}""", "B")]
    [InlineData("""{"typeName":"Boolean","expression":{"type":"JavaScript","value":"1 > 0"}}""", "B")]
    [InlineData("""{"type":"JavaScript","value":" "}""", "B")]
    [InlineData("true", "B")]
    [InlineData("null", "B")]
    [InlineData("false", "C")]
    [InlineData("""{"type":"JavaScript","value":"1 < 0"}""", "C")]
    public async Task Conditions_are_read_in_every_form_and_decide_between_transitions_without_trigger(string condition, string expected)
    {
        var first = Transition("A", "B", null);
        first["condition"] = JsonNode.Parse(condition);
        await _harness.StartAsync(Machine([State("A"), State("B", entry: "B"), State("C", entry: "C")], [first, Transition("A", "C", null)]));
        _harness.Lines.ShouldBe([expected]);
    }

    [Theory]
    [InlineData("Second", null, "second")]
    [InlineData(null, "Second", "second")]
    [InlineData(null, null, "first")]
    public async Task It_begins_with_the_initial_state_or_the_first(string? initial, string? current, string expected)
    {
        var document = JsonNode.Parse(Machine([State("First", entry: "first"), State("Second", entry: "second")], []))!;
        document["root"]!["initialState"] = initial;
        document["root"]!["currentState"] = current;
        (await _harness.StartAsync(document.ToJsonString())).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _harness.Lines.ShouldBe([expected]);
    }

    [Fact]
    public async Task Started_by_the_trigger_of_a_transition_it_begins_in_the_state_that_it_leaves()
    {
        var document = Machine(
            [State("A", entry: "a"), State("B", entry: "b"), State("C", entry: "c")],
            [Transition("A", "B", Waits("x")), Transition("B", "C", new JsonObject { ["id"] = "start", ["type"] = "Test.Signal", ["customProperties"] = new JsonObject { ["canStartWorkflow"] = true } })]);
        var plan = _harness.Compile(document);
        plan.Nodes.Where(node => node.Activity is Trigger { CanStartWorkflow: true }).Select(node => node.NodeId).ShouldBe(["Workflow1:machine:start"]);
        var workflow = await _harness.StartAsync(document, instance => instance.TriggerActivityId = "start");
        _harness.Lines.ShouldBe(["b", "c"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("Nowhere", "There is no state 'Nowhere'. The transition 'A → Nowhere' leads to it. States: A, B.")]
    [InlineData("A", "More than 1000 transitions followed one another without any activity")]
    public async Task What_leads_nowhere_or_never_ends_faults_with_a_sentence(string to, string message)
    {
        var workflow = await _harness.StartAsync(Machine([State("A"), State("B")], [Transition("A", to, null)]));
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith(message);
    }

    [Fact]
    public async Task A_state_that_nothing_can_leave_faults()
    {
        var workflow = await _harness.StartAsync(Machine([State("A"), State("B")], [Transition("A", "B", null, condition: JavaScript("false"))]));
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith("Nothing can lead out of the state 'A'");
    }

    [Fact]
    public async Task Break_inside_of_it_ends_the_loop_around_it()
    {
        var machine = JsonNode.Parse(Machine([State("A"), State("B", entry: "b")], [Transition("A", "B", null)]))!["root"]!.DeepClone();
        machine["transitions"]![0]!["action"] = new JsonObject { ["id"] = "break", ["type"] = "Elsa.Break" };
        var document = new JsonObject
        {
            ["root"] = new JsonObject
            {
                ["id"] = "root",
                ["type"] = "Elsa.While",
                ["condition"] = new JsonObject { ["typeName"] = "Boolean", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = true } },
                ["body"] = machine,
            },
        };
        (await _harness.StartAsync(document.ToJsonString())).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _harness.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void Json_that_was_left_half_written_is_a_problem_with_its_place()
    {
        var document = JsonNode.Parse(Machine([State("A")], [Transition("A", "A", null)]))!;
        document["root"]!["states"]![0]!["entry"] = new JsonObject { ["$invalidJson"] = "{\"type\":" };
        var content = _harness.Reader.Read(new WorkflowDefinition("v1", "d1", 1) { Document = document.ToJsonString() });
        content.Problems.ShouldBeEmpty();
        content.Unfinished.ShouldHaveSingleItem().ShouldBe(new DefinitionProblem(
            "$.root.states[0].entry", "WF1007", "The JSON here could not be read when it was edited. Correct it in the editor."));
    }

    [Fact]
    public async Task A_machine_that_moves_to_another_version_stays_in_its_state_and_keeps_its_triggers()
    {
        var workflow = await _harness.StartAsync(Machine(
            [State("Open", exit: "out"), State("Paid", entry: "paid"), State("Late", entry: "late")],
            [Transition("Open", "Paid", Waits("pay")), Transition("Open", "Late", Waits("due"))]));
        var second = Version(2, Machine(
            [State("Late", entry: "late"), State("Paid", entry: "paid"), State("Open", exit: "new out")],
            [Transition("Open", "Late", Waits("due")), Transition("Paid", "Open", Waits("again")), Transition("Open", "Paid", Waits("pay"))]));

        workflow = _harness.Reload(workflow);
        (await Interpreter.AlterAsync(workflow, [new Alteration.Migrate(2)], second)).IsSuccessful.ShouldBeTrue();
        await _harness.ResumeAsync(workflow, "due");

        _harness.Lines.ShouldBe(["new out", "late"]);
    }

    [Fact]
    public async Task A_version_without_the_state_that_a_machine_is_in_is_refused()
    {
        var workflow = await _harness.StartAsync(Machine([State("Open"), State("Paid")], [Transition("Open", "Paid", Waits("pay"))]));
        var second = Version(2, Machine([State("New"), State("Paid")], [Transition("New", "Paid", Waits("pay"))]));

        var result = await Interpreter.AlterAsync(_harness.Reload(workflow), [new Alteration.Migrate(2)], second);

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldBe("The state machine 'machine' is in the state 'Open', which the other version does not have.");
    }

    private Dictionary<int, Plans.WorkflowPlan> Version(int version, string document) => new()
    {
        [version] = _harness.Compiler.Compile(new WorkflowDefinition("v" + version, "d1", version) { Name = "Test", ToolVersion = "3.8.0.0", Document = document }),
    };

    private static string Machine(JsonObject[] states, JsonObject[] transitions) => new JsonObject
    {
        ["root"] = new JsonObject
        {
            ["id"] = "machine",
            ["type"] = "Elsa.StateMachine",
            ["states"] = new JsonArray([.. states]),
            ["transitions"] = new JsonArray([.. transitions]),
        },
    }.ToJsonString();

    private static JsonObject State(string name, string? entry = null, string? exit = null) => new() { ["name"] = name, ["entry"] = Line(entry), ["exit"] = Line(exit) };

    private static JsonObject Transition(string from, string to, JsonObject? trigger, JsonObject? condition = null, string? action = null) => new()
    {
        ["from"] = from,
        ["to"] = to,
        ["trigger"] = trigger,
        ["condition"] = condition,
        ["action"] = Line(action),
    };

    private static JsonObject JavaScript(string script) => new() { ["type"] = "JavaScript", ["value"] = script };

    private static JsonObject Waits(string key) => JsonNode.Parse(EngineHarness.Step("wait " + key, "Test.Wait", ("key", "Literal", key)))!.AsObject();

    private static JsonNode? Line(string? text) => text is null ? null : JsonNode.Parse(EngineHarness.Line(text));
}

/// <summary>A trigger without settings.</summary>
[Activity("Test", "Test")]
public sealed class Signal : Trigger
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            return context.CompleteActivityAsync();
        context.CreateBookmark();
        return default;
    }
}
