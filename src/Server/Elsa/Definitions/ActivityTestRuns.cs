using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Elsa.Instances;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Runs one activity of a definition by itself, with the test values of its variables. It really runs, side effects included, but no
/// instance is stored and nothing that it waits for ever comes.
/// </summary>
internal static class ActivityTestRuns
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    /// <summary>Maps the route.</summary>
    public static void MapActivityTestRuns(this IEndpointRouteBuilder api) =>
        api.MapPost("/tests/activities", TestAsync).RequirePermission("exec:tests").Audited("activity.test", "workflow");

    private static async Task<IResult> TestAsync(
        Body<TestRunRequest> body,
        WorkflowDefinitions definitions,
        ElsaDocuments documents,
        ActivityTree tree,
        PlanCompiler compiler,
        EngineHost host,
        CancellationToken cancellationToken)
    {
        var handle = body.Value.WorkflowDefinitionHandle ?? new DefinitionHandle();
        IResult? refusal = null;
        var versions = QueryText.Versions(handle.VersionOptions, VersionOptions.Latest, ref refusal);
        if (refusal is not null)
            return refusal;
        var definition = handle.DefinitionVersionId is { Length: > 0 } versionId
            ? await definitions.FindVersionAsync(versionId, cancellationToken)
            : await definitions.FindAsync(handle.DefinitionId ?? "", versions, cancellationToken);
        if (definition is null)
            return Problems.NotFound("workflow definition", handle.DefinitionVersionId ?? handle.DefinitionId);
        var model = documents.ToModel(definition);
        var activityHandle = body.Value.ActivityHandle ?? new ActivityHandle();
        if (Find(tree, model["root"]!.AsObject(), activityHandle, []) is not var (activity, variables))
            return Problems.NotFound("activity", activityHandle.ActivityNodeId ?? activityHandle.ActivityId);
        var plan = compiler.Compile(definition with { Document = ElsaDocuments.ToText(ToDocument(model, activity, variables)) });
        return Wire.Json(await ExecuteAsync(plan, host, cancellationToken));
    }

    private static async ValueTask<TestRunReply> ExecuteAsync(WorkflowPlan plan, EngineHost host, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, host.Clock);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var log = new BurstLog(new BurstLogOptions());
        var workflow = new WorkflowExecutionContext(plan, host.NewId(), host) { Log = log, CancellationToken = cancellation.Token };
        await Interpreter.StartAsync(workflow);
        var history = ExecutionHistory.Read(workflow.Id, [log.Complete()]);
        var record = history.Executions.FirstOrDefault(record => record.NodeId == plan.Nodes[1].NodeId);
        if (record is null)
            return new TestRunReply(new JsonObject(), null, null, null, nameof(ActivityStatus.Pending));
        var reply = ActivityRecords.ToRecord(workflow.Id, record);
        return new TestRunReply(reply.ActivityState, reply.Payload ?? [], reply.Outputs ?? new JsonObject(), reply.Exception, reply.Status);
    }

    /// <summary>The activity with the variables that it sees, innermost last.</summary>
    private static (JsonObject Activity, List<JsonNode> Variables)? Find(
        ActivityTree tree, JsonObject activity, ActivityHandle handle, List<JsonNode> variables)
    {
        var isMeant = handle.ActivityNodeId is { Length: > 0 } nodeId
            ? ElsaDocuments.TextOf(activity["nodeId"]) == nodeId
            : ElsaDocuments.TextOf(activity["id"]) == handle.ActivityId;
        if (isMeant)
            return (activity, variables);
        if (tree.TypeOf(activity) is not { } type)
            return null;
        var visible = type.IsContainer && activity["variables"] is JsonArray own ? [.. variables, .. own.OfType<JsonNode>()] : variables;
        foreach (var slot in tree.ChildrenOf(activity, type))
        {
            if (Find(tree, slot.Activity, handle, visible) is { } found)
                return found;
        }

        return null;
    }

    private static JsonObject ToDocument(JsonObject model, JsonObject activity, List<JsonNode> variables)
    {
        var values = model["customProperties"]?["VariableTestValues"] as JsonObject;
        var all = new JsonArray();
        foreach (var variable in model["variables"]!.AsArray().OfType<JsonObject>().Concat(variables.OfType<JsonObject>()))
        {
            var copy = (JsonObject)variable.DeepClone();
            if (ElsaDocuments.TextOf(copy["id"]) is { } id && values?[id] is { } value)
                copy["value"] = value.DeepClone();
            all.Add(copy);
        }

        return new JsonObject
        {
            ["variables"] = all,
            ["inputs"] = model["inputs"]?.DeepClone(),
            ["outputs"] = model["outputs"]?.DeepClone(),
            ["root"] = activity.DeepClone(),
        };
    }
}

/// <summary>Asks for a test run of one activity.</summary>
internal sealed record TestRunRequest
{
    /// <summary>The definition.</summary>
    public DefinitionHandle? WorkflowDefinitionHandle { get; init; }

    /// <summary>The activity.</summary>
    public ActivityHandle? ActivityHandle { get; init; }
}

/// <summary>Names a definition: by version id, or by definition id and version.</summary>
internal sealed record DefinitionHandle
{
    /// <summary>The definition.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Its version.</summary>
    public string? VersionOptions { get; init; }

    /// <summary>The version.</summary>
    public string? DefinitionVersionId { get; init; }
}

/// <summary>Names an activity: by node id, or by id.</summary>
internal sealed record ActivityHandle
{
    /// <summary>The activity.</summary>
    public string? ActivityId { get; init; }

    /// <summary>Its node.</summary>
    public string? ActivityNodeId { get; init; }
}

/// <summary>What a test run came to.</summary>
internal sealed record TestRunReply(JsonNode ActivityState, JsonObject? Payload, JsonNode? Outputs, ExceptionReply? Exception, string Status);
