using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Store;

namespace Platform.Runtime.Bulk;

/// <summary>What a bulk job does with each of its instances.</summary>
public enum BulkAction
{
    /// <summary>Cancels those that run.</summary>
    Cancel,

    /// <summary>Executes again what failed, in the instance itself.</summary>
    Retry,

    /// <summary>Runs them once more, as new instances.</summary>
    Rerun,

    /// <summary>Deletes those that have ended.</summary>
    Delete,
}

/// <summary>How far a bulk job is.</summary>
public enum BulkStatus
{
    /// <summary>Accepted and stored.</summary>
    Pending,

    /// <summary>Its instances are being worked on.</summary>
    Running,

    /// <summary>Every instance was worked on.</summary>
    Completed,

    /// <summary>It was stopped; what it had done stays done.</summary>
    Cancelled,
}

/// <summary>One action on many instances, done in the background. Its instances are those that were found when it was accepted.</summary>
/// <param name="Id">Id of the job.</param>
/// <param name="Action">What is done.</param>
/// <param name="Request">The request as it was sent, to be shown with the job.</param>
public sealed record BulkJob(string Id, BulkAction Action, JsonElement Request)
{
    /// <summary>Most reasons that are kept of each kind; the counts go on.</summary>
    internal const int NotesMax = 100;

    /// <summary>How far it is.</summary>
    public BulkStatus Status { get; init; }

    /// <summary>Most instances a second; null for as fast as it goes.</summary>
    public int? PerSecond { get; init; }

    /// <summary>Number of its instances.</summary>
    public int Total { get; init; }

    /// <summary>How many of them were worked on, whatever became of them.</summary>
    public int Position { get; init; }

    /// <summary>On how many the action was done.</summary>
    public int Done { get; init; }

    /// <summary>On how many it failed.</summary>
    public int Failed { get; init; }

    /// <summary>How many were left out, because the action had no meaning for them any more.</summary>
    public int LeftOut { get; init; }

    /// <summary>Instances on which it failed, with the reason; the first 100.</summary>
    public IReadOnlyList<BulkNote> Failures { get; init; } = [];

    /// <summary>Instances that were left out, with the reason; the first 100.</summary>
    public IReadOnlyList<BulkNote> LeftOutNotes { get; init; } = [];

    /// <summary>Whether somebody asked it to stop.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first instance was worked on, UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Instances a second since it began; null while nothing is known.</summary>
    /// <param name="now">The present moment.</param>
    public double? RateAt(DateTimeOffset now) =>
        StartedAt is { } started && Position > 0 && ((CompletedAt ?? now) - started).TotalSeconds is > 0 and var seconds ? Position / seconds : null;

    /// <summary>When it will have ended at this rate, UTC; null when it has ended or nothing is known.</summary>
    /// <param name="now">The present moment.</param>
    public DateTimeOffset? EndAt(DateTimeOffset now) =>
        CompletedAt is null && RateAt(now) is { } rate ? now + TimeSpan.FromSeconds((Total - Position) / rate) : null;
}

/// <summary>What became of one instance.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record BulkNote(string InstanceId, string Reason);

/// <summary>Bulk jobs and their instances as stored documents.</summary>
internal static class BulkDocuments
{
    /// <summary>Instances whose ids are stored in one document.</summary>
    public const int ChunkSize = 500;

    public const string JobKind = "bulk-job";

    public static string ChunkKind(string jobId) => "bulk-instances:" + jobId;

    /// <summary>Kind of the marks of what is done and not counted yet, for actions that must not be done twice.</summary>
    public static string MarkKind(string jobId) => "bulk-done:" + jobId;

    public static string ChunkId(int position) => (position / ChunkSize).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    public static StoredDocument Of(BulkJob job) => new(JobKind, job.Id, JsonSerializer.Serialize(job, BulkJson.Default.BulkJob));

    public static StoredDocument ChunkOf(string jobId, int position, IReadOnlyList<string> ids) =>
        new(ChunkKind(jobId), ChunkId(position), JsonSerializer.Serialize(ids, BulkJson.Default.IReadOnlyListString));

    public static BulkJob ReadJob(StoredDocument document) => JsonSerializer.Deserialize(document.Json, BulkJson.Default.BulkJob)!;

    public static IReadOnlyList<string> ReadChunk(StoredDocument document) => JsonSerializer.Deserialize(document.Json, BulkJson.Default.IReadOnlyListString)!;
}

/// <summary>The stored form of bulk jobs. Unknown members are ignored, so that two versions can run side by side.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    MaxDepth = 256)]
[JsonSerializable(typeof(BulkJob))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class BulkJson : JsonSerializerContext;
