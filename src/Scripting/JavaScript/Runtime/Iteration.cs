namespace Platform.Scripting.JavaScript;

/// <summary>The iteration protocol.</summary>
internal static class Iteration
{
    public static JsObject GetIterator(Realm realm, JsValue source)
    {
        var method = source.IsNullish ? null : Coerce.AsMethod(PropertyAccess.Get(realm, source, JsSymbol.Iterator, source), JsSymbol.Iterator);
        if (method is null)
            throw JsThrow.Type($"{Shown(source)} is not iterable");
        var iterator = method.Call(source, []);
        return iterator.IsObject ? iterator.Object : throw JsThrow.Type("Result of the Symbol.iterator method is not an object");
    }

    public static JsObject GetAsyncIterator(Realm realm, JsValue source)
    {
        var method = source.IsNullish ? null : Coerce.AsMethod(PropertyAccess.Get(realm, source, JsSymbol.AsyncIterator, source), JsSymbol.AsyncIterator);
        if (method is null)
            return new JsAsyncFromSyncIterator(realm, GetIterator(realm, source));
        var iterator = method.Call(source, []);
        return iterator.IsObject ? iterator.Object : throw JsThrow.Type("Result of the Symbol.asyncIterator method is not an object");
    }

    /// <summary>Begins a loop over a value; arrays and strings with untouched iteration take a short way.</summary>
    public static LoopIterator Start(Realm realm, JsValue source)
    {
        if (source.IsObject && source.Object is JsArray array && IsPristine(realm, array))
            return new LoopIterator(realm, array);
        var iterator = GetIterator(realm, source);
        return new LoopIterator(realm, iterator, Coerce.ToFunction(iterator.Get("next")));
    }

    /// <summary>Calls a function for every value until it returns false; closes the iterator when it stops early.</summary>
    public static void Each(Realm realm, JsValue source, Func<JsValue, bool> visit)
    {
        var iterator = Start(realm, source);
        try
        {
            for (var item = iterator.Next(); !item.IsHole; item = iterator.Next())
            {
                realm.Step();
                if (visit(item))
                    continue;
                iterator.Close();
                return;
            }
        }
        catch (JsThrow error) when (!iterator.IsDone)
        {
            realm.Fix(error);
            iterator.CloseQuietly();
            throw;
        }
    }

    public static List<JsValue> ToList(Realm realm, JsValue source)
    {
        var items = new List<JsValue>();
        Each(realm, source, item =>
        {
            realm.Allocate(16);
            if (items.Count >= realm.Limits.ArrayLengthMax)
                throw realm.ArrayTooLong(items.Count + 1L);
            items.Add(item);
            return true;
        });
        return items;
    }

    public static void CloseQuietly(JsObject iterator)
    {
        var state = iterator.Realm.Save();
        try
        {
            iterator.GetMethod(PropertyKey.Named("return"))?.Call(iterator, []);
        }
        catch (JsThrow)
        {
            // The error that ended the iteration is the one to report.
            iterator.Realm.Restore(state);
        }
    }

    /// <summary>The <c>{ value, done }</c> that iterators return.</summary>
    public static JsObject Result(Realm realm, JsValue value, bool done) =>
        new(realm, realm.ObjectPrototype, realm.Shapes.IteratorResult, [value, done]);

    private static bool IsPristine(Realm realm, JsArray array) =>
        !realm.ArrayIterationIsPatched && ReferenceEquals(array.PrototypeSlot, realm.ArrayPrototype) && array.Shape is { Count: 0 };

    private static string Shown(JsValue source) => source.IsObject && source.Object is not JsFunction ? "object" : Coerce.Describe(source);
}

/// <summary>One running iteration; after the end and after closing it does nothing.</summary>
internal sealed class LoopIterator
{
    private readonly Realm _realm;
    private readonly JsArray? _array;
    private readonly JsObject? _iterator;
    private readonly JsFunction? _next;
    private uint _index;

    public LoopIterator(Realm realm, JsArray array)
    {
        _realm = realm;
        _array = array;
    }

    public LoopIterator(Realm realm, JsObject iterator, JsFunction next)
    {
        _realm = realm;
        _iterator = iterator;
        _next = next;
    }

    public bool IsDone { get; private set; }

    /// <summary>The next value, or a hole at the end.</summary>
    public JsValue Next()
    {
        if (IsDone)
            return JsValue.Hole;
        if (_array is not null)
            return NextElement(_array);

        // A throwing next() means the iterator is finished and must not be closed.
        IsDone = true;
        if (_iterator is JsListIterator list && list.IsPristine)
        {
            if (!list.TryNext(out var item))
                return JsValue.Hole;
            IsDone = false;
            return item;
        }

        var result = _next!.Call(_iterator!, []);
        if (!result.IsObject)
            throw JsThrow.Type($"Iterator result {Coerce.Describe(result)} is not an object");
        if (Coerce.ToBoolean(result.Object.Get("done")))
            return JsValue.Hole;
        var value = result.Object.Get("value");
        IsDone = false;
        return value;
    }

    /// <summary>Everything that is left, as an array.</summary>
    public JsArray Rest()
    {
        var rest = new JsArray(_realm);
        for (var item = Next(); !item.IsHole; item = Next())
        {
            _realm.Step();
            rest.Push(item);
        }

        return rest;
    }

    public void Close()
    {
        if (IsDone)
            return;
        IsDone = true;
        if (_iterator?.GetMethod(PropertyKey.Named("return")) is { } method && !method.Call(_iterator, []).IsObject)
            throw JsThrow.Type("The iterator's return method did not give an object");
    }

    public void CloseQuietly()
    {
        if (IsDone)
            return;
        IsDone = true;
        if (_iterator is not null)
            Iteration.CloseQuietly(_iterator);
    }

    private JsValue NextElement(JsArray array)
    {
        if (_index >= array.Length)
        {
            IsDone = true;
            return JsValue.Hole;
        }

        var index = _index++;
        return array.TryGetDense(index, out var value) ? value : array.Get(new PropertyKey(index));
    }
}
