namespace Platform.Scripting.JavaScript;

/// <summary>What one part of an object literal does.</summary>
internal enum ObjectPartKind
{
    Value,
    Method,
    Getter,
    Setter,
    Spread,

    /// <summary><c>__proto__: value</c>, which sets the prototype.</summary>
    Prototype,
}

/// <summary>One part of an object literal.</summary>
internal sealed record ObjectPart(ObjectPartKind Kind, Node? ComputedKey, PropertyKey Key, Node Value)
{
    /// <summary>True for <c>{ a }</c>.</summary>
    public bool IsShorthand { get; init; }

    /// <summary>The default of <c>{ a = 1 }</c>, which only a pattern may have.</summary>
    public Node? ShorthandDefault { get; init; }

    public bool Suspends => Value.Suspends || ComputedKey is { Suspends: true };
}

/// <summary>An object literal. A literal of plain names makes objects of one precomputed shape.</summary>
internal sealed class ObjectNode : Node
{
    private readonly bool _isPlain;
    private Shape? _shape;
    private Shape? _root;

    public ObjectNode(ObjectPart[] parts)
    {
        Parts = parts;
        Suspends = parts.Any(p => p.Suspends);
        _isPlain = !Suspends && parts.Length <= Shape.PropertyCountMax
            && parts.All(p => p is { Kind: ObjectPartKind.Value, ComputedKey: null, Key.IsIndex: false })
            && parts.Select(p => p.Key.Name).Distinct().Count() == parts.Length;
    }

    public ObjectPart[] Parts { get; }

    public override JsValue Evaluate(Frame frame)
    {
        if (_isPlain && ShapeFor(frame.Realm) is { } shape)
        {
            var values = new JsValue[Parts.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var part = Parts[i];
                values[i] = part.Value.IsAnonymousFunction ? part.Value.EvaluateNamed(frame, part.Key) : part.Value.Evaluate(frame);
            }

            return new JsObject(frame.Realm, frame.Realm.ObjectPrototype, shape, values);
        }

        var result = frame.Realm.NewObject();
        foreach (var part in Parts)
        {
            var key = part.ComputedKey is null ? part.Key : PropertyKey.Of(part.ComputedKey.Evaluate(frame));
            Add(frame, result, part, key, part.Kind == ObjectPartKind.Value && part.Value.IsAnonymousFunction
                ? part.Value.EvaluateNamed(frame, key)
                : ValueOf(frame, part, key, result));
        }

        return result;
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var result = frame.Realm.NewObject();
        foreach (var part in Parts)
        {
            var key = part.ComputedKey is null ? part.Key : PropertyKey.Of(await part.ComputedKey.Step(frame));
            Add(frame, result, part, key, part.Value.Suspends ? await part.Value.EvaluateAsync(frame) : ValueOf(frame, part, key, result));
        }

        return result;
    }

    private static JsValue ValueOf(Frame frame, ObjectPart part, PropertyKey key, JsObject home) => part.Value switch
    {
        FunctionNode method when part.Kind is ObjectPartKind.Method or ObjectPartKind.Getter or ObjectPartKind.Setter =>
            method.Create(frame, MethodName(part.Kind, key), home),
        _ when part.Kind == ObjectPartKind.Value && part.Value.IsAnonymousFunction => part.Value.EvaluateNamed(frame, key),
        _ => part.Value.Evaluate(frame),
    };

    private static string MethodName(ObjectPartKind kind, PropertyKey key) => kind switch
    {
        ObjectPartKind.Getter => "get " + key.ToText(),
        ObjectPartKind.Setter => "set " + key.ToText(),
        _ => key.ToText(),
    };

    private void Add(Frame frame, JsObject target, ObjectPart part, PropertyKey key, JsValue value)
    {
        frame.Position = Position;
        switch (part.Kind)
        {
            case ObjectPartKind.Spread:
                if (!value.IsNullish)
                    ObjectCopy.OwnProperties(target, Coerce.ToObject(frame.Realm, value));
                break;
            case ObjectPartKind.Prototype:
                if (value.IsObject || value.IsNull)
                    target.SetPrototype(value.Reference as JsObject);
                break;
            case ObjectPartKind.Getter:
                target.Define(key, new PropertyRequest { Get = value, Enumerable = true, Configurable = true });
                break;
            case ObjectPartKind.Setter:
                target.Define(key, new PropertyRequest { Set = value, Enumerable = true, Configurable = true });
                break;
            default:
                target.CreateOwn(key, value);
                break;
        }
    }

    // The shape tree belongs to the script, as this node does; it may be full, and then there is no shape.
    private Shape? ShapeFor(Realm realm)
    {
        var root = realm.Shapes.Root;
        if (ReferenceEquals(_root, root))
            return _shape;
        Shape? shape = root;
        foreach (var part in Parts)
            shape = shape?.With(part.Key.Name!, PropertyFlags.All);
        _shape = shape;
        _root = root;
        return shape;
    }
}
