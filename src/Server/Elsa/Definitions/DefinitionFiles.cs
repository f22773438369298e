using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Exports definitions: one as a JSON file, several as a zip of such files.</summary>
internal static class DefinitionFiles
{
    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionFiles(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync).RequirePermission("read:workflow-definitions");
        api.MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync).RequirePermission("read:workflow-definitions").NotAudited("It only reads.");
    }

    private static async Task<IResult> ExportAsync(
        string definitionId,
        HttpRequest request,
        WorkflowDefinitions definitions,
        ConsumingWorkflows consumers,
        ElsaDocuments documents,
        CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var versions = QueryText.Versions(request.Query.Text("versionOptions"), VersionOptions.Latest, ref refusal);
        if (refusal is not null)
            return refusal;
        if (await definitions.FindAsync(definitionId, versions, cancellationToken) is not { } found)
            return Problems.NotFound("workflow definition", definitionId);
        return request.Query.Flag("includeConsumingWorkflows") == true
            ? await ZipAsync([found], withConsumers: true, consumers, documents, cancellationToken)
            : Results.File(documents.ToFile(found), "application/json", ElsaDocuments.FileName(found));
    }

    private static async Task<IResult> ExportManyAsync(
        Body<IdsRequest> body,
        WorkflowDefinitions definitions,
        ConsumingWorkflows consumers,
        ElsaDocuments documents,
        CancellationToken cancellationToken)
    {
        var filter = new DefinitionFilter { Ids = body.Value.Ids ?? [], WithDocuments = true };
        var page = await definitions.ListAsync(filter, cancellationToken);
        return page.Items.Count == 0
            ? Problems.NotFound("workflow definition version", string.Join(", ", body.Value.Ids ?? []))
            : await ZipAsync(page.Items, body.Value.IncludeConsumingWorkflows == true, consumers, documents, cancellationToken);
    }

    private static async ValueTask<IResult> ZipAsync(
        IReadOnlyList<WorkflowDefinition> versions,
        bool withConsumers,
        ConsumingWorkflows consumers,
        ElsaDocuments documents,
        CancellationToken cancellationToken)
    {
        if (withConsumers)
            versions = [.. versions, .. await consumers.FindAsync([.. versions.Select(version => version.DefinitionId)], cancellationToken)];
        return Zip.Of("workflow-definitions.zip", versions.Select(version => (ElsaDocuments.FileName(version), documents.ToFile(version))));
    }
}
