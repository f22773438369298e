using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class JavaScriptTests
{
    private const string Variables = """
        {"id":"v1","name":"Count","typeName":"Int32","value":"2","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v2","name":"order","typeName":"JSON","value":"{\"lines\":[{\"price\":10,\"n\":2},{\"price\":5,\"n\":1}]}","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v3","name":"my list","typeName":"String","isArray":true,"value":"[\"a\",\"b\"]","storageDriverTypeName":"WorkflowInstanceStorageDriver"}
        """;

    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("variables.Count + 1", "3")]
    [InlineData("getCount() * 10", "20")]
    [InlineData("getVariable('Count') < 3 ? 'few' : 'many'", "few")]
    [InlineData("`${variables.order.lines.length} lines`", "2 lines")]
    [InlineData("variables.order.lines.reduce((sum, {price, n}) => sum + price * n, 0)", "25")]
    [InlineData("getMyList().map(x => x.toUpperCase()).join('-')", "A-B")]
    [InlineData("variables.order?.customer?.name ?? 'nobody'", "nobody")]
    [InlineData("const {lines: [first]} = variables.order; return first.price", "10")]
    [InlineData("getWorkflowInstanceId()", "i1")]
    [InlineData("toJson({a: [1, null, 'x']})", "{\"a\":[1,null,\"x\"]}")]
    [InlineData("stringFromBase64(stringToBase64('한국어'))", "한국어")]
    [InlineData("isNullOrWhiteSpace('  ')", "True")]
    [InlineData("getInput('Name')", "Ada")]
    [InlineData("[1,2,3].includes(variables.Count)", "True")]
    public async Task An_expression_sees_its_workflow(string expression, string expected)
    {
        var workflow = await _engine.StartAsync(
            Flowchart(Step("w", "Elsa.WriteLine", ("text", "JavaScript", expression)), Variables),
            workflow => workflow.Input["Name"] = "Ada");

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe([expected]);
    }

    [Theory]
    [InlineData("variables.Count = 7")]
    [InlineData("setVariable('Count', 7)")]
    [InlineData("setCount(7)")]
    public async Task An_expression_can_set_variables(string expression)
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Step("a", "Elsa.WriteLine", ("text", "JavaScript", expression + "; 'set'")), Step("b", "Elsa.WriteLine", ("text", "JavaScript", "variables.Count"))),
            Variables, "a -> b"));

        _engine.Lines.ShouldBe(["set", "7"]);
    }

    [Fact]
    public async Task An_object_in_a_variable_is_changed_in_place()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Step("a", "Elsa.WriteLine", ("text", "JavaScript", "variables.order.lines.push({price: 1, n: 1}); variables.order.total = 26; 'x'")),
                Step("b", "Elsa.WriteLine", ("text", "JavaScript", "variables.order.lines.length + ' ' + variables.order.total"))),
            Variables, "a -> b"));

        _engine.Lines.ShouldBe(["x", "3 26"]);
    }

    [Fact]
    public async Task What_a_run_changes_in_a_default_value_is_not_seen_by_the_next_run()
    {
        var document = Flowchart(
            Step("a", "Elsa.WriteLine", ("text", "JavaScript", "variables.order.lines.push(1); variables.order.lines.length")), Variables);
        var plan = _engine.Compile(document);
        for (var i = 0; i < 2; i++)
            await Interpreter.StartAsync(new WorkflowExecutionContext(plan, "r" + i, _engine.Host));

        _engine.Lines.ShouldBe(["3", "3"]);
    }

    [Fact]
    public async Task Outputs_of_activities_are_read_by_id_by_name_and_by_accessor()
    {
        var decide = Step("i1", "Elsa.If", ("condition", "JavaScript", "1 < 2")).Replace("{\"id\":\"i1\"", "{\"id\":\"i1\",\"name\":\"If1\"", StringComparison.Ordinal);
        await _engine.StartAsync(Flowchart(
            string.Join(',', decide, Step("w", "Elsa.WriteLine", ("text", "JavaScript", "[getOutputFrom('i1'), getOutputFrom('If1', 'Result'), getResultFromIf1(), getLastResult()].join()"))),
            "", "i1 -> w"));

        _engine.Lines.ShouldBe(["true,true,true,true"]);
    }

    [Fact]
    public async Task A_failing_expression_faults_with_its_place_and_reason()
    {
        var workflow = await _engine.StartAsync(Flowchart(Step("w", "Elsa.WriteLine", ("text", "JavaScript", "const a = 1;\nmissing.thing")), ""));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents[0].Message.ShouldBe("The input 'Text' of 'w' could not be evaluated: JavaScript: ReferenceError: missing is not defined (line 2, column 1)");
    }

    [Fact]
    public async Task A_script_that_cannot_be_read_faults_only_where_it_is_used()
    {
        var workflow = await _engine.StartAsync(Flowchart(string.Join(',', Line("a"), Step("w", "Elsa.WriteLine", ("text", "JavaScript", "1 +"))), "", "a -> w"));

        _engine.Lines.ShouldBe(["a"]);
        workflow.Incidents[0].Message.ShouldContain("SyntaxError");
    }

    [Fact]
    public async Task A_loop_over_arrows_back_runs_as_often_as_its_condition_says()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Line("start"), Step("s", "Elsa.WriteLine", ("text", "JavaScript", "variables.Count = variables.Count + 1; variables.Count")),
                Step("d", "Elsa.FlowDecision", ("condition", "JavaScript", "getCount() < 5"))),
            Variables, "start -> s", "s -> d", "d:True -> s"));

        _engine.Lines.ShouldBe(["start", "3", "4", "5"]);
    }
}
