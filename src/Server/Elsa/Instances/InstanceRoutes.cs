using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Reads, cancels and deletes instances.</summary>
internal static class InstanceRoutes
{
    private const string Kind = "workflow instance";

    /// <summary>Maps the routes.</summary>
    public static void MapInstances(this IEndpointRouteBuilder api)
    {
        var instances = api.MapGroup("/workflow-instances");
        instances.MapPost("", ListByBodyAsync).RequirePermission("read:workflow-instances").NotAudited("It only reads.");
        instances.MapGet("", ListByQueryAsync).RequirePermission("read:workflow-instances");
        instances.MapGet("/{id}", FindAsync).RequirePermission("read:workflow-instances");
        instances.MapGet("/{id}/execution-state", FindStateAsync).RequirePermission("read:workflow-instances");
        instances.MapGet("/{id}/variables", ListVariablesAsync).RequirePermission("read:workflow-instances");
        instances.MapDelete("/{id}", DeleteAsync).RequirePermission("delete:workflow-instances").Audited("instance.delete", "instance", "id");
        api.MapPost("/cancel/workflow-instances/{id}", CancelAsync).RequirePermission("cancel:workflow-instances").Audited("instance.cancel", "instance", "id");
    }

    private static Task<IResult> ListByBodyAsync(Body<InstanceListRequest> body, IWorkflowStore store, CancellationToken cancellationToken) =>
        ListAsync(body.Value, null, store, cancellationToken);

    private static Task<IResult> ListByQueryAsync(HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var list = InstanceListRequest.Of(request.Query, ref refusal);
        return ListAsync(list, refusal, store, cancellationToken);
    }

    private static async Task<IResult> ListAsync(
        InstanceListRequest request, IResult? refusal, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var filter = request.ToFilter(ref refusal);
        if (refusal is not null)
            return refusal;
        var page = await store.ListInstancesAsync(filter, cancellationToken);
        return Wire.Json(new InstanceList([.. page.Items.Select(InstanceSummary.Of)], page.TotalCount));
    }

    private static async Task<IResult> FindAsync(string id, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } stored)
            return Problems.NotFound(Kind, id);
        return Wire.Json(ToModel(stored, await states.LoadAsync(stored, cancellationToken)));
    }

    /// <summary>An instance in full.</summary>
    public static InstanceModel ToModel(StoredInstance stored, WorkflowExecutionContext? workflow) => new(
        stored.Id,
        stored.DefinitionId,
        stored.DefinitionVersionId,
        stored.Version,
        stored.ParentInstanceId,
        WorkflowStates.ToJson(stored, workflow),
        stored.Status,
        stored.SubStatus,
        stored.CorrelationId,
        stored.Name,
        stored.IncidentCount,
        stored.IsSystem,
        stored.CreatedAt,
        stored.UpdatedAt,
        stored.FinishedAt);

    private static async Task<IResult> FindStateAsync(string id, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var page = await store.ListInstancesAsync(new InstanceFilter { Ids = [id] }, cancellationToken);
        return page.Items is [var instance]
            ? Wire.Json(new ExecutionStateReply(instance.Status, instance.SubStatus, instance.SubStatus, instance.UpdatedAt))
            : Problems.NotFound(Kind, id);
    }

    /// <summary>The variables of an instance with their values.</summary>
    public static async Task<IResult> ListVariablesAsync(string id, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } stored)
            return Problems.NotFound(Kind, id);
        return Wire.Json(new Listing<VariableValue>(await states.LoadAsync(stored, cancellationToken) is { } workflow ? VariablesOf(workflow) : []));
    }

    private static List<VariableValue> VariablesOf(WorkflowExecutionContext workflow)
    {
        var root = workflow.ActivityExecutionContexts.FirstOrDefault();
        return
        [
            .. workflow.Plan.Content.Variables.Select(variable => new VariableValue(
                variable.Id, variable.Name, WorkflowStates.Masked(WorkflowStates.ToJson(root is null ? null : variable.Get(root)), workflow))),
        ];
    }

    private static async Task<IResult> DeleteAsync(string id, IWorkflowStore store, WorkflowRuntime runtime, CancellationToken cancellationToken) =>
        await InstanceDeletion.DeleteAsync([id], store, runtime, cancellationToken) > 0 ? Results.NoContent() : Problems.NotFound(Kind, id);

    private static async Task<IResult> CancelAsync(string id, IWorkflowStore store, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        if (!await runtime.CancelAsync(id, cancellationToken) && await store.FindInstanceAsync(id, cancellationToken) is null)
            return Problems.NotFound(Kind, id);
        return Results.Ok();
    }
}

/// <summary>Deletes instances: what still runs is cancelled first, so that nothing writes to a row that is gone.</summary>
internal static class InstanceDeletion
{
    private const int RowsPerCommit = 500;

    /// <summary>Deletes instances with everything that belongs to them.</summary>
    /// <returns>How many there were.</returns>
    public static async ValueTask<int> DeleteAsync(
        IReadOnlyCollection<string> ids, IWorkflowStore store, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var chunk in ids.Distinct(StringComparer.Ordinal).Chunk(RowsPerCommit))
        {
            var page = await store.ListInstancesAsync(new InstanceFilter { Ids = chunk }, cancellationToken);
            foreach (var instance in page.Items.Where(instance => instance.Status == nameof(WorkflowStatus.Running)))
                await runtime.CancelAsync(instance.Id, cancellationToken);
            var commit = new Commit { DeletedInstances = [.. page.Items.Select(instance => instance.Id)] };
            foreach (var instance in page.Items)
                AuditScope.Current?.AddTo(commit, ChangeOf(instance));
            if (page.Items.Count > 0)
                await store.CommitAsync(commit, cancellationToken);
            deleted += page.Items.Count;
        }

        return deleted;
    }

    private static AuditChange ChangeOf(StoredInstance instance) => new("instance", instance.Id, instance.Name)
    {
        Before = new JsonObject { ["definitionId"] = instance.DefinitionId, ["status"] = instance.Status, ["subStatus"] = instance.SubStatus },
    };
}
