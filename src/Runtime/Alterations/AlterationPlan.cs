using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Engine;
using Platform.Runtime.Store;

namespace Platform.Runtime.Alterations;

/// <summary>Alterations of many instances, done in the background.</summary>
/// <param name="Id">Id of the plan.</param>
/// <param name="Alterations">The alterations as they were sent.</param>
/// <param name="Filter">The filter as it was sent.</param>
public sealed record AlterationPlan(string Id, JsonElement Alterations, JsonElement Filter)
{
    /// <summary>How far it is.</summary>
    public AlterationPlanStatus Status { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first job began, UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last job ended, UTC; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>How far a plan is. Its jobs are stored together with it, so Elsa's states in which jobs are made are never seen.</summary>
public enum AlterationPlanStatus
{
    /// <summary>Accepted and stored.</summary>
    Pending,

    /// <summary>Its jobs are being done.</summary>
    Running,

    /// <summary>All jobs completed.</summary>
    Completed,

    /// <summary>All jobs ended; at least one failed.</summary>
    Failed,
}

/// <summary>The alteration of one instance by a plan.</summary>
/// <param name="Id">Id of the job.</param>
/// <param name="PlanId">The plan.</param>
/// <param name="InstanceId">The instance.</param>
public sealed record AlterationJob(string Id, string PlanId, string InstanceId)
{
    /// <summary>How far it is.</summary>
    public AlterationJobStatus Status { get; init; }

    /// <summary>What was done; empty before.</summary>
    public IReadOnlyList<AlterationLogEntry> Log { get; init; } = [];

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began, UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>How far a job is. It ends in the commit that alters its instance, so nothing lies between.</summary>
public enum AlterationJobStatus
{
    /// <summary>Not done yet.</summary>
    Pending,

    /// <summary>The instance was altered.</summary>
    Completed,

    /// <summary>The alterations were refused and the instance is as it was.</summary>
    Failed,
}

/// <summary>Plans and jobs as stored documents.</summary>
internal static class AlterationDocuments
{
    public const string PlanKind = "alteration-plan";

    public static string JobKind(string planId) => "alteration-job:" + planId;

    public static StoredDocument Of(AlterationPlan plan) => new(PlanKind, plan.Id, JsonSerializer.Serialize(plan, AlterationJson.Default.AlterationPlan));

    public static StoredDocument Of(AlterationJob job) => new(JobKind(job.PlanId), job.Id, JsonSerializer.Serialize(job, AlterationJson.Default.AlterationJob));

    public static AlterationPlan ReadPlan(StoredDocument document) => JsonSerializer.Deserialize(document.Json, AlterationJson.Default.AlterationPlan)!;

    public static AlterationJob ReadJob(StoredDocument document) => JsonSerializer.Deserialize(document.Json, AlterationJson.Default.AlterationJob)!;
}

/// <summary>The stored form of plans and jobs. Unknown members are ignored, so that two versions can run side by side.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    MaxDepth = 256)]
[JsonSerializable(typeof(AlterationPlan))]
[JsonSerializable(typeof(AlterationJob))]
internal sealed partial class AlterationJson : JsonSerializerContext;
