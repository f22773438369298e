namespace Platform.Scripting.Liquid;

/// <summary>
/// The names that a template sees besides those it assigns itself. Asked once per name and render, when the template first uses
/// the name; so values may be made on demand. Templates cannot write to it.
/// </summary>
public interface ILiquidScope
{
    /// <summary>
    /// The value of a name. Dictionaries, lists, JSON values and the public properties of other objects can be read by the
    /// template; methods cannot be called, and types, delegates, tasks and streams are undefined.
    /// </summary>
    bool TryGet(string name, out object? value);
}

/// <summary>Names kept in a dictionary.</summary>
public sealed class LiquidScope : ILiquidScope
{
    private readonly IReadOnlyDictionary<string, object?> _values;

    /// <summary>Uses a dictionary as it is.</summary>
    public LiquidScope(IReadOnlyDictionary<string, object?> values)
    {
        _values = values;
    }

    /// <summary>No names at all.</summary>
    public static LiquidScope Empty { get; } = new(System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty);

    /// <inheritdoc/>
    public bool TryGet(string name, out object? value) => _values.TryGetValue(name, out value);
}
