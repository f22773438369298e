using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.CustomActivities.Tests;

/// <summary>Runs single activities of this assembly on the real engine.</summary>
internal sealed class ActivityHarness(IServiceProvider services, TimeProvider clock)
{
    private int _instances;

    /// <summary>Runs an activity alone; its inputs are literals, objects are JSON.</summary>
    public async Task<RunResult> RunAsync(string type, JsonObject inputs, CancellationToken cancellationToken = default)
    {
        return await RunAsync(Step("a", type, inputs), cancellationToken);
    }

    /// <summary>An activity whose inputs are literals, objects as JSON.</summary>
    public static JsonObject Step(string id, string type, JsonObject inputs)
    {
        var activity = new JsonObject { ["id"] = id, ["type"] = type };
        foreach (var (name, value) in inputs)
        {
            var isText = value is JsonValue;
            activity[name] = new JsonObject
            {
                ["typeName"] = "Any",
                ["expression"] = new JsonObject { ["type"] = isText ? "Literal" : "Object", ["value"] = isText ? value!.DeepClone() : value!.ToJsonString() },
            };
        }

        return activity;
    }

    /// <summary>Runs an activity with what is embedded in it.</summary>
    public async Task<RunResult> RunAsync(JsonObject activity, CancellationToken cancellationToken = default)
    {
        var workflow = new WorkflowExecutionContext(Compile(activity), $"instance-{++_instances}", Host()) { CancellationToken = cancellationToken };
        using var log = new BurstLog(new BurstLogOptions());
        workflow.Log = log;
        await Interpreter.StartAsync(workflow);
        var run = new RunResult(workflow, ExecutionHistory.Read(workflow.Id, [log.Complete().ToArray()]));
        // A test that goes on at a bookmark does so without a log.
        workflow.Log = null;
        return run;
    }

    private EngineHost Host() => new() { Clock = clock, NewId = () => $"id-{++_instances}", Services = services };

    private static WorkflowPlan Compile(JsonObject activity)
    {
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(new LiteralLanguage(), new ObjectLanguage("Object", () => languages!));
        var catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(Platform.CustomActivities.Services.CallService).Assembly);
        var reader = new DefinitionReader(catalog, TypeAliases.BuiltIn, languages);
        var document = new JsonObject { ["root"] = activity }.ToJsonString();
        return new PlanCompiler(reader, catalog, languages).Compile(new WorkflowDefinition("v", "d", 1) { Document = document });
    }
}

/// <summary>What a run did.</summary>
internal sealed record RunResult(WorkflowExecutionContext Workflow, ExecutionHistory History)
{
    /// <summary>The activity's record.</summary>
    public ActivityExecutionRecord Record => History.Executions.Single(execution => execution.ActivityId == "a");

    /// <summary>Journal entries that the activity itself added, as event and message.</summary>
    public IReadOnlyList<string> Notes =>
        [.. History.Journal.Where(entry => entry.EventName is "Attempt" or "Retry" or "CircuitOpened" or "CircuitOpen").Select(entry => $"{entry.EventName}: {entry.Message}")];
}
