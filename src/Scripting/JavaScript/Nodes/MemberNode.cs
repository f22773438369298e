namespace Platform.Scripting.JavaScript;

/// <summary>An access that knows the object it is made on, so that calls can pass it as <c>this</c>.</summary>
internal abstract class AccessNode : TargetNode
{
    protected AccessNode(Node target)
    {
        Target = target;
        Suspends = target.Suspends;
    }

    public Node Target { get; }

    /// <summary>True for <c>?.</c>: the whole chain is undefined when the target is null or undefined.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Evaluates to the value and the object that it was read from.</summary>
    public abstract JsValue EvaluateWithReceiver(Frame frame, out JsValue receiver);

    public abstract Step<(JsValue Value, JsValue Receiver)> EvaluateWithReceiverAsync(Frame frame);

    public override JsValue Evaluate(Frame frame) => EvaluateWithReceiver(frame, out _);

    public override async Step<JsValue> EvaluateAsync(Frame frame) => (await EvaluateWithReceiverAsync(frame)).Value;

    /// <summary>The object and key of the access, evaluated once for operators that read and write.</summary>
    public abstract Reference Resolve(Frame frame);

    public abstract Step<Reference> ResolveAsync(Frame frame);

    public override void Store(Frame frame, JsValue value, bool initialize) => Resolve(frame).Set(frame, value);

    public override async Step<JsValue> StoreAsync(Frame frame, JsValue value, bool initialize)
    {
        (await ResolveAsync(frame)).Set(frame, value);
        return value;
    }

    /// <summary>Deletes the property; true when it is gone.</summary>
    public virtual bool Delete(Frame frame, JsValue target, PropertyKey key)
    {
        if (target.IsHole)
            return true;
        var holder = Coerce.ToObject(frame.Realm, target);
        return holder.Delete(key) ? true : throw JsThrow.Type($"Cannot delete property '{key}' of {Coerce.Describe(holder)}");
    }
}

/// <summary>A property that has been found but not yet read or written.</summary>
internal readonly struct Reference(JsValue target, JsValue key, JsValue receiver, int position)
{
    /// <summary>The key as a value when it is not converted yet, so that conversion happens when the language wants it.</summary>
    public JsValue Key { get; } = key;

    public JsValue Target { get; } = target;

    public JsValue Get(Frame frame)
    {
        frame.Position = position;
        return PropertyAccess.Get(frame.Realm, Target, PropertyKey.Of(Key), receiver);
    }

    public void Set(Frame frame, JsValue value)
    {
        frame.Position = position;
        PropertyAccess.Set(frame.Realm, Target, PropertyKey.Of(Key), receiver, value);
    }
}

/// <summary>Reading and writing properties of any value.</summary>
internal static class PropertyAccess
{
    public static JsValue Get(Realm realm, JsValue target, PropertyKey key, JsValue receiver)
    {
        if (target.IsObject)
        {
            if (key.IsPrivate)
                return GetPrivate(target.Object, key);
            return target.Object.Get(key, receiver);
        }

        if (target.IsHole)
            return target;
        if (target.IsString)
        {
            if (key.IsIndex)
                return key.Index < (uint)target.StringLength ? Realm.CharText(target.AsString()[(int)key.Index]) : JsValue.Undefined;
            if (key.Name is "length")
                return target.StringLength;
        }

        if (target.IsNullish)
            throw JsThrow.Type($"Cannot read properties of {Coerce.ToText(target)} (reading '{key}')");
        if (key.IsPrivate)
            throw JsThrow.Type($"Cannot read private member {key} from an object whose class did not declare it");
        return Coerce.PrototypeOf(realm, target).Get(key, target);
    }

    public static void Set(Realm realm, JsValue target, PropertyKey key, JsValue receiver, JsValue value)
    {
        if (target.IsNullish)
            throw JsThrow.Type($"Cannot set properties of {Coerce.ToText(target)} (setting '{key}')");
        if (key.IsPrivate)
        {
            SetPrivate(target, key, value);
            return;
        }

        if (!target.IsObject)
        {
            if (!Coerce.PrototypeOf(realm, target).Set(key, value, target))
                throw JsThrow.Type($"Cannot create property '{key}' on {Operators.TypeOf(target)} '{Coerce.ToText(target)}'");
            return;
        }

        if (!target.Object.Set(key, value, receiver))
            throw Refused(target.Object, key);
    }

    private static JsThrow Refused(JsObject target, PropertyKey key)
    {
        var found = target.TryGetOwn(key, out var slot);
        for (var p = target.GetPrototype(); !found && p is not null; p = p.GetPrototype())
            found = p.TryGetOwn(key, out slot);
        if (!found)
            return JsThrow.Type($"Cannot add property {key}, object is not extensible");
        return JsThrow.Type(slot.IsAccessor
            ? $"Cannot set property {key} of {Coerce.Describe(target)} which has only a getter"
            : $"Cannot assign to read only property '{key}' of object '{Coerce.Describe(target)}'");
    }

