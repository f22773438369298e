using Platform.Engine.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Activity executions: the badges on the canvas, and what happened in each execution.</summary>
internal static class ActivityExecutionRoutes
{
    private const int ExecutionsMax = 10_000;

    /// <summary>Maps the routes.</summary>
    public static void MapActivityExecutions(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("").RequirePermission("read:activity-execution").NotAudited("It only reads.");
        read.MapPost("/activity-executions/report", ReportAsync);
        read.MapGet("/activity-executions/list", ListAsync);
        read.MapGet("/activity-execution-summaries/list", ListSummariesAsync);
        read.MapGet("/activity-executions/count", CountAsync);
        read.MapGet("/activity-executions/by-id", (HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken) =>
            FindAsync(request.Query.Text("id") ?? "", store, cancellationToken));
        read.MapGet("/activity-executions/{id}", FindAsync);
        read.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
    }

    private static async Task<IResult> ReportAsync(Body<ReportRequest> body, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (body.Value.WorkflowInstanceId is not { Length: > 0 } instanceId)
            return Problems.Invalid("WF4005", "$.workflowInstanceId", "Give the instance.");
        var history = await ActivityRecords.ReadAsync(store, instanceId, cancellationToken);
        var nodeIds = body.Value.ActivityNodeIds?.OfType<string>().ToHashSet(StringComparer.Ordinal);
        return Wire.Json(new StatsReply(ActivityRecords.StatsOf(history, nodeIds)));
    }

    private static async Task<IResult> ListAsync(HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var (instanceId, records) = await SelectAsync(request, store, cancellationToken);
        return Wire.Json(new Listing<ActivityRecord>([.. records.Select(record => ActivityRecords.ToRecord(instanceId, record))]));
    }

    private static async Task<IResult> ListSummariesAsync(HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var (instanceId, records) = await SelectAsync(request, store, cancellationToken);
        return Wire.Json(new Listing<ActivityRecordSummary>([.. records.Select(record => ActivityRecords.ToSummary(instanceId, record))]));
    }

    private static async Task<IResult> CountAsync(HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var (_, records) = await SelectAsync(request, store, cancellationToken);
        return Wire.Json(new Definitions.Counted(records.Count));
    }

    private static async Task<IResult> FindAsync(string id, IWorkflowStore store, CancellationToken cancellationToken) =>
        await ActivityRecords.FindAsync(store, id, cancellationToken) is var (instanceId, _, record)
            ? Wire.Json(ActivityRecords.ToRecord(instanceId, record))
            : Problems.NotFound("activity execution", id);

    private static async Task<IResult> CallStackAsync(string id, HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var skip = Math.Max(request.Query.Number("skip", ref refusal) ?? 0, 0);
        var take = Math.Max(request.Query.Number("take", ref refusal) ?? ExecutionsMax, 0);
        if (refusal is not null)
            return refusal;
        if (await ActivityRecords.FindAsync(store, id, cancellationToken) is not var (instanceId, history, record))
            return Problems.NotFound("activity execution", id);
        var stack = new List<ActivityExecutionRecord> { record };
        while (stack[^1].SchedulingId is { } scheduler && stack.Count < ExecutionsMax && history.Find(scheduler) is { } earlier && !stack.Contains(earlier))
            stack.Add(earlier);
        stack.Reverse();
        return Wire.Json(new CallStackReply(id, [.. stack.Skip(skip).Take(take).Select(item => ActivityRecords.ToRecord(instanceId, item))], stack.Count));
    }

    /// <summary>The executions that the query selects, oldest first; the newest ones when there are very many.</summary>
    private static async ValueTask<(string InstanceId, List<ActivityExecutionRecord> Records)> SelectAsync(
        HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var query = request.Query;
        if (query.Text("workflowInstanceId") is not { } instanceId)
            return ("", []);
        var history = await ActivityRecords.ReadAsync(store, instanceId, cancellationToken);
        var (nodeId, activityId, completed) = (query.Text("activityNodeId"), query.Text("activityId"), query.Flag("completed"));
        var records = history.Executions
            .Where(record => nodeId is null || record.NodeId == nodeId)
            .Where(record => activityId is null || record.ActivityId == activityId)
            .Where(record => completed is null || record.CompletedAt is not null == completed)
            .OrderBy(record => record.StartedAt).ThenBy(record => record.Sequence)
            .TakeLast(ExecutionsMax);
        return (instanceId, [.. records]);
    }
}
