namespace Platform.Scripting.JavaScript;

/// <summary>A Map or Set: entries in insertion order that iterators may walk while it changes.</summary>
internal sealed class JsCollection(Realm realm, JsObject prototype, bool isMap) : JsObject(realm, prototype)
{
    private const int GapsMin = 32;

    private readonly Dictionary<JsValue, int> _index = new(SameValueZeroComparer.Instance);
    private readonly List<(JsValue Key, JsValue Value)> _entries = [];
    private int _gaps;

    public bool IsMap { get; } = isMap;

    public override string ClassName => IsMap ? "Map" : "Set";

    public int Count => _index.Count;

    /// <summary>The first position that is still kept; iterators that stand before it go on here.</summary>
    public int FirstPosition { get; private set; }

    /// <summary>The position after the last entry. Positions are never used again, so iterators may count on them.</summary>
    public int EndPosition => FirstPosition + _entries.Count;

    public (JsValue Key, JsValue Value) EntryAt(int position) => _entries[position - FirstPosition];

    public bool TryGet(JsValue key, out JsValue value)
    {
        if (_index.TryGetValue(key, out var position))
        {
            value = EntryAt(position).Value;
            return true;
        }

        value = default;
        return false;
    }

    public bool Has(JsValue key) => _index.ContainsKey(key);

    public void Put(JsValue key, JsValue value)
    {
        if (key.IsNumber && key.Number == 0)
            key = 0;
        if (_index.TryGetValue(key, out var position))
        {
            _entries[position - FirstPosition] = (EntryAt(position).Key, value);
            return;
        }

        Realm.CheckArrayLength(_entries.Count + 1);
        Realm.Allocate(88);
        _index.Add(key, EndPosition);
        _entries.Add((key, value));
    }

    public bool Remove(JsValue key)
    {
        if (!_index.Remove(key, out var position))
            return false;

        // A deleted entry stays as a gap, until it and everything before it is gone.
        _entries[position - FirstPosition] = (JsValue.Hole, JsValue.Undefined);
        _gaps++;
        if (_gaps > GapsMin && _gaps > _entries.Count / 2)
            DropLeadingGaps();
        return true;
    }

    public void Clear()
    {
        FirstPosition = EndPosition;
        _index.Clear();
        _entries.Clear();
        _gaps = 0;
    }

    public IEnumerable<(JsValue Key, JsValue Value)> Live()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (!_entries[i].Key.IsHole)
                yield return _entries[i];
        }
    }

    public override long Trace(MemoryTrace trace)
    {
        foreach (var (key, value) in _entries)
        {
            trace.Add(key);
            trace.Add(value);
        }

        return base.Trace(trace) + (_entries.Count * 88L);
    }

    // Queues delete what they added first; without this they would grow for ever.
    private void DropLeadingGaps()
    {
        var count = 0;
        while (count < _entries.Count && _entries[count].Key.IsHole)
            count++;
        if (count < GapsMin)
            return;
        _entries.RemoveRange(0, count);
        FirstPosition += count;
        _gaps -= count;
    }
}

/// <summary><c>Map</c> and <c>Set</c>.</summary>
internal static class CollectionBuiltins
{
    public static readonly BuiltinTemplate MapPrototype = new BuiltinTemplate("Map")
        .Link("constructor", IntrinsicId.Map)
        .Method("get", 1, (_, self, args) => Map(self, "get").TryGet(args.At(0), out var value) ? value : JsValue.Undefined)
        .Method("set", 2, (_, self, args) =>
        {
            Map(self, "set").Put(args.At(0), args.At(1));
            return self;
        })
        .Method("has", 1, (_, self, args) => Map(self, "has").Has(args.At(0)))
        .Method("delete", 1, (_, self, args) => Map(self, "delete").Remove(args.At(0)))
        .Method("clear", 0, (_, self, _) => Cleared(Map(self, "clear")))
        .Method("entries", 0, (realm, self, _) => Iterate(realm, Map(self, "entries"), ListIteratorKind.Entries))
        .Method("forEach", 1, (realm, self, args) => ForEach(realm, Map(self, "forEach"), args))
        .Method("keys", 0, (realm, self, _) => Iterate(realm, Map(self, "keys"), ListIteratorKind.Keys))
        .Getter("size", (_, self, _) => Map(self, "size").Count)
        .Method("values", 0, (realm, self, _) => Iterate(realm, Map(self, "values"), ListIteratorKind.Values))
        .Tag("Map")
        .Alias(JsSymbol.Iterator, "entries", IntrinsicId.MapPrototype);

