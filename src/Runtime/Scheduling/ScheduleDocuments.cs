using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>What is known of a schedule besides when it is due. Written in the commit that it tells of.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="ActivityId">The trigger activity.</param>
internal sealed record ScheduleStatus(string DefinitionId, string ActivityId)
{
    /// <summary>The version whose trigger wrote it last; what is queued belongs to it.</summary>
    public string? VersionId { get; init; }

    /// <summary>The last tick for which an instance was started, UTC.</summary>
    public DateTimeOffset? LastTickAt { get; init; }

    /// <summary>When that was, UTC.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>Starts so far.</summary>
    public long Fired { get; init; }

    /// <summary>Ticks that were due while nobody could take them, and for which nothing started.</summary>
    public long Missed { get; init; }

    /// <summary>Ticks left out because an earlier one was still running.</summary>
    public long Skipped { get; init; }

    /// <summary>Names of the ticks whose instances may be running.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>Ticks that wait until the running ones have ended.</summary>
    public IReadOnlyList<DateTimeOffset> Queued { get; init; } = [];
}

/// <summary>What an operator set for a schedule.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="ActivityId">The trigger activity.</param>
/// <param name="Settings">What was set.</param>
internal sealed record ScheduleOverride(string DefinitionId, string ActivityId, JsonElement Settings);

/// <summary>The stored forms. Both kinds of documents have the id of the schedule.</summary>
internal static class ScheduleDocuments
{
    /// <summary>Kind of what an operator set.</summary>
    public const string OverrideKind = "schedule";

    /// <summary>Kind of what is known.</summary>
    public const string StatusKind = "schedule-status";

    /// <summary>The id of a schedule.</summary>
    public static string IdOf(string definitionId, string activityId) => $"{definitionId}|{activityId}";

    public static string IdOf(StoredTrigger trigger) => IdOf(trigger.DefinitionId, trigger.ActivityId);

    public static StoredDocument Of(ScheduleStatus status) =>
        new(StatusKind, IdOf(status.DefinitionId, status.ActivityId), JsonSerializer.Serialize(status, ScheduleJson.Default.ScheduleStatus));

    public static StoredDocument Of(string definitionId, string activityId, ScheduleSettings settings) => new(
        OverrideKind,
        IdOf(definitionId, activityId),
        JsonSerializer.Serialize(
            new ScheduleOverride(definitionId, activityId, JsonSerializer.SerializeToElement(settings, ScheduleJson.Default.ScheduleSettings)),
            ScheduleJson.Default.ScheduleOverride));

    /// <summary>What is known; null when it cannot be read.</summary>
    public static ScheduleStatus? ReadStatus(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ScheduleJson.Default.ScheduleStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What an operator set.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static ScheduleSettings ReadOverride(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return ScheduleSettings.Read(document.RootElement.GetProperty("settings"));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The stored settings have another form than expected.", exception);
        }
    }

    /// <summary>What an operator set, and otherwise what the document says; only the latter when what was set cannot be read.</summary>
    /// <param name="setByOperator">The stored document, or null.</param>
    /// <param name="otherwise">What the workflow's document says.</param>
    /// <param name="mistake">Why what was set cannot be read; null when it can.</param>
    public static ScheduleSettings ReadOverrideOr(StoredDocument? setByOperator, ScheduleSettings otherwise, out string? mistake)
    {
        mistake = null;
        try
        {
            return setByOperator is null ? otherwise : ReadOverride(setByOperator.Json).Or(otherwise);
        }
        catch (FormatException exception)
        {
            mistake = exception.Message;
            return otherwise;
        }
    }

    /// <summary>The documents about the schedules of a definition.</summary>
    public static async ValueTask<List<DocumentKey>> KeysOfAsync(IWorkflowStore store, string definitionId, CancellationToken cancellationToken)
    {
        var keys = new List<DocumentKey>();
        foreach (var kind in (string[])[OverrideKind, StatusKind])
        {
            var documents = await store.ListDocumentsAsync(kind, cancellationToken);
            keys.AddRange(documents.Where(document => DefinitionOf(document.Json) == definitionId).Select(document => new DocumentKey(kind, document.Id)));
        }

        return keys;
    }

    private static string? DefinitionOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("definitionId", out var id) ? id.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>The stored form. Unknown members are ignored, so that two versions can run side by side.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ScheduleStatus))]
[JsonSerializable(typeof(ScheduleOverride))]
[JsonSerializable(typeof(ScheduleSettings))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
