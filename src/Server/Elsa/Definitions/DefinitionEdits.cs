using System.Security.Claims;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Changes definitions: save, import, publish, retract, revert, delete.</summary>
internal static class DefinitionEdits
{
    private const string Kind = "workflow definition";
    private const string ReadOnlyCode = "WF4010";

    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionEdits(this IEndpointRouteBuilder api)
    {
        api.MapPost("/workflow-definitions", SaveAsync).RequirePermission("write:workflow-definitions").Audited("workflow.save", "workflow");
        api.MapPost("/workflow-definitions/import", ImportAsync).RequirePermission("write:workflow-definitions").Audited("workflow.import", "workflow");
        api.MapPut("/workflow-definitions/import", ImportAsync).RequirePermission("write:workflow-definitions").Audited("workflow.import", "workflow");
        api.MapPut("/workflow-definitions/{definitionId}/import", ImportAsync).RequirePermission("write:workflow-definitions").Audited("workflow.import", "workflow", "definitionId");
        api.MapPost("/workflow-definitions/import-files", ImportFilesAsync).RequirePermission("write:workflow-definitions").DisableAntiforgery().Audited("workflow.import", "workflow");
        api.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync).RequirePermission("publish:workflow-definitions").Audited("workflow.publish", "workflow", "definitionId");
        api.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync).RequirePermission("retract:workflow-definitions").Audited("workflow.retract", "workflow", "definitionId");
        api.MapPost("/workflow-definitions/{definitionId}/update-references", UpdateReferencesAsync).RequirePermission("publish:workflow-definitions").Audited("workflow.update-references", "workflow", "definitionId");
        api.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync).RequirePermission("write:workflow-definitions").Audited("workflow.revert", "workflow", "definitionId");
        api.MapDelete("/workflow-definitions/{definitionId}", DeleteAsync).RequirePermission("delete:workflow-definitions").Audited("workflow.delete", "workflow", "definitionId");
        api.MapDelete("/workflow-definitions/{definitionId}/version/{version:int}", DeleteNumberAsync).RequirePermission("delete:workflow-definitions").Audited("workflow.delete-version", "workflow", "definitionId");
        api.MapDelete("/workflow-definition-versions/{id}", DeleteVersionAsync).RequirePermission("delete:workflow-definitions").Audited("workflow.delete-version", "workflowVersion", "id");
    }

    private static async Task<IResult> SaveAsync(
        ObjectBody body, HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, DefinitionConflicts conflicts, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        if (refusal is not null)
            return refusal;
        if (body.Value["model"] is not JsonObject model)
            return Problems.Invalid("WF4003", "$.model", "The request has no 'model'.");
        var publish = body.Value["publish"] is JsonValue flag && flag.TryGetValue<bool>(out var wanted) && wanted;
        if (publish && !MayPublish(context.User))
            return Problems.Status(StatusCodes.Status403Forbidden, "WF4008", "Publishing needs the permission publish:workflow-definitions.");
        body.Value.Remove("model");
        var draft = documents.ToDraft(model, out var problems);
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        var latest = draft.DefinitionId is { Length: > 0 } id ? await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken) : null;
        // Studio sends the model back as it got it. When nothing changed, the author's own document stays, and a published one needs no draft.
        if (latest is not null && documents.ToDraft(documents.ToModel(latest), out _).Document == draft.Document)
            draft = draft with { Document = latest.Document };
        var result = await definitions.SaveAsync(draft, publish, basis, cancellationToken);
        return await ReplyAsync(result, draft, context, documents, conflicts, cancellationToken);
    }

    /// <summary>Saving may publish as well, which is a permission of its own.</summary>
    private static bool MayPublish(ClaimsPrincipal user) => Permissions.Allow(user, ["publish:workflow-definitions"]);

    private static async Task<IResult> ImportAsync(
        string? definitionId, ObjectBody body, HttpContext context, DefinitionImport import, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var request = context.Request;
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(request, ref refusal);
        if (refusal is not null)
            return refusal;
        var asNew = request.Query.Flag("asNew") == true;
        if (asNew && definitionId is not null)
            return Problems.Invalid("WF4005", "asNew", "The address names the workflow to import into, so it cannot become a new one. Leave out one of the two.");
        var files = import.Read([("$", body.Value)], definitionId, asNew);
        var items = await import.CheckAsync(files, cancellationToken);
        if (request.Query.Flag("dryRun") == true)
            return DryRun(items);
        if (items[0].Problems.FirstOrDefault(problem => problem.Code != ReadOnlyCode) is not null)
            return Problems.Invalid(items[0].Problems);
        var result = (await import.SaveAsync(files, asNew ? null : basis, cancellationToken))[0];
        EditHeaders.Set(context.Response, result);
        return result is DefinitionResult.Saved saved
            ? Wire.Json(documents.ToModel(saved.Definition), items[0].StoredVersion is null ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : await ReplyAsync(result, files[0].Draft, context, documents, context.RequestServices.GetRequiredService<DefinitionConflicts>(), cancellationToken);
    }

    private static async Task<IResult> ImportFilesAsync(HttpContext context, DefinitionImport import, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        if (refusal is not null)
            return refusal;
        (var uploaded, refusal) = await UploadedFiles.ReadAsync(context);
        if (refusal is not null)
            return refusal;
        if (basis is not null && (uploaded.Count > 1 || query.Flag("asNew") == true))
            return Problems.Invalid("WF4781", "$", "If-Match is about one workflow. Import its file alone, or leave the header out.");
        var files = import.Read(uploaded, null, query.Flag("asNew") == true);
        var items = await import.CheckAsync(files, cancellationToken);
        if (query.Flag("dryRun") == true)
            return DryRun(items);
        var problems = items.SelectMany(item => item.Problems.Select(problem => problem with { Path = $"{item.File}: {problem.Path}" })).ToList();
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        var results = await import.SaveAsync(files, basis, cancellationToken);
        if (results.Count == 1)
            EditHeaders.Set(context.Response, results[0]);
        if (results[^1] is not DefinitionResult.Saved)
            return await ReplyAsync(results[^1], files[results.Count - 1].Draft, context, documents, context.RequestServices.GetRequiredService<DefinitionConflicts>(), cancellationToken);
        return Wire.Json(new ImportReply(results.Count, [.. results.OfType<DefinitionResult.Saved>().Select(saved => saved.Definition.DefinitionId)]));
    }

    /// <summary>A dry run changes nothing, so it leaves nothing in the audit log either.</summary>
    private static IResult DryRun(IReadOnlyList<ImportItem> items)
    {
        AuditScope.Current?.Leave();
        return Wire.Json(new ImportReport(items.All(item => item.Problems.Count == 0), items));
    }

    private static async Task<IResult> PublishAsync(
        string definitionId, HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, DefinitionConflicts conflicts, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        return refusal ?? await ReplyAsync(await definitions.PublishAsync(definitionId, basis, cancellationToken), null, context, documents, conflicts, cancellationToken);
    }

    private static async Task<IResult> RetractAsync(
        string definitionId, HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, DefinitionConflicts conflicts, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        if (refusal is not null)
            return refusal;
        var result = await definitions.RetractAsync(definitionId, basis, cancellationToken);
        if (result is not DefinitionResult.Saved saved)
            return await ReplyAsync(result, null, context, documents, conflicts, cancellationToken);
        EditHeaders.Set(context.Response, result);
        return Wire.Json(documents.ToModel(saved.Definition));
    }

    private static async Task<IResult> UpdateReferencesAsync(
        string definitionId, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var result = await definitions.UpdateReferencesAsync(definitionId, cancellationToken);
        return result is DefinitionResult.Saved saved ? Wire.Json(new UpdatedReferencesReply(saved.UpdatedConsumers)) : Saved(result, documents);
    }

    private static async Task<IResult> RevertAsync(
        string definitionId, int version, HttpContext context, WorkflowDefinitions definitions, DefinitionConflicts conflicts, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        if (refusal is not null)
            return refusal;
        var result = await definitions.RevertAsync(definitionId, version, basis, cancellationToken);
        EditHeaders.Set(context.Response, result);
        return result is DefinitionResult.Saved saved
            ? Wire.Json(DefinitionSummary.Of(saved.Definition), StatusCodes.Status201Created)
            : await ReplyAsync(result, null, context, context.RequestServices.GetRequiredService<ElsaDocuments>(), conflicts, cancellationToken);
    }

    private static async Task<IResult> DeleteAsync(string definitionId, HttpContext context, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        return refusal ?? await DeletedAsync(await definitions.DeleteAsync(definitionId, basis, cancellationToken), context, Kind, definitionId);
    }

    private static async Task<IResult> DeleteNumberAsync(
        string definitionId, int version, HttpContext context, WorkflowDefinitions definitions, CancellationToken cancellationToken) =>
        await definitions.FindAsync(definitionId, VersionOptions.Specific(version), cancellationToken) is { } found
            ? await DeleteVersionAsync(found.Id, context, definitions, cancellationToken)
            : Problems.NotFound(Kind, $"{definitionId} ({version})");

    private static async Task<IResult> DeleteVersionAsync(string id, HttpContext context, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var basis = EditHeaders.BasisOf(context.Request, ref refusal);
        return refusal ?? await DeletedAsync(await definitions.DeleteVersionAsync(id, basis, cancellationToken), context, "workflow definition version", id);
    }

    private static async ValueTask<IResult> DeletedAsync(DefinitionDeletion deletion, HttpContext context, string kind, string id)
    {
        if (deletion.Conflict is { } conflict)
            return await context.RequestServices.GetRequiredService<DefinitionConflicts>().RefuseAsync(conflict, null, context.Request, context.RequestAborted);
        return deletion.WasDone ? Results.NoContent() : Problems.NotFound(kind, id);
    }

    private static async ValueTask<IResult> ReplyAsync(
        DefinitionResult result, DefinitionDraft? sent, HttpContext context, ElsaDocuments documents, DefinitionConflicts conflicts, CancellationToken cancellationToken)
    {
        EditHeaders.Set(context.Response, result);
        return result is DefinitionResult.Conflict conflict
            ? await conflicts.RefuseAsync(conflict, sent, context.Request, cancellationToken)
            : Saved(result, documents);
    }

    private static IResult Saved(DefinitionResult result, ElsaDocuments documents)
    {
        return result.Match(
            saved => Reply(saved, alreadyPublished: false),
            already => Reply(new DefinitionResult.Saved(already.Definition, []), alreadyPublished: true),
            notFound => Problems.NotFound(Kind, notFound.DefinitionId),
            notPublished => Problems.Invalid(
                "WF4009", "$", $"The workflow '{notPublished.Definition.Name ?? notPublished.Definition.DefinitionId}' has no published version."),
            readOnly => Problems.Status(
                StatusCodes.Status403Forbidden,
                ReadOnlyCode,
                $"The workflow '{readOnly.Definition.Name ?? readOnly.Definition.DefinitionId}' is read-only. Make a copy of it and change that."),
            invalid => Problems.Invalid(invalid.Problems),
            conflict => Problems.Invalid(DefinitionConflicts.Code, "$", $"The workflow '{conflict.DefinitionId}' was changed in the same moment. Try it again."));

        // Studio reads nothing there when the save succeeded; programs find what will not do what its author expects.
        IResult Reply(DefinitionResult.Saved saved, bool alreadyPublished) =>
            Wire.Json(new SaveReply(documents.ToModel(saved.Definition), alreadyPublished, saved.UpdatedConsumers.Count, saved.Warnings));
    }
}
