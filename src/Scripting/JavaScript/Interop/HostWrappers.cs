using System.Collections;

namespace Platform.Scripting.JavaScript;

/// <summary>A host dictionary or object as an object of the script.</summary>
internal sealed class JsHostObject(Realm realm, HostMap map) : JsObject(realm, realm.ObjectPrototype, isExotic: true), IHostWrapper
{
    public object HostObject => map.Target;

    public override bool HasExoticNames => true;

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (key.IsSymbol)
            return base.TryGetOwn(key, out slot);
        if (map.TryGet(key.ToText(), out var value))
        {
            slot = new PropertySlot(value, map.IsReadOnly ? PropertyFlags.Enumerable | PropertyFlags.Configurable : PropertyFlags.All);
            return true;
        }

        slot = default;
        return false;
    }

    public override bool TryGetOwnValue(PropertyKey key, JsValue receiver, out JsValue value) =>
        key.IsSymbol ? base.TryGetOwnValue(key, receiver, out value) : map.TryGet(key.ToText(), out value);

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (key.IsSymbol)
            return base.Define(key, request);
        if (map.IsReadOnly || !IsExtensible)
            return false;
        if (request.IsAccessor)
            throw JsThrow.Type("Host objects cannot have accessors");
        var value = request.Value;
        if (!value.IsHole || !map.TryGet(key.ToText(), out _))
            HostCalls.Guard(Realm, () => map.Set(key.ToText(), value.IsHole ? JsValue.Undefined : value));
        return true;
    }

    public override bool Delete(PropertyKey key)
    {
        if (key.IsSymbol)
            return base.Delete(key);
        if (!map.TryGet(key.ToText(), out _))
            return true;
        return !map.IsReadOnly && map.Remove(key.ToText());
    }

    public override List<PropertyKey> OwnKeys()
    {
        var keys = new List<PropertyKey>();
        var indices = new List<uint>();
        foreach (var name in map.Names)
        {
            Realm.Step();
            var key = PropertyKey.Of(name);
            if (key.IsIndex)
                indices.Add(key.Index);
            else
                keys.Add(key);
        }

        indices.Sort();
        keys.InsertRange(0, indices.Select(i => new PropertyKey(i)));
        AddNamedKeys(keys);
        return keys;
    }

    public override bool Harden(bool freeze) => throw JsThrow.Type("Host objects cannot be frozen");

    protected override bool TryOverwrite(PropertyKey key, JsValue value)
    {
        if (key.IsSymbol)
            return base.TryOverwrite(key, value);
        HostCalls.Guard(Realm, () => map.Set(key.ToText(), value));
        return true;
    }
}

/// <summary>A host list as an array of the script.</summary>
internal sealed class JsHostList(Realm realm, HostList list) : JsObject(realm, realm.ArrayPrototype, isExotic: true), IHostWrapper
{
    public object HostObject => list.Target;

    public override string ClassName => "Array";

    public override bool HasExoticNames => true;

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (key.IsIndex)
        {
            if (key.Index < (uint)list.Count)
            {
                slot = new PropertySlot(list.Get((int)key.Index), list.IsReadOnly ? PropertyFlags.Enumerable : PropertyFlags.All);
                return true;
            }

            slot = default;
            return false;
        }

        if (key.Name is "length")
        {
            slot = new PropertySlot(list.Count, list.IsFixedSize ? PropertyFlags.None : PropertyFlags.Writable);
            return true;
        }

