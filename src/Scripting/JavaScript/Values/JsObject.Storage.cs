namespace Platform.Scripting.JavaScript;

/// <summary>How an ordinary object keeps its properties: a shared shape first, an own table when it gets unusual.</summary>
internal partial class JsObject
{
    protected Dictionary<uint, PropertySlot>? Indexed => _indexed;

    /// <summary>The value in a slot of <see cref="Shape"/>; makes a lazy built-in. May be an accessor.</summary>
    public JsValue ReadSlot(int slot)
    {
        var value = _values[slot];
        if (!value.IsLazy)
            return value;
        var made = value.Lazy.Create(Realm, this);

        // Making it may have moved this object to its own table.
        if (_shape is not null)
            _values[slot] = made;
        return made;
    }

    /// <summary>Appends a property through a known transition; the caller has checked that the name is new.</summary>
    public void AddThrough(Shape next, JsValue value)
    {
        var slot = next.Count - 1;
        if (slot >= _values.Length)
            GrowValues();
        _values[slot] = value;
        _shape = next;
    }

    /// <summary>Creates or replaces a property of an object that is plain, as literals, spreading and JSON do.</summary>
    public void PutPlain(PropertyKey key, JsValue value)
    {
        if (!key.IsIndex && _shape is { } shape && !HasExoticNames && shape.Find(key.Name!) < 0)
            AddOwn(key, value, PropertyFlags.All);
        else
            CreateOwn(key, value);
    }

    internal void AddOwn(PropertyKey key, JsValue value, PropertyFlags flags)
    {
        NoteChange(key);
        if (key.IsIndex)
        {
            Realm.Allocate(50);
            (_indexed ??= [])[key.Index] = new PropertySlot(value, flags);
            return;
        }

        if (_shape is not null)
        {
            if (_shape.With(key.Name!, flags) is { } next)
            {
                AddThrough(next, value);
                return;
            }

            OwnMap();
        }

        Realm.Allocate(60);
        _map!.Add(key.Name!, value, flags);
    }

    /// <summary>Replaces the value of an own, writable data property. False sends the caller the long way round.</summary>
    protected virtual bool TryOverwrite(PropertyKey key, JsValue value)
    {
        if (IsWatched)
            NoteChange(key);
        if (key.IsIndex)
        {
            if (_indexed is null || !_indexed.TryGetValue(key.Index, out var slot))
                return false;
            _indexed[key.Index] = new PropertySlot(value, slot.Flags);
            return true;
        }

        var index = _shape is not null ? _shape.Find(key.Name!) : _map!.Find(key.Name!);
        if (index < 0)
            return false;
        if (_shape is not null)
            _values[index] = value;
        else
            _map!.At(index).Value = value;
        return true;
    }

    protected void AddIndexKeys(List<PropertyKey> keys)
    {
        if (_indexed is null)
            return;
        Realm.Step(_indexed.Count);
        var indices = _indexed.Keys.ToArray();
        Array.Sort(indices);
        foreach (var index in indices)
            keys.Add(new PropertyKey(index));
    }

    protected void AddNamedKeys(List<PropertyKey> keys)
    {
        var hasSymbols = false;
        foreach (var name in StoredNames())
        {
            if (name is string text)
                keys.Add(PropertyKey.Named(text));
            else
                hasSymbols = true;
        }

        if (!hasSymbols)
            return;
        foreach (var name in StoredNames())
        {
            if (name is JsSymbol { IsPrivate: false } symbol)
                keys.Add(PropertyKey.Of(symbol));
        }
    }

    /// <summary>Makes every property constant (and read-only when freezing), in one pass.</summary>
    public virtual bool Harden(bool freeze)
    {
        PreventExtensions();
        OwnMap().MaskFlags(entry => entry.Key is JsSymbol { IsPrivate: true } ? entry.Flags : Hardened(entry.Value, entry.Flags, freeze));
        if (_indexed is not null)
        {
            foreach (var key in _indexed.Keys.ToArray())
                _indexed[key] = new PropertySlot(_indexed[key].Value, Hardened(_indexed[key].Value, _indexed[key].Flags, freeze));
        }

        return true;
    }

    private static PropertyFlags Hardened(JsValue value, PropertyFlags flags, bool freeze)
    {
        flags &= ~PropertyFlags.Configurable;
        return freeze && !value.IsAccessor ? flags & ~PropertyFlags.Writable : flags;
    }

    protected static JsValue CallGetter(JsAccessor accessor, JsValue receiver) =>
        accessor.Get is JsFunction getter ? getter.Call(receiver, []) : JsValue.Undefined;

    protected static bool CallSetter(JsAccessor accessor, JsValue receiver, JsValue value)
    {
        if (accessor.Set is not JsFunction setter)
            return false;
        setter.Call(receiver, [value]);
        return true;
    }

    /// <summary>The end of an assignment: changes the receiver's own property or creates it.</summary>
    protected static bool SetOnReceiver(JsObject receiver, PropertyKey key, JsValue value)
    {
        if (!receiver.IsProxy && !receiver.HasExoticNames && !receiver.TryGetOwn(key, out _))
        {
            if (!receiver.IsExtensible)
                return false;
            if (key.IsIndex)
                return receiver.CreateOwn(key, value);
            receiver.AddOwn(key, value, PropertyFlags.All);
            return true;
        }

        if (receiver.TryGetOwn(key, out var existing))
        {
            if (existing.IsAccessor || !existing.Writable)
                return false;
            return receiver.Define(key, new PropertyRequest { Value = value });
        }

        return receiver.CreateOwn(key, value);
    }

    protected void NoteChange(PropertyKey key)
    {
        if (IsWatched && (ReferenceEquals(key.Name, JsSymbol.Iterator) || key.Name is "next"))
            Realm.ArrayIterationIsPatched = true;
    }

    private void Replace(PropertyKey key, JsValue value, PropertyFlags flags)
    {
        NoteChange(key);
        if (key.IsIndex)
        {
            _indexed![key.Index] = new PropertySlot(value, flags);
            return;
        }

        if (_shape is not null)
        {
            var slot = _shape.Find(key.Name!);
            if (_shape.FlagsAt(slot) == flags)
            {
                _values[slot] = value;
                return;
            }
        }

        var map = OwnMap();
        var index = map.Find(key.Name!);
        map.At(index).Value = value;
        map.At(index).Flags = flags;
    }

    /// <summary>Moves the named properties to an own table, where they can be deleted and change their flags.</summary>
    private PropertyMap OwnMap()
    {
        if (_map is not null)
            return _map;
        var map = new PropertyMap();
        var shape = _shape!;
        for (var i = 0; i < shape.Count; i++)
            map.Add(shape.KeyAt(i), _values[i], shape.FlagsAt(i));
        Realm.Allocate(100 + (shape.Count * 60L));
        _map = map;
        _shape = null;
        _values = [];
        return map;
    }

    private void GrowValues()
    {
        var size = _values.Length == 0 ? 4 : _values.Length * 2;
        Realm.Allocate((size - _values.Length) * 16L);
        Array.Resize(ref _values, size);
    }

    private IEnumerable<object> StoredNames()
    {
        if (_shape is { } shape)
        {
            for (var i = 0; i < shape.Count; i++)
                yield return shape.KeyAt(i);
            yield break;
        }

        foreach (var entry in _map!.Entries())
            yield return entry.Key!;
    }
}
