using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Cancels and deletes several instances at once.</summary>
internal static class InstanceBulk
{
    /// <summary>Maps the routes.</summary>
    public static void MapInstanceBulk(this IEndpointRouteBuilder api)
    {
        var bulk = api.MapGroup("/bulk-actions");
        bulk.MapPost("/cancel/workflow-instances", CancelAsync).RequirePermission("cancel:workflow-instances").Audited("instance.cancel", "instance");
        bulk.MapPost("/delete/workflow-instances", DeleteAsync).RequirePermission("delete:workflow-instances").Audited("instance.delete", "instance");
        bulk.MapPost("/delete/workflow-instances/by-id", DeleteAsync).RequirePermission("delete:workflow-instances").Audited("instance.delete", "instance");
    }

    private static async Task<IResult> CancelAsync(
        Body<BulkCancelRequest> body, IWorkflowStore store, WorkflowDefinitions definitions, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var request = body.Value;
        IResult? refusal = null;
        if (string.IsNullOrEmpty(request.DefinitionId) != string.IsNullOrEmpty(request.VersionOptions))
            refusal = Problems.Invalid("WF4005", "$.definitionId", "Give 'definitionId' and 'versionOptions' together.");
        var versions = QueryText.Versions(request.VersionOptions, VersionOptions.Latest, ref refusal);
        if (refusal is not null)
            return refusal;
        var ids = new HashSet<string>(request.Ids ?? [], StringComparer.Ordinal);
        var versionIds = new List<string>();
        if (request.DefinitionVersionId is { Length: > 0 } versionId)
            versionIds.Add(versionId);
        if (request.DefinitionId is { Length: > 0 } definitionId)
        {
            var page = await definitions.ListAsync(new DefinitionFilter { DefinitionIds = [definitionId], Versions = versions }, cancellationToken);
            versionIds.AddRange(page.Items.Select(version => version.Id));
        }

        if (versionIds.Count > 0)
            ids.UnionWith(await RunningAsync(store, new InstanceFilter { DefinitionVersionIds = versionIds }, cancellationToken));
        return Wire.Json(new CancelledReply(await CancelAllAsync(ids, runtime, cancellationToken)));
    }

    /// <summary>The running instances that match a filter.</summary>
    private static async ValueTask<IEnumerable<string>> RunningAsync(IWorkflowStore store, InstanceFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListInstancesAsync(filter with { Statuses = [nameof(WorkflowStatus.Running)] }, cancellationToken);
        return page.Items.Select(instance => instance.Id);
    }

    /// <summary>Cancels instances one after the other.</summary>
    /// <returns>How many were running.</returns>
    private static async ValueTask<int> CancelAllAsync(IEnumerable<string> ids, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var cancelled = 0;
        foreach (var id in ids)
            cancelled += await runtime.CancelAsync(id, cancellationToken) ? 1 : 0;
        return cancelled;
    }

    private static async Task<IResult> DeleteAsync(
        Body<IdsRequest> body, IWorkflowStore store, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var ids = new HashSet<string>(request.Ids ?? [], StringComparer.Ordinal);
        var definitionIds = (request.WorkflowDefinitionIds ?? []).Append(request.WorkflowDefinitionId).OfType<string>().Where(id => id.Length > 0).ToList();
        if (definitionIds.Count > 0)
        {
            var page = await store.ListInstancesAsync(new InstanceFilter { DefinitionIds = definitionIds }, cancellationToken);
            ids.UnionWith(page.Items.Select(instance => instance.Id));
        }

        return Wire.Json(new DeletedReply(await InstanceDeletion.DeleteAsync(ids, store, runtime, cancellationToken)));
    }
}
