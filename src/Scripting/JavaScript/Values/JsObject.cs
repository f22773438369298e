using System.Diagnostics.CodeAnalysis;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// An object of the script. This type is the ordinary object; arrays, functions, proxies and host values override the
/// operations that the language lets them change.
/// </summary>
internal partial class JsObject
{
    private Shape? _shape;
    private JsValue[] _values;
    private PropertyMap? _map;
    private Dictionary<uint, PropertySlot>? _indexed;
    private JsObject? _prototype;

    public JsObject(Realm realm, JsObject? prototype)
        : this(realm, prototype, realm.Shapes.Root, [])
    {
    }

    /// <summary>An object that has names of its own besides its shape; see <see cref="HasExoticNames"/>.</summary>
    protected JsObject(Realm realm, JsObject? prototype, bool isExotic)
        : this(realm, prototype, isExotic ? realm.Shapes.Exotic : realm.Shapes.Root, [])
    {
    }

    public JsObject(Realm realm, JsObject? prototype, Shape shape, JsValue[] values)
    {
        Realm = realm;
        _prototype = prototype;
        _shape = shape;
        _values = values;
        IsExtensible = true;
        realm.Allocate(64 + (values.Length * 16));
    }

    public Realm Realm { get; }

    /// <summary>The shared shape, or null when this object keeps its own table. Read by inline caches.</summary>
    public Shape? Shape => _shape;

    /// <summary>The values behind <see cref="Shape"/>, by slot.</summary>
    public JsValue[] Values => _values;

    public JsObject? PrototypeSlot => _prototype;

    /// <summary>Set on the prototypes that array iteration depends on; see <see cref="Realm.ArrayIterationIsPatched"/>.</summary>
    public bool IsWatched { get; set; }

    public bool IsExtensible { get; protected set; }

    /// <summary>The word between the brackets of Object.prototype.toString.</summary>
    public virtual string ClassName => "Object";

    /// <summary>True when names of this object are not all in <see cref="Shape"/>, so that absence must not be cached.</summary>
    public virtual bool HasExoticNames => false;

    /// <summary>True for proxies, whose traps replace the walk along the prototype chain.</summary>
    public virtual bool IsProxy => false;

    public virtual JsObject? GetPrototype() => _prototype;

    public virtual bool SetPrototype(JsObject? prototype)
    {
        if (ReferenceEquals(prototype, _prototype))
            return true;
        if (!IsExtensible)
            return false;
        for (var p = prototype; p is { IsProxy: false }; p = p._prototype)
        {
            Realm.Step();
            if (ReferenceEquals(p, this))
                return false;
        }

        if (IsWatched)
            Realm.ArrayIterationIsPatched = true;
        _prototype = prototype;
        return true;
    }

    public virtual bool PreventExtensions()
    {
        IsExtensible = false;
        return true;
    }

    public JsValue Get(PropertyKey key) => Get(key, this);

    public JsValue Get(string name) => Get(PropertyKey.Named(name), this);

    public virtual JsValue Get(PropertyKey key, JsValue receiver)
    {
        for (var o = this; o is not null; o = o._prototype)
        {
            if (o.IsProxy && !ReferenceEquals(o, this))
                return o.Get(key, receiver);
            if (o.TryGetOwnValue(key, receiver, out var value))
                return value;
            if (o._prototype is not null)
                Realm.StepChain();
        }

        return JsValue.Undefined;
    }

    /// <summary>Reads an own property, calling its getter for <paramref name="receiver"/>.</summary>
    public virtual bool TryGetOwnValue(PropertyKey key, JsValue receiver, out JsValue value)
    {
        if (!TryGetOwn(key, out var slot))
        {
            value = default;
            return false;
        }

        value = slot.IsAccessor ? CallGetter(slot.Value.Accessor, receiver) : slot.Value;
        return true;
    }

    public virtual bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (key.IsIndex)
        {
            if (_indexed is not null && _indexed.TryGetValue(key.Index, out slot))
                return true;
            slot = default;
            return false;
        }

        if (_shape is { } shape)
        {
            var index = shape.Find(key.Name!);
            if (index >= 0)
            {
                slot = new PropertySlot(ReadSlot(index), shape.FlagsAt(index));
                return true;
            }
        }
        else
        {
            var index = _map!.Find(key.Name!);
            if (index >= 0)
            {
                ref var entry = ref _map.At(index);
                if (entry.Value.IsLazy)
                    entry.Value = entry.Value.Lazy.Create(Realm, this);
                slot = new PropertySlot(_map.At(index).Value, _map.At(index).Flags);
                return true;
            }
        }

