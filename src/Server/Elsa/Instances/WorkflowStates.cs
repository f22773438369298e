using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Instances;

/// <summary>Reads stored instances back into memory, and writes them in the shape of Elsa's workflow state. Never runs anything.</summary>
/// <param name="plans">Compiled definitions.</param>
/// <param name="host">What instances need to be read.</param>
internal sealed class WorkflowStates(PlanCache plans, EngineHost host)
{
    /// <summary>The instance in memory; null when its definition version is gone or no longer has what the instance executes.</summary>
    /// <param name="stored">The instance with its state.</param>
    /// <param name="cancellationToken">Ends the read of the definition.</param>
    public async ValueTask<WorkflowExecutionContext?> LoadAsync(StoredInstance stored, CancellationToken cancellationToken)
    {
        if (await plans.FindAsync(stored.DefinitionVersionId, cancellationToken) is not { } plan)
            return null;
        var workflow = new WorkflowExecutionContext(plan, stored.Id, host)
        {
            CorrelationId = stored.CorrelationId,
            Name = stored.Name,
            ParentInstanceId = stored.ParentInstanceId,
            CreatedAt = stored.CreatedAt,
            UpdatedAt = stored.UpdatedAt,
            FinishedAt = stored.FinishedAt,
        };
        try
        {
            StateCodec.Read(workflow, stored.State);
            return workflow;
        }
        catch (StateMismatchException)
        {
            return null;
        }
    }

    /// <summary>The state of an instance; only the header when it cannot be read.</summary>
    public static JsonObject ToJson(StoredInstance stored, WorkflowExecutionContext? workflow)
    {
        var state = new JsonObject
        {
            ["id"] = stored.Id,
            ["definitionId"] = stored.DefinitionId,
            ["definitionVersionId"] = stored.DefinitionVersionId,
            ["definitionVersion"] = stored.Version,
            ["parentWorkflowInstanceId"] = stored.ParentInstanceId,
            ["correlationId"] = stored.CorrelationId,
            ["name"] = stored.Name,
            ["status"] = stored.Status,
            ["subStatus"] = stored.SubStatus,
            ["isExecuting"] = stored.SubStatus == nameof(WorkflowSubStatus.Executing),
            ["isSystem"] = stored.IsSystem,
            ["bookmarks"] = new JsonArray([.. (workflow?.Bookmarks ?? []).Select(bookmark => ToJson(workflow!, bookmark))]),
            ["incidents"] = new JsonArray([.. (workflow?.Incidents ?? []).Select(ToJson)]),
            ["completionCallbacks"] = new JsonArray([.. CompletionCallbacks(workflow)]),
            ["activityExecutionContexts"] = Contexts(stored, workflow),
            ["input"] = ToJson(workflow?.Input),
            ["output"] = ToJson(workflow?.Output),
            ["properties"] = ToJson(workflow?.Properties),
            ["createdAt"] = stored.CreatedAt,
            ["updatedAt"] = stored.UpdatedAt,
            ["finishedAt"] = stored.FinishedAt,
        };
        return workflow is null ? state : Masked(state, workflow)!.AsObject();
    }

    /// <summary>JSON about an instance without the values of secrets.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="workflow">The instance.</param>
    public static JsonNode? Masked(JsonNode? json, WorkflowExecutionContext workflow) =>
        json is null || workflow.Host.Secrets.IsEmpty ? json : JsonNode.Parse(workflow.Host.Secrets.Apply(json.ToJsonString()));

    /// <summary>A value as JSON; what cannot be shown as JSON is named by its type.</summary>
    public static JsonNode? ToJson(object? value)
    {
        try
        {
            return DynamicJson.ToNode(value);
        }
        catch (ValueTooDeepException)
        {
            return "<too deep>";
        }
    }

    /// <summary>Values as JSON by name.</summary>
    public static JsonObject ToJson(IEnumerable<KeyValuePair<string, object?>>? values)
    {
        var json = new JsonObject();
        foreach (var (key, value) in values ?? [])
            json[key] = ToJson(value);
        return json;
    }

