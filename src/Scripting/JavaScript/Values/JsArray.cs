using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// An array. Elements live in one block with holes marked; an array that is far sparser than its length, or whose elements
/// got unusual flags, moves them to the table of an ordinary object.
/// </summary>
internal sealed class JsArray : JsObject
{
    private const int GapMax = 1024;
    private const int HoleyLengthMax = 100_000;

    private JsValue[]? _items;
    private int _count;
    private uint _sparseLength;
    private bool _lengthIsReadOnly;

    public JsArray(Realm realm, JsValue[] items, int count)
        : base(realm, realm.ArrayPrototype)
    {
        _items = items;
        _count = count;
        realm.Allocate(32 + (items.Length * 16L));
    }

    public JsArray(Realm realm)
        : this(realm, [], 0)
    {
    }

    public override string ClassName => "Array";

    public uint Length => _items is null ? _sparseLength : (uint)_count;

    public bool IsDense => _items is not null;

    /// <summary>The elements of a dense array; holes included.</summary>
    public ReadOnlySpan<JsValue> Items => _items.AsSpan(0, _count);

    /// <summary>The elements for in-place work; only for dense arrays that may be written.</summary>
    public Span<JsValue> WritableItems => _items.AsSpan(0, _count);

    public static JsArray From(Realm realm, List<JsValue> items)
    {
        var array = new JsArray(realm, [], 0);
        array.Reserve(items.Count);
        items.CopyTo(array._items!);
        array._count = items.Count;
        return array;
    }

    public static JsArray WithLength(Realm realm, uint length)
    {
        var array = new JsArray(realm);
        array.SetLength(length);
        return array;
    }

    /// <summary>Reads an element that exists in the block; false for holes and everything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetDense(uint index, out JsValue value)
    {
        if (index < (uint)_count)
        {
            value = _items![index];
            return !value.IsHole;
        }

        value = default;
        return false;
    }

    /// <summary>Writes an existing element or appends one; false sends the caller the long way round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySetDense(uint index, JsValue value)
    {
        if (index < (uint)_count && !_items![index].IsHole)
        {
            _items[index] = value;
            return true;
        }

        return false;
    }

    /// <summary>Fills a slot of the block, hole or not.</summary>
    public bool TrySetHole(uint index, JsValue value)
    {
        if (index >= (uint)_count)
            return false;
        _items![index] = value;
        return true;
    }

    public void Push(JsValue value)
    {
        if (_items is null || !IsExtensible || _lengthIsReadOnly)
        {
            PushSlow(value);
            return;
        }

        if (_count == _items.Length)
            Reserve(_count + 1L);
        _items[_count++] = value;
    }

    /// <summary>Appends when the index is the length; arrays with an unusual prototype go the long way round.</summary>
    public bool TryAppend(uint index, JsValue value)
    {
        if (_items is null || index != (uint)_count || _lengthIsReadOnly || !IsExtensible || !ReferenceEquals(PrototypeSlot, Realm.ArrayPrototype))
            return false;
        Push(value);
        return true;
    }

    public bool TryPop(out JsValue value)
    {
        value = default;
        if (_items is null || _lengthIsReadOnly || _count == 0 || _items[_count - 1].IsHole)
            return false;
        value = _items[--_count];
        _items[_count] = default;
        return true;
    }

    /// <summary>Replaces a range of a dense, changeable array. False when the general algorithm must be used.</summary>
    public bool TrySplice(int start, int deleteCount, ReadOnlySpan<JsValue> inserted)
    {
        if (_items is null || !IsExtensible || _lengthIsReadOnly)
            return false;
        var tail = _count - start - deleteCount;
        var newCount = start + (long)inserted.Length + tail;
        Realm.Step(1 + (tail / 16));
        Reserve(newCount);
        Array.Copy(_items, start + deleteCount, _items, start + inserted.Length, tail);
        inserted.CopyTo(_items.AsSpan(start));
        if (newCount < _count)
            Array.Clear(_items, (int)newCount, _count - (int)newCount);
        _count = (int)newCount;
        return true;
    }

    public override bool TryGetOwnValue(PropertyKey key, JsValue receiver, out JsValue value)
    {
        if (key.IsIndex && _items is not null)
            return TryGetDense(key.Index, out value);
        return base.TryGetOwnValue(key, receiver, out value);
    }

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (key.IsIndex && _items is not null)
        {
            if (TryGetDense(key.Index, out var value))
            {
                slot = new PropertySlot(value, PropertyFlags.All);
                return true;
            }

            slot = default;
            return false;
        }

        if (key.Name is "length")
        {
            slot = new PropertySlot(Length, _lengthIsReadOnly ? PropertyFlags.None : PropertyFlags.Writable);
            return true;
        }

