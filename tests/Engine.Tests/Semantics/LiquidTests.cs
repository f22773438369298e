using Platform.Engine.Definitions;
using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class LiquidTests
{
    private const string Variables = """
        {"id":"v1","name":"Count","typeName":"Int32","value":"2","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v2","name":"Order","typeName":"JSON","value":"{\"lines\":[{\"name\":\"tea\",\"price\":10},{\"name\":\"jam\",\"price\":5}]}","storageDriverTypeName":"WorkflowInstanceStorageDriver"}
        """;

    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("{{ Variables.Count }} lines", "2 lines")]
    [InlineData("{% for line in Variables.Order.lines %}{{ line.name | upcase }} {% endfor %}", "TEA JAM ")]
    [InlineData("{{ Variables.Order.lines | map: 'price' | join: '+' }}", "10+5")]
    [InlineData("{% if Variables.Count > 1 %}many{% else %}few{% endif %}", "many")]
    [InlineData("{{ Input.Name }}", "Ada")]
    [InlineData("{{ Input.Customer.city }}", "Paris")]
    [InlineData("{{ CorrelationId }}/{{ WorkflowInstanceId }}", "c-7/i1")]
    [InlineData("{{ WorkflowDefinitionId }}/{{ WorkflowDefinitionVersionId }}/{{ WorkflowDefinitionVersion }}", "d1/v1/1")]
    [InlineData("{{ Configuration.Shop.Name }}[{{ Configuration.Shop.Unset }}][{{ Configuration.Secret }}]", "Corner[][]")]
    [InlineData("{{ 'tea' | base64 }}", "dGVh")]
    [InlineData("{{ Variables.Order | keys | join: ',' }}", "lines")]
    [InlineData("{{ Output.Anything }}{{ LastResult }}{{ Variables.Missing }}-", "-")]
    public async Task A_template_sees_its_workflow(string template, string expected)
    {
        var workflow = await _engine.StartAsync(
            Flowchart(Step("w", "Elsa.WriteLine", ("text", "Liquid", template)), Variables),
            workflow =>
            {
                workflow.CorrelationId = "c-7";
                workflow.Input["Name"] = "Ada";
                workflow.Input["Customer"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "Paris" };
            });

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe([expected]);
    }

    [Fact]
    public async Task The_text_is_converted_to_the_type_of_the_input()
    {
        await _engine.StartAsync(Flowchart(
            string.Join(',', Step("d", "Elsa.FlowDecision", ("condition", "Liquid", "{{ Variables.Count }}{% if true %}{% endif %}")), Step("e", "Elsa.FlowDecision", ("condition", "Liquid", "{% if Variables.Count == 2 %}true{% endif %}")), Line("w")),
            Variables, "d:False -> e", "e:True -> w"));

        _engine.Lines.ShouldBe(["w"]);
    }

    [Fact]
    public async Task A_source_that_is_no_template_gives_the_mistake_as_text_and_warns()
    {
        var document = Flowchart(Step("w", "Elsa.WriteLine", ("text", "Liquid", "{% if %}")), "");

        await _engine.StartAsync(document);

        _engine.Lines.ShouldHaveSingleItem().ShouldContain("line 1");
        var warning = Read(document).Warnings.ShouldHaveSingleItem();
        (warning.Code, warning.Path).ShouldBe(("WF1121", "$.root.activities[0].text.expression.value"));
        warning.Message.ShouldContain(_engine.Lines[0]);
    }

    [Fact]
    public async Task A_template_that_fails_faults_with_its_place_and_reason()
    {
        var workflow = await _engine.StartAsync(Flowchart(Step("w", "Elsa.WriteLine", ("text", "Liquid", "a\n{{ 5 | keys }}")), ""));

        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldBe("The input 'Text' of 'w' could not be evaluated: Liquid: The filter keys works on objects only (line 2, column 1)");
    }

    [Fact]
    public async Task A_template_cannot_change_its_workflow()
    {
        var workflow = await _engine.StartAsync(Flowchart(
            string.Join(',', Step("a", "Elsa.WriteLine", ("text", "Liquid", "{% assign Variables = 5 %}{{ Variables }}")), Step("b", "Elsa.WriteLine", ("text", "Liquid", "{{ Variables.Count }}"))),
            Variables, "a -> b"));

        workflow.Incidents.ShouldBeEmpty();
        _engine.Lines.ShouldBe(["5", "2"]);
    }

    private DefinitionContent Read(string document) => _engine.Compile(document).Content;
}
