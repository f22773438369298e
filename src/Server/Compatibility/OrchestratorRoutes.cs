using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Engine;
using Platform.Runtime.Explanations;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Compatibility;

/// <summary>The routes of an orchestrator of blocks: each block is a workflow, and its status that of its last run.</summary>
internal static class OrchestratorRoutes
{
    private const string FullSetting = "Compatibility:Orchestrator:FullSyncWorkflow";
    private const string IncrementalSetting = "Compatibility:Orchestrator:IncrementalSyncWorkflow";
    private const string BlocksSetting = "Compatibility:Orchestrator:Blocks";
    private const string Idle = "idle";
    private const string InProgress = "in_progress";
    private const string Completed = "completed";
    private const string Failed = "failed";
    private const string Partial = "partial";
    private const int SchedulesMax = 1_000;

    /// <summary>Maps <c>/api/orchestrator</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapOrchestrator(this IEndpointRouteBuilder api)
    {
        var orchestrator = api.MapGroup("/orchestrator").WithTags("Compatibility");
        orchestrator.MapGet("/status", ShowAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Tells how the registered blocks are, each by the last run of its workflow.")
            .Produces<OrchestratorStatus>()
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
        orchestrator.MapPost("/sync", SyncAsync).RequirePermission("exec:workflow-definitions").Audited("orchestrator.sync", "orchestrator")
            .WithSummary("Starts the registered workflow of a full or an incremental synchronisation.")
            .Takes("sync_type", "full or incremental; incremental when absent.")
            .Produces<OrchestratorStarted>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4862")
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
    }

    private static async Task<IResult> ShowAsync(
        CompatibilityOptions options, RegisteredRuns runs, InstanceExplainer explainer, ScheduleControl schedules, CancellationToken cancellationToken)
    {
        var registered = options.Orchestrator;
        List<string> syncs = [.. new[] { registered.FullSyncWorkflow, registered.IncrementalSyncWorkflow }.Where(id => !string.IsNullOrEmpty(id)).OfType<string>()];
        if (registered.Blocks.Count == 0 && syncs.Count == 0)
            return RegisteredRuns.NoneRegistered($"{FullSetting}, {IncrementalSetting} or {BlocksSetting}");
        var blocks = new Dictionary<string, BlockState>(StringComparer.Ordinal);
        foreach (var block in registered.Blocks)
            blocks[block.Id] = await BlockAsync(block, runs, explainer, cancellationToken);
        DateTimeOffset? last = null;
        DateTimeOffset? next = null;
        foreach (var workflow in syncs)
        {
            last = Later(last, (await runs.FindLastFinishedAsync(workflow, cancellationToken))?.FinishedAt);
            foreach (var schedule in (await schedules.ListAsync(workflow, 0, SchedulesMax, cancellationToken)).Items.Where(schedule => schedule.Settings.IsPaused != true))
                next = next is null || schedule.NextDueAt < next ? schedule.NextDueAt ?? next : next;
        }

        return ApiJson.Reply(new OrchestratorStatus(Overall([.. blocks.Values]), blocks, last, next));
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static string Overall(List<BlockState> blocks) => blocks switch
    {
        [] => Idle,
        _ when blocks.TrueForAll(block => block.Status == Completed) => Completed,
        _ when blocks.Exists(block => block.Status == Failed) => Partial,
        _ when blocks.Exists(block => block.Status == InProgress) => InProgress,
        _ => Idle,
    };

    private static async ValueTask<BlockState> BlockAsync(BlockOptions block, RegisteredRuns runs, InstanceExplainer explainer, CancellationToken cancellationToken)
    {
        if (await runs.FindLastAsync(block.Workflow, cancellationToken) is not { } run)
            return new BlockState(block.Id, Idle, null, null, 0, 0);
        var explained = await explainer.ExplainAsync(run.Id, cancellationToken);
        return new BlockState(
            block.Id,
            StatusOf(run),
            (await runs.FindLastFinishedAsync(block.Workflow, cancellationToken))?.FinishedAt,
            explained?.Incidents is [.., var incident] ? incident.Sentence : null,
            explained?.Progress?.Done ?? 0,
            explained?.Progress?.Total ?? 0);
    }

    /// <summary>The word for where a run stands.</summary>
    /// <param name="run">The run.</param>
    internal static string StatusOf(StoredInstance run) => run.SubStatus switch
    {
        nameof(WorkflowSubStatus.Finished) => run.IncidentCount > 0 ? Partial : Completed,
        nameof(WorkflowSubStatus.Faulted) => Failed,
        nameof(WorkflowSubStatus.Cancelled) => "cancelled",
        _ => InProgress,
    };

    private static async Task<IResult> SyncAsync(HttpRequest request, CompatibilityOptions options, RegisteredRuns runs, string? sync_type = null)
    {
        var (workflow, setting) = sync_type switch
        {
            "full" => (options.Orchestrator.FullSyncWorkflow, FullSetting),
            null or "incremental" => (options.Orchestrator.IncrementalSyncWorkflow, IncrementalSetting),
            _ => (null, ""),
        };
        if (setting.Length == 0)
            return new Problem(StatusCodes.Status400BadRequest, "WF4862", "The action is not known", $"There is no synchronisation '{sync_type}'. Send full or incremental.");
        var (instanceId, refusal) = await runs.StartAsync(workflow, setting, new Dictionary<string, JsonElement>(StringComparer.Ordinal), request.HttpContext.RequestAborted);
        return refusal ?? ApiJson.Reply(new OrchestratorStarted(instanceId!, "started"));
    }
}

/// <summary>How the blocks are.</summary>
/// <param name="Overall">All of them in a word: <c>idle</c>, <c>in_progress</c>, <c>completed</c> or <c>partial</c>.</param>
/// <param name="Blocks">Each block, by its id.</param>
/// <param name="LastSync">When a synchronisation finished well last, or null.</param>
/// <param name="NextScheduledSync">When the next one is due, or null.</param>
internal sealed record OrchestratorStatus(
    string Overall,
    IReadOnlyDictionary<string, BlockState> Blocks,
    [property: JsonPropertyName("last_sync")] DateTimeOffset? LastSync,
    [property: JsonPropertyName("next_scheduled_sync")] DateTimeOffset? NextScheduledSync);

/// <summary>How a block is.</summary>
/// <param name="BlockId">Its id.</param>
/// <param name="Status"><c>idle</c>, <c>in_progress</c>, <c>completed</c>, <c>failed</c>, <c>partial</c> when a fault was handled, or <c>cancelled</c>.</param>
/// <param name="LastSyncAt">When its workflow finished well last, or null.</param>
/// <param name="LastError">What went wrong in its last run, or null.</param>
/// <param name="ItemsProcessed">Items that its last run says are done.</param>
/// <param name="ItemsTotal">Items that its last run says there are.</param>
internal sealed record BlockState(
    [property: JsonPropertyName("block_id")] string BlockId,
    string Status,
    [property: JsonPropertyName("last_sync_at")] DateTimeOffset? LastSyncAt,
    [property: JsonPropertyName("last_error")] string? LastError,
    [property: JsonPropertyName("items_processed")] long ItemsProcessed,
    [property: JsonPropertyName("items_total")] long ItemsTotal);

/// <summary>A synchronisation that was started.</summary>
/// <param name="TaskId">Id of its instance.</param>
/// <param name="Status">Always <c>started</c>.</param>
internal sealed record OrchestratorStarted([property: JsonPropertyName("task_id")] string TaskId, string Status);