        return base.TryGetOwn(key, out slot);
    }

    public override bool Set(PropertyKey key, JsValue value, JsValue receiver)
    {
        if (key.IsIndex && receiver.IsObject && ReferenceEquals(receiver.Object, this) && (TrySetDense(key.Index, value) || TryAppend(key.Index, value)))
            return true;
        return base.Set(key, value, receiver);
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (key.Name is "length")
            return DefineLength(request);
        if (!key.IsIndex)
            return base.Define(key, request);
        if (_items is not null && !TryDefineDense(key.Index, request, out var done))
            return done;
        if (_items is not null)
            return true;
        if (key.Index >= _sparseLength && _lengthIsReadOnly)
            return false;
        if (!base.Define(key, request))
            return false;
        if (key.Index >= _sparseLength)
            _sparseLength = key.Index + 1;
        return true;
    }

    public override bool Delete(PropertyKey key)
    {
        if (key.Name is "length")
            return false;
        if (!key.IsIndex || _items is null)
            return base.Delete(key);
        if (key.Index < (uint)_count)
            _items[key.Index] = JsValue.Hole;
        return true;
    }

    public override List<PropertyKey> OwnKeys()
    {
        var keys = new List<PropertyKey>();
        Realm.Step(_count / 8);
        for (var i = 0; i < _count; i++)
        {
            if (!_items![i].IsHole)
                keys.Add(new PropertyKey((uint)i));
        }

        AddIndexKeys(keys);
        keys.Add(PropertyKey.Named("length"));
        AddNamedKeys(keys);
        return keys;
    }

    public override bool Harden(bool freeze)
    {
        MakeSparse();
        if (freeze)
            _lengthIsReadOnly = true;
        return base.Harden(freeze);
    }

    public override bool PreventExtensions()
    {
        MakeSparse();
        return base.PreventExtensions();
    }

    public bool SetLength(uint length)
    {
        if (_lengthIsReadOnly)
            return length == Length;
        if (_items is null)
            return TruncateSparse(length);
        if (length <= (uint)_count)
        {
            Array.Clear(_items, (int)length, _count - (int)length);
            _count = (int)length;
            return true;
        }

        if (length - (uint)_count > HoleyLengthMax)
        {
            MakeSparse();
            _sparseLength = length;
            return true;
        }

        Reserve(length);
        Array.Fill(_items, JsValue.Hole, _count, (int)length - _count);
        _count = (int)length;
        return true;
    }

    public override long Trace(MemoryTrace trace)
    {
        foreach (var item in Items)
            trace.Add(item);
        return base.Trace(trace) + ((_items?.Length ?? 0) * 16L);
    }

    private void PushSlow(JsValue value)
    {
        Put(Length == uint.MaxValue ? PropertyKey.Named("4294967295") : new PropertyKey(Length), value);
    }

    private void Reserve(long count)
    {
        if (count <= _items!.Length)
            return;
        if (count > Realm.Limits.ArrayLengthMax)
            throw Realm.ArrayTooLong(count);
        var size = (int)Math.Min(Math.Max(count, Math.Max(4, _items.Length * 2L)), Realm.Limits.ArrayLengthMax);
        Realm.Allocate((size - _items.Length) * 16L);
        Array.Resize(ref _items, size);
    }

    // Returns true when the element was stored or this array has turned sparse, where the caller goes on.
    private bool TryDefineDense(uint index, in PropertyRequest request, out bool result)
    {
        result = false;
        var existing = TryGetDense(index, out var current);
        var plain = !request.IsAccessor && request.Flags(existing ? PropertyFlags.All : PropertyFlags.None) == PropertyFlags.All;
        if (!plain || index > _count + (long)GapMax)
        {
            MakeSparse();
            return true;
        }

        if (!existing && (!IsExtensible || (index >= (uint)_count && _lengthIsReadOnly)))
            return false;
        if (index >= (uint)_count)
        {
            Reserve(index + 1L);
            Array.Fill(_items!, JsValue.Hole, _count, (int)index - _count);
            _count = (int)index + 1;
        }

        _items![index] = request.Stored(existing ? new PropertySlot(current, PropertyFlags.All) : null);
        return true;
    }

    private bool DefineLength(in PropertyRequest request)
    {
        if (request.IsAccessor || request.Configurable == true || request.Enumerable == true)
            return false;
        if (!request.Value.IsHole)
        {
            var number = Coerce.ToNumber(request.Value);
            var length = Coerce.ToUint32(number);
            if (length != number)
                throw JsThrow.Range("Invalid array length");
            if (_lengthIsReadOnly && length != Length)
                return false;
            if (!SetLength(length))
                return false;
        }

        if (request.Writable == true && _lengthIsReadOnly)
            return false;
        _lengthIsReadOnly |= request.Writable == false;
        return true;
    }

    private bool TruncateSparse(uint length)
    {
        if (length < _sparseLength)
        {
            foreach (var index in (Indexed?.Keys ?? Enumerable.Empty<uint>()).Where(i => i >= length).OrderDescending().ToArray())
            {
                if (base.Delete(new PropertyKey(index)))
                    continue;
                _sparseLength = index + 1;
                return false;
            }
        }

        _sparseLength = length;
        return true;
    }

    private void MakeSparse()
    {
        if (_items is not { } items)
            return;
        var count = _count;
        _sparseLength = (uint)count;
        _items = null;
        _count = 0;
        for (var i = 0; i < count; i++)
        {
            if (!items[i].IsHole)
                AddOwn(new PropertyKey((uint)i), items[i], PropertyFlags.All);
        }
    }
}