        return base.TryGetOwn(key, out slot);
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (!key.IsIndex && key.Name is not "length")
            return base.Define(key, request);
        var value = request.Value;
        if (request.IsAccessor || value.IsHole)
            return value.IsHole && !request.IsAccessor;
        if (key.Name is "length")
            return SetLength(Coerce.ToNumber(value));
        if (key.Index < (uint)list.Count)
            return !list.IsReadOnly && Guarded(() => list.Set((int)key.Index, value));
        return !list.IsFixedSize && SetLength(key.Index) && Guarded(() => list.Add(value));
    }

    public override bool Delete(PropertyKey key)
    {
        if (key.IsIndex)
            return key.Index >= (uint)list.Count || (!list.IsReadOnly && Guarded(() => list.Set((int)key.Index, JsValue.Undefined)));
        return key.Name is not "length" && base.Delete(key);
    }

    public override List<PropertyKey> OwnKeys()
    {
        var keys = new List<PropertyKey>();
        Realm.Step(list.Count / 8);
        for (uint i = 0; i < list.Count; i++)
            keys.Add(new PropertyKey(i));
        keys.Add(PropertyKey.Named("length"));
        AddNamedKeys(keys);
        return keys;
    }

    public override bool Harden(bool freeze) => throw JsThrow.Type("Host lists cannot be frozen");

    protected override bool TryOverwrite(PropertyKey key, JsValue value)
    {
        if (key.IsIndex)
            return Guarded(() => list.Set((int)key.Index, value));
        return key.Name is "length" ? SetLength(Coerce.ToNumber(value)) : base.TryOverwrite(key, value);
    }

    private bool SetLength(double length)
    {
        if (length == list.Count)
            return true;
        if (list.IsFixedSize)
            return false;
        Realm.CheckArrayLength(length);
        Realm.Step(Math.Abs(length - list.Count));
        while (list.Count > length)
            list.RemoveLast();
        while (list.Count < length)
            list.Add(JsValue.Null);
        return true;
    }

    private bool Guarded(Action change)
    {
        HostCalls.Guard(Realm, change);
        return true;
    }
}

/// <summary>Any other sequence of the host: scripts can iterate it.</summary>
internal sealed class JsHostEnumerable : JsObject, IHostWrapper
{
    public JsHostEnumerable(Realm realm, IEnumerable items)
        : base(realm, realm.ObjectPrototype)
    {
        HostObject = items;
        CreateOwn(JsSymbol.Iterator, new JsBuiltinFunction(realm, "[Symbol.iterator]", 0, (r, _, _) => Iterate(r, items)), PropertyFlags.Hidden);
    }

    public object HostObject { get; }

    private static JsListIterator Iterate(Realm realm, IEnumerable items)
    {
        var source = HostCalls.Guard(realm, items.GetEnumerator)!;
        return new JsListIterator(realm, IntrinsicId.ArrayIteratorPrototype, position =>
        {
            realm.Step();
            return HostCalls.Guard(realm, source.MoveNext) ? (HostValue.ToScript(realm, source.Current), position + 1) : (JsValue.Hole, position);
        });
    }
}

/// <summary>A function of the host.</summary>
internal sealed class JsHostFunctionObject(Realm realm, JsHostFunction function) : JsFunction(realm, realm.FunctionPrototype), IHostWrapper
{
    public object HostObject => function;

    protected override string FunctionName => function.Name;
    protected override int FunctionLength => function.Length;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        Realm.EnterNative();
        JsValue result;
        try
        {
            result = HostValue.ToScript(Realm, function.Callback(new JsArguments(Realm, args)));
        }
        catch (Exception exception) when (HostCalls.IsScriptVisible(Realm, exception))
        {
            throw JsThrow.Host(exception);
        }

        Realm.LeaveNative();
        return result;
    }
}

/// <summary>Calls into host code, whose exceptions become errors that scripts can catch.</summary>
internal static class HostCalls
{
    /// <summary>False for what must end the run: our own exceptions, limits and cancellation.</summary>
    public static bool IsScriptVisible(Realm realm, Exception exception) =>
        exception is not (JsThrow or JsLimitException or GeneratorReturn) && !(exception is OperationCanceledException && realm.Cancellation.IsCancellationRequested);

    public static void Guard(Realm realm, Action call) => Guard(realm, () =>
    {
        call();
        return true;
    });

    public static T Guard<T>(Realm realm, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (IsScriptVisible(realm, exception))
        {
            throw JsThrow.Host(exception is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : exception);
        }
    }
}
