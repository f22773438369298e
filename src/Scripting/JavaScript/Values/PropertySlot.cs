namespace Platform.Scripting.JavaScript;

/// <summary>One own property as read from an object: a value or an accessor, with its flags.</summary>
internal readonly struct PropertySlot(JsValue value, PropertyFlags flags)
{
    /// <summary>The value; for an accessor property the internal accessor value.</summary>
    public JsValue Value { get; } = value;

    public PropertyFlags Flags { get; } = flags;
    public bool IsAccessor => Value.IsAccessor;
    public bool Writable => (Flags & PropertyFlags.Writable) != PropertyFlags.None;
    public bool Enumerable => (Flags & PropertyFlags.Enumerable) != PropertyFlags.None;
    public bool Configurable => (Flags & PropertyFlags.Configurable) != PropertyFlags.None;
}

/// <summary>What <c>Object.defineProperty</c> asks for; absent parts are null or a hole.</summary>
internal struct PropertyRequest
{
    public PropertyRequest()
    {
        Value = JsValue.Hole;
        Get = JsValue.Hole;
        Set = JsValue.Hole;
        Writable = null;
        Enumerable = null;
        Configurable = null;
    }

    public JsValue Value { get; set; }
    public JsValue Get { get; set; }
    public JsValue Set { get; set; }
    public bool? Writable { get; set; }
    public bool? Enumerable { get; set; }
    public bool? Configurable { get; set; }

    public readonly bool IsAccessor => !Get.IsHole || !Set.IsHole;
    public readonly bool IsData => !Value.IsHole || Writable is not null;

    public static PropertyRequest ForValue(JsValue value, PropertyFlags flags) => new()
    {
        Value = value,
        Writable = (flags & PropertyFlags.Writable) != PropertyFlags.None,
        Enumerable = (flags & PropertyFlags.Enumerable) != PropertyFlags.None,
        Configurable = (flags & PropertyFlags.Configurable) != PropertyFlags.None,
    };

    public readonly PropertyFlags Flags(PropertyFlags current)
    {
        var flags = Merge(current, PropertyFlags.Enumerable, Enumerable);
        flags = Merge(flags, PropertyFlags.Configurable, Configurable);
        return IsAccessor ? flags & ~PropertyFlags.Writable : Merge(flags, PropertyFlags.Writable, Writable);
    }

    /// <summary>Whether the language lets an existing property change in this way.</summary>
    public readonly bool MayChange(PropertySlot current)
    {
        if (current.Configurable)
            return true;
        if (Configurable == true || (Enumerable is { } enumerable && enumerable != current.Enumerable))
            return false;
        if (!IsAccessor && !IsData)
            return true;
        if (IsAccessor != current.IsAccessor)
            return false;
        if (IsAccessor)
        {
            var accessor = current.Value.Accessor;
            return (Get.IsHole || ReferenceEquals(Get.IsUndefined ? null : Get.Reference, accessor.Get))
                && (Set.IsHole || ReferenceEquals(Set.IsUndefined ? null : Set.Reference, accessor.Set));
        }

        return current.Writable || (Writable != true && (Value.IsHole || Coerce.SameValue(Value, current.Value)));
    }

    /// <summary>The value to store when this request is applied over an existing property (or over nothing).</summary>
    public readonly JsValue Stored(PropertySlot? current)
    {
        if (IsAccessor)
        {
            var old = current is { IsAccessor: true } slot ? slot.Value.Accessor : null;
            var get = Get.IsHole ? old?.Get : Get.Reference as JsObject;
            var set = Set.IsHole ? old?.Set : Set.Reference as JsObject;
            return JsValue.Of(new JsAccessor(get, set));
        }

        if (!Value.IsHole)
            return Value;
        return current is { } known && (!known.IsAccessor || !IsData) ? known.Value : JsValue.Undefined;
    }

    private static PropertyFlags Merge(PropertyFlags flags, PropertyFlags flag, bool? wanted) => wanted switch
    {
        true => flags | flag,
        false => flags & ~flag,
        null => flags,
    };
}
