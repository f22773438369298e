namespace Platform.Engine.Definitions;

/// <summary>
/// One version of a workflow definition: the header that lists and lookups need, and the document as its author sent it.
/// Several versions share one <see cref="DefinitionId"/>; at most one of them is published and exactly one is the latest.
/// </summary>
/// <param name="Id">Id of this version, unique over all definitions. Opaque text.</param>
/// <param name="DefinitionId">Id that all versions share. Opaque text.</param>
/// <param name="Version">Version number, from 1 upwards without gaps at creation.</param>
public sealed record WorkflowDefinition(string Id, string DefinitionId, int Version)
{
    /// <summary>Name shown to people; unique by convention, not by constraint. Null when the author gave none.</summary>
    public string? Name { get; init; }

    /// <summary>Free text about the workflow.</summary>
    public string? Description { get; init; }

    /// <summary>When this version was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Version of the tool that wrote the document, two to four integers joined by dots; null when unknown.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>True for the version with the highest number: the one an editor opens.</summary>
    public bool IsLatest { get; init; }

    /// <summary>True for the version that triggers and callers start.</summary>
    public bool IsPublished { get; init; }

    /// <summary>True when the version may not be changed through the API.</summary>
    public bool IsReadonly { get; init; }

    /// <summary>True when other workflows may use this version as an activity, as its document says.</summary>
    public bool IsUsableAsActivity { get; init; }

    /// <summary>True when ordinary lists leave it out.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Where it came from when not from a person, for example <c>Shipped</c>; null otherwise.</summary>
    public string? ProviderName { get; init; }

    /// <summary>
    /// The definition document as JSON text in Elsa's format: <c>root</c>, <c>variables</c>, <c>inputs</c>, <c>outputs</c>,
    /// <c>outcomes</c>, <c>customProperties</c>, <c>options</c> and every member we do not know, untouched. Header members in it
    /// (id, version, isLatest ...) are ignored: the header above is the truth.
    /// </summary>
    public string Document { get; init; } = "{}";
}
