using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Reruns;

namespace Platform.Runtime.Tests.Reruns;

/// <summary>What tests of re-runs do with a runtime.</summary>
internal static class RerunHarness
{
    public static ValueTask<RerunResult> RerunAsync(this RuntimeHarness harness, string instanceId, RerunRequest request, string? key = null) =>
        harness.Get<Platform.Runtime.Reruns.Reruns>().RunAsync(instanceId, request, key, CancellationToken.None);

    public static async Task<RerunResult.Started> RerunFromAsync(this RuntimeHarness harness, string instanceId, string activityId) =>
        (await harness.RerunAsync(instanceId, new RerunRequest { ActivityId = activityId })).ShouldBeOfType<RerunResult.Started>();

    /// <summary>What was written since the last time, and forgets it.</summary>
    public static string[] TakeLines(this RuntimeHarness harness)
    {
        var lines = harness.Lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        harness.Lines.GetStringBuilder().Clear();
        return lines;
    }

    public static async Task<ExecutionHistory> HistoryAsync(this RuntimeHarness harness, string instanceId) => ExecutionHistory.Read(
        instanceId, (await harness.Store.ReadBurstsAsync(instanceId, CancellationToken.None)).Select(burst => burst.Log));

    /// <summary>A document with text variables of these names.</summary>
    public static string With(string document, params string[] variables)
    {
        var node = JsonNode.Parse(document)!;
        node["variables"] = new JsonArray([.. variables.Select(name => (JsonNode)new JsonObject { ["id"] = name, ["name"] = name, ["typeName"] = "String", ["storageDriverTypeName"] = "WorkflowInstanceStorageDriver" })]);
        return node.ToJsonString();
    }

    /// <summary>A document with a text variable that is never stored.</summary>
    public static string WithUnstored(string document, string variable) => With(document, variable).Replace(",\"storageDriverTypeName\":\"WorkflowInstanceStorageDriver\"", "", StringComparison.Ordinal);

    /// <summary>The step with its result going into a variable.</summary>
    public static JsonObject Into(this JsonObject step, string variable)
    {
        step["result"] = new JsonObject { ["typeName"] = "String", ["memoryReference"] = new JsonObject { ["id"] = variable } };
        return step;
    }

    /// <summary>Writes what a script gives.</summary>
    public static JsonObject Says(string id, string script) => Documents.Step(id, "Elsa.WriteLine", ("text", "JavaScript", script));

    public static JsonObject Calls(string id, string key) => Documents.Step(id, "Test.Called", ("key", "Literal", key));
}

/// <summary>Stands for a call of a service: its result tells how often it was made.</summary>
[Activity("Test", "Test")]
public sealed class Called : CodeActivity<string>
{
    private static readonly ConcurrentDictionary<string, int> Calls = new();

    public Input<string> Key { get; set; } = new("");

    public static int Count(string key) => Calls.GetValueOrDefault(key);

    protected override void Execute(ActivityExecutionContext context)
    {
        var key = Key.Get(context)!;
        context.Set(Result, $"call {Calls.AddOrUpdate(key, 1, (_, count) => count + 1)}");
    }
}

/// <summary>Puts out something that its record must not show.</summary>
[Activity("Test", "Test")]
public sealed class Confidential : Activity
{
    [Output(CanContainSecrets = true)]
    public Output<string>? Token { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Set(Token, "hush");
        return context.CompleteActivityAsync();
    }
}
