namespace Platform.Engine.Values;

/// <summary>A value, or a part of it, is a handle such as a stream or a request, which does not outlive the process.</summary>
public sealed class ValueNotStorableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="type">The type that cannot be stored.</param>
    /// <param name="innerException">What noticed it; null when we did.</param>
    public ValueNotStorableException(Type type, Exception? innerException = null)
        : base($"A value of type {type.Name} cannot be stored.", innerException) => ValueType = type;

    /// <summary>The type that cannot be stored.</summary>
    public Type ValueType { get; }
}