    private static JsValue GetPrivate(JsObject target, PropertyKey key)
    {
        if (!target.TryGetOwn(key, out var slot))
            throw JsThrow.Type($"Cannot read private member {key} from an object whose class did not declare it");
        if (!slot.IsAccessor)
            return slot.Value;
        return slot.Value.Accessor.Get is JsFunction getter
            ? getter.Call(target, [])
            : throw JsThrow.Type($"'{key}' was defined without a getter");
    }

    private static void SetPrivate(JsValue target, PropertyKey key, JsValue value)
    {
        if (!target.IsObject || !target.Object.TryGetOwn(key, out var slot))
            throw JsThrow.Type($"Cannot write private member {key} to an object whose class did not declare it");
        if (slot.IsAccessor)
        {
            if (slot.Value.Accessor.Set is not JsFunction setter)
                throw JsThrow.Type($"'{key}' was defined without a setter");
            setter.Call(target, [value]);
            return;
        }

        if (!slot.Writable)
            throw JsThrow.Type($"Private method '{key}' is not writable");
        target.Object.Define(key, new PropertyRequest { Value = value });
    }
}

/// <summary><c>target.name</c>.</summary>
internal sealed class MemberNode : AccessNode
{
    private const int MissesMax = 20;

    private readonly string _name;
    private PropertyCache? _cache;
    private int _misses;

    public MemberNode(Node target, string name)
        : base(target)
    {
        _name = name;
    }

    public string Name => _name;

    public override JsValue Evaluate(Frame frame) => Read(frame, Target.Evaluate(frame));

    public override JsValue EvaluateWithReceiver(Frame frame, out JsValue receiver)
    {
        receiver = Target.Evaluate(frame);
        return Read(frame, receiver);
    }

    public override async Step<(JsValue Value, JsValue Receiver)> EvaluateWithReceiverAsync(Frame frame)
    {
        var receiver = await Target.Step(frame);
        return (Read(frame, receiver), receiver);
    }

    public override Reference Resolve(Frame frame) => Reference(Target.Evaluate(frame));

    public override async Step<Reference> ResolveAsync(Frame frame) => Reference(await Target.Step(frame));

    public override void Store(Frame frame, JsValue value, bool initialize) => Write(frame, Target.Evaluate(frame), value);

    public JsValue Read(Frame frame, JsValue target)
    {
        if (target.IsObject)
        {
            if (_cache is { } cache && cache.TryRead(target.Object, out var value))
                return value;
            return ReadSlow(frame, target);
        }

        if (IsOptional && target.IsNullish)
            return JsValue.Hole;
        if (target.IsString && _name == "length")
            return target.StringLength;
        frame.Position = Position;
        return PropertyAccess.Get(frame.Realm, target, PropertyKey.Named(_name), target);
    }

    public void Write(Frame frame, JsValue target, JsValue value)
    {
        if (target.IsObject && _cache is { PrototypeShape: null } cache)
        {
            var holder = target.Object;
            if (ReferenceEquals(holder.Shape, cache.Shape) && !holder.Values[cache.Slot].IsInternal && IsWritable(cache, holder))
            {
                holder.Values[cache.Slot] = value;
                return;
            }
        }

        WriteSlow(frame, target, value);
    }

    private static bool IsWritable(PropertyCache cache, JsObject holder) =>
        (cache.Shape.FlagsAt(cache.Slot) & PropertyFlags.Writable) != PropertyFlags.None && !holder.IsWatched;

    private JsValue ReadSlow(Frame frame, JsValue target)
    {
        frame.Position = Position;
        var holder = target.Object;
        if (holder is JsArray array && _name == "length")
            return array.Length;
        var value = holder.Get(PropertyKey.Named(_name), target);
        Remember(holder);
        return value;
    }

    private void WriteSlow(Frame frame, JsValue target, JsValue value)
    {
        frame.Position = Position;
        PropertyAccess.Set(frame.Realm, target, PropertyKey.Named(_name), target, value);
        if (target.IsObject)
            Remember(target.Object);
    }

    private void Remember(JsObject holder)
    {
        // A place that sees many shapes gains nothing from remembering the last.
        if (_misses < MissesMax && PropertyCache.Find(holder, _name) is { } found)
        {
            _misses++;
            _cache = found;
        }
    }

    private Reference Reference(JsValue target) => new(target, _name, target, Position);
}

/// <summary><c>target[key]</c>.</summary>
internal sealed class IndexNode : AccessNode
{
    private readonly Node _key;

    public IndexNode(Node target, Node key)
        : base(target)
    {
        _key = key;
        Suspends = target.Suspends || key.Suspends;
    }

    public override JsValue EvaluateWithReceiver(Frame frame, out JsValue receiver)
    {
        receiver = Target.Evaluate(frame);
        if (receiver.IsHole || (IsOptional && receiver.IsNullish))
            return JsValue.Hole;
        return Read(frame, receiver, _key.Evaluate(frame));
    }

