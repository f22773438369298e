using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Changes several definitions at once. Each is its own change: one that fails does not keep the others back.</summary>
internal static class DefinitionBulk
{
    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionBulk(this IEndpointRouteBuilder api)
    {
        var bulk = api.MapGroup("/bulk-actions");
        bulk.MapPost("/delete/workflow-definitions/by-definition-id", DeleteAsync).RequirePermission("delete:workflow-definitions").Audited("workflow.delete", "workflow");
        bulk.MapPost("/delete/workflow-definitions/by-id", DeleteVersionsAsync).RequirePermission("delete:workflow-definitions").Audited("workflow.delete-version", "workflow");
        bulk.MapPost("/publish/workflow-definitions/by-definition-ids", PublishAsync).RequirePermission("publish:workflow-definitions").Audited("workflow.publish", "workflow");
        bulk.MapPost("/retract/workflow-definitions/by-definition-ids", RetractAsync).RequirePermission("retract:workflow-definitions").Audited("workflow.retract", "workflow");
    }

    private static async Task<IResult> DeleteAsync(Body<DefinitionIdsRequest> body, HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var seen = BulkBasis.Of(request, body.Value, ref refusal);
        if (refusal is not null)
            return refusal;
        var deleted = 0;
        foreach (var id in BulkBasis.Given(body.Value.DefinitionIds))
        {
            var deletion = await definitions.DeleteAsync(id, seen.Find(id), cancellationToken);
            deleted += deletion.WasDone ? 1 : 0;
            if (deletion.Conflict is not null)
                seen.Conflicts.Add(id);
        }

        return Wire.Json(new DeletedReply(deleted) { Conflicts = seen.ConflictsOrNull });
    }

    private static async Task<IResult> DeleteVersionsAsync(Body<VersionIdsRequest> body, HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var seen = BulkBasis.Of(request, body.Value, ref refusal);
        if (refusal is not null)
            return refusal;
        var deleted = 0;
        foreach (var id in BulkBasis.Given(body.Value.Ids))
        {
            var deletion = await definitions.DeleteVersionAsync(id, seen.Find(id), cancellationToken);
            deleted += deletion.WasDone ? 1 : 0;
            if (deletion.Conflict is not null)
                seen.Conflicts.Add(id);
        }

        return Wire.Json(new DeletedReply(deleted) { Conflicts = seen.ConflictsOrNull });
    }

    private static async Task<IResult> PublishAsync(Body<DefinitionIdsRequest> body, HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var seen = BulkBasis.Of(request, body.Value, ref refusal);
        if (refusal is not null)
            return refusal;
        var reply = new BulkPublishReply();
        foreach (var id in BulkBasis.Given(body.Value.DefinitionIds))
        {
            var result = await definitions.PublishAsync(id, seen.Find(id), cancellationToken);
            var list = result.Match(
                _ => reply.Published,
                _ => reply.AlreadyPublished,
                _ => reply.NotFound,
                _ => reply.Skipped,
                _ => reply.Skipped,
                _ => reply.Failed,
                _ => seen.Conflicts);
            list.Add(id);
            if (result is DefinitionResult.Saved saved)
                reply.UpdatedConsumers.AddRange(saved.UpdatedConsumers);
            if (result is DefinitionResult.Invalid invalid)
                reply.Warnings.AddRange(invalid.Problems.Select(problem => $"{id}: {problem.Message} (at {problem.Path})"));
        }

        reply.Conflicts = seen.ConflictsOrNull;
        return Wire.Json(reply);
    }

    private static async Task<IResult> RetractAsync(Body<DefinitionIdsRequest> body, HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var seen = BulkBasis.Of(request, body.Value, ref refusal);
        if (refusal is not null)
            return refusal;
        var reply = new BulkRetractReply();
        foreach (var id in BulkBasis.Given(body.Value.DefinitionIds))
        {
            var result = await definitions.RetractAsync(id, seen.Find(id), cancellationToken);
            result.Match(
                _ => reply.Retracted,
                _ => reply.Skipped,
                _ => reply.NotFound,
                _ => reply.NotPublished,
                _ => reply.Skipped,
                _ => reply.Skipped,
                _ => seen.Conflicts).Add(id);
        }

        reply.Conflicts = seen.ConflictsOrNull;
        return Wire.Json(reply);
    }
}
