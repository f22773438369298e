using System.Text.Json.Nodes;
using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class RunScriptTests
{
    private const string Result = """{"id":"v1","name":"Result","typeName":"Object","storageDriverTypeName":"WorkflowInstanceStorageDriver"}""";

    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("1 + 2", "3")]
    [InlineData("return { a: [1, 2] };", """{"a":[1,2]}""")]
    [InlineData("const later = await Promise.resolve('x'); return later + 'y';", "\"xy\"")]
    [InlineData("", "null")]
    [InlineData("  \n", "null")]
    [InlineData("undefined", "null")]
    public async Task The_value_of_the_script_is_the_result(string script, string expected)
    {
        var workflow = await RunAsync(Script("s", script), "s -> w");

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe([expected]);
    }

    [Theory]
    [InlineData("setOutcome('Left')", "left")]
    [InlineData("setOutcomes(['Left', 'Right'])", "left,right")]
    [InlineData("setOutcome('Left'); setOutcome('Right')", "right")]
    [InlineData("1", "done")]
    [InlineData("setOutcome('Nowhere')", "")]
    public async Task The_script_chooses_the_outcomes(string script, string expected)
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Script("s", script, "Left", "Right"), Line("left"), Line("right"), Line("done")), "", "s:Left -> left", "s:Right -> right", "s -> done"));

        workflow.Incidents.ShouldBeEmpty();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        string.Join(',', _engine.Lines).ShouldBe(expected);
    }

    [Fact]
    public async Task Only_Run_JavaScript_has_setOutcome()
    {
        var workflow = await _engine.StartAsync(Flowchart(Step("w", "Elsa.WriteLine", ("text", "JavaScript", "typeof setOutcome + typeof setOutcomes")), ""));

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["undefinedundefined"]);
    }

    [Fact]
    public async Task The_text_may_come_from_an_expression_and_change()
    {
        var step = Step("s", "Elsa.RunJavaScript", ("script", "JavaScript", "'\"' + getCurrentValue() + '\"'"));
        var body = "{\"id\":\"q\",\"type\":\"Elsa.Sequence\",\"activities\":[" + step + "," + Step("w", "Elsa.WriteLine", ("text", "JavaScript", "getLastResult()")) + "]}";
        var workflow = await _engine.StartAsync("{\"root\":{\"id\":\"e\",\"type\":\"Elsa.ForEach\",\"items\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"Object\",\"value\":\"[\\\"a\\\",\\\"b\\\"]\"}},\"body\":" + body + "}}");

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_script_that_throws_faults_the_activity()
    {
        var workflow = await _engine.StartAsync(Flowchart(Script("s", "throw new Error('no tea')"), ""));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents[0].Message.ShouldBe("JavaScript: Error: no tea (line 1, column 7)");
    }

    [Theory]
    [InlineData("Elsa.RunJavaScript", "1 +", "WF1121", "$.root.activities[0].script.expression.value")]
    [InlineData("Elsa.RunCSharp", "1 + 1", "WF1122", "$.root.activities[0].script.expression.value")]
    [InlineData("Elsa.RunPython", "1 + 1", "WF1123", "$.root.activities[0].script.expression.value")]
    public void What_cannot_run_is_told_before_it_runs(string type, string script, string code, string path)
    {
        var content = _engine.Compile(Flowchart(Step("s", type, ("script", "Literal", script)), "")).Content;

        content.Problems.ShouldBeEmpty();
        var warning = content.Warnings.ShouldHaveSingleItem();
        (warning.Code, warning.Path).ShouldBe((code, path));
    }

    [Theory]
    [InlineData("Elsa.RunCSharp", "CSharp", "WF1122: C# is off.")]
    [InlineData("Elsa.RunPython", "Python", "WF1123: Python is not available")]
    public async Task A_language_that_is_not_here_fails_with_the_reason(string type, string language, string message)
    {
        var workflow = await _engine.StartAsync(Flowchart(Step("s", type, ("script", "Literal", "1 + 1")), ""));
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith(message);

        var expression = await _engine.StartAsync(Flowchart(Step("w", "Elsa.WriteLine", ("text", language, "1 + 1")), ""));
        expression.Incidents.ShouldHaveSingleItem().Message.ShouldContain(message);

        var blank = await _engine.StartAsync(Flowchart(string.Join(',', Step("s", type, ("script", "Literal", " ")), Line("after")), "", "s -> after"));
        blank.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["after"]);
    }

    private Task<WorkflowExecutionContext> RunAsync(string script, params string[] connections) => _engine.StartAsync(Flowchart(
        string.Join(',', script, Step("w", "Elsa.WriteLine", ("text", "JavaScript", "JSON.stringify(variables.Result)"))), Result, connections));

    private static string Script(string id, string script, params string[] outcomes)
    {
        var step = JsonNode.Parse(Step(id, "Elsa.RunJavaScript", ("script", "Literal", script), ("possibleOutcomes", "Object", "[" + string.Join(',', outcomes.Select(outcome => $"\"{outcome}\"")) + "]")))!;
        step["result"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "v1" } };
        return step.ToJsonString();
    }
}