    private static JsonObject ToJson(WorkflowExecutionContext workflow, Bookmark bookmark)
    {
        var activityInstanceId = ActivityExecutionContext.FormatId(workflow.Id, bookmark.ActivitySequence);
        var context = workflow.ActivityExecutionContexts.FirstOrDefault(context => context.Id == activityInstanceId);
        var metadata = new JsonObject();
        foreach (var (key, value) in bookmark.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
            metadata[key] = value;
        return new JsonObject
        {
            ["id"] = bookmark.Id,
            ["name"] = bookmark.Name,
            ["hash"] = bookmark.Hash,
            ["payload"] = DynamicJson.TryParse(bookmark.Payload, out var payload) ? ToJson(payload) : bookmark.Payload,
            ["activityId"] = context?.Activity.Id,
            ["activityNodeId"] = context?.Activity.NodeId,
            ["activityInstanceId"] = activityInstanceId,
            ["createdAt"] = bookmark.CreatedAt,
            ["autoBurn"] = bookmark.AutoBurn,
            ["autoComplete"] = bookmark.AutoComplete,
            ["callbackMethodName"] = bookmark.CallbackMethodName,
            ["metadata"] = metadata,
        };
    }

    private static JsonObject ToJson(Incident incident) => new()
    {
        ["activityId"] = incident.ActivityId,
        ["activityNodeId"] = incident.ActivityNodeId,
        ["activityType"] = incident.ActivityType,
        ["message"] = incident.Message,
        ["exception"] = JsonSerializer.SerializeToNode(ToReply(incident.Exception), WireJson.Default.ExceptionReply),
        ["timestamp"] = incident.Timestamp,
    };

    /// <summary>A stored exception as Studio shows it.</summary>
    public static ExceptionReply? ToReply(ExceptionState? exception) => exception is null
        ? null
        : new ExceptionReply(exception.Type, exception.Message, exception.StackTrace, ToReply(exception.Inner));

    private static IEnumerable<JsonObject> CompletionCallbacks(WorkflowExecutionContext? workflow) =>
        (workflow?.ActivityExecutionContexts ?? [])
            .Where(context => context is { ParentActivityExecutionContext: not null, CompletionCallbackMethodName: not null })
            .Select(context => new JsonObject
            {
                ["ownerInstanceId"] = context.ParentActivityExecutionContext!.Id,
                ["childNodeId"] = context.Activity.NodeId,
                ["methodName"] = context.CompletionCallbackMethodName,
            });

    /// <summary>The live executions. A finished instance has none, but Studio wants to see the root.</summary>
    private static JsonArray Contexts(StoredInstance stored, WorkflowExecutionContext? workflow)
    {
        var contexts = new JsonArray();
        foreach (var context in workflow?.ActivityExecutionContexts ?? [])
            contexts.Add(ToJson(context));
        if (contexts.Count > 0)
            return contexts;
        contexts.Add(new JsonObject
        {
            ["id"] = ActivityExecutionContext.FormatId(stored.Id, 1),
            ["parentContextId"] = null,
            ["scheduledActivityNodeId"] = "Workflow1",
            ["ownerActivityNodeId"] = null,
            ["properties"] = new JsonObject(),
            ["activityState"] = null,
            ["dynamicVariables"] = new JsonArray(),
            ["status"] = stored.Status == nameof(WorkflowStatus.Finished) ? nameof(ActivityStatus.Completed) : nameof(ActivityStatus.Running),
        });
        return contexts;
    }

    private static JsonObject ToJson(ActivityExecutionContext context) => new()
    {
        ["id"] = context.Id,
        ["parentContextId"] = context.ParentActivityExecutionContext?.Id,
        ["scheduledActivityNodeId"] = context.Activity.NodeId,
        ["ownerActivityNodeId"] = context.ParentActivityExecutionContext?.Activity.NodeId,
        ["properties"] = ToJson(context.Properties),
        ["activityState"] = null,
        ["dynamicVariables"] = new JsonArray(),
        ["status"] = context.Status.ToString(),
        ["startedAt"] = context.StartedAt,
        ["faultCount"] = context.AggregateFaultCount,
        ["tag"] = ToJson(context.Tag is IConvertible tag ? Convert.ToString(tag, CultureInfo.InvariantCulture) : null),
    };
}
