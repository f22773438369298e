namespace Platform.Engine.Values;

/// <summary>Stored state names a type that is not registered here, for example because its module is gone.</summary>
public sealed class UnknownTypeAliasException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="alias">The name as it is stored.</param>
    public UnknownTypeAliasException(string alias)
        : base($"The stored value has the type '{alias}', which is not known here.") => Alias = alias;

    /// <summary>The name as it is stored.</summary>
    public string Alias { get; }
}
