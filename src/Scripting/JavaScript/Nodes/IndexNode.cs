namespace Platform.Scripting.JavaScript;

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