    public static readonly BuiltinTemplate SetPrototype = new BuiltinTemplate("Set")
        .Link("constructor", IntrinsicId.Set)
        .Method("has", 1, (_, self, args) => Set(self, "has").Has(args.At(0)))
        .Method("add", 1, (_, self, args) =>
        {
            Set(self, "add").Put(args.At(0), args.At(0));
            return self;
        })
        .Method("delete", 1, (_, self, args) => Set(self, "delete").Remove(args.At(0)))
        .Method("clear", 0, (_, self, _) => Cleared(Set(self, "clear")))
        .Method("entries", 0, (realm, self, _) => Iterate(realm, Set(self, "entries"), ListIteratorKind.Entries))
        .Method("forEach", 1, (realm, self, args) => ForEach(realm, Set(self, "forEach"), args))
        .Getter("size", (_, self, _) => Set(self, "size").Count)
        .Method("values", 0, (realm, self, _) => Iterate(realm, Set(self, "values"), ListIteratorKind.Values))
        .Alias("keys", "values", IntrinsicId.SetPrototype)
        .Tag("Set")
        .Alias(JsSymbol.Iterator, "values", IntrinsicId.SetPrototype);

    public static readonly BuiltinTemplate SpeciesStatics = new BuiltinTemplate("Set")
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    public static readonly BuiltinTemplate MapStatics = new BuiltinTemplate("Map")
        .Method("groupBy", 2, GroupBy)
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    public static JsValue ConstructMap(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var map = new JsCollection(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.MapPrototype)), isMap: true);
        if (args.At(0).IsNullish)
            return map;
        var adder = Coerce.ToFunction(map.Get("set"));
        var isPlain = adder is JsBuiltinFunction;
        realm.PushRoot(map);
        Iteration.Each(realm, args[0], entry =>
        {
            if (!entry.IsObject)
                throw JsThrow.Type($"Iterator value {Coerce.Describe(entry)} is not an entry object");
            var (key, value) = (entry.Object.Get(new PropertyKey(0)), entry.Object.Get(new PropertyKey(1)));
            if (isPlain)
                map.Put(key, value);
            else
                adder.Call(map, [key, value]);
            return true;
        });
        realm.PopRoot();
        return map;
    }

    public static JsValue ConstructSet(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var set = new JsCollection(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.SetPrototype)), isMap: false);
        if (args.At(0).IsNullish)
            return set;
        var adder = Coerce.ToFunction(set.Get("add"));
        var isPlain = adder is JsBuiltinFunction;
        realm.PushRoot(set);
        Iteration.Each(realm, args[0], item =>
        {
            if (isPlain)
                set.Put(item, item);
            else
                adder.Call(set, [item]);
            return true;
        });
        realm.PopRoot();
        return set;
    }

    private static JsCollection Map(JsValue self, string method) => self.TryGetObject<JsCollection>(out var map) && map.IsMap
        ? map
        : throw JsThrow.Type($"Method Map.prototype.{method} called on incompatible receiver {Coerce.Describe(self)}");

    private static JsCollection Set(JsValue self, string method) => self.TryGetObject<JsCollection>(out var set) && !set.IsMap
        ? set
        : throw JsThrow.Type($"Method Set.prototype.{method} called on incompatible receiver {Coerce.Describe(self)}");

    private static JsValue Cleared(JsCollection collection)
    {
        collection.Clear();
        return JsValue.Undefined;
    }

    private static JsListIterator Iterate(Realm realm, JsCollection source, ListIteratorKind kind)
    {
        var prototype = source.IsMap ? IntrinsicId.MapIteratorPrototype : IntrinsicId.SetIteratorPrototype;
        return new JsListIterator(realm, prototype, position =>
        {
            position = Math.Max(position, source.FirstPosition);
            while (position < source.EndPosition && source.EntryAt(position).Key.IsHole)
            {
                realm.Step();
                position++;
            }

            if (position >= source.EndPosition)
                return (JsValue.Hole, position);
            var (key, value) = source.EntryAt(position);
            JsValue item = kind switch
            {
                ListIteratorKind.Keys => key,
                ListIteratorKind.Values => value,
                ListIteratorKind.Entries => new JsArray(realm, [key, value], 2),
            };
            return (item, position + 1);
        });
    }

    private static JsValue ForEach(Realm realm, JsCollection source, ReadOnlySpan<JsValue> args)
    {
        var callback = Coerce.ToFunction(args.At(0));
        var thisArgument = args.At(1);
        for (var i = source.FirstPosition; i < source.EndPosition; i++)
        {
            realm.Step();
            i = Math.Max(i, source.FirstPosition);
            if (i >= source.EndPosition)
                break;
            var (key, value) = source.EntryAt(i);
            if (!key.IsHole)
                callback.Call(thisArgument, [value, key, source]);
        }

        return JsValue.Undefined;
    }

    private static JsValue GroupBy(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var callback = Coerce.ToFunction(args.At(1));
        var result = new JsCollection(realm, realm.Intrinsic(IntrinsicId.MapPrototype), isMap: true);
        realm.PushRoot(result);
        var index = 0;
        Iteration.Each(realm, args.At(0), item =>
        {
            var key = callback.Call(JsValue.Undefined, [item, index++]);
            if (result.TryGet(key, out var group))
                ((JsArray)group.Object).Push(item);
            else
                result.Put(key, new JsArray(realm, [item], 1));
            return true;
        });
        realm.PopRoot();
        return result;
    }
}
