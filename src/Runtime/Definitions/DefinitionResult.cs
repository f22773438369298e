using Platform.Engine.Definitions;

namespace Platform.Runtime.Definitions;

/// <summary>What became of a change to a definition.</summary>
public abstract record DefinitionResult
{
    private DefinitionResult()
    {
    }

    /// <summary>It is stored.</summary>
    /// <param name="Definition">The version as stored.</param>
    /// <param name="Warnings">What its author should know.</param>
    public sealed record Saved(WorkflowDefinition Definition, IReadOnlyList<DefinitionProblem> Warnings) : DefinitionResult
    {
        /// <summary>Definitions that were pointed to the new version because they use it as an activity.</summary>
        public IReadOnlyList<string> UpdatedConsumers { get; init; } = [];

        /// <summary>Revision of the definition after the change; null when what was changed is not its latest version.</summary>
        public string? Revision { get; init; }

        /// <summary>Whether the published version asks for its consumers to be updated.</summary>
        internal bool UpdatesConsumers { get; init; }
    }

    /// <summary>It was published before; nothing changed.</summary>
    /// <param name="Definition">The published version.</param>
    /// <param name="Revision">Revision of the definition.</param>
    public sealed record AlreadyPublished(WorkflowDefinition Definition, string Revision) : DefinitionResult;

    /// <summary>There is no such definition.</summary>
    /// <param name="DefinitionId">What was asked for.</param>
    public sealed record NotFound(string DefinitionId) : DefinitionResult;

    /// <summary>It has no published version.</summary>
    /// <param name="Definition">The latest version.</param>
    public sealed record NotPublished(WorkflowDefinition Definition) : DefinitionResult;

    /// <summary>It may not be changed.</summary>
    /// <param name="Definition">The latest version.</param>
    public sealed record Readonly(WorkflowDefinition Definition) : DefinitionResult;

    /// <summary>The document cannot be used; nothing is stored.</summary>
    /// <param name="Problems">What is wrong, each with its place.</param>
    public sealed record Invalid(IReadOnlyList<DefinitionProblem> Problems) : DefinitionResult;

    /// <summary>Somebody else has changed it since it was seen; nothing is stored.</summary>
    /// <param name="DefinitionId">The definition.</param>
    /// <param name="Latest">What is stored now; null when it was deleted.</param>
    /// <param name="LastEdit">The last change; null when it is not known.</param>
    public sealed record Conflict(string DefinitionId, WorkflowDefinition? Latest, DefinitionEdit? LastEdit) : DefinitionResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="saved">For <see cref="Saved"/>.</param>
    /// <param name="alreadyPublished">For <see cref="AlreadyPublished"/>.</param>
    /// <param name="notFound">For <see cref="NotFound"/>.</param>
    /// <param name="notPublished">For <see cref="NotPublished"/>.</param>
    /// <param name="isReadonly">For <see cref="Readonly"/>.</param>
    /// <param name="invalid">For <see cref="Invalid"/>.</param>
    /// <param name="conflict">For <see cref="Conflict"/>.</param>
    public T Match<T>(
        Func<Saved, T> saved,
        Func<AlreadyPublished, T> alreadyPublished,
        Func<NotFound, T> notFound,
        Func<NotPublished, T> notPublished,
        Func<Readonly, T> isReadonly,
        Func<Invalid, T> invalid,
        Func<Conflict, T> conflict) => this switch
        {
            Saved result => saved(result),
            AlreadyPublished result => alreadyPublished(result),
            NotFound result => notFound(result),
            NotPublished result => notPublished(result),
            Readonly result => isReadonly(result),
            Invalid result => invalid(result),
            Conflict result => conflict(result),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
