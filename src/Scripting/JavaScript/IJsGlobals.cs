namespace Platform.Scripting.JavaScript;

/// <summary>
/// The names that a host adds to the global ones. Asked once per name and run, when a script first uses the name; so values may
/// be made on demand.
/// </summary>
public interface IJsGlobals
{
    /// <summary>The value of a global name. Functions are delegates or <see cref="JsHostFunction"/>s; tasks become promises.</summary>
    bool TryGet(string name, out object? value);

    /// <summary>Told when a script assigns to a name that <see cref="TryGet"/> knows. The return value says whether it was taken.</summary>
    bool TrySet(string name, object? value);
}

/// <summary>Globals kept in a dictionary.</summary>
public sealed class JsGlobals : IJsGlobals
{
    private readonly IDictionary<string, object?> _values;

    /// <summary>Uses a dictionary as it is; assignments of scripts are written to it.</summary>
    public JsGlobals(IDictionary<string, object?> values)
    {
        _values = values;
    }

    /// <summary>Starts without names.</summary>
    public JsGlobals()
        : this(new Dictionary<string, object?>())
    {
    }

    /// <summary>No names besides the built-in ones.</summary>
    public static JsGlobals Empty { get; } = new(System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty);

    /// <summary>The value of a name.</summary>
    public object? this[string name]
    {
        get => _values[name];
        set => _values[name] = value;
    }

    /// <inheritdoc/>
    public bool TryGet(string name, out object? value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public bool TrySet(string name, object? value)
    {
        _values[name] = value;
        return true;
    }
}

/// <summary>The body of a host function. May return any value, or a task whose result the script awaits.</summary>
public delegate object? JsHostCallback(JsArguments arguments);

/// <summary>A function that the host gives to scripts. Immutable; share one instance between runs.</summary>
public sealed class JsHostFunction
{
    /// <summary>Creates the function; <paramref name="length"/> is the number of parameters that scripts see.</summary>
    public JsHostFunction(string name, JsHostCallback callback, int length = 0)
    {
        Name = name;
        Callback = callback;
        Length = length;
    }

    /// <summary>The name in error messages and stack traces.</summary>
    public string Name { get; }

    /// <summary>The number of parameters that scripts see.</summary>
    public int Length { get; }

    /// <summary>What it does.</summary>
    public JsHostCallback Callback { get; }
}

/// <summary>The arguments of one call of a host function. Values are converted when they are read.</summary>
public readonly ref struct JsArguments
{
    private readonly Realm _realm;
    private readonly ReadOnlySpan<JsValue> _values;

    internal JsArguments(Realm realm, ReadOnlySpan<JsValue> values)
    {
        _realm = realm;
        _values = values;
    }

    /// <summary>How many arguments were passed.</summary>
    public int Count => _values.Length;

    /// <summary>Cancelled when the run is.</summary>
    public CancellationToken CancellationToken => _realm.Cancellation;

    /// <summary>An argument as a host object; null when it is missing, null or undefined.</summary>
    public object? this[int index] => HostValue.ToHost(_realm, _values.At(index));

    /// <summary>An argument as text, by the language's rules; null when it is missing, null or undefined.</summary>
    public string? Text(int index) => _values.At(index).IsNullish ? null : Coerce.ToText(_values[index]);

    /// <summary>An argument as a number, by the language's rules; NaN when it is missing or no number.</summary>
    public double Number(int index) => Coerce.ToNumber(_values.At(index));

    /// <summary>An argument as a truth value, by the language's rules.</summary>
    public bool Boolean(int index) => Coerce.ToBoolean(_values.At(index));
}
