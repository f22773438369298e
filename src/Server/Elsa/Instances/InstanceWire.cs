using System.Text.Json.Nodes;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Instances;

/// <summary>An instance in a list.</summary>
internal sealed record InstanceSummary(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string Status,
    string SubStatus,
    string? CorrelationId,
    string? Name,
    int IncidentCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>The summary of a stored instance.</summary>
    public static InstanceSummary Of(StoredInstance instance) => new(
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        instance.Version,
        instance.Status,
        instance.SubStatus,
        instance.CorrelationId,
        instance.Name,
        instance.IncidentCount,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt);
}

/// <summary>A page of instances.</summary>
internal sealed record InstanceList(IReadOnlyList<InstanceSummary> Items, long TotalCount);

/// <summary>An instance in full.</summary>
internal sealed record InstanceModel(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string? ParentWorkflowInstanceId,
    JsonObject WorkflowState,
    string Status,
    string SubStatus,
    string? CorrelationId,
    string? Name,
    int IncidentCount,
    bool IsSystem,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt);

/// <summary>What viewers poll. Studio's client knows the sub-status by another name than Elsa's server writes.</summary>
internal sealed record ExecutionStateReply(string Status, string SubStatus, string WorkflowSubStatus, DateTimeOffset UpdatedAt);

/// <summary>A variable's value.</summary>
internal sealed record VariableValue(string Id, string Name, JsonNode? Value);

/// <summary>How many instances were cancelled.</summary>
internal sealed record CancelledReply(int Cancelled);

/// <summary>How many instances were imported, under both names that clients read.</summary>
internal sealed record ImportedReply(int Count, int Imported);

/// <summary>Selects instances to cancel; what is given adds up.</summary>
internal sealed record BulkCancelRequest
{
    /// <summary>These instances.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>All of this definition version.</summary>
    public string? DefinitionVersionId { get; init; }

    /// <summary>All of the versions of this definition that <see cref="VersionOptions"/> selects.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Goes with <see cref="DefinitionId"/>.</summary>
    public string? VersionOptions { get; init; }
}

/// <summary>An entry of the journal.</summary>
internal sealed record JournalRecord(
    string Id,
    string ActivityInstanceId,
    string? ParentActivityInstanceId,
    string ActivityId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    string NodeId,
    DateTimeOffset Timestamp,
    long Sequence,
    string EventName,
    string? Message,
    string? Source,
    JsonNode ActivityState,
    JsonNode? Payload);

/// <summary>A part of the journal.</summary>
internal sealed record JournalPage(IReadOnlyList<JournalRecord> Items, int TotalCount);

/// <summary>Selects journal entries.</summary>
internal sealed record JournalRequest
{
    /// <summary>The selection; null for all.</summary>
    public JournalFilter? Filter { get; init; }
}

/// <summary>Selects journal entries; unset and empty members do not restrict.</summary>
internal sealed record JournalFilter
{
    /// <summary>Only of these activities.</summary>
    public IReadOnlyList<string>? ActivityIds { get; init; }

    /// <summary>Only of these nodes.</summary>
    public IReadOnlyList<string>? ActivityNodeIds { get; init; }

    /// <summary>Not of these activity types.</summary>
    public IReadOnlyList<string>? ExcludedActivityTypes { get; init; }

    /// <summary>Only these events.</summary>
    public IReadOnlyList<string>? EventNames { get; init; }
}

/// <summary>An activity execution. <see cref="ActivityState"/> is never null: Studio would ask again every second.</summary>
internal sealed record ActivityRecord(
    string Id,
    string WorkflowInstanceId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    JsonNode ActivityState,
    JsonObject? Payload,
    JsonNode? Outputs,
    JsonObject Properties,
    JsonObject Metadata,
    ExceptionReply? Exception,
    DateTimeOffset StartedAt,
    bool HasBookmarks,
    string Status,
    int AggregateFaultCount,
    DateTimeOffset? CompletedAt,
    string? SchedulingActivityExecutionId,
    string? SchedulingActivityId,
    string? SchedulingWorkflowInstanceId,
    int CallStackDepth);

/// <summary>An exception.</summary>
internal sealed record ExceptionReply(string Type, string Message, string? StackTrace, ExceptionReply? InnerException);

/// <summary>An activity execution without its values.</summary>
internal sealed record ActivityRecordSummary(
    string Id,
    string WorkflowInstanceId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    DateTimeOffset StartedAt,
    bool HasBookmarks,
    JsonObject Metadata,
    string Status,
    DateTimeOffset? CompletedAt);

/// <summary>Asks for the figures of nodes.</summary>
internal sealed record ReportRequest
{
    /// <summary>The instance.</summary>
    public string? WorkflowInstanceId { get; init; }

    /// <summary>The nodes; null for all.</summary>
    public IReadOnlyList<string?>? ActivityNodeIds { get; init; }
}

/// <summary>The figures of a node, for its badge.</summary>
internal sealed record ActivityStats(
    string ActivityId,
    string ActivityNodeId,
    int StartedCount,
    int CompletedCount,
    int UncompletedCount,
    bool IsBlocked,
    bool IsFaulted,
    int AggregateFaultCount,
    JsonObject? Metadata);

/// <summary>The figures of several nodes, one entry per node.</summary>
internal sealed record StatsReply(IReadOnlyList<ActivityStats> Stats);

/// <summary>Who scheduled whom, root first.</summary>
internal sealed record CallStackReply(string ActivityExecutionId, IReadOnlyList<ActivityRecord> Items, int TotalCount);
