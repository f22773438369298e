using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Engine.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>A link of a reply. Studio looks only at <see cref="Rel"/>: without <c>publish</c> the thing is read-only.</summary>
internal sealed record Link(string Href, string Rel, string Method);

/// <summary>A definition version in a list.</summary>
internal sealed record DefinitionSummary(
    IReadOnlyList<Link> Links,
    string Id,
    string DefinitionId,
    string Name,
    string? Description,
    int Version,
    string? ToolVersion,
    bool IsLatest,
    bool IsPublished,
    bool IsReadonly,
    string? ProviderName,
    DateTimeOffset CreatedAt)
{
    /// <summary>How the definition is kept; ours are always documents.</summary>
    public string MaterializerName { get; } = "Json";

    /// <summary>Whether that way is available.</summary>
    public bool IsMaterializerAvailable { get; } = true;

    /// <summary>The summary of a version. Lists show names, so a version without one goes by its id.</summary>
    public static DefinitionSummary Of(WorkflowDefinition definition) => new(
        DefinitionLinks.Of(definition),
        definition.Id,
        definition.DefinitionId,
        definition.Name ?? definition.DefinitionId,
        definition.Description,
        definition.Version,
        ElsaDocuments.ReadableToolVersion(definition.ToolVersion),
        definition.IsLatest,
        definition.IsPublished,
        definition.IsReadonly,
        definition.ProviderName,
        definition.CreatedAt);
}

/// <summary>A page of definition versions.</summary>
internal sealed record DefinitionList(IReadOnlyList<DefinitionSummary> Items, long TotalCount, IReadOnlyList<Link> Links);

/// <summary>Definition versions in full.</summary>
internal sealed record DefinitionModels(IReadOnlyList<JsonObject> Items, int Count);

/// <summary>Whether a name is free.</summary>
internal sealed record NameUniqueness(bool IsUnique);

/// <summary>A number of things.</summary>
internal sealed record Counted(long Count);

/// <summary>Reply to saving and publishing.</summary>
internal sealed record SaveReply(JsonObject WorkflowDefinition, bool AlreadyPublished, int ConsumingWorkflowCount, IReadOnlyList<DefinitionProblem> ValidationErrors);

/// <summary>Names definitions.</summary>
internal sealed record DefinitionIdsRequest
{
    /// <summary>The definitions.</summary>
    public IReadOnlyList<string>? DefinitionIds { get; init; }

    /// <summary>What was seen of them, by definition id: those that somebody else has changed since are left.</summary>
    public IReadOnlyDictionary<string, string>? Revisions { get; init; }
}

/// <summary>Names definition versions.</summary>
internal sealed record VersionIdsRequest
{
    /// <summary>The versions.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>What was seen of their definitions, by version id: versions of those that somebody else has changed since are left.</summary>
    public IReadOnlyDictionary<string, string>? Revisions { get; init; }
}

/// <summary>Names rows by id: definition versions or instances.</summary>
internal sealed record IdsRequest
{
    /// <summary>The rows.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Whether an export also holds the workflows that use these.</summary>
    public bool? IncludeConsumingWorkflows { get; init; }

    /// <summary>All instances of this definition.</summary>
    public string? WorkflowDefinitionId { get; init; }

    /// <summary>All instances of these definitions.</summary>
    public IReadOnlyList<string>? WorkflowDefinitionIds { get; init; }
}

/// <summary>How many rows were deleted.</summary>
internal sealed record DeletedReply(int Deleted)
{
    /// <summary>Left, because somebody else has changed them; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Conflicts { get; init; }
}

/// <summary>What became of publishing several definitions, each by its definition id.</summary>
internal sealed record BulkPublishReply
{
    /// <summary>Published now.</summary>
    public List<string> Published { get; } = [];

    /// <summary>Published before.</summary>
    public List<string> AlreadyPublished { get; } = [];

    /// <summary>Not there.</summary>
    public List<string> NotFound { get; } = [];

    /// <summary>Read-only.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Workflows that use the published ones and were updated.</summary>
    public List<string> UpdatedConsumers { get; } = [];

    /// <summary>Cannot be published.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>Why not, in sentences.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Left, because somebody else has changed them; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Conflicts { get; set; }
}

/// <summary>What became of retracting several definitions, each by its definition id.</summary>
internal sealed record BulkRetractReply
{
    /// <summary>Retracted now.</summary>
    public List<string> Retracted { get; } = [];

    /// <summary>Retracted before; the same as not published.</summary>
    public List<string> AlreadyRetracted { get; } = [];

    /// <summary>Not there.</summary>
    public List<string> NotFound { get; } = [];

    /// <summary>Read-only.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Without a published version.</summary>
    public List<string> NotPublished { get; } = [];

    /// <summary>Left, because somebody else has changed them; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Conflicts { get; set; }
}

/// <summary>Workflows that use a definition.</summary>
internal sealed record ConsumersReply(IReadOnlyList<string> ConsumingWorkflowDefinitionIds);

/// <summary>Workflows that were pointed to another version.</summary>
internal sealed record UpdatedReferencesReply(IReadOnlyList<string> AffectedWorkflows);

/// <summary>The links of definitions and of their lists.</summary>
internal static class DefinitionLinks
{
    /// <summary>Links of a list; those that change something make Studio show its buttons.</summary>
    public static IReadOnlyList<Link> OfList { get; } =
    [
        new("/workflow-definitions", "self", "GET"),
        new("/workflow-definitions/validation/is-name-unique", "is-name-unique", "GET"),
        new("/workflow-definitions/query/count", "count", "GET"),
        new("/workflow-definitions/many-by-id", "many-by-id", "GET"),
        new("/bulk-actions/delete/workflow-definitions/by-definition-id", "bulk-delete-by-definition-id", "POST"),
        new("/bulk-actions/delete/workflow-definitions/by-id", "bulk-delete-by-id", "POST"),
        new("/bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST"),
        new("/bulk-actions/retract/workflow-definitions/by-definition-ids", "bulk-retract", "POST"),
        new("/workflow-definitions/import", "import", "POST"),
        new("/workflow-definitions/import-files", "import-files", "POST"),
        new("/workflow-definitions", "create", "POST"),
    ];

    /// <summary>Links of a version.</summary>
    public static IReadOnlyList<Link> Of(WorkflowDefinition definition)
    {
        var path = "/workflow-definitions/" + Uri.EscapeDataString(definition.DefinitionId);
        List<Link> links =
        [
            new(path, "self", "GET"),
            new(path + "/versions", "versions", "GET"),
            new(path + "/bulk-dispatch", "bulk-dispatch", "POST"),
            new(path + "/dispatch", "dispatch", "POST"),
            new(path + "/execute", "execute", "POST"),
            new(path + "/export", "export", "GET"),
        ];
        if (definition.IsReadonly)
            return links;
        links.Add(new(path + "/publish", "publish", "POST"));
        links.Add(new(path + "/retract", "retract", "POST"));
        links.Add(new(path, "delete", "DELETE"));
        links.Add(new(path + "/import", "import", "PUT"));
        return links;
    }
}
