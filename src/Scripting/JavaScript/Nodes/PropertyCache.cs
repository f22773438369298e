namespace Platform.Scripting.JavaScript;

/// <summary>
/// What one place in a script remembers about the last object it saw: objects of <see cref="Shape"/> keep the name in
/// <see cref="Slot"/>, of themselves or (with <see cref="PrototypeShape"/>) of their prototype. Immutable, because runs on
/// several threads share the place.
/// </summary>
internal sealed class PropertyCache(Shape shape, int slot, Shape? prototypeShape)
{
    public Shape Shape { get; } = shape;
    public int Slot { get; } = slot;
    public Shape? PrototypeShape { get; } = prototypeShape;

    /// <summary>Finds where an object keeps a name, if that can be remembered.</summary>
    public static PropertyCache? Find(JsObject target, string name)
    {
        if (target.Shape is not { } shape || target.HasExoticNames || target.IsProxy)
            return null;
        var slot = shape.Find(name);
        if (slot >= 0)
            return new PropertyCache(shape, slot, null);
        if (target.PrototypeSlot is not { Shape: { } prototypeShape, HasExoticNames: false, IsProxy: false } prototype)
            return null;
        slot = prototypeShape.Find(name);
        if (slot < 0)
            return null;
        prototype.ReadSlot(slot);
        return ReferenceEquals(prototype.Shape, prototypeShape) ? new PropertyCache(shape, slot, prototypeShape) : null;
    }

    public bool TryRead(JsObject target, out JsValue value)
    {
        if (ReferenceEquals(target.Shape, Shape))
        {
            if (PrototypeShape is null)
            {
                value = target.Values[Slot];
                return !value.IsInternal;
            }

            if (target.PrototypeSlot is { } prototype && ReferenceEquals(prototype.Shape, PrototypeShape))
            {
                value = prototype.Values[Slot];
                return !value.IsInternal;
            }
        }

        value = default;
        return false;
    }
}
