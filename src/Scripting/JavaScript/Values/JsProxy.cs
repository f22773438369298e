namespace Platform.Scripting.JavaScript;

/// <summary>The traps of a proxy, shared by the callable and the plain kind.</summary>
internal sealed class JsProxy : JsObject
{
    private JsObject? _target;
    private JsObject? _handler;

    private JsProxy(Realm realm, JsObject target, JsObject handler)
        : base(realm, null, isExotic: true)
    {
        _target = target;
        _handler = handler;
        Self = this;
    }

    /// <summary>The object that scripts see: this, or the function around it when the target can be called.</summary>
    public JsObject Self { get; private set; }

    public override bool IsProxy => true;

    public override bool HasExoticNames => true;

    public override string ClassName => LiveTarget.ClassName;

    public JsObject LiveTarget => _target ?? throw JsThrow.Type("Cannot perform operation on a proxy that has been revoked");

    public static JsProxy Create(Realm realm, JsValue target, JsValue handler)
    {
        if (!target.IsObject || !handler.IsObject)
            throw JsThrow.Type("Cannot create proxy with a non-object as target or handler");
        var proxy = new JsProxy(realm, target.Object, handler.Object);
        if (target.AsFunction() is { } function)
            proxy.Self = new JsProxyFunction(realm, proxy, function);
        return proxy;
    }

    public static JsProxy? Of(JsObject value) => value as JsProxy ?? (value as JsProxyFunction)?.Proxy;

    public void Revoke()
    {
        _target = null;
        _handler = null;
    }

    public override JsObject? GetPrototype()
    {
        if (Trap("getPrototypeOf") is not { } trap)
            return LiveTarget.GetPrototype();
        var result = Call(trap, LiveTarget);
        return result.IsObject || result.IsNull ? result.Reference as JsObject : throw JsThrow.Type("'getPrototypeOf' on proxy: trap returned neither object nor null");
    }

    public override bool SetPrototype(JsObject? prototype) => Trap("setPrototypeOf") is { } trap
        ? Coerce.ToBoolean(Call(trap, LiveTarget, JsValue.OfOrNull(prototype)))
        : LiveTarget.SetPrototype(prototype);

    public bool AskExtensible()
    {
        if (Trap("isExtensible") is not { } trap)
            return ReflectBuiltins.IsExtensible(LiveTarget);
        var result = Coerce.ToBoolean(Call(trap, LiveTarget));
        return result == ReflectBuiltins.IsExtensible(LiveTarget) ? result : throw JsThrow.Type("'isExtensible' on proxy: trap result does not reflect extensibility of proxy target");
    }

    public override bool PreventExtensions() => Trap("preventExtensions") is { } trap
        ? Coerce.ToBoolean(Call(trap, LiveTarget))
        : LiveTarget.PreventExtensions();

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (key.IsPrivate)
            return base.TryGetOwn(key, out slot);
        if (Trap("getOwnPropertyDescriptor") is not { } trap)
            return LiveTarget.TryGetOwn(key, out slot);
        var result = Call(trap, LiveTarget, key.ToValue());
        slot = default;
        if (result.IsUndefined)
        {
            if (LiveTarget.TryGetOwn(key, out var kept) && !kept.Configurable)
                throw JsThrow.Type($"'getOwnPropertyDescriptor' on proxy: trap returned undefined for property '{key}' which is non-configurable in the proxy target");
            return false;
        }

