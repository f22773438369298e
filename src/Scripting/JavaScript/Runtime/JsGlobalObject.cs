namespace Platform.Scripting.JavaScript;

/// <summary>
/// <c>globalThis</c>. Names that the script mentions live in the run's global slots; other names are ordinary properties, and
/// behind both stand the host's globals and the built-ins.
/// </summary>
internal sealed class JsGlobalObject(Realm realm) : JsObject(realm, realm.ObjectPrototype, isExotic: true)
{
    public override bool HasExoticNames => true;

    public override string ClassName => "global";

    /// <summary>A property that the script has put here itself, not counting the global slots.</summary>
    public bool TryGetOwnStored(string name, out JsValue value)
    {
        if (base.TryGetOwn(PropertyKey.Of(name), out var slot))
        {
            value = slot.IsAccessor ? CallGetter(slot.Value.Accessor, this) : slot.Value;
            return true;
        }

        value = default;
        return false;
    }

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (base.TryGetOwn(key, out slot))
            return true;
        if (key.Name is not string name)
            return false;
        var index = Realm.SlotOfGlobal(name);
        var value = index < 0 ? Realm.FindGlobal(name) : Realm.GlobalSlots[index] is { IsHole: false } known ? known : Realm.LoadGlobal(index);
        if (value.IsHole)
            return false;
        var isConstant = name is "undefined" or "NaN" or "Infinity";
        slot = new PropertySlot(value, isConstant ? PropertyFlags.None : PropertyFlags.Hidden);
        return true;
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (key.Name is string name && Realm.SlotOfGlobal(name) is var index and >= 0 && !request.IsAccessor)
        {
            Realm.SetGlobal(index, request.Stored(null));
            return true;
        }

        if (!base.TryGetOwn(key, out _) && TryGetOwn(key, out var inherited))
            AddOwn(key, inherited.Value, inherited.Flags);
        return base.Define(key, request);
    }

    public override bool Delete(PropertyKey key)
    {
        if (key.Name is string name && Realm.SlotOfGlobal(name) is var index and >= 0)
        {
            Realm.GlobalSlots[index] = JsValue.Hole;
            return true;
        }

        return base.Delete(key);
    }

    protected override bool TryOverwrite(PropertyKey key, JsValue value)
    {
        if (key.Name is string name && Realm.SlotOfGlobal(name) is var index and >= 0)
        {
            Realm.SetGlobal(index, value);
            return true;
        }

        return base.TryOverwrite(key, value);
    }
}
