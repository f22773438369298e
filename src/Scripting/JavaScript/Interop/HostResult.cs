namespace Platform.Scripting.JavaScript;

/// <summary>
/// Turns objects of a run into host objects: dictionaries and lists for objects and arrays, the wrapped instance for wrappers.
/// An object that is met twice becomes the same host object twice.
/// </summary>
internal sealed class HostResult(Realm realm)
{
    private readonly Dictionary<JsObject, object?> _seen = new(ReferenceEqualityComparer.Instance);

    public object? Convert(JsObject value)
    {
        if (_seen.TryGetValue(value, out var known))
            return known;
        realm.EnterNative();
        var result = ConvertNew(value);
        realm.LeaveNative();
        return result;
    }

    private object? ConvertNew(JsObject value)
    {
        switch (value)
        {
            case IHostWrapper wrapper:
                return wrapper.HostObject;
            case JsArray array:
                return List(array, array.Length);
            case JsDate date:
                return double.IsNaN(date.Time) ? null : ToDate(date.Time);
            case JsCollection collection:
                return Collection(collection);
            case JsTypedArray { Kind: TypedArrayKind.Uint8 or TypedArrayKind.Uint8Clamped } bytes:
                return bytes.Length == bytes.Buffer.Bytes.Length ? bytes.Buffer.Bytes : bytes.Bytes.ToArray();
            case JsTypedArray typed:
                return List(typed, typed.Length);
            case JsArrayBuffer buffer:
                return buffer.Bytes;
            case JsWrapper wrapper:
                return HostValue.ToHost(realm, wrapper.Primitive);
            case JsRegExp:
                return Coerce.ToText(value);
            case JsPromise promise:
                return promise.State == PromiseState.Fulfilled ? Item(promise.Result) : null;
            case JsFunction function:
                return new Func<object?[], object?>(new ScriptCallback(function).Invoke);
            case JsError error:
                return Error(error);
            default:
                return Coerce.IsArray(value) ? List(value, Coerce.LengthOf(value)) : Properties(value);
        }
    }

    private static DateTimeOffset ToDate(double time) => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(time, -62135596800000d, 253402300799999d));

    private object? Item(JsValue value) => value.IsObject ? Convert(value.Object) : HostValue.ToHost(realm, value);

    private List<object?> List(JsObject source, double length)
    {
        realm.CheckArrayLength(length);
        realm.Allocate((long)length * 16);
        var list = new List<object?>((int)length);
        _seen[source] = list;
        for (var i = 0; i < length; i++)
        {
            realm.Step();
            list.Add(Item(source.Get(new PropertyKey((uint)i))));
        }

        return list;
    }

    private object Collection(JsCollection source)
    {
        if (!source.IsMap)
        {
            var list = new List<object?>(source.Count);
            _seen[source] = list;
            foreach (var (key, _) in source.Live())
                list.Add(Item(key));
            return list;
        }

        var map = new Dictionary<string, object?>(source.Count);
        _seen[source] = map;
        foreach (var (key, value) in source.Live())
            map[key.IsSymbol ? key.Symbol.ToString() : Coerce.ToText(key)] = Item(value);
        return map;
    }

    private Dictionary<string, object?> Error(JsError error)
    {
        var map = new Dictionary<string, object?>();
        _seen[error] = map;
        map["name"] = Item(error.Get("name"));
        map["message"] = Item(error.Get("message"));
        AddProperties(error, map);
        return map;
    }

    private Dictionary<string, object?> Properties(JsObject source)
    {
        var map = new Dictionary<string, object?>();
        _seen[source] = map;
        AddProperties(source, map);
        return map;
    }

    private void AddProperties(JsObject source, Dictionary<string, object?> map)
    {
        foreach (var key in source.OwnKeys())
        {
            realm.Step();
            if (!key.IsSymbol && source.TryGetOwn(key, out var slot) && slot.Enumerable)
                map[key.ToText()] = Item(slot.IsAccessor || source.IsProxy ? source.Get(key) : slot.Value);
        }
    }
}

/// <summary>An object of a run that stands for a host object.</summary>
internal interface IHostWrapper
{
    /// <summary>The host object itself.</summary>
    object HostObject { get; }
}

/// <summary>A function of a script in the hands of the host. It works as long as its run does.</summary>
internal sealed class ScriptCallback(JsFunction function)
{
    public JsFunction Function { get; } = function;

    public object? Invoke(object?[] arguments)
    {
        var realm = Function.Realm;
        var state = realm.Save();
        try
        {
            var args = Array.ConvertAll(arguments, a => HostValue.ToScript(realm, a));
            return HostValue.ToHost(realm, Function.Call(JsValue.Undefined, args));
        }
        catch (JsThrow error)
        {
            var exception = realm.ToHostException(error);
            realm.Restore(state);
            throw exception;
        }
    }
}
