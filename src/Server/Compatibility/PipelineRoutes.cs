using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Engine.Execution;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Compatibility;

/// <summary>The routes of a system of pipelines: each pipeline is a workflow, its chain a run, and its tasks what the run has executed.</summary>
internal static class PipelineRoutes
{
    private const string Setting = "Compatibility:Pipelines";

    /// <summary>Maps <c>/api/v1/pipelines</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapPipelines(this IEndpointRouteBuilder api)
    {
        var pipelines = api.MapGroup("/v1/pipelines").WithTags("Compatibility").Takes("pipeline", "Name of the pipeline.").Takes("chainId", "Id of the run.");
        pipelines.MapGet("/history", ListAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Lists the runs of all registered pipelines, the newest first.")
            .Produces<PipelineHistoryAnswer>();
        pipelines.MapPost("/{pipeline}", StartAsync).RequirePermission("exec:workflow-definitions").Audited("pipeline.start", "pipeline", "pipeline")
            .WithSummary("Starts a run of a pipeline; the members of the body are its inputs.")
            .Reads<JsonObject>(isOptional: true)
            .Produces<PipelineStartedAnswer>()
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
        pipelines.MapGet("/{pipeline}/{chainId}/tasks", ListTasksAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Lists what a run of a pipeline has executed.")
            .Produces<PipelineTasksAnswer>()
            .Refuses(StatusCodes.Status404NotFound, "WF4861", "WF4863");
        pipelines.MapDelete("/{pipeline}/{chainId}/cancel", CancelAsync).RequirePermission("cancel:workflow-instances").Audited("pipeline.cancel", "pipeline", "chainId")
            .WithSummary("Cancels a run of a pipeline.")
            .Produces<PipelineStartedAnswer>()
            .Refuses(StatusCodes.Status404NotFound, "WF4861", "WF4863");
    }

    private static string? WorkflowOf(string pipeline, CompatibilityOptions options) =>
        options.Pipelines.Find(known => known.Name.Equals(pipeline, StringComparison.OrdinalIgnoreCase))?.Workflow;

    private static Problem NotRegistered(string pipeline, CompatibilityOptions options) => RegisteredRuns.NoneRegistered(Setting) with
    {
        Detail = options.Pipelines.Count == 0
            ? $"No pipeline is registered. Add one to {Setting}: its name, and as its workflow the definition id of a published workflow."
            : $"There is no pipeline '{pipeline}'. Registered in {Setting} are: {string.Join(", ", options.Pipelines.Select(known => known.Name))}.",
    };

    private static Problem Missing(string chainId) => new(StatusCodes.Status404NotFound, "WF4863", "There is no such run of the pipeline", $"The pipeline has no run '{chainId}'.");

    private static async Task<IResult> StartAsync(string pipeline, HttpRequest request, CompatibilityOptions options, RegisteredRuns runs)
    {
        if (WorkflowOf(pipeline, options) is not { } workflow)
            return NotRegistered(pipeline, options);
        var body = request.ContentLength is null or 0 && !request.HasJsonContentType() ? [] : await Api.Services.ReadBodyAsync(request);
        using var document = JsonDocument.Parse(body.ToJsonString());
        var input = document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone(), StringComparer.Ordinal);
        var (instanceId, refusal) = await runs.StartAsync(workflow, Setting, input, request.HttpContext.RequestAborted);
        return refusal ?? ApiJson.Reply(new PipelineStartedAnswer(true, new PipelineRun(instanceId!, pipeline, "pending", null, null)));
    }

    private static async Task<IResult> ListTasksAsync(
        string pipeline, string chainId, CompatibilityOptions options, IWorkflowStore store, QueueItems queue, CancellationToken cancellationToken)
    {
        if (WorkflowOf(pipeline, options) is not { } workflow)
            return NotRegistered(pipeline, options);
        if (await FindAsync(chainId, workflow, store, cancellationToken) is not { } run)
            return await FindQueuedAsync(chainId, workflow, queue, cancellationToken) is not null ? ApiJson.Reply(new PipelineTasksAnswer(true, new PipelineTasks(chainId, "pending", []))) : Missing(chainId);
        var history = ExecutionHistory.Read(chainId, (await store.ReadBurstsAsync(chainId, cancellationToken)).Select(burst => burst.Log));
        var tasks = history.Executions.OrderBy(record => record.Sequence)
            .Select(record => new PipelineTask(record.Id, record.ActivityName ?? record.ActivityId, record.ActivityType, record.Status.ToString().ToLowerInvariant(), record.StartedAt, record.CompletedAt))
            .ToList();
        return ApiJson.Reply(new PipelineTasksAnswer(true, new PipelineTasks(chainId, OrchestratorRoutes.StatusOf(run), tasks)));
    }

    /// <summary>A run that is queued is taken back; one that has begun meanwhile is cancelled as all others are.</summary>
    private static async Task<IResult> CancelAsync(
        string pipeline, string chainId, CompatibilityOptions options, IWorkflowStore store, WorkflowRuntime runtime, QueueItems queue, CancellationToken cancellationToken)
    {
        if (WorkflowOf(pipeline, options) is not { } workflow)
            return NotRegistered(pipeline, options);
        while (true)
        {
            // The queue first: its item goes with the commit that brings the instance.
            var item = await FindQueuedAsync(chainId, workflow, queue, cancellationToken);
            if (item is not null && await queue.WithdrawAsync(item.Work.Id, cancellationToken) == WithdrawResult.Withdrawn)
                return ApiJson.Reply(new PipelineStartedAnswer(true, new PipelineRun(chainId, pipeline, "cancelled", null, null)));
            var run = await FindAsync(chainId, workflow, store, cancellationToken);
            if (run is null && item is null)
                return Missing(chainId);
            var isCancelled = await runtime.CancelAsync(chainId, cancellationToken);
            if (isCancelled || run is not null)
                return ApiJson.Reply(new PipelineStartedAnswer(true, new PipelineRun(chainId, pipeline, isCancelled ? "cancelled" : OrchestratorRoutes.StatusOf(run!), run?.CreatedAt, run?.FinishedAt)));
            // A worker has just taken it, and has not begun its first burst.
            await queue.WhenEndedAsync(item!.Work.Id, cancellationToken);
        }
    }

    private static async Task<IResult> ListAsync(CompatibilityOptions options, IWorkflowStore store, CancellationToken cancellationToken, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        // An empty list of workflows would select every instance.
        if (options.Pipelines.Count == 0)
            return ApiJson.Reply(new PipelineHistoryAnswer(true, new PipelineHistory([], 0)));
        var names = options.Pipelines.GroupBy(pipeline => pipeline.Workflow, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Name, StringComparer.Ordinal);
        var filter = new InstanceFilter { DefinitionIds = [.. names.Keys], Descending = true, Skip = skip, Take = take };
        var page = await store.ListInstancesAsync(filter, cancellationToken);
        return ApiJson.Reply(new PipelineHistoryAnswer(true, new PipelineHistory(
            [.. page.Items.Select(run => new PipelineRun(run.Id, names[run.DefinitionId], OrchestratorRoutes.StatusOf(run), run.CreatedAt, run.FinishedAt))], page.TotalCount)));
    }

    private static async ValueTask<StoredInstance?> FindAsync(string chainId, string workflow, IWorkflowStore store, CancellationToken cancellationToken) =>
        await store.FindInstanceAsync(chainId, cancellationToken) is { } run && run.DefinitionId == workflow ? run : null;

    private static async ValueTask<QueueItem?> FindQueuedAsync(string chainId, string workflow, QueueItems queue, CancellationToken cancellationToken) =>
        await queue.FindStartAsync(chainId, cancellationToken) is { } item && item.Work.DefinitionId == workflow ? item : null;
}

/// <summary>A run of a pipeline.</summary>
/// <param name="ChainId">Its id.</param>
/// <param name="Pipeline">Name of the pipeline.</param>
/// <param name="Status"><c>pending</c>, <c>in_progress</c>, <c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="StartedAt">When it was created; null while it is queued.</param>
/// <param name="CompletedAt">When it ended, or null.</param>
internal sealed record PipelineRun(
    [property: JsonPropertyName("chain_id")] string ChainId,
    string Pipeline,
    string Status,
    [property: JsonPropertyName("started_at")] DateTimeOffset? StartedAt,
    [property: JsonPropertyName("completed_at")] DateTimeOffset? CompletedAt);

/// <summary>A run, as this system answers.</summary>
/// <param name="Success">Always true; a refusal is a problem.</param>
/// <param name="Data">The run.</param>
internal sealed record PipelineStartedAnswer(bool Success, PipelineRun Data);

/// <summary>Something that a run has executed.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its activity type.</param>
/// <param name="Status">How it is.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="CompletedAt">When it ended, or null.</param>
internal sealed record PipelineTask(
    [property: JsonPropertyName("task_id")] string TaskId,
    string Name,
    string Type,
    string Status,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("completed_at")] DateTimeOffset? CompletedAt);

/// <summary>What a run has executed.</summary>
/// <param name="ChainId">Id of the run.</param>
/// <param name="Status">How the run is.</param>
/// <param name="Tasks">What it has executed, in order.</param>
internal sealed record PipelineTasks([property: JsonPropertyName("chain_id")] string ChainId, string Status, IReadOnlyList<PipelineTask> Tasks);

/// <summary>What a run has executed, as this system answers.</summary>
/// <param name="Success">Always true; a refusal is a problem.</param>
/// <param name="Data">What it has executed.</param>
internal sealed record PipelineTasksAnswer(bool Success, PipelineTasks Data);

/// <summary>Runs of pipelines.</summary>
/// <param name="Items">One page of them.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record PipelineHistory(IReadOnlyList<PipelineRun> Items, long TotalCount);

/// <summary>Runs of pipelines, as this system answers.</summary>
/// <param name="Success">Always true; a refusal is a problem.</param>
/// <param name="Data">The runs.</param>
internal sealed record PipelineHistoryAnswer(bool Success, PipelineHistory Data);