        slot = default;
        return false;
    }

    public virtual bool Has(PropertyKey key)
    {
        for (var o = this; o is not null; o = o._prototype)
        {
            if (o.IsProxy && !ReferenceEquals(o, this))
                return o.Has(key);
            if (o.TryGetOwn(key, out _))
                return true;
            Realm.StepChain();
        }

        return false;
    }

    public bool HasOwn(PropertyKey key) => TryGetOwn(key, out _);

    public bool Set(PropertyKey key, JsValue value) => Set(key, value, this);

    public virtual bool Set(PropertyKey key, JsValue value, JsValue receiver)
    {
        for (var o = this; o is not null; o = o._prototype)
        {
            if (o.IsProxy && !ReferenceEquals(o, this))
                return o.Set(key, value, receiver);
            if (!o.TryGetOwn(key, out var slot))
            {
                Realm.StepChain();
                continue;
            }

            if (slot.IsAccessor)
                return CallSetter(slot.Value.Accessor, receiver, value);
            if (!slot.Writable)
                return false;
            if (receiver.IsObject && ReferenceEquals(receiver.Object, o) && o.TryOverwrite(key, value))
                return true;
            break;
        }

        return receiver.IsObject && SetOnReceiver(receiver.Object, key, value);
    }

    /// <summary>Sets, and throws a TypeError when the object does not let itself be changed.</summary>
    public void Put(PropertyKey key, JsValue value)
    {
        if (!Set(key, value, this))
            throw JsThrow.Type($"Cannot assign to read only property '{key}' of object '{Coerce.Describe(this)}'");
    }

    public void Put(string name, JsValue value) => Put(PropertyKey.Named(name), value);

    /// <summary>Creates or replaces an own property as literals and built-ins do.</summary>
    public bool CreateOwn(PropertyKey key, JsValue value, PropertyFlags flags = PropertyFlags.All) =>
        Define(key, PropertyRequest.ForValue(value, flags));

    /// <summary>Adds a property that is known not to exist, without asking anybody.</summary>
    public void AddNamed(string name, JsValue value, PropertyFlags flags = PropertyFlags.All) => AddOwn(PropertyKey.Named(name), value, flags);

    public virtual bool Delete(PropertyKey key)
    {
        if (!TryGetOwn(key, out var slot))
            return true;
        if (!slot.Configurable)
            return false;
        NoteChange(key);
        if (key.IsIndex)
            _indexed!.Remove(key.Index);
        else
            OwnMap().Remove(key.Name!);
        return true;
    }

    public virtual bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (!TryGetOwn(key, out var current))
        {
            if (!IsExtensible && !key.IsPrivate)
                return false;
            AddOwn(key, request.Stored(null), request.Flags(PropertyFlags.None));
            return true;
        }

        if (!request.MayChange(current))
            return false;
        var flags = current.Flags;
        if (request.IsAccessor != current.IsAccessor && (request.IsAccessor || request.IsData))
            flags &= ~PropertyFlags.Writable;
        Replace(key, request.Stored(current), request.Flags(flags));
        return true;
    }

    /// <summary>The own keys in the language's order: indices ascending, then texts, then symbols; never private names.</summary>
    public virtual List<PropertyKey> OwnKeys()
    {
        var keys = new List<PropertyKey>();
        AddIndexKeys(keys);
        AddNamedKeys(keys);
        return keys;
    }

    public JsValue Invoke(string name, params ReadOnlySpan<JsValue> arguments)
    {
        var function = Get(PropertyKey.Named(name)).AsFunction() ?? throw JsThrow.Type($"{name} is not a function");
        return function.Call(this, arguments);
    }

    /// <summary>The method of that name, or null when it is undefined or null.</summary>
    public JsFunction? GetMethod(PropertyKey key) => Coerce.AsMethod(Get(key), key);

    /// <summary>The objects and texts that this object keeps alive, for the memory estimate.</summary>
    public virtual long Trace(MemoryTrace trace)
    {
        long bytes = 64 + (_values.Length * 16L);
        foreach (var value in _values)
            trace.Add(value);
        if (_map is not null)
        {
            bytes += 100 + (_map.Count * 60L);
            foreach (var entry in _map.Entries())
                trace.Add(entry.Value);
        }

        if (_indexed is not null)
        {
            bytes += 100 + (_indexed.Count * 50L);
            foreach (var entry in _indexed.Values)
                trace.Add(entry.Value);
        }

        if (_prototype is not null)
            trace.Add(_prototype);
        return bytes;
    }

    public override string ToString() => Coerce.Describe(this);

    [DoesNotReturn]
    protected static void ThrowNotImplemented(string what) => throw JsThrow.Type($"{what} is not supported");
}
