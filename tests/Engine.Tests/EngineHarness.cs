using System.Buffers;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Tests;

/// <summary>Compiles and runs documents without a runtime; the state goes through its stored form between two bursts.</summary>
internal sealed class EngineHarness : IServiceProvider
{
    private readonly StringWriter _lines = new();
    private readonly FlowchartExecutionMode _executionMode;
    private int _ids;

    public EngineHarness(FlowchartExecutionMode executionMode = FlowchartExecutionMode.CounterBased)
    {
        Catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(EngineHarness).Assembly);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(
            new LiteralLanguage(),
            new ObjectLanguage("Object", () => languages!),
            new ObjectLanguage("Json", () => languages!),
            new VariableLanguage(),
            new InputLanguage(),
            new JavaScriptLanguage(Platform.Scripting.JavaScript.JsOptions.Default, Settings),
            new LiquidLanguage(Platform.Scripting.Liquid.LiquidOptions.Default, Settings),
            new UnavailableLanguage("CSharp", "WF1122", "C# is off."),
            UnavailableLanguage.Python);
        Languages = languages;
        Reader = new DefinitionReader(Catalog, TypeAliases.BuiltIn, Languages);
        Compiler = new PlanCompiler(Reader, Catalog, Languages);
        _executionMode = executionMode;
    }

    /// <summary>The settings that expressions may read.</summary>
    public static ScriptConfiguration Settings { get; } = new(["Shop:Name", "Shop:Unset"], key => key == "Shop:Name" ? "Corner" : null);

    public ActivityCatalog Catalog { get; }

    public ExpressionLanguages Languages { get; }

    public DefinitionReader Reader { get; }

    public PlanCompiler Compiler { get; }

    public ManualClock Clock { get; } = new();

    public EngineLimits Limits { get; init; } = new();

    /// <summary>Made at its first use, when the limits are set.</summary>
    public EngineHost Host => field ??= new EngineHost { Clock = Clock, NewId = () => $"id{++_ids}", Services = this, Limits = Limits, DefaultExecutionMode = _executionMode };

    public List<byte[]> Logs { get; } = [];

    public IReadOnlyList<string> Lines => _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')).ToList();

    /// <summary>What 'Read Line' reads; null for a host without standard input.</summary>
    public TextReader? Input { get; init; }

    public object? GetService(Type serviceType) => serviceType == typeof(TextWriter) ? _lines : serviceType == typeof(TextReader) ? Input : null;

    public WorkflowPlan Compile(string document) =>
        Compiler.Compile(new WorkflowDefinition("v1", "d1", 1) { Name = "Test", ToolVersion = "3.8.0.0", Document = document });

    /// <summary>A document with a flowchart of activities and "source:port -> target" connections.</summary>
    public static string Flowchart(string activities, string variables, params string[] connections) =>
        "{\"variables\":[" + variables + "],\"root\":{\"id\":\"root\",\"type\":\"Elsa.Flowchart\",\"version\":1,\"activities\":[" + activities
        + "],\"connections\":[" + string.Join(",", connections.Select(Connection)) + "]}}";

    public static string Line(string id, string? text = null) => Step(id, "Elsa.WriteLine", ("text", "Literal", text ?? id));

    /// <summary>An activity with wrapped inputs: name, expression type, expression value.</summary>
    public static string Step(string id, string type, params (string Name, string Expression, object Value)[] inputs)
    {
        var step = new System.Text.Json.Nodes.JsonObject { ["id"] = id, ["type"] = type };
        foreach (var (name, expression, value) in inputs)
        {
            step[name] = new System.Text.Json.Nodes.JsonObject
            {
                ["typeName"] = "Anything",
                ["expression"] = new System.Text.Json.Nodes.JsonObject { ["type"] = expression, ["value"] = System.Text.Json.JsonSerializer.SerializeToNode(value) },
            };
        }

        return step.ToJsonString();
    }

    public async Task<WorkflowExecutionContext> StartAsync(string document, Action<WorkflowExecutionContext>? arrange = null)
    {
        var workflow = new WorkflowExecutionContext(Compile(document), "i1", Host);
        arrange?.Invoke(workflow);
        using var log = new BurstLog(new BurstLogOptions());
        workflow.Log = log;
        await Interpreter.StartAsync(workflow);
        Logs.Add(log.Complete().ToArray());
        return workflow;
    }

    /// <summary>Stores and loads the instance, then resumes its first bookmark of that name.</summary>
    public async Task<WorkflowExecutionContext> ResumeAsync(WorkflowExecutionContext workflow, string? name = null, Dictionary<string, object?>? input = null)
    {
        var loaded = Reload(workflow);
        var bookmark = loaded.Bookmarks.First(candidate => name is null || candidate.Name == name || candidate.Payload == name);
        using var log = new BurstLog(new BurstLogOptions());
        loaded.Log = log;
        (await Interpreter.ResumeAsync(loaded, bookmark.Id, input)).ShouldBeTrue();
        Logs.Add(log.Complete().ToArray());
        return loaded;
    }

    public WorkflowExecutionContext Reload(WorkflowExecutionContext workflow)
    {
        var loaded = new WorkflowExecutionContext(workflow.Plan, workflow.Id, Host);
        StateCodec.Read(loaded, Stored(workflow));
        return loaded;
    }

    public static byte[] Stored(WorkflowExecutionContext workflow)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(workflow, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public ExecutionHistory History() => ExecutionHistory.Read("i1", Logs.Select(log => new ReadOnlyMemory<byte>(log)));

    private static string Connection(string text)
    {
        var parts = text.Split(" -> ");
        var source = parts[0].Split(':');
        var port = source.Length > 1 ? source[1] : "Done";
        return "{\"source\":{\"activity\":\"" + source[0] + "\",\"port\":\"" + port + "\"},\"target\":{\"activity\":\"" + parts[1] + "\",\"port\":\"In\"}}";
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>Waits for a bookmark of a given name; completes with the outcomes given as input "outcomes".</summary>
[Activity("Test", "Test")]
public sealed class Wait : Activity
{
    public Input<string> Key { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = "Wait", Stimulus = Key.Get(context), IncludeActivityInstanceId = false, Callback = OnResumed });

    private ValueTask OnResumed(ActivityExecutionContext context) => context.CompleteActivityAsync();
}

/// <summary>Waits in the process until the test lets it go.</summary>
[Activity("Test", "Test")]
public sealed class Gate : CodeActivity
{
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> Gates = new();
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> Reached = new();

    public Input<string> Key { get; set; } = new("");

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var key = Key.Get(context);
        Reached.GetOrAdd(key, _ => New()).TrySetResult();
        await Gates.GetOrAdd(key, _ => New()).Task.WaitAsync(context.CancellationToken);
    }

    public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
