namespace Platform.Scripting.JavaScript;

/// <summary>The property table of an object that has too many, too unusual or deleted names for a shared <see cref="Shape"/>.</summary>
internal sealed class PropertyMap
{
    private readonly Dictionary<object, int> _slots = [];
    private Entry[] _entries = new Entry[8];
    private int _used;

    public int Count => _slots.Count;

    public int Find(object key) => _slots.TryGetValue(key, out var slot) ? slot : -1;

    public ref Entry At(int slot) => ref _entries[slot];

    public void Add(object key, JsValue value, PropertyFlags flags)
    {
        if (_used == _entries.Length)
            Grow();
        _slots.Add(key, _used);
        _entries[_used++] = new Entry { Key = key, Value = value, Flags = flags };
    }

    public void Remove(object key)
    {
        if (_slots.Remove(key, out var slot))
            _entries[slot] = default;
    }

    /// <summary>The live entries in the order in which they were added.</summary>
    public IEnumerable<Entry> Entries()
    {
        for (var i = 0; i < _used; i++)
        {
            if (_entries[i].Key is not null)
                yield return _entries[i];
        }
    }

    /// <summary>Changes the flags of every entry, as freezing and sealing do.</summary>
    public void MaskFlags(Func<Entry, PropertyFlags> change)
    {
        for (var i = 0; i < _used; i++)
        {
            if (_entries[i].Key is not null)
                _entries[i].Flags = change(_entries[i]);
        }
    }

    private void Grow()
    {
        if (_slots.Count > _used / 2)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
            return;
        }

        // Mostly deleted entries: close the gaps instead of growing.
        var write = 0;
        for (var read = 0; read < _used; read++)
        {
            if (_entries[read].Key is not { } key)
                continue;
            _slots[key] = write;
            _entries[write++] = _entries[read];
        }

        Array.Clear(_entries, write, _used - write);
        _used = write;
    }

    internal struct Entry
    {
        public object? Key;
        public JsValue Value;
        public PropertyFlags Flags;
    }
}
