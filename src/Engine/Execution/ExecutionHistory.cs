using System.Text.Json;

namespace Platform.Engine.Execution;

/// <summary>
/// The history of an instance, read from the logs of its bursts: journal entries in order, and one record per activity execution.
/// </summary>
public sealed class ExecutionHistory
{
    private readonly List<JournalEntry> _journal = [];
    private readonly Dictionary<long, ActivityExecutionRecord> _records = [];
    private readonly string _instanceId;

    private ExecutionHistory(string instanceId) => _instanceId = instanceId;

    /// <summary>Journal entries, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Journal => _journal;

    /// <summary>Activity executions, in the order they were begun.</summary>
    public IEnumerable<ActivityExecutionRecord> Executions => _records.Values;

    /// <summary>The execution with this id, or null.</summary>
    /// <param name="id">Activity execution id.</param>
    public ActivityExecutionRecord? Find(string id) => _records.Values.FirstOrDefault(record => string.Equals(record.Id, id, StringComparison.Ordinal));

    /// <summary>Reads the logs of an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="logs">Its burst logs, oldest first; empty ones are skipped.</param>
    public static ExecutionHistory Read(string instanceId, IEnumerable<ReadOnlyMemory<byte>> logs)
    {
        var history = new ExecutionHistory(instanceId);
        foreach (var log in logs)
        {
            if (!log.IsEmpty)
                history.ReadBurst(log);
        }

        return history;
    }

    private void ReadBurst(ReadOnlyMemory<byte> log)
    {
        using var document = JsonDocument.Parse(log);
        var root = document.RootElement;
        if (root.GetProperty("v").GetInt32() != BurstLog.FormatVersion)
            throw new InvalidDataException($"The log of instance '{_instanceId}' has format {root.GetProperty("v").GetInt32()}, which this version cannot read.");
        var nodes = ReadNodes(root.GetProperty("n"));
        var baseTicks = root.GetProperty("t").GetInt64();
        foreach (var item in root.GetProperty("e").EnumerateArray())
            ReadEvent(item, nodes, baseTicks);
    }

    private static List<LoggedNode> ReadNodes(JsonElement element)
    {
        var nodes = new List<LoggedNode>();
        foreach (var item in element.EnumerateArray())
        {
            var parent = item[0].GetInt32();
            var id = item[1].GetString()!;
            nodes.Add(new LoggedNode(
                id,
                parent < 0 ? id : $"{nodes[parent].NodeId}:{id}",
                item[2].GetString()!,
                item[3].GetInt32(),
                item.GetArrayLength() > 4 ? item[4].GetString() : null));
        }

        return nodes;
    }

    private void ReadEvent(JsonElement item, List<LoggedNode> nodes, long baseTicks)
    {
        var kind = (JournalEvent)item[0].GetInt32();
        var sequence = item[1].GetInt64();
        var node = nodes[item[2].GetInt32()];
        var at = new DateTimeOffset(baseTicks + item[3].GetInt64(), TimeSpan.Zero);
        var data = item.GetArrayLength() > 4 ? item[4] : default;
        var record = RecordOf(kind, sequence, node, at, item);
        Apply(record, kind, at, data);
        _journal.Add(new JournalEntry
        {
            Id = ActivityExecutionContext.FormatId(_instanceId, 0) + "j" + _journal.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Sequence = _journal.Count,
            Kind = kind,
            Execution = record,
            Timestamp = at,
            EventName = kind == JournalEvent.Custom ? data.GetString() ?? "" : kind.ToString(),
            Message = kind switch
            {
                JournalEvent.Custom => item[5].GetString(),
                JournalEvent.Faulted => Member(data, "m")?.GetString(),
                _ => null,
            },
            Source = kind == JournalEvent.Custom ? item[6].GetString() : null,
            ActivityState = Member(data, "i"),
            Payload = kind == JournalEvent.Custom ? CloneOrNull(item[7]) : Member(data, "j"),
        });
    }

    private ActivityExecutionRecord RecordOf(JournalEvent kind, long sequence, LoggedNode node, DateTimeOffset at, JsonElement item)
    {
        if (_records.TryGetValue(sequence, out var known) && kind != JournalEvent.Started)
            return known;
        var started = kind == JournalEvent.Started;
        var record = new ActivityExecutionRecord
        {
            Id = ActivityExecutionContext.FormatId(_instanceId, sequence),
            Sequence = sequence,
            ParentId = started && item[4].GetInt64() is > 0 and var parent ? ActivityExecutionContext.FormatId(_instanceId, parent) : null,
            SchedulingId = started && item[5].GetInt64() is > 0 and var scheduler ? ActivityExecutionContext.FormatId(_instanceId, scheduler) : null,
            SchedulingActivityId = started && _records.TryGetValue(item[5].GetInt64(), out var schedulingRecord) ? schedulingRecord.ActivityId : null,
            CallStackDepth = started ? item[6].GetInt32() : 0,
            ActivityId = node.Id,
            NodeId = node.NodeId,
            ActivityType = node.Type,
            ActivityTypeVersion = node.Version,
            ActivityName = node.Name,
            StartedAt = at,
            Status = ActivityStatus.Running,
        };
        _records[sequence] = record;
        return record;
    }

