namespace Platform.Server.Orchestration;

/// <summary>What came of a change of the registered services and policies.</summary>
internal abstract record CatalogChange
{
    private CatalogChange()
    {
    }

    /// <summary>It is stored and counts.</summary>
    /// <param name="Name">Name of what was changed.</param>
    internal sealed record Saved(string Name) : CatalogChange;

    /// <summary>It cannot be used like this.</summary>
    /// <param name="Problems">Everything that is wrong.</param>
    internal sealed record Invalid(IReadOnlyList<string> Problems) : CatalogChange;

    /// <summary>There is one of this name already.</summary>
    internal sealed record Taken : CatalogChange;

    /// <summary>There is none of this name.</summary>
    internal sealed record Missing : CatalogChange;

    /// <summary>It comes from the configuration, where it has to be taken out.</summary>
    internal sealed record Configured : CatalogChange;

    /// <summary>Others need it.</summary>
    /// <param name="Problems">What would be wrong without it.</param>
    internal sealed record Needed(IReadOnlyList<string> Problems) : CatalogChange;

    /// <summary>Goes on, one way for each case.</summary>
    public T Match<T>(Func<Saved, T> saved, Func<Invalid, T> invalid, Func<T> taken, Func<T> missing, Func<T> isConfigured, Func<Needed, T> needed) => this switch
    {
        Saved change => saved(change),
        Invalid change => invalid(change),
        Taken => taken(),
        Missing => missing(),
        Configured => isConfigured(),
        Needed change => needed(change),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
