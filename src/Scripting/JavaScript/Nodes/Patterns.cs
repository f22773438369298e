namespace Platform.Scripting.JavaScript;

/// <summary>A target with a value for when what would be stored is undefined.</summary>
internal sealed class DefaultNode : TargetNode
{
    private readonly TargetNode _target;
    private readonly Node _default;

    public DefaultNode(TargetNode target, Node @default)
    {
        _target = target;
        _default = @default;
        Suspends = target.Suspends || @default.Suspends;
    }

    public TargetNode Target => _target;

    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("A pattern has no value.");

    public override void Store(Frame frame, JsValue value, bool initialize)
    {
        if (value.IsUndefined)
            value = Default(frame);
        _target.Store(frame, value, initialize);
    }

    public override async Step<JsValue> StoreAsync(Frame frame, JsValue value, bool initialize)
    {
        if (value.IsUndefined)
            value = _default.Suspends ? await _default.EvaluateAsync(frame) : Default(frame);
        return await _target.StoreAsync(frame, value, initialize);
    }

    private JsValue Default(Frame frame) => _target is IdentifierNode name && _default.IsAnonymousFunction
        ? _default.EvaluateNamed(frame, PropertyKey.Named(name.Name))
        : _default.Evaluate(frame);
}

/// <summary><c>[a, , b = 1, ...rest]</c> on the left of an assignment; a null element skips a value.</summary>
internal sealed class ArrayPatternNode : TargetNode
{
    private readonly TargetNode?[] _elements;
    private readonly TargetNode? _rest;

    public ArrayPatternNode(TargetNode?[] elements, TargetNode? rest)
    {
        _elements = elements;
        _rest = rest;
        Suspends = Any(elements) || rest is { Suspends: true };
    }

    public IEnumerable<TargetNode> AllTargets => _elements.Append(_rest).OfType<TargetNode>();

    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("A pattern has no value.");

    public override void Store(Frame frame, JsValue value, bool initialize)
    {
        frame.Position = Position;
        var iterator = Iteration.Start(frame.Realm, value);
        try
        {
            foreach (var element in _elements)
            {
                var item = iterator.Next();
                element?.Store(frame, item.IsHole ? JsValue.Undefined : item, initialize);
            }

            _rest?.Store(frame, iterator.Rest(), initialize);
        }
        catch (Exception exception) when (exception is JsThrow or GeneratorReturn)
        {
            iterator.CloseQuietly();
            throw;
        }

        iterator.Close();
    }

    public override async Step<JsValue> StoreAsync(Frame frame, JsValue value, bool initialize)
    {
        var iterator = Iteration.Start(frame.Realm, value);
        try
        {
            foreach (var element in _elements)
            {
                var item = iterator.Next();
                if (element is not null)
                    await element.StoreAsync(frame, item.IsHole ? JsValue.Undefined : item, initialize);
            }

            if (_rest is not null)
                await _rest.StoreAsync(frame, iterator.Rest(), initialize);
        }
        catch (Exception exception) when (exception is JsThrow or GeneratorReturn)
        {
            iterator.CloseQuietly();
            throw;
        }

        iterator.Close();
        return value;
    }
}

/// <summary>One <c>key: target</c> of an object pattern; the key is a constant or computed.</summary>
internal sealed record PatternProperty(Node? ComputedKey, PropertyKey Key, TargetNode Target)
{
    public bool Suspends => Target.Suspends || ComputedKey is { Suspends: true };
}

/// <summary><c>{ a, b: c = 1, [d]: e, ...rest }</c> on the left of an assignment.</summary>
internal sealed class ObjectPatternNode : TargetNode
{
    private readonly PatternProperty[] _properties;
    private readonly TargetNode? _rest;

    public ObjectPatternNode(PatternProperty[] properties, TargetNode? rest)
    {
        _properties = properties;
        _rest = rest;
        Suspends = properties.Any(p => p.Suspends) || rest is { Suspends: true };
    }

    public IEnumerable<TargetNode> AllTargets => _properties.Select(p => p.Target).Append(_rest).OfType<TargetNode>();

    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("A pattern has no value.");

    public override void Store(Frame frame, JsValue value, bool initialize)
    {
        RequireObject(frame, value);
        var seen = _rest is null ? null : new HashSet<PropertyKey>();
        foreach (var property in _properties)
        {
            var key = property.ComputedKey is null ? property.Key : PropertyKey.Of(property.ComputedKey.Evaluate(frame));
            seen?.Add(key);
            frame.Position = Position;
            property.Target.Store(frame, PropertyAccess.Get(frame.Realm, value, key, value), initialize);
        }

        _rest?.Store(frame, Rest(frame, value, seen!), initialize);
    }

    public override async Step<JsValue> StoreAsync(Frame frame, JsValue value, bool initialize)
    {
        RequireObject(frame, value);
        var seen = new HashSet<PropertyKey>();
        foreach (var property in _properties)
        {
            var key = property.ComputedKey is null ? property.Key : PropertyKey.Of(await property.ComputedKey.Step(frame));
            seen.Add(key);
            await property.Target.StoreAsync(frame, PropertyAccess.Get(frame.Realm, value, key, value), initialize);
        }

        if (_rest is not null)
            await _rest.StoreAsync(frame, Rest(frame, value, seen), initialize);
        return value;
    }

    private static JsValue Rest(Frame frame, JsValue value, HashSet<PropertyKey> seen)
    {
        var rest = frame.Realm.NewObject();
        ObjectCopy.OwnProperties(rest, Coerce.ToObject(frame.Realm, value), seen);
        return rest;
    }

    private void RequireObject(Frame frame, JsValue value)
    {
        if (!value.IsNullish)
            return;
        frame.Position = Position;
        var first = _properties.FirstOrDefault();
        throw JsThrow.Type(first is { ComputedKey: null }
            ? $"Cannot destructure property '{first.Key}' of '{Coerce.ToText(value)}' as it is {Coerce.ToText(value)}."
            : $"Cannot destructure '{Coerce.ToText(value)}' as it is {Coerce.ToText(value)}.");
    }
}

/// <summary>Copying of enumerable own properties, as spread and rest do.</summary>
internal static class ObjectCopy
{
    public static void OwnProperties(JsObject target, JsObject source, HashSet<PropertyKey>? except = null)
    {
        var keys = source.OwnKeys();
        source.Realm.Step(keys.Count);
        foreach (var key in keys)
        {
            if (except?.Contains(key) == true || !source.TryGetOwn(key, out var slot) || !slot.Enumerable)
                continue;
            target.PutPlain(key, slot.IsAccessor || source.IsProxy ? source.Get(key) : slot.Value);
        }
    }
}
