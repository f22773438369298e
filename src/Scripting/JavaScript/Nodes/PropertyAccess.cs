namespace Platform.Scripting.JavaScript;

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
