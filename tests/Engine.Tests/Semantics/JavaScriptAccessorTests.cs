using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

/// <summary>Every name that scripts have besides those of the language, one by one.</summary>
public sealed class JavaScriptAccessorTests
{
    private const string Variables = """
        {"id":"v1","name":"Count","typeName":"Int32","value":"2","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v2","name":"order lines","typeName":"String","isArray":true,"value":"[\"b\",\"a\"]","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v3","name":"Any","typeName":"Object","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v4","name":"Status","typeName":"HttpStatusCode","value":"NotFound","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
        {"id":"v5","name":"Due","typeName":"DateTimeOffset","value":"2026-05-06T07:08:09+02:00","storageDriverTypeName":"WorkflowInstanceStorageDriver"}
        """;

    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("getWorkflowDefinitionId()", "\"d1\"")]
    [InlineData("getWorkflowDefinitionVersionId()", "\"v1\"")]
    [InlineData("getWorkflowDefinitionVersion()", "1")]
    [InlineData("getWorkflowInstanceId()", "\"i1\"")]
    [InlineData("getCorrelationId()", "\"c1\"")]
    [InlineData("setCorrelationId('c2'); getCorrelationId()", "\"c2\"")]
    [InlineData("getWorkflowInstanceName()", "null")]
    [InlineData("setWorkflowInstanceName('n'); getWorkflowInstanceName()", "\"n\"")]
    public Task Instance(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("getVariable('Count')", "2")]
    [InlineData("getVariable('order lines')", "[\"b\",\"a\"]")]
    [InlineData("getVariable('nothing')", "null")]
    [InlineData("setVariable('Count', '7'); getVariable('Count')", "7")]
    [InlineData("setVariable('fresh', [1]); getVariable('fresh')", "[1]")]
    [InlineData("getInput('Name')", "\"Ada\"")]
    [InlineData("getInput('nothing')", "null")]
    [InlineData("getOutputFrom('decide')", "true")]
    [InlineData("getOutputFrom('If1', 'Result')", "true")]
    [InlineData("getLastResult()", "true")]
    public Task Data(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("variables.Count", "2")]
    [InlineData("variables.Count += 5; getCount()", "7")]
    [InlineData("variables['order lines'].push; variables['order lines'].length", "2")]
    [InlineData("variables.Any = { a: undefined, b: new Date(0), c: [1n] }; variables.Any", "{\"a\":null,\"b\":\"1970-01-01T00:00:00.0000000+00:00\",\"c\":[1]}")]
    [InlineData("Object.keys(variables)", "[\"Count\",\"order lines\",\"Any\",\"Status\",\"Due\"]")]
    [InlineData("'Count' in variables && !('count' in variables)", "true")]
    [InlineData("const { Count, Any = 'x' } = variables; Count + String(Any)", "\"2null\"")]
    public Task The_variables_object(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("getCount()", "2")]
    [InlineData("setCount(9); variables.Count", "9")]
    [InlineData("getOrderLines()", "[\"b\",\"a\"]")]
    [InlineData("setOrderLines(['z']); variables['order lines']", "[\"z\"]")]
    [InlineData("getName()", "\"Ada\"")]
    [InlineData("getResultFromIf1()", "true")]
    [InlineData("typeof getResultFromNobody", "\"undefined\"")]
    public Task Accessors_by_name(string script, string expected) => ShouldGiveAsync(script, expected);

    [Fact]
    public async Task Arguments_are_read_by_accessor_and_by_args()
    {
        var expression = _engine.Languages.Compile(new Expressions.Expression("JavaScript", "[getItem(), args.item, args.theIndex, getTheIndex()].join()"), typeof(object));
        ActivityExecutionContext? seen = null;
        Probe.Seen = context => seen = context;
        await _engine.StartAsync("""{"root":{"id":"p","type":"Test.Probe"}}""");

        expression.Evaluate(seen!, new Dictionary<string, object?>(StringComparer.Ordinal) { ["Item"] = "x", ["TheIndex"] = 3 }).ShouldBe("x,x,3,3");
    }

    [Theory]
    [InlineData("isNullOrWhiteSpace(' ')", "true")]
    [InlineData("isNullOrWhiteSpace('a')", "false")]
    [InlineData("isNullOrEmpty(null)", "true")]
    [InlineData("isNullOrEmpty(' ')", "false")]
    [InlineData("toJson({ a: getOrderLines() })", "\"{\\u0022a\\u0022:[\\u0022b\\u0022,\\u0022a\\u0022]}\"")]
    public Task Text(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("newGuid()")]
    [InlineData("newGuidString()")]
    [InlineData("getGuidString()")]
    [InlineData("Guid.NewGuid()")]
    public async Task Ids(string script) => Guid.TryParse((string?)await RunAsync(script), out _).ShouldBeTrue();

    [Theory]
    [InlineData("/^[\\w-]{22}$/.test(newShortGuid()) && newShortGuid() !== newShortGuid()", "true")]
    [InlineData("/^[\\w-]{22}$/.test(getShortGuid())", "true")]
    [InlineData("parseGuid('0F8FAD5B-D9CB-469F-A165-70867728950E')", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"")]
    [InlineData("newGuid() === newGuid()", "false")]
    public Task Ids_have_their_form(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("bytesToString(bytesFromString('한국'))", "\"한국\"")]
    [InlineData("bytesToBase64(bytesFromString('tea'))", "\"dGVh\"")]
    [InlineData("bytesToString(bytesFromBase64('dGVh'))", "\"tea\"")]
    [InlineData("stringToBase64('tea')", "\"dGVh\"")]
    [InlineData("stringFromBase64('dGVh')", "\"tea\"")]
    [InlineData("bytesToString(streamToBytes(getInput('File')))", "\"content\"")]
    [InlineData("streamToBase64(getInput('File')) + streamToBase64(getInput('File'))", "\"Y29udGVudA==Y29udGVudA==\"")]
    [InlineData("JSON.stringify(getInput('File')) + getInput('File').Length", "\"{}undefined\"")]
    public Task Encoding(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("getConfig('Shop:Name')", "\"Corner\"")]
    [InlineData("getConfig('shop:unset')", "null")]
    public Task Configuration(string script, string expected) => ShouldGiveAsync(script, expected);

    [Fact]
    public async Task Configuration_that_is_not_listed_is_refused_by_name()
    {
        var workflow = await StartAsync("getConfig('Security:Key')");

        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain("WF1124: The setting 'Security:Key' is not open to expressions");
    }

    [Theory]
    [InlineData("DateTime.UtcNow", "\"2026-01-02T03:04:05.0000000Z\"")]
    [InlineData("DateTimeOffset.UtcNow.AddDays(1).toString()", "\"2026-01-03T03:04:05.0000000\\u002B00:00\"")]
    [InlineData("new DateTime(2026, 2, 3).year + DateTime.DaysInMonth(2024, 2)", "2055")]
    [InlineData("new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).hour", "4")]
    [InlineData("DateTime.Parse('2026-02-03').Day + DateTimeOffset.parse('2026-02-04').Day", "7")]
    [InlineData("DateTimeOffset.FromUnixTimeSeconds(86400).toISOString()", "\"1970-01-02T00:00:00.000Z\"")]
    [InlineData("DateTime.UtcNow instanceof DateTime", "true")]
    [InlineData("TimeSpan.FromMinutes(1.5)", "\"00:01:30\"")]
    [InlineData("TimeSpan.FromMinutes(90).TotalHours + TimeSpan.zero.ticks", "1.5")]
    [InlineData("new TimeSpan(1, 2, 3)", "\"01:02:03\"")]
    [InlineData("variables.Due.Subtract(TimeSpan.FromDays(1)).day", "5")]
    [InlineData("Guid.Parse('0F8FAD5B-D9CB-469F-A165-70867728950E') + Guid.Empty", "\"0f8fad5b-d9cb-469f-a165-70867728950e00000000-0000-0000-0000-000000000000\"")]
    [InlineData("new Random(1).Next(5, 6) + new Random().next(1)", "5")]
    [InlineData("const r = new Random().NextDouble(); r >= 0 && r < 1", "true")]
    [InlineData("LogPersistenceMode.Include", "\"Include\"")]
    [InlineData("HttpStatusCode.NotFound === variables.Status", "true")]
    [InlineData("typeof Process + typeof Environment + typeof Type + typeof System", "\"undefinedundefinedundefinedundefined\"")]
    public Task Types(string script, string expected) => ShouldGiveAsync(script, expected);

    [Theory]
    [InlineData("DateTime(2026, 1, 1)", "TypeError: DateTime is a type. Make a value with 'new DateTime(...)', or use its members (line 1, column 1)")]
    [InlineData("new DateTime('x', 'y', 'z')", "TypeError: Cannot convert String to DateOnly (line 1, column 1)")]
    [InlineData("DateTime.UtcNow = 1", "TypeError: Cannot set property UtcNow of function DateTime() { [native code] } which has only a getter (line 1, column 10)")]
    [InlineData("DateTime.parse('no date')", "Error: The string 'no date' was not recognized as a valid DateTime. There is an unknown word starting at index '0'. (line 1, column 10)")]
    public async Task Types_refuse_with_the_reason(string script, string message) =>
        (await StartAsync(script)).Incidents.ShouldHaveSingleItem().Message.ShouldBe("JavaScript: " + message);

    [Theory]
    [InlineData("Array.isArray(getOrderLines()) && getOrderLines().concat(['c']).length === 3 && [...getOrderLines()].sort()[0] === 'a'", "true")]
    [InlineData("variables.Status", "\"NotFound\"")]
    [InlineData("getInput('Customer').homeTown + getInput('Customer').HomeTown", "\"ParisParis\"")]
    [InlineData("undefined", "null")]
    [InlineData("({ a: { b: [undefined, null] } })", "{\"a\":{\"b\":[null,null]}}")]
    public Task Values(string script, string expected) => ShouldGiveAsync(script, expected);

    private async Task ShouldGiveAsync(string script, string expected)
    {
        var value = await RunAsync(script);
        System.Text.Json.JsonSerializer.Serialize(Engine.Values.DynamicJson.ToNode(value)).ShouldBe(
            System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonNode>(expected)));
    }

    private async Task<object?> RunAsync(string script)
    {
        var workflow = await StartAsync(script);
        workflow.Incidents.ShouldBeEmpty();
        return workflow.Output["Out"];
    }

    private Task<WorkflowExecutionContext> StartAsync(string script)
    {
        var decide = Step("decide", "Elsa.If", ("condition", "JavaScript", "1 < 2")).Replace("{\"id\":\"decide\"", "{\"id\":\"decide\",\"name\":\"If1\"", StringComparison.Ordinal);
        var run = Step("run", "Elsa.RunJavaScript", ("script", "Literal", script));
        run = run[..^1] + ",\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"Out\"}}}";
        var document = Flowchart(string.Join(',', decide, run), Variables, "decide -> run");
        document = "{\"inputs\":[{\"name\":\"Name\",\"type\":\"String\"}],\"outputs\":[{\"name\":\"Out\",\"type\":\"Object\"}]," + document[1..];
        return _engine.StartAsync(document, workflow =>
        {
            workflow.CorrelationId = "c1";
            workflow.Input["Name"] = "Ada";
            workflow.Input["File"] = new MemoryStream("content"u8.ToArray());
            workflow.Input["Customer"] = new Customer("Paris");
        });
    }

    private sealed record Customer(string HomeTown);
}

/// <summary>Shows its execution to a test.</summary>
[Activity("Test", "Test")]
public sealed class Probe : Activity
{
    public static Action<ActivityExecutionContext>? Seen { get; set; }

    protected override void Execute(ActivityExecutionContext context) => Seen?.Invoke(context);
}
