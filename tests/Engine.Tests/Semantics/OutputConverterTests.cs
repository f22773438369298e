using System.Text.Json.Nodes;
using Platform.Engine.Converters;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Semantics;

public sealed class OutputConverterTests
{
    private readonly EngineHarness _harness = new();

    public static TheoryData<string, string, string, string> Conversions => new()
    {
        { "'{\"a\":[1,2]}'", "Platform.FromJson", "null", """{"a":[1,2]}""" },
        { "({a:{b:[{c:7}]}})", "Platform.JsonMember", """{"path":"a.b[0].c"}""", "7" },
        { "({a:{b:[{c:7}]}})", "Platform.JsonMember", """{"path":"$.a['b'][0].c"}""", "7" },
        { "'{\"a\":{\"b\":2}}'", "Platform.JsonMember", """{"path":"a.b"}""", "2" },
        { "({a:1})", "Platform.JsonMember", """{"path":"b.c"}""", "null" },
        { "[1,2]", "Platform.JsonMember", """{"path":"[5]"}""", "null" },
        { "({a:1})", "Platform.ToJson", "{}", "\"{\\u0022a\\u0022:1}\"" },
        { "({a:1})", "Platform.ToJson", """{"indented":true}""", "\"{\\n  \\u0022a\\u0022: 1\\n}\"" },
        { "'12'", "Platform.ToType", """{"type":"Int32"}""", "12" },
        { "null", "Platform.FromJson", "null", "null" },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public async Task The_target_gets_the_converted_value(string script, string converter, string settings, string expected)
    {
        var workflow = await _harness.StartAsync(Document(script, "Object", converter, settings));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended, workflow.Incidents.FirstOrDefault()?.Message);
        JsonNode.DeepEquals(DynamicJson.ToNode(workflow.ActivityExecutionContexts.First().FindVariable("v")!.Value), JsonNode.Parse(expected)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_expressions_read_from_the_activity_stays_as_it_was()
    {
        var document = Document("({a:{b:5}})", "Object", "Platform.JsonMember", """{"path":"a.b"}""",
            EngineHarness.Step("line", "Elsa.WriteLine", ("text", "JavaScript", "`${getOutputFrom('s').a.b} ${getLastResult().a.b} ${getV()}`")));

        await _harness.StartAsync(document);

        _harness.Lines.ShouldBe(["5 5 5"]);
        _harness.History().Executions.Single(execution => execution.ActivityId == "s").OutputValues!.Value.GetRawText().ShouldContain("\"b\":5");
    }

    [Theory]
    [InlineData("7", "Object", "Shop.Unknown", "null", "Resolution", "there is no such converter")]
    [InlineData("({a:1})", "Object", "Platform.JsonMember", "{}", "SettingsValidation", "the setting 'path' is missing")]
    [InlineData("7", "Object", "Platform.FromJson", "null", "SourceCompatibility", "it takes String, but the activity gave Int32")]
    [InlineData("'{'", "Object", "Platform.FromJson", "null", "Invocation", "")]
    [InlineData("'many'", "Object", "Platform.ToType", """{"type":"Int32"}""", "Invocation", "")]
    [InlineData("7", "Object", "Test.Lies", "null", "ResultValidation", "it should give String, but gave Int32")]
    [InlineData("'{\"a\":1}'", "Int32", "Platform.FromJson", "null", "ResultValidation", "which the variable of type Int32 cannot hold")]
    public async Task A_failure_faults_the_activity_and_names_stage_converter_and_output(
        string script, string type, string converter, string settings, string stage, string why)
    {
        var workflow = await StartAsync(Document(script, type, converter, settings));

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        var incident = workflow.Incidents.ShouldHaveSingleItem();
        incident.Message.ShouldStartWith($"The output 'Result' could not be converted by '{converter}' ({stage}): ");
        incident.Message.ShouldContain(why);
        incident.ActivityId.ShouldBe("s");
    }

    [Theory]
    [InlineData("""{"id":"Shop.Unknown"}""", "WF1041", ".id", "Platform.FromJson, Platform.JsonMember, Platform.ToJson, Platform.ToType")]
    [InlineData("""{}""", "WF1041", ".id", "no such converter")]
    [InlineData("""7""", "WF1041", ".id", "no such converter")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":" "}}""", "WF1042", ".settings", "'path' is missing")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":"a..b"}}""", "WF1042", ".settings", "cannot be read: 'a..b'")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":"a[b]"}}""", "WF1042", ".settings", "cannot be read")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":"a[1"}}""", "WF1042", ".settings", "cannot be read")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":"$"}}""", "WF1042", ".settings", "cannot be read")]
    [InlineData("""{"id":"Platform.JsonMember","settings":{"path":"a","way":"b"}}""", "WF1042", ".settings", "no setting 'way'. Use: path.")]
    [InlineData("""{"id":"Platform.ToJson","settings":{"indented":"yes"}}""", "WF1042", ".settings", "must be true or false")]
    [InlineData("""{"id":"Platform.FromJson","settings":{"x":1}}""", "WF1042", ".settings", "it has no settings")]
    [InlineData("""{"id":"Platform.ToType","settings":{"type":"System.Diagnostics.Process"}}""", "WF1042", ".settings", "is not known")]
    [InlineData("""{"id":"Platform.ToType","settings":[]}""", "WF1042", ".settings", "are not an object")]
    public void What_cannot_be_used_is_a_problem_of_publishing_only(string converter, string code, string place, string why)
    {
        var content = Read(Bound("7", "Object", converter));

        content.Problems.ShouldBeEmpty();
        var problem = content.Unfinished.ShouldHaveSingleItem();
        (problem.Code, problem.Path).ShouldBe((code, "$.root.activities[0].result.converter" + place));
        problem.Message.ShouldStartWith("The output 'Result' cannot be converted by '");
        problem.Message.ShouldContain(why);
    }

    [Fact]
    public void A_converter_that_does_not_fit_the_output_is_a_problem_of_publishing()
    {
        var document = "{\"root\":{\"id\":\"i\",\"type\":\"Elsa.If\",\"result\":{\"typeName\":\"Boolean\",\"memoryReference\":{\"id\":\"v\"},\"converter\":{\"id\":\"Platform.FromJson\"}}}}";

        Read(document).Unfinished.ShouldHaveSingleItem().Code.ShouldBe("WF1043");
    }

    [Theory]
    [InlineData(typeof(object), typeof(object), "ToJson FromJson JsonMember ToType")]
    [InlineData(typeof(int), typeof(object), "ToJson JsonMember ToType")]
    [InlineData(typeof(string), typeof(int), "FromJson JsonMember ToType")]
    [InlineData(typeof(object), typeof(string), "ToJson FromJson JsonMember ToType")]
    public void Those_that_fit_can_be_listed(Type source, Type destination, string expected)
    {
        var converters = new OutputConverters(OutputConverters.BuiltIn(TypeAliases.BuiltIn));

        string.Join(' ', converters.Fitting(source, destination).Select(converter => converter.Id["Platform.".Length..])).ShouldBe(expected);
    }

    [Fact]
    public void The_settings_are_described_by_a_schema()
    {
        new JsonMemberConverter().SettingsSchema()!.ToJsonString().ShouldStartWith("""{"type":"object","properties":{"path":{"type":"string",""");
        new FromJsonConverter().SettingsSchema().ShouldBeNull();
    }

    [Fact]
    public void An_id_belongs_to_one_converter() =>
        Should.Throw<ArgumentException>(() => new OutputConverters([new ToJsonConverter(), new ToJsonConverter()])).Message.ShouldContain("registered twice");

    private static string Document(string script, string type, string converter, string settings, string after = """{"id":"w","type":"Test.Wait"}""") =>
        Bound(script, type, "{\"id\":\"" + converter + "\",\"settings\":" + settings + "}", after);

    private static string Bound(string script, string type, string converter, string after = """{"id":"w","type":"Test.Wait"}""") =>
        "{\"variables\":[{\"id\":\"v\",\"name\":\"V\",\"typeName\":\"" + type + "\",\"storageDriverTypeName\":\"WorkflowInstanceStorageDriver\"}],"
        + "\"root\":{\"id\":\"root\",\"type\":\"Elsa.Sequence\",\"activities\":[{\"id\":\"s\",\"name\":\"s\",\"type\":\"Elsa.RunJavaScript\","
        + "\"script\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":" + JsonValue.Create("return " + script).ToJsonString() + "}},"
        + "\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"v\"},\"converter\":" + converter + "}}," + after + "]}}";

    private DefinitionContent Read(string document) =>
        _harness.Reader.Read(new WorkflowDefinition("v1", "d1", 1) { ToolVersion = "3.8.0.0", Document = document });

    private async Task<WorkflowExecutionContext> StartAsync(string document)
    {
        var converters = new OutputConverters([.. OutputConverters.BuiltIn(TypeAliases.BuiltIn), new Lies()]);
        var compiler = new PlanCompiler(new DefinitionReader(_harness.Catalog, TypeAliases.BuiltIn, _harness.Languages, converters), _harness.Catalog, _harness.Languages);
        var workflow = new WorkflowExecutionContext(
            compiler.Compile(new WorkflowDefinition("v1", "d1", 1) { ToolVersion = "3.8.0.0", Document = document }), "i1", _harness.Host);
        await Interpreter.StartAsync(workflow);
        return workflow;
    }

    private sealed class Lies : OutputConverter
    {
        public override string Id => "Test.Lies";

        public override string DisplayName => "Lies";

        public override Type ResultType => typeof(string);

        public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings) => value => value;
    }
}
