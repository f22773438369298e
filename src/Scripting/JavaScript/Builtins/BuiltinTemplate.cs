namespace Platform.Scripting.JavaScript;

/// <summary>
/// A built-in object as it exists once per process: names in order, values that need no run, and recipes for those that do.
/// A run's copy shares the shape and starts with a copy of the values, so it costs one object and one block of memory.
/// </summary>
internal sealed class BuiltinTemplate(string className)
{
    private readonly List<(object Key, JsValue Value, PropertyFlags Flags)> _properties = [];
    private Shape? _shape;
    private JsValue[]? _values;

    public string ClassName { get; } = className;

    public BuiltinTemplate Method(string name, int length, BuiltinCode code) =>
        Add(name, JsValue.Of(new LazyFunction(name, length, code)), PropertyFlags.Hidden);

    public BuiltinTemplate Method(JsSymbol symbol, string name, int length, BuiltinCode code, PropertyFlags flags = PropertyFlags.Hidden) =>
        Add(symbol, JsValue.Of(new LazyFunction(name, length, code)), flags);

    /// <summary>Several methods whose code depends on their name.</summary>
    public BuiltinTemplate Methods(int length, Func<string, BuiltinCode> code, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            Method(name, length, code(name));
        return this;
    }

    public BuiltinTemplate Getter(string name, BuiltinCode get, BuiltinCode? set = null) =>
        Add(name, JsValue.Of(new LazyAccessor(name, get, set)), PropertyFlags.Configurable);

    public BuiltinTemplate Getter(JsSymbol symbol, string name, BuiltinCode get) =>
        Add(symbol, JsValue.Of(new LazyAccessor(name, get, null)), PropertyFlags.Configurable);

    public BuiltinTemplate Constant(string name, JsValue value) => Add(name, value, PropertyFlags.None);

    public BuiltinTemplate Value(string name, JsValue value, PropertyFlags flags = PropertyFlags.Hidden) => Add(name, value, flags);

    public BuiltinTemplate Tag(string tag) => Add(JsSymbol.ToStringTag, tag, PropertyFlags.Configurable);

    /// <summary>A reference to another built-in of the same run.</summary>
    public BuiltinTemplate Link(string name, IntrinsicId id, PropertyFlags flags = PropertyFlags.Hidden) =>
        Add(name, JsValue.Of(new LazyValue(realm => realm.Intrinsic(id))), flags);

    public BuiltinTemplate Made(object key, Func<Realm, JsValue> create, PropertyFlags flags = PropertyFlags.Hidden) =>
        Add(key, JsValue.Of(new LazyValue(create)), flags);

    /// <summary>A second name for a method that is the same function object.</summary>
    public BuiltinTemplate Alias(object name, string original, IntrinsicId holder) =>
        Add(name, JsValue.Of(new LazyValue(realm => realm.Intrinsic(holder).Get(original))), PropertyFlags.Hidden);

    /// <summary>Copies the properties to an object of the run.</summary>
    public JsObject Instantiate(Realm realm, JsObject? prototype)
    {
        var (shape, values) = Freeze();
        return new JsBuiltinObject(realm, prototype, shape, (JsValue[])values.Clone(), ClassName);
    }

    /// <summary>Adds the properties to a constructor function, which has own properties already.</summary>
    public void AddTo(JsObject target)
    {
        foreach (var (key, value, flags) in _properties)
            target.AddOwn(key is string name ? PropertyKey.Named(name) : PropertyKey.Of((JsSymbol)key), value, flags);
    }

    private BuiltinTemplate Add(object key, JsValue value, PropertyFlags flags)
    {
        _properties.Add((key, value, flags));
        return this;
    }

    private (Shape Shape, JsValue[] Values) Freeze()
    {
        if (Volatile.Read(ref _values) is { } ready)
            return (_shape!, ready);
        lock (_properties)
        {
            var shape = Shape.NewRoot();
            foreach (var (key, _, flags) in _properties)
                shape = shape.With(key, flags) ?? throw new InvalidOperationException($"{ClassName} has too many properties.");
            shape.Seal();
            _shape = shape;
            var values = _properties.Select(p => p.Value).ToArray();
            Volatile.Write(ref _values, values);
            return (shape, values);
        }
    }
}

/// <summary>A prototype or namespace object of a run.</summary>
internal sealed class JsBuiltinObject(Realm realm, JsObject? prototype, Shape shape, JsValue[] values, string className)
    : JsObject(realm, prototype, shape, values)
{
    public override string ClassName { get; } = className;
}
