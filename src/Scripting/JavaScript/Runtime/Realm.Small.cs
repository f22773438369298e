namespace Platform.Scripting.JavaScript;

/// <summary>Small things that exist once per run.</summary>
internal sealed partial class Realm
{
    private Dictionary<string, JsSymbol>? _symbols;
    private Dictionary<string, JsValue>? _globalFunctions;
    private Random? _random;
    private JsObject? _firstWrapper;
    private object? _firstWrapped;
    private Dictionary<object, JsObject>? _hostWrappers;

    /// <summary>The wrapper of a host object that the run has met before, so that an object stays equal to itself; or null.</summary>
    public JsObject? FindHostWrapper(object value) => ReferenceEquals(value, _firstWrapped) ? _firstWrapper : _hostWrappers?.GetValueOrDefault(value);

    /// <summary>Remembers a wrapper. Most runs meet one host object, which needs no table.</summary>
    public void AddHostWrapper(object value, JsObject wrapper)
    {
        if (_firstWrapped is null)
            (_firstWrapped, _firstWrapper) = (value, wrapper);
        else
            (_hostWrappers ??= new(ReferenceEqualityComparer.Instance))[value] = wrapper;
    }

    /// <summary>The symbol of <c>Symbol.for</c>.</summary>
    public JsSymbol RegisteredSymbol(string key)
    {
        _symbols ??= [];
        if (_symbols.TryGetValue(key, out var known))
            return known;
        Allocate(64 + (key.Length * 2));
        return _symbols[key] = new JsSymbol(key);
    }

    public string? KeyOfSymbol(JsSymbol symbol) =>
        symbol.Description is { } key && _symbols?.TryGetValue(key, out var known) == true && ReferenceEquals(known, symbol) ? key : null;

    /// <summary>The one function object of a global function.</summary>
    public JsValue GlobalFunction(LazyFunction function)
    {
        _globalFunctions ??= [];
        if (!_globalFunctions.TryGetValue(function.Name, out var made))
            _globalFunctions[function.Name] = made = function.Create(this, ObjectPrototype);
        return made;
    }

    public double NextRandom()
    {
        if (Options.Random is { } source)
            return source();
#pragma warning disable CA5394 // Math.random promises no secrecy.
        return (_random ??= new Random()).NextDouble();
#pragma warning restore CA5394
    }
}
