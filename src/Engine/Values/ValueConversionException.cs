namespace Platform.Engine.Values;

/// <summary>A value has no meaning as the type that was asked for. Names the types and not the value, which may be secret.</summary>
public sealed class ValueConversionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">The type of the value.</param>
    /// <param name="target">The type that was asked for.</param>
    public ValueConversionException(Type source, Type target)
        : base($"A value of type {NameOf(source)} cannot be converted to {NameOf(target)}.")
    {
        SourceType = source;
        TargetType = target;
    }

    /// <summary>The type of the value.</summary>
    public Type SourceType { get; }

    /// <summary>The type that was asked for.</summary>
    public Type TargetType { get; }

    private static string NameOf(Type type) => TypeAliases.BuiltIn.TryGetAlias(type, out var alias) ? alias : type.Name;
}
