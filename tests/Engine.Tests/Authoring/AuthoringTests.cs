using Acme.Orders;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using static Platform.Engine.Tests.EngineHarness;
using static Platform.Engine.Tests.Semantics.FlowchartTests;

namespace Platform.Engine.Tests.Authoring;

/// <summary>Activities written as for Elsa, each run from a document through its stored form, and its description checked.</summary>
public sealed class AuthoringTests
{
    private const string Variables = """
        {"id":"x","name":"x","typeName":"Object","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"y","name":"y","typeName":"Object","storageDriverTypeName":"WorkflowInstanceStorageDriver"}
        """;

    private readonly EngineHarness _engine = new();

    [Fact]
    public async Task Inputs_are_read_and_results_reach_variables()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',',
                Bound(Step("sum", "Acme.Sum", ("a", "JavaScript", "20 + 1"), ("b", "Literal", "21")), ("result", "x")),
                Bound(Step("div", "Acme.Divide", ("dividend", "JavaScript", "variables.x"), ("divisor", "Literal", "4")), ("quotient", "x"), ("success", "y")),
                Step("print", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.x} ${variables.y}`"))),
            Variables,
            "sum -> div", "div -> print"));

        _engine.Lines.ShouldBe(["10.5 true"]);
        _engine.History().Journal.Single(entry => entry.EventName == "Added").Message.ShouldBe("21 + 21");
    }

    [Fact]
    public async Task An_input_that_the_document_leaves_out_gives_its_default()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Bound(Step("sum", "Acme.Sum"), ("result", "x")), Step("print", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.x}`"))),
            Variables,
            "sum -> print"));

        _engine.Lines.ShouldBe(["1"]);
    }

    [Fact]
    public void A_description_comes_from_attributes_and_types()
    {
        var sum = Described("Acme.Sum");
        (sum.Namespace, sum.Name, sum.Category, sum.DisplayName, sum.Description, sum.Kind).ShouldBe(
            ("Acme", "Sum", "Math", "Sum", "Adds two numbers.", ActivityKind.Action));
        sum.Inputs.Select(input => (input.Name, input.ValueType, input.IsWrapped)).ShouldBe([("A", typeof(int), true), ("B", typeof(int), true)]);
        sum.Inputs[1].Attribute.DefaultValue.ShouldBe(1);
        sum.Outputs.ShouldHaveSingleItem().Name.ShouldBe("Result");

        Described("Acme.Divide").DisplayName.ShouldBe("Divide exactly");
        Described("Acme.WaitForApproval").Outcomes.ShouldBe(["Approved", "Rejected"]);
        Described("Acme.OrderPlaced").Kind.ShouldBe(ActivityKind.Trigger);
        Described("Acme.ClassifyOrder").Inputs.Single(input => input.Name == "PossibleOutcomes").Attribute.UIHint.ShouldBe("dynamic-outcomes");

        var greet = Described("Acme.GreetCustomer");
        greet.Inputs.ShouldHaveSingleItem().Name.ShouldBe("Customer");
        greet.Ports.ShouldBeEmpty();
        greet.IsContainer.ShouldBeFalse();
    }

    [Fact]
    public async Task A_blocking_activity_waits_and_its_callback_reads_what_came()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',',
                Bound(Step("wait", "Acme.WaitForApproval", ("orderId", "Literal", "o1")), ("comments", "x")),
                Step("yes", "Elsa.WriteLine", ("text", "JavaScript", "`yes: ${variables.x}`")),
                Line("no")),
            Variables,
            "wait:Approved -> yes", "wait:Rejected -> no"));
        var bookmark = workflow.Bookmarks.ShouldHaveSingleItem();
        bookmark.Hash.ShouldBe(StimulusHash.Compute("Acme.WaitForApproval", StimulusHash.ToJson(new ApprovalStimulus("o1"))));
        bookmark.Metadata!["role"].ShouldBe("manager");

        var resumed = await _engine.ResumeAsync(workflow, input: new() { ["Approved"] = "true", ["Comments"] = "fine" });

        _engine.Lines.ShouldBe(["yes: fine"]);
        resumed.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_trigger_says_what_starts_it_and_goes_on_when_it_did()
    {
        var shops = Step("order", "Acme.OrderPlaced", ("shops", "Object", """["north","south"]"""));
        var starts = shops.Replace("\"type\"", "\"customProperties\":{\"canStartWorkflow\":true},\"type\"", StringComparison.Ordinal);
        var document = Flowchart(string.Join(',', Bound(starts, ("result", "x")), Step("print", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.x}`"))), Variables, "order -> print");
        var plan = _engine.Compile(document);

        var (name, payloads) = await Interpreter.GetTriggerPayloadsAsync(plan, plan.Triggers.ShouldHaveSingleItem(), _engine.Host);
        name.ShouldBe("Acme.OrderPlaced");
        payloads.ShouldBe([new OrderStimulus("north"), new OrderStimulus("south")]);

        await _engine.StartAsync(document, workflow =>
        {
            workflow.TriggerActivityId = "order";
            workflow.Input["Order"] = "o1";
        });
        _engine.Lines.ShouldBe(["o1"]);
    }

    [Fact]
    public async Task A_trigger_in_the_middle_waits_for_any_of_its_stimuli()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Bound(Step("order", "Acme.OrderPlaced", ("shops", "Object", """["north","south"]""")), ("result", "x")), Step("print", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.x}`"))),
            Variables,
            "order -> print"));
        workflow.Bookmarks.Select(bookmark => bookmark.Payload).ShouldBe(["""{"shop":"north"}""", """{"shop":"south"}"""]);

        var resumed = await _engine.ResumeAsync(workflow, """{"shop":"south"}""", new() { ["Order"] = "o2" });

        _engine.Lines.ShouldBe(["o2"]);
        resumed.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trigger_with_one_payload_is_indexed_by_its_input()
    {
        var plan = _engine.Compile(Flowchart("""{"id":"p","type":"Acme.ParcelArrived","customProperties":{"canStartWorkflow":true}}""", ""));

        var (_, payloads) = await Interpreter.GetTriggerPayloadsAsync(plan, plan.Triggers.Single(), _engine.Host);

        payloads.ShouldBe([new OrderStimulus("main")]);
    }

    [Fact]
    public async Task A_composite_runs_what_it_is_made_of_and_has_a_result()
    {
        var workflow = await GreetAsync("'Ada'");

        _engine.Lines.ShouldBe(["Hello Ada (9)", "Hello Ada", "Hello Ada", "done: Hello Ada"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Complete_inside_a_composite_ends_it_with_the_outputs_set_so_far()
    {
        var workflow = await GreetAsync("'nobody'");

        _engine.Lines.ShouldBe(["silent: not greeted"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_composite_twice_has_two_scopes_and_other_ids()
    {
        var plan = _engine.Compile(Flowchart(
            string.Join(',', Step("a", "Acme.GreetCustomer", ("customer", "Literal", "A")), Line("WriteLine1"), Step("b", "Acme.GreetCustomer", ("customer", "Literal", "B"))), "",
            "a -> WriteLine1", "WriteLine1 -> b"));
        plan.Nodes.Select(node => node.Activity.Id).ShouldBeUnique();
        plan.Nodes.Select(node => node.NodeId).ShouldContain("Workflow1:root:a:Sequence1:WriteLine2");

        var workflow = new WorkflowExecutionContext(plan, "i1", _engine.Host);
        await Interpreter.StartAsync(workflow);

        _engine.Lines.ShouldBe(["Hello A (7)", "Hello A", "Hello A", "WriteLine1", "Hello B (7)", "Hello B", "Hello B"]);
    }

    [Theory]
    [InlineData("5", "small,end")]
    [InlineData("50", "large: 50,end")]
    public async Task A_composite_may_be_a_flowchart_made_in_code(string amount, string lines)
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Step("t", "Acme.TriageOrder", ("amount", "Literal", amount)), Line("end")), "", "t -> end"));

        _engine.Lines.ShouldBe(lines.Split(','));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_composite_may_wait_in_the_middle()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Step("ask", "Acme.AskAndTell", ("order", "Literal", "o7")), Line("end")), "", "ask -> end"));
        workflow.Bookmarks.ShouldHaveSingleItem().Payload.ShouldBe("""{"orderId":"o7"}""");

        await _engine.ResumeAsync(workflow, input: new() { ["Approved"] = false, ["Comments"] = "too late:" });

        _engine.Lines.ShouldBe(["too late: 42 42 42", "end"]);
        _engine.History().Journal.Single(entry => entry.EventName == "Added").Source.ShouldStartWith("GreetCustomer.cs:");
    }

    [Theory]
    [InlineData("5", "small")]
    [InlineData("50", "large")]
    [InlineData("500", "unknown")]
    public async Task Outcomes_may_be_those_that_the_workflow_lists(string amount, string line)
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',',
                Step("c", "Acme.ClassifyOrder", ("amount", "Literal", amount), ("possibleOutcomes", "Object", """["small","large"]""")),
                Line("small"), Line("large"), Line("unknown"), Line("announced"), Line("later"), Line("end")),
            "",
            "c:Announced -> announced", "announced -> later", "c:small -> small", "c:large -> large", "c:Unknown -> unknown", "small -> end", "large -> end", "unknown -> end"));

        _engine.Lines.ShouldBe(["announced", line, "later", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_activity_that_cannot_execute_waits()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Step("c", "Acme.ClassifyOrder", ("amount", "Literal", "-1")), Line("end")), "", "c:Unknown -> end"));

        _engine.Lines.ShouldBeEmpty();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task An_activity_finds_the_services_of_the_host()
    {
        await _engine.StartAsync(Flowchart(Step("s", "Acme.ShipOrder", ("region", "Literal", "north"), ("notes", "Literal", "fragile")), ""));

        _engine.Lines.ShouldBe(["north: fragile"]);
    }

    private ActivityType Described(string type) => _engine.Catalog.Find(type).ShouldNotBeNull();

    private Task<WorkflowExecutionContext> GreetAsync(string customer) => _engine.StartAsync(Flowchart(
        string.Join(',',
            Bound(Step("greet", "Acme.GreetCustomer", ("customer", "JavaScript", customer)), ("result", "x")),
            Step("done", "Elsa.WriteLine", ("text", "JavaScript", "`done: ${variables.x}`")),
            Step("silent", "Elsa.WriteLine", ("text", "JavaScript", "`silent: ${variables.x}`"))),
        Variables,
        "greet:Done -> done", "greet:Silent -> silent"));

    private static string Bound(string step, params (string Output, string Variable)[] outputs)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(step)!.AsObject();
        foreach (var (output, variable) in outputs)
        {
            json[output] = new System.Text.Json.Nodes.JsonObject
            {
                ["typeName"] = "Object",
                ["memoryReference"] = new System.Text.Json.Nodes.JsonObject { ["id"] = variable },
            };
        }

        return json.ToJsonString();
    }
}
