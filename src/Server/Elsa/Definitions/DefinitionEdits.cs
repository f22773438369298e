using System.Security.Claims;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Changes definitions: save, import, publish, retract, revert, delete.</summary>
internal static class DefinitionEdits
{
    private const string Kind = "workflow definition";

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
        ObjectBody body, HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
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
        return Saved(await definitions.SaveAsync(draft, publish, cancellationToken), documents);
    }

    /// <summary>Saving may publish as well, which is a permission of its own.</summary>
    private static bool MayPublish(ClaimsPrincipal user) => Permissions.Allow(user, ["publish:workflow-definitions"]);

    private static async Task<IResult> ImportAsync(
        string? definitionId, ObjectBody body, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var draft = documents.ToDraft(body.Value, out var problems);
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        if (definitionId is not null)
            draft = draft with { DefinitionId = definitionId };
        var isKnown = draft.DefinitionId is { Length: > 0 } id && await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken) is not null;
        var result = await definitions.SaveAsync(draft, publish: false, cancellationToken);
        return result is DefinitionResult.Saved saved
            ? Wire.Json(documents.ToModel(saved.Definition), isKnown ? StatusCodes.Status200OK : StatusCodes.Status201Created)
            : Saved(result, documents);
    }

    private static async Task<IResult> ImportFilesAsync(
        HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var (files, refusal) = await UploadedFiles.ReadAsync(context);
        if (refusal is not null)
            return refusal;
        var drafts = new List<DefinitionDraft>();
        foreach (var (name, node) in files)
        {
            var draft = documents.ToDraft(node, out var problems);
            if (problems.Count > 0)
                return Problems.Invalid([.. problems.Select(problem => problem with { Path = $"{name}: {problem.Path}" })]);
            drafts.Add(draft);
        }

        foreach (var draft in drafts)
        {
            var result = await definitions.SaveAsync(draft, publish: false, cancellationToken);
            if (result is not DefinitionResult.Saved)
                return Saved(result, documents);
        }

        return Wire.Json(new Counted(drafts.Count));
    }

    private static async Task<IResult> PublishAsync(
        string definitionId, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken) =>
        Saved(await definitions.PublishAsync(definitionId, cancellationToken), documents);

    private static async Task<IResult> RetractAsync(
        string definitionId, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var result = await definitions.RetractAsync(definitionId, cancellationToken);
        return result is DefinitionResult.Saved saved ? Wire.Json(documents.ToModel(saved.Definition)) : Saved(result, documents);
    }

    private static async Task<IResult> UpdateReferencesAsync(
        string definitionId, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var result = await definitions.UpdateReferencesAsync(definitionId, cancellationToken);
        return result is DefinitionResult.Saved saved ? Wire.Json(new UpdatedReferencesReply(saved.UpdatedConsumers)) : Saved(result, documents);
    }

    private static async Task<IResult> RevertAsync(
        string definitionId, int version, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var result = await definitions.RevertAsync(definitionId, version, cancellationToken);
        return result is DefinitionResult.Saved saved
            ? Wire.Json(DefinitionSummary.Of(saved.Definition), StatusCodes.Status201Created)
            : Saved(result, documents);
    }

    private static async Task<IResult> DeleteAsync(string definitionId, WorkflowDefinitions definitions, CancellationToken cancellationToken) =>
        await definitions.DeleteAsync(definitionId, cancellationToken) ? Results.NoContent() : Problems.NotFound(Kind, definitionId);

    private static async Task<IResult> DeleteNumberAsync(
        string definitionId, int version, WorkflowDefinitions definitions, CancellationToken cancellationToken) =>
        await definitions.FindAsync(definitionId, VersionOptions.Specific(version), cancellationToken) is { } found
            ? await DeleteVersionAsync(found.Id, definitions, cancellationToken)
            : Problems.NotFound(Kind, $"{definitionId} ({version})");

    private static async Task<IResult> DeleteVersionAsync(string id, WorkflowDefinitions definitions, CancellationToken cancellationToken) =>
        await definitions.DeleteVersionAsync(id, cancellationToken) ? Results.NoContent() : Problems.NotFound("workflow definition version", id);

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
                "WF4010",
                $"The workflow '{readOnly.Definition.Name ?? readOnly.Definition.DefinitionId}' is read-only. Make a copy of it and change that."),
            invalid => Problems.Invalid(invalid.Problems));

        // Studio reads nothing there when the save succeeded; programs find what will not do what its author expects.
        IResult Reply(DefinitionResult.Saved saved, bool alreadyPublished) =>
            Wire.Json(new SaveReply(documents.ToModel(saved.Definition), alreadyPublished, saved.UpdatedConsumers.Count, saved.Warnings));
    }
}
