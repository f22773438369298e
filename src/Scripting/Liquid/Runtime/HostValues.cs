using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.Liquid;

/// <summary>
/// Host objects as values of one render. Containers are wrapped, and the wrapper of an object is the same all render long, so
/// that a value is equal to itself.
/// </summary>
internal sealed class HostValues(RenderBudget budget)
{
    private readonly Dictionary<object, object?> _wrappers = new(ReferenceEqualityComparer.Instance);

    public object? Convert(object? value) => value switch
    {
        null or string or bool or Undefined or Drop or LiquidList or LiquidMap or LiquidBytes => value,
        int number => Numbers.Box(number),
        double number => Numbers.Box(number),
        long number => Numbers.From(number),
        decimal number => Numbers.From(number),
        JsonElement element => FromElement(element, value),
        _ => ConvertRare(value),
    };

    /// <summary>A value of the template as a host object: what came from the host is the very same object again.</summary>
    public object? ToHost(object? value) => Coerce.ToValue(value) switch
    {
        null or Undefined => null,
        double number => Numbers.ToHost(number),
        LiquidBytes bytes => bytes.Bytes,
        LiquidList list => list.Target ?? ToArray(list),
        LiquidMap map => map.Target ?? ToDictionary(map),
        var plain => plain,
    };

    /// <summary>Runs code of the host; what it throws is an error of the template.</summary>
    public T Guard<T>(Func<T> code)
    {
        try
        {
            return code();
        }
        catch (TargetInvocationException error) when (error.InnerException is not null)
        {
            throw Fault(error.InnerException);
        }
        catch (Exception error) when (error is not (LiquidFault or LiquidException or LiquidLimitException) && !(error is OperationCanceledException && budget.Cancellation.IsCancellationRequested))
        {
            throw Fault(error);
        }
    }

    private static LiquidFault Fault(Exception error) => new($"{error.GetType().Name}: {error.Message}", error);

    private object? ConvertRare(object value)
    {
        switch (value)
        {
            case byte or sbyte or short or ushort or uint:
                return Numbers.From(System.Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case ulong number:
                return Numbers.From((decimal)number);
            case float number:
                return Numbers.Box(double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            case Half number:
                return Numbers.Box((double)number);
            case nint or nuint or Int128 or UInt128:
                return Numbers.From(BigInteger.Parse(value.ToString() ?? "0", CultureInfo.InvariantCulture));
            case BigInteger number:
                return Numbers.From(number);
            case char or Enum or Guid or Uri or Version or TimeOnly or CultureInfo:
                return System.Convert.ToString(value, CultureInfo.InvariantCulture);
            case TimeSpan span:
                return span.ToString("c", CultureInfo.InvariantCulture);
            case DateOnly date:
                return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case DateTimeOffset:
                return value;
            case DateTime time:
                return time.Kind == DateTimeKind.Local ? new DateTimeOffset(time) : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
            case JsonValue node:
                return Convert(JsonSerializer.SerializeToElement(node));
            case JsonDocument document:
                return Convert(document.RootElement);
            case DBNull:
                return null;
            default:
                return Wrapped(value);
        }
    }

    private object? FromElement(JsonElement element, object boxed) => element.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => Wrapped(boxed),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? Numbers.From(whole) : Numbers.Box(element.GetDouble()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => Undefined.Value,
    };

    private object? Wrapped(object value)
    {
        if (_wrappers.TryGetValue(value, out var known))
            return known;
        budget.Memory(100);
        return _wrappers[value] = Guard(() => Wrap(value));
    }

    private object? Wrap(object value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } element => new HostList(this, element.EnumerateArray().Select(e => (object?)e).ToArray(), value),
        JsonElement element => new HostMap(this, FirstOfEach(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, (object?)p.Value))), value),
        JsonObject node => new HostMap(this, FirstOfEach(node.Select(p => KeyValuePair.Create(p.Key, (object?)p.Value))), value),
        JsonArray node => new HostList(this, node.ToArray<object?>(), value),
        byte[] bytes => new LiquidBytes(bytes),
        IDictionary<string, object?> map => new HostDictionary(this, map),
        IDictionary map => new HostMap(this, Pairs(map), value),
        IList list => new HostList(this, list, value),
        _ when HostType.IsForbidden(value) => Undefined.Value,
        IEnumerable items => FromSequence(items),
        _ => new HostObject(this, value),
    };

    private static OrderedDictionary<string, object?> FirstOfEach(IEnumerable<KeyValuePair<string, object?>> items)
    {
        var result = new OrderedDictionary<string, object?>();
        foreach (var (key, item) in items)
            result[key] = item;
        return result;
    }

    private static OrderedDictionary<string, object?> Pairs(IDictionary map)
    {
        var result = new OrderedDictionary<string, object?>();
        foreach (DictionaryEntry entry in map)
            result[System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = entry.Value;
        return result;
    }

    // A sequence may be endless, so that every item is paid for.
    private object FromSequence(IEnumerable sequence)
    {
        var items = new List<object?>();
        foreach (var item in sequence)
        {
            budget.List(1);
            items.Add(item);
        }

        if (!HostType.HasStringKeys(sequence.GetType(), out var pair))
            return new HostList(this, items, sequence);
        var members = HostType.Of(pair);
        return new HostMap(this, FirstOfEach(items.OfType<object>().Select(p => KeyValuePair.Create((string)members.Find("key")!.GetValue(p)!, members.Find("value")!.GetValue(p)))), sequence);
    }

    private object?[] ToArray(LiquidList list)
    {
        budget.Enter();
        budget.List(list.Count);
        var items = new object?[list.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = ToHost(list[i]);
        budget.Leave();
        return items;
    }

    private Dictionary<string, object?> ToDictionary(LiquidMap map)
    {
        budget.Enter();
        var result = new Dictionary<string, object?>();
        foreach (var key in map.Keys)
        {
            budget.List(1);
            result[key] = ToHost(map.Get(key));
        }

        budget.Leave();
        return result;
    }
}
