using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Instances;

/// <summary>The history of instances in Elsa's shapes: activity executions, their figures, and the journal.</summary>
internal static class ActivityRecords
{
    /// <summary>The history of an instance.</summary>
    public static async ValueTask<ExecutionHistory> ReadAsync(IWorkflowStore store, string instanceId, CancellationToken cancellationToken) =>
        ExecutionHistory.Read(instanceId, (await store.ReadBurstsAsync(instanceId, cancellationToken)).Select(burst => burst.Log));

    /// <summary>The history of the instance that an activity execution belongs to, and that execution; null when there is none.</summary>
    public static async ValueTask<(string InstanceId, ExecutionHistory History, ActivityExecutionRecord Record)?> FindAsync(
        IWorkflowStore store, string executionId, CancellationToken cancellationToken)
    {
        if (executionId.LastIndexOf('-') is not (> 0 and var end))
            return null;
        var instanceId = executionId[..end];
        var history = await ReadAsync(store, instanceId, cancellationToken);
        return history.Find(executionId) is { } record ? (instanceId, history, record) : null;
    }

    /// <summary>An execution in full.</summary>
    public static ActivityRecord ToRecord(string instanceId, ActivityExecutionRecord record) => new(
        record.Id,
        instanceId,
        record.ActivityId,
        record.NodeId,
        record.ActivityType,
        record.ActivityTypeVersion,
        record.ActivityName,
        ToNode(record.ActivityState) ?? new JsonObject(),
        PayloadOf(record),
        ToNode(record.OutputValues),
        ToNode(record.InternalState) as JsonObject ?? [],
        MetadataOf(record),
        WorkflowStates.ToReply(record.Exception),
        record.StartedAt,
        record.HasBookmarks,
        record.Status.ToString(),
        record.FaultCount,
        record.CompletedAt,
        record.SchedulingId,
        record.SchedulingActivityId,
        null,
        record.CallStackDepth);

    /// <summary>An execution without its values.</summary>
    public static ActivityRecordSummary ToSummary(string instanceId, ActivityExecutionRecord record) => new(
        record.Id,
        instanceId,
        record.ActivityId,
        record.NodeId,
        record.ActivityType,
        record.ActivityTypeVersion,
        record.ActivityName,
        record.StartedAt,
        record.HasBookmarks,
        MetadataOf(record),
        record.Status.ToString(),
        record.CompletedAt);

    /// <summary>The figures of nodes that were executed, one entry per node.</summary>
    /// <param name="history">The history.</param>
    /// <param name="nodeIds">Only these nodes; null for all.</param>
    public static IReadOnlyList<ActivityStats> StatsOf(ExecutionHistory history, IReadOnlyCollection<string>? nodeIds) =>
    [
        .. history.Executions
            .Where(record => nodeIds is null || nodeIds.Contains(record.NodeId))
            .GroupBy(record => record.NodeId, StringComparer.Ordinal)
            .Select(group => ToStats([.. group])),
    ];

    /// <summary>A journal entry.</summary>
    public static JournalRecord ToJournal(JournalEntry entry) => new(
        entry.Id,
        entry.Execution.Id,
        entry.Execution.ParentId,
        entry.Execution.ActivityId,
        entry.Execution.ActivityType,
        entry.Execution.ActivityTypeVersion,
        entry.Execution.ActivityName,
        entry.Execution.NodeId,
        entry.Timestamp,
        entry.Sequence,
        entry.EventName,
        entry.Message,
        entry.Source,
        ToNode(entry.ActivityState) ?? new JsonObject(),
        AsObject(ToNode(entry.Payload)));

    /// <summary>By it Studio knows that there is a list of attempts to ask for.</summary>
    private static JsonObject MetadataOf(ActivityExecutionRecord record) => record.RetryCount == 0 ? [] : new JsonObject { ["HasRetryAttempts"] = true };

    private static ActivityStats ToStats(IReadOnlyList<ActivityExecutionRecord> records)
    {
        var completed = records.Count(record => record.CompletedAt is not null);
        return new ActivityStats(
            records[0].ActivityId,
            records[0].NodeId,
            records.Count,
            completed,
            records.Count - completed,
            records.Any(record => record.HasBookmarks),
            records.Any(record => record.Status == ActivityStatus.Faulted),
            records.Sum(record => record.FaultCount),
            null);
    }

    private static JsonObject? PayloadOf(ActivityExecutionRecord record)
    {
        var payload = AsObject(ToNode(record.JournalData));
        if (record.Outcomes.Count > 0)
            (payload ??= [])["Outcomes"] = new JsonArray([.. record.Outcomes.Select(outcome => JsonValue.Create(outcome))]);
        return payload;
    }

    /// <summary>Studio shows payloads member by member and stumbles over anything but objects.</summary>
    private static JsonObject? AsObject(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => members,
        _ => new JsonObject { ["Value"] = node },
    };

    private static JsonNode? ToNode(System.Text.Json.JsonElement? element) => element is { } value ? JsonNode.Parse(value.GetRawText()) : null;
}