    private static void Apply(ActivityExecutionRecord record, JournalEvent kind, DateTimeOffset at, JsonElement data)
    {
        switch (kind)
        {
            case JournalEvent.Completed:
                record.Status = ActivityStatus.Completed;
                record.Outcomes = Member(data, "o") is { } outcomes ? [.. outcomes.EnumerateArray().Select(outcome => outcome.GetString() ?? "")] : Outcomes.Done;
                break;
            case JournalEvent.Faulted:
                record.Status = ActivityStatus.Faulted;
                record.FaultCount++;
                record.Exception = Member(data, "x") is { } exception ? ExceptionJson.Read(exception) : null;
                break;
            case JournalEvent.Canceled:
                record.Status = ActivityStatus.Canceled;
                break;
            case JournalEvent.Suspended:
            case JournalEvent.Resumed:
                record.Status = ActivityStatus.Running;
                break;
            case JournalEvent.Custom:
                if (data.ValueEquals(ActivityExecutionRecord.RetryEvent))
                    record.RetryCount++;
                return;
            case JournalEvent.Started:
                return;
        }

        record.HasBookmarks = kind == JournalEvent.Suspended;
        record.CompletedAt = kind is JournalEvent.Completed or JournalEvent.Canceled ? at : null;
        record.ActivityState = Member(data, "i") ?? record.ActivityState;
        record.OutputValues = Member(data, "r") ?? record.OutputValues;
        record.JournalData = Member(data, "j") ?? record.JournalData;
        record.InternalState = Member(data, "s") ?? record.InternalState;
    }

    private static JsonElement? Member(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) ? value.Clone() : null;

    private static JsonElement? CloneOrNull(JsonElement element) =>
        element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element.Clone();

    private sealed record LoggedNode(string Id, string NodeId, string Type, int Version, string? Name);
}

/// <summary>One entry of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Id, unique over all instances.</summary>
    public required string Id { get; init; }

    /// <summary>Position in the journal, from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the engine recorded; an activity's own word may read the same as one of its kinds.</summary>
    internal JournalEvent Kind { get; init; }

    /// <summary>The activity execution it is about.</summary>
    public required ActivityExecutionRecord Execution { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary><c>Started</c>, <c>Completed</c>, <c>Faulted</c>, <c>Suspended</c>, <c>Resumed</c>, <c>Canceled</c> or an activity's own word.</summary>
    public required string EventName { get; init; }

    /// <summary>What happened, in a sentence; or null.</summary>
    public string? Message { get; init; }

    /// <summary>Where in the code; or null.</summary>
    public string? Source { get; init; }

    /// <summary>Input values by name, or null.</summary>
    public JsonElement? ActivityState { get; init; }

    /// <summary>Details, or null.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>The record of one activity execution.</summary>
public sealed record ActivityExecutionRecord
{
    /// <summary>Word by which activities note in the journal that they are about to try again.</summary>
    public const string RetryEvent = "Retry";

    /// <summary>Id of the execution.</summary>
    public required string Id { get; init; }

    /// <summary>Number of the execution inside its instance.</summary>
    public required long Sequence { get; init; }

    /// <summary>Execution of the owner; null for the root.</summary>
    public string? ParentId { get; init; }

    /// <summary>Execution that scheduled it, for the call stack; null for the root.</summary>
    public string? SchedulingId { get; init; }

    /// <summary>Activity that scheduled it; null for the root.</summary>
    public string? SchedulingActivityId { get; init; }

    /// <summary>How many executions scheduled each other down to this one.</summary>
    public int CallStackDepth { get; init; }

    /// <summary>Activity id.</summary>
    public required string ActivityId { get; init; }

    /// <summary>Path of ids.</summary>
    public required string NodeId { get; init; }

    /// <summary>Type name.</summary>
    public required string ActivityType { get; init; }

    /// <summary>Version of the type.</summary>
    public required int ActivityTypeVersion { get; init; }

    /// <summary>Name, or null.</summary>
    public string? ActivityName { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC; null while it runs or when it faulted.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>State at the end of the last recorded burst.</summary>
    public ActivityStatus Status { get; set; }

    /// <summary>Whether it waits for a bookmark.</summary>
    public bool HasBookmarks { get; set; }

    /// <summary>How often it faulted.</summary>
    public int FaultCount { get; set; }

    /// <summary>How often the activity tried again by itself.</summary>
    public int RetryCount { get; set; }

    /// <summary>Outcomes; empty until it completes.</summary>
    public IReadOnlyList<string> Outcomes { get; set; } = [];

    /// <summary>Input values by name, or null.</summary>
    public JsonElement? ActivityState { get; set; }

    /// <summary>Output values by name, or null.</summary>
    public JsonElement? OutputValues { get; set; }

    /// <summary>Data that the activity added, or null.</summary>
    public JsonElement? JournalData { get; set; }

    /// <summary>The activity's own state, when its settings keep it; or null.</summary>
    public JsonElement? InternalState { get; set; }

    /// <summary>What it threw last, or null.</summary>
    public ExceptionState? Exception { get; set; }
}
