using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>
/// Tags by which people find workflows. They belong to the workflow, whatever its version, and go with it; Elsa's labels belong to one version.
/// </summary>
internal static class WorkflowTags
{
    private const int CountMax = 20;
    private const int LengthMax = 50;

    /// <summary>Maps <c>/api/definitions/{definitionId}/tags</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapWorkflowTags(this IEndpointRouteBuilder api) =>
        api.MapPut("/definitions/{definitionId}/tags", SetAsync).WithTags("Workflows")
            .RequirePermission("write:workflow-definitions").Audited("workflow.tag", "workflow", "definitionId")
            .WithSummary("Gives a workflow exactly these tags, whatever its version.")
            .Reads<WorkflowTagsBody>()
            .Produces<WorkflowTagsModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4943")
            .Refuses(StatusCodes.Status404NotFound, "WF4628");

    /// <summary>The tags of all workflows that have some, by the workflow's id.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async ValueTask<Dictionary<string, IReadOnlyList<string>>> ReadAsync(IWorkflowStore store, CancellationToken cancellationToken) =>
        (await store.ListDocumentsAsync(KeptDocuments.TagsKind, cancellationToken)).ToDictionary(document => document.Id, document => Read(document.Json), StringComparer.Ordinal);

    private static async Task<IResult> SetAsync(string definitionId, HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<WorkflowTagsBody>(request);
        var tags = body.Tags.Select(tag => tag?.Trim() ?? "").Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).ToList();
        if (tags.Count > CountMax || tags.Any(tag => tag.Length is 0 or > LengthMax || tag.Contains(',') || tag.Any(char.IsControl)))
        {
            return new Problem(
                StatusCodes.Status400BadRequest, "WF4943", "The tags cannot be used",
                $"A workflow has at most {CountMax} tags, each of 1 to {LengthMax} characters without commas and control characters.");
        }

        return await definitions.KeepAsync(definitionId, KeptDocuments.TagsKind, Change, cancellationToken)
            ? ApiJson.Reply(new WorkflowTagsModel(tags))
            : Runs.Missing(definitionId);

        KeptChange Change(string? workflow, string? json) => new(
            tags.Count == 0 ? null : JsonSerializer.Serialize(tags, WorkflowTagJson.Default.IReadOnlyListString),
            new AuditChange("workflow", definitionId, workflow) { Before = ToObject(Read(json)), After = ToObject(tags) });
    }

    private static IReadOnlyList<string> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize(json, WorkflowTagJson.Default.IReadOnlyListString)!;

    private static JsonObject ToObject(IReadOnlyList<string> tags) => new() { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) };
}

/// <summary>Tags to give a workflow.</summary>
/// <param name="Tags">All its tags; those that are left out are taken off.</param>
internal sealed record WorkflowTagsBody(IReadOnlyList<string> Tags);

/// <summary>The tags of a workflow.</summary>
/// <param name="Tags">The tags, by name.</param>
internal sealed record WorkflowTagsModel(IReadOnlyList<string> Tags);

/// <summary>A tag in use.</summary>
/// <param name="Name">The tag, as it was written first.</param>
/// <param name="Count">Workflows that have it, in any case.</param>
internal sealed record WorkflowTagCount(string Name, int Count);

/// <summary>How tags are stored.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class WorkflowTagJson : JsonSerializerContext;
