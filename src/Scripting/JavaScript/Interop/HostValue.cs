using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.JavaScript;

/// <summary>Host objects as values of a run. Containers are wrapped, never copied; the wrapper of an object is the same all run long.</summary>
internal static class HostValue
{
    public static JsValue ToScript(Realm realm, object? value) => value switch
    {
        null => JsValue.Null,
        string text => text,
        bool truth => truth,
        int number => number,
        double number => double.IsNaN(number) ? double.NaN : number,
        long number => (double)number,
        decimal number => (double)number,
        float number => double.IsNaN(number) ? double.NaN : number,
        _ => ToScriptSlow(realm, value),
    };

    /// <summary>A value of the script as a host object; see <see cref="HostResult"/>.</summary>
    public static object? ToHost(Realm realm, JsValue value) => value.Tag switch
    {
        JsTag.String => value.AsString(),
        JsTag.Number => Number(value.Number),
        JsTag.True => true,
        JsTag.False => false,
        JsTag.BigInt => value.BigInt >= long.MinValue && value.BigInt <= long.MaxValue ? (object)(long)value.BigInt : value.BigInt,
        JsTag.Symbol => value.Symbol.Description,
        JsTag.Object => new HostResult(realm).Convert(value.Object),
        _ => null,
    };

    public static object Number(double number)
    {
        var small = (int)number;
        if (small == number)
            return small;
        return Math.Truncate(number) == number && Math.Abs(number) <= 9007199254740992d ? (object)(long)number : number;
    }

    private static JsValue ToScriptSlow(Realm realm, object value)
    {
        switch (value)
        {
            case char c:
                return c.ToString();
            case Enum name:
                return name.ToString();
            case byte or sbyte or short or ushort or uint or ulong or Half or nint or nuint:
                return Convert.ToDouble(value is Half half ? (float)half : value is nint or nuint ? long.Parse(value.ToString()!, CultureInfo.InvariantCulture) : value, CultureInfo.InvariantCulture);
            case Int128 or UInt128:
                return JsValue.Of(BigInteger.Parse(value.ToString()!, CultureInfo.InvariantCulture));
            case BigInteger big:
                return JsValue.Of(big);
            case Guid or Uri or Version or TimeOnly or CultureInfo:
                return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            case DateOnly date:
                return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case DateTime or DateTimeOffset:
                return new JsHostDate(realm, value);
            case TimeSpan span:
                return new JsHostTimeSpan(realm, span);
            case JsonElement element:
                return FromElement(realm, element);
            case JsonValue node:
                return FromElement(realm, JsonSerializer.SerializeToElement(node));
            case JsonDocument document:
                return FromElement(realm, document.RootElement);
            case DBNull:
                return JsValue.Null;
            default:
                return Wrapped(realm, value);
        }
    }

    private static JsValue FromElement(Realm realm, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsHostObject(realm, new JsonElementMap(realm, element)),
        JsonValueKind.Array => new JsHostList(realm, new JsonElementList(realm, element)),
        JsonValueKind.String => element.GetString() ?? "",
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => JsValue.Null,
        _ => JsValue.Undefined,
    };

    private static JsValue Wrapped(Realm realm, object value)
    {
        if (value is Task or ValueTask || IsValueTask(value))
            return HostTasks.ToPromise(realm, value);
        if (realm.FindHostWrapper(value) is { } known)
            return known;
        realm.Allocate(100);
        if (Wrap(realm, value) is not { } wrapper)
            return JsValue.Undefined;
        realm.AddHostWrapper(value, wrapper);
        return wrapper;
    }

    private static bool IsValueTask(object value) => value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>);

    private static JsObject? Wrap(Realm realm, object value) => value switch
    {
        JsHostFunction function => new JsHostFunctionObject(realm, function),
        JsHostType type => new JsHostTypeObject(realm, type),
        Delegate { Target: ScriptCallback callback } => callback.Function,
        Delegate function => new JsHostFunctionObject(realm, HostDelegates.ToHostFunction(realm, function)),
        byte[] bytes => new JsTypedArray(realm, TypedArrayKind.Uint8, new JsArrayBuffer(realm, bytes), 0, bytes.Length),
        JsonObject node => new JsHostObject(realm, new JsonObjectMap(realm, node)),
        JsonArray node => new JsHostList(realm, new JsonArrayList(realm, node)),
        IDictionary<string, object?> map => new JsHostObject(realm, new DictionaryMap(realm, map)),
        IDictionary map => new JsHostObject(realm, new LooseDictionaryMap(realm, map)),
        IList list => new JsHostList(realm, new ObjectList(realm, list)),
        IEnumerable items => new JsHostEnumerable(realm, items),
        Exception exception => realm.ValueOf(JsThrow.Host(exception)).Object,
        Stream stream => new JsHostObject(realm, new OpaqueMap(realm, stream)),
        _ when IsForbidden(value) => null,
        _ => new JsHostObject(realm, new ObjectMap(realm, value)),
    };

    // Whatever could lead a script from a harmless object to the machinery around it.
    private static bool IsForbidden(object value) => value is Type or MemberInfo or Assembly or Module or ParameterInfo or AppDomain or Pointer
        or IServiceProvider or TextReader or TextWriter or Thread or CancellationTokenSource or MarshalByRefObject
        || value.GetType().Namespace is { } space && (space.StartsWith("System.Reflection", StringComparison.Ordinal) || space.StartsWith("System.Runtime", StringComparison.Ordinal));
}

/// <summary>Host tasks as promises.</summary>
internal static class HostTasks
{
    public static JsPromise ToPromise(Realm realm, object task) => task switch
    {
        Task plain => realm.Track(plain, ResultOf),
        ValueTask plain => realm.Track(plain.AsTask(), ResultOf),
        _ => realm.Track((Task)task.GetType().GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(task, null)!, ResultOf),
    };

    private static object? ResultOf(Task task)
    {
        var type = task.GetType();
        while (type is not null && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)))
            type = type.BaseType;
        var result = type?.GetProperty(nameof(Task<>.Result))!.GetValue(task);
        return result?.GetType().FullName == "System.Threading.Tasks.VoidTaskResult" ? null : result;
    }
}
