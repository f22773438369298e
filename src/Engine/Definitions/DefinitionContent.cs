namespace Platform.Engine.Definitions;

/// <summary>A definition document read into objects. It belongs to one plan: its activities are not shared with another.</summary>
public sealed class DefinitionContent
{
    /// <summary>The activity the workflow runs; an empty sequence when the document has none.</summary>
    public required Activity Root { get; init; }

    /// <summary>Variables of the workflow.</summary>
    public IReadOnlyList<Variable> Variables { get; init; } = [];

    /// <summary>Declared inputs.</summary>
    public IReadOnlyList<ParameterDefinition> Inputs { get; init; } = [];

    /// <summary>Declared outputs.</summary>
    public IReadOnlyList<ParameterDefinition> Outputs { get; init; } = [];

    /// <summary>Outcomes it may have when it is used as an activity; empty for <c>Done</c>.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    /// <summary>Options.</summary>
    public WorkflowOptions Options { get; init; } = new();

    /// <summary>Settings of the workflow that are not options, such as what its records keep.</summary>
    public IReadOnlyDictionary<string, object> CustomProperties { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>Major version of the tool that wrote it; from 3 on, expressions name activities by name instead of id.</summary>
    public int ToolMajorVersion { get; init; } = 3;

    /// <summary>What makes the document unusable, each with its place.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; init; } = [];

    /// <summary>What a draft may have and a published version may not, each with its place: parts that somebody is still writing.</summary>
    public IReadOnlyList<DefinitionProblem> Unfinished { get; init; } = [];

    /// <summary>What was dropped or will behave unexpectedly, each with its place.</summary>
    public IReadOnlyList<DefinitionProblem> Warnings { get; init; } = [];
}

/// <summary>A declared input or output of a workflow.</summary>
/// <param name="Name">Name.</param>
/// <param name="TypeAlias">Type alias as written.</param>
/// <param name="Type">Type of the value; object when the alias is unknown.</param>
public sealed record ParameterDefinition(string Name, string TypeAlias, Type Type)
{
    /// <summary>Label, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>One sentence, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Group, or null.</summary>
    public string? Category { get; init; }

    /// <summary>Editor, or null.</summary>
    public string? UIHint { get; init; }
}

/// <summary>Options of a definition. Type names are kept as written and matched by class name.</summary>
public sealed record WorkflowOptions
{
    /// <summary>When a new instance is allowed; null for always.</summary>
    public string? ActivationStrategyType { get; init; }

    /// <summary>What an unhandled fault does; null for the host's default.</summary>
    public string? IncidentStrategyType { get; init; }

    /// <summary>Whether other workflows may use it as an activity.</summary>
    public bool UsableAsActivity { get; init; }

    /// <summary>Whether publishing updates the workflows that use it.</summary>
    public bool AutoUpdateConsumingWorkflows { get; init; }

    /// <summary>Palette group when used as an activity; null for "Workflows".</summary>
    public string? ActivityCategory { get; init; }

    /// <summary>Commit strategy; null for the host's default.</summary>
    public string? CommitStrategyName { get; init; }
}

/// <summary>Something about a document that its author should know.</summary>
/// <param name="Path">Place in the document, as a JSON path such as <c>$.root.activities[2].text</c>.</param>
/// <param name="Code">Stable code; a heading in docs/errors.md.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
public sealed record DefinitionProblem(string Path, string Code, string Message);