    public override async Step<(JsValue Value, JsValue Receiver)> EvaluateWithReceiverAsync(Frame frame)
    {
        var receiver = await Target.Step(frame);
        if (receiver.IsHole || (IsOptional && receiver.IsNullish))
            return (JsValue.Hole, receiver);
        return (Read(frame, receiver, await _key.Step(frame)), receiver);
    }

    public override Reference Resolve(Frame frame)
    {
        var target = Target.Evaluate(frame);
        return new Reference(target, target.IsHole ? default : _key.Evaluate(frame), target, Position);
    }

    public override async Step<Reference> ResolveAsync(Frame frame)
    {
        var target = await Target.Step(frame);
        return new Reference(target, target.IsHole ? default : await _key.Step(frame), target, Position);
    }

    public override void Store(Frame frame, JsValue value, bool initialize)
    {
        var target = Target.Evaluate(frame);
        Write(frame, target, _key.Evaluate(frame), value);
    }

    /// <summary>Writes an element; the way of arrays is short.</summary>
    public void Write(Frame frame, JsValue target, JsValue key, JsValue value)
    {
        if (key.IsNumber && target.IsObject && target.Object is JsArray array)
        {
            var index = (uint)key.Number;
            if (index == key.Number && (array.TrySetDense(index, value) || array.TryAppend(index, value)))
                return;
        }

        frame.Position = Position;
        if (target.IsNullish)
            throw JsThrow.Type($"Cannot set properties of {Coerce.ToText(target)} (setting '{PropertyKey.Of(key)}')");
        PropertyAccess.Set(frame.Realm, target, PropertyKey.Of(key), target, value);
    }

    public (JsValue Target, JsValue Key) Parts(Frame frame)
    {
        var target = Target.Evaluate(frame);
        return (target, _key.Evaluate(frame));
    }

    private JsValue Read(Frame frame, JsValue target, JsValue key)
    {
        if (key.IsNumber && target.IsObject && target.Object is JsArray array)
        {
            var index = (uint)key.Number;
            if (index == key.Number && array.TryGetDense(index, out var element))
                return element;
        }

        frame.Position = Position;
        if (target.IsNullish)
            throw JsThrow.Type($"Cannot read properties of {Coerce.ToText(target)} (reading '{PropertyKey.Of(key)}')");
        return PropertyAccess.Get(frame.Realm, target, PropertyKey.Of(key), target);
    }
}

/// <summary><c>target.#name</c>.</summary>
internal sealed class PrivateMemberNode(Node target, IdentifierNode name) : AccessNode(target)
{
    public override JsValue EvaluateWithReceiver(Frame frame, out JsValue receiver)
    {
        receiver = Target.Evaluate(frame);
        return Read(frame, receiver);
    }

    public override async Step<(JsValue Value, JsValue Receiver)> EvaluateWithReceiverAsync(Frame frame)
    {
        var receiver = await Target.Step(frame);
        return (Read(frame, receiver), receiver);
    }

    public override Reference Resolve(Frame frame) => Reference(frame, Target.Evaluate(frame));

    public override async Step<Reference> ResolveAsync(Frame frame) => Reference(frame, await Target.Step(frame));

    private Reference Reference(Frame frame, JsValue target) => new(target, name.Evaluate(frame), target, Position);

    private JsValue Read(Frame frame, JsValue target)
    {
        if (IsOptional && target.IsNullish)
            return JsValue.Hole;
        return Reference(frame, target).Get(frame);
    }
}

/// <summary><c>super.name</c> and <c>super[key]</c>: read from the prototype of the home object, with our own <c>this</c>.</summary>
internal sealed class SuperMemberNode : AccessNode
{
    private readonly Node _key;

    public SuperMemberNode(IdentifierNode self, Node key)
        : base(self)
    {
        _key = key;
        Suspends = key.Suspends;
    }

    public override JsValue EvaluateWithReceiver(Frame frame, out JsValue receiver)
    {
        receiver = Target.Evaluate(frame);
        return Reference(frame, receiver, _key.Evaluate(frame)).Get(frame);
    }

    public override async Step<(JsValue Value, JsValue Receiver)> EvaluateWithReceiverAsync(Frame frame)
    {
        var receiver = Target.Evaluate(frame);
        return (Reference(frame, receiver, await _key.Step(frame)).Get(frame), receiver);
    }

    public override Reference Resolve(Frame frame)
    {
        var receiver = Target.Evaluate(frame);
        return Reference(frame, receiver, _key.Evaluate(frame));
    }

    public override async Step<Reference> ResolveAsync(Frame frame)
    {
        var receiver = Target.Evaluate(frame);
        return Reference(frame, receiver, await _key.Step(frame));
    }

    private Reference Reference(Frame frame, JsValue receiver, JsValue key) =>
        new(JsValue.OfOrNull(frame.Function?.HomeObject?.GetPrototype()), key, receiver, Position);
}
