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
