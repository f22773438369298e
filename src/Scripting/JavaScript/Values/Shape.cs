namespace Platform.Scripting.JavaScript;

/// <summary>What may be done with a property.</summary>
[Flags]
internal enum PropertyFlags : byte
{
    None = 0,
    Writable = 1,
    Enumerable = 2,
    Configurable = 4,

    /// <summary>What an assignment creates.</summary>
    All = Writable | Enumerable | Configurable,

    /// <summary>What built-in and class methods have.</summary>
    Hidden = Writable | Configurable,
}

/// <summary>
/// The ordered property names of an object, shared by all objects that got the same names in the same order. Immutable, so a
/// place in a script may remember "objects of this shape keep that name in slot 3". A tree of shapes belongs to one script
/// (or to the built-ins) and stops growing at <see cref="TreeSizeMax"/>: then objects keep their own table.
/// </summary>
internal sealed class Shape
{
    public const int PropertyCountMax = 64;
    private const int TreeSizeMax = 2000;

    private readonly Shape? _parent;
    private readonly ShapeTree _tree;
    private readonly object? _key;
    private readonly PropertyFlags _flags;
    private Shape? _lastTransition;
    private Dictionary<(object Key, PropertyFlags Flags), Shape>? _transitions;
    private object[]? _keys;
    private PropertyFlags[]? _allFlags;
    private byte[]? _buckets;

    private Shape(Shape? parent, ShapeTree tree, object? key, PropertyFlags flags)
    {
        _parent = parent;
        _tree = tree;
        _key = key;
        _flags = flags;
        Count = parent is null ? 0 : parent.Count + 1;
    }

    public int Count { get; }

    public static Shape NewRoot() => new(null, new ShapeTree(), null, PropertyFlags.None);

    /// <summary>Lets the tree grow no further: objects of this shape that change keep their own table.</summary>
    public void Seal() => _tree.Size = TreeSizeMax;

    public object KeyAt(int slot) => Keys()[slot];

    public PropertyFlags FlagsAt(int slot)
    {
        Keys();
        return _allFlags![slot];
    }

    /// <summary>The slot of a name, or -1.</summary>
    public int Find(object key)
    {
        if (Count == 0)
            return -1;
        var keys = Keys();
        if (_buckets is { } buckets)
        {
            var mask = buckets.Length - 1;
            for (var i = Hash(key) & mask; buckets[i] != 0; i = (i + 1) & mask)
            {
                if (PropertyKey.KeyEquals(keys[buckets[i] - 1], key))
                    return buckets[i] - 1;
            }

            return -1;
        }

        // Names in scripts are interned, so identity nearly always decides.
        for (var i = 0; i < keys.Length; i++)
        {
            if (ReferenceEquals(keys[i], key))
                return i;
        }

        if (key is not string text)
            return -1;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is string other && other == text)
                return i;
        }

        return -1;
    }

    /// <summary>The shape with one more name, or null when the tree is full and the object should keep its own table.</summary>
    public Shape? With(object key, PropertyFlags flags)
    {
        if (_lastTransition is { } last && last._flags == flags && PropertyKey.KeyEquals(last._key, key))
            return last;
        if (Count >= PropertyCountMax)
            return null;
        lock (_tree)
        {
            if (_transitions?.TryGetValue((key, flags), out var known) == true)
                return known;
            if (_tree.Size >= TreeSizeMax)
                return null;
            _tree.Size++;
            var next = new Shape(this, _tree, key, flags);
            (_transitions ??= [])[(key, flags)] = next;
            _lastTransition = next;
            return next;
        }
    }

    private object[] Keys()
    {
        if (Volatile.Read(ref _keys) is { } ready)
            return ready;
        var keys = new object[Count];
        var flags = new PropertyFlags[Count];
        for (var shape = this; shape._parent is not null; shape = shape._parent)
        {
            keys[shape.Count - 1] = shape._key!;
            flags[shape.Count - 1] = shape._flags;
        }

        if (Count > 8)
            _buckets = BuildBuckets(keys);
        _allFlags = flags;
        Volatile.Write(ref _keys, keys);
        return keys;
    }

    private static byte[] BuildBuckets(object[] keys)
    {
        var size = 32;
        while (size < keys.Length * 2)
            size *= 2;
        var buckets = new byte[size];
        for (var slot = 0; slot < keys.Length; slot++)
        {
            var i = Hash(keys[slot]) & (size - 1);
            while (buckets[i] != 0)
                i = (i + 1) & (size - 1);
            buckets[i] = (byte)(slot + 1);
        }

        return buckets;
    }

    // Three characters and the length: at most 64 names are told apart here, so a full hash would cost more than it saves.
    private static int Hash(object key)
    {
        if (key is not string { Length: > 0 } text)
            return key.GetHashCode();
        return (text.Length * 31) ^ (text[0] * 7) ^ (text[^1] * 61) ^ (text[text.Length / 2] * 17);
    }

    private sealed class ShapeTree
    {
        public int Size;
    }
}