        var request = ObjectBuiltins.ToRequest(result);
        slot = new PropertySlot(request.Stored(null), request.Flags(PropertyFlags.None));
        return true;
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (key.IsPrivate)
            return base.Define(key, request);
        if (Trap("defineProperty") is not { } trap)
            return LiveTarget.Define(key, request);
        return Coerce.ToBoolean(Call(trap, LiveTarget, key.ToValue(), Descriptor(request)));
    }

    public override bool Has(PropertyKey key)
    {
        if (Trap("has") is not { } trap)
            return LiveTarget.Has(key);
        var result = Coerce.ToBoolean(Call(trap, LiveTarget, key.ToValue()));
        if (!result && LiveTarget.TryGetOwn(key, out var slot) && (!slot.Configurable || !ReflectBuiltins.IsExtensible(LiveTarget)))
            throw JsThrow.Type($"'has' on proxy: trap returned falsish for property '{key}' which exists in the proxy target as non-configurable");
        return result;
    }

    public override JsValue Get(PropertyKey key, JsValue receiver)
    {
        Realm.EnterNative();
        JsValue result;
        if (Trap("get") is { } trap)
        {
            result = Call(trap, LiveTarget, key.ToValue(), receiver);
            if (LiveTarget.TryGetOwn(key, out var slot) && !slot.Configurable && !slot.IsAccessor && !slot.Writable && !Coerce.SameValue(slot.Value, result))
                throw JsThrow.Type($"'get' on proxy: property '{key}' is a read-only and non-configurable data property on the proxy target but the proxy did not return its actual value");
        }
        else
        {
            result = LiveTarget.Get(key, receiver.IsObject && ReferenceEquals(receiver.Object, this) ? Self : receiver);
        }

        Realm.LeaveNative();
        return result;
    }

    public override bool TryGetOwnValue(PropertyKey key, JsValue receiver, out JsValue value)
    {
        value = Get(key, receiver);
        return true;
    }

    public override bool Set(PropertyKey key, JsValue value, JsValue receiver)
    {
        Realm.EnterNative();
        bool result;
        if (Trap("set") is { } trap)
        {
            result = Coerce.ToBoolean(Call(trap, LiveTarget, key.ToValue(), value, receiver));
            if (result && LiveTarget.TryGetOwn(key, out var slot) && !slot.Configurable && !slot.IsAccessor && !slot.Writable && !Coerce.SameValue(slot.Value, value))
                throw JsThrow.Type($"'set' on proxy: trap returned truish for property '{key}' which exists in the proxy target as a non-configurable and non-writable data property with a different value");
        }
        else
        {
            result = LiveTarget.Set(key, value, receiver);
        }

        Realm.LeaveNative();
        return result;
    }

    public override bool Delete(PropertyKey key)
    {
        if (Trap("deleteProperty") is not { } trap)
            return LiveTarget.Delete(key);
        var result = Coerce.ToBoolean(Call(trap, LiveTarget, key.ToValue()));
        if (result && LiveTarget.TryGetOwn(key, out var slot) && !slot.Configurable)
            throw JsThrow.Type($"'deleteProperty' on proxy: trap returned truish for property '{key}' which is non-configurable in the proxy target");
        return result;
    }

    public override List<PropertyKey> OwnKeys()
    {
        if (Trap("ownKeys") is not { } trap)
            return LiveTarget.OwnKeys();
        var result = Call(trap, LiveTarget);
        var keys = new List<PropertyKey>();
        foreach (var item in FunctionBuiltins.ArgumentList(Realm, result))
        {
            if (!item.IsString && !item.IsSymbol)
                throw JsThrow.Type($"{Coerce.Describe(item)} is not a valid property name");
            keys.Add(PropertyKey.Of(item));
        }

        return keys;
    }

    public override bool Harden(bool freeze)
    {
        if (!PreventExtensions())
            return false;
        foreach (var key in OwnKeys())
        {
            var isData = TryGetOwn(key, out var slot) && !slot.IsAccessor;
            if (!Define(key, new PropertyRequest { Configurable = false, Writable = freeze && isData ? false : null }))
                return false;
        }

        return true;
    }

    public JsFunction? Trap(string name)
    {
        if (_handler is null)
            throw JsThrow.Type($"Cannot perform '{name}' on a proxy that has been revoked");
        return _handler.GetMethod(PropertyKey.Named(name));
    }

    public JsValue Call(JsFunction trap, params ReadOnlySpan<JsValue> args) => trap.Call(_handler!, args);

    public override long Trace(MemoryTrace trace)
    {
        if (_target is not null)
            trace.Add(_target);
        if (_handler is not null)
            trace.Add(_handler);
        return base.Trace(trace);
    }

    private JsObject Descriptor(in PropertyRequest request)
    {
        var result = Realm.NewObject();
        if (!request.Value.IsHole)
            result.AddNamed("value", request.Value);
        if (request.Writable is { } writable)
            result.AddNamed("writable", writable);
        if (!request.Get.IsHole)
            result.AddNamed("get", request.Get);
        if (!request.Set.IsHole)
            result.AddNamed("set", request.Set);
        if (request.Enumerable is { } enumerable)
            result.AddNamed("enumerable", enumerable);
        if (request.Configurable is { } configurable)
            result.AddNamed("configurable", configurable);
        return result;
    }
}

/// <summary>A proxy that can be called; everything but calls goes to the plain proxy inside.</summary>
internal sealed class JsProxyFunction(Realm realm, JsProxy proxy, JsFunction target) : JsFunction(realm, null)
{
    public JsProxy Proxy { get; } = proxy;

    public override bool IsProxy => true;
    public override bool HasExoticNames => true;
    public override bool IsConstructor => target.IsConstructor;
    protected override string FunctionName => target.DisplayName;
    protected override int FunctionLength => 0;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        Realm.EnterNative();
        var live = Proxy.LiveTarget;
        var result = Proxy.Trap("apply") is { } trap
            ? Proxy.Call(trap, live, thisValue, new JsArray(Realm, args.ToArray(), args.Length))
            : target.Call(thisValue, args);
        Realm.LeaveNative();
        return result;
    }

    public override JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var live = Proxy.LiveTarget;
        if (Proxy.Trap("construct") is not { } trap)
            return target.Construct(args, ReferenceEquals(newTarget, this) ? target : newTarget);
        var result = Proxy.Call(trap, live, new JsArray(Realm, args.ToArray(), args.Length), newTarget);
        return result.IsObject ? result : throw JsThrow.Type("proxy [[Construct]] must return an object");
    }

    public override JsObject? GetPrototype() => Proxy.GetPrototype();
    public override bool SetPrototype(JsObject? prototype) => Proxy.SetPrototype(prototype);
    public override bool PreventExtensions() => Proxy.PreventExtensions();
    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot) => Proxy.TryGetOwn(key, out slot);
    public override bool Define(PropertyKey key, in PropertyRequest request) => Proxy.Define(key, request);
    public override bool Has(PropertyKey key) => Proxy.Has(key);
    public override JsValue Get(PropertyKey key, JsValue receiver) => Proxy.Get(key, receiver);

    public override bool TryGetOwnValue(PropertyKey key, JsValue receiver, out JsValue value) =>
        Proxy.TryGetOwnValue(key, receiver, out value);

    public override bool Set(PropertyKey key, JsValue value, JsValue receiver) => Proxy.Set(key, value, receiver);
    public override bool Delete(PropertyKey key) => Proxy.Delete(key);
    public override List<PropertyKey> OwnKeys() => Proxy.OwnKeys();
    public override bool Harden(bool freeze) => Proxy.Harden(freeze);
}
