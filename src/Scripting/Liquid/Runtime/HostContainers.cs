using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;

namespace Platform.Scripting.Liquid;

/// <summary>A list of the host.</summary>
internal sealed class HostList(HostValues host, IList items, object target) : LiquidList
{
    public override int Count => items.Count;

    public override object Target => target;

    public override object? this[int index] => host.Convert(ItemAt(index));

    // The host may shorten a list while a template is at it.
    private object? ItemAt(int index)
    {
        try
        {
            return items[index];
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return Undefined.Value;
        }
    }
}

/// <summary>A dictionary of the host, read as it is at the moment.</summary>
internal sealed class HostDictionary(HostValues host, IDictionary<string, object?> map) : LiquidMap
{
    public override IReadOnlyCollection<string> Keys => [.. host.Guard(() => map.Keys)];

    public override object Target => map;

    public override bool TryGet(string key, out object? value)
    {
        var (found, raw) = host.Guard(() => (map.TryGetValue(key, out var item), item));
        value = found ? host.Convert(raw) : null;
        return found;
    }
}

/// <summary>A map of the host whose entries were copied when it was first used.</summary>
internal sealed class HostMap(HostValues host, OrderedDictionary<string, object?> items, object target) : LiquidMap
{
    public override IReadOnlyCollection<string> Keys => items.Keys;

    public override object Target => target;

    public override bool TryGet(string key, out object? value)
    {
        var found = items.TryGetValue(key, out var raw);
        value = found ? host.Convert(raw) : null;
        return found;
    }
}

/// <summary>The readable public properties of any other object, by their own and by their camel-case names.</summary>
internal sealed class HostObject(HostValues host, object target) : LiquidMap
{
    private readonly HostType _type = HostType.Of(target.GetType());

    public override IReadOnlyCollection<string> Keys => _type.Names;

    public override object Target => target;

    public override bool TryGet(string key, out object? value)
    {
        if (_type.Find(key) is not { } property)
        {
            value = null;
            return false;
        }

        value = host.Convert(host.Guard(() => property.GetValue(target)));
        return true;
    }
}

/// <summary>The properties of a host type that templates may read, found once per type.</summary>
internal sealed class HostType
{
    private static readonly ConcurrentDictionary<Type, HostType> s_known = new();

    private readonly Dictionary<string, PropertyInfo> _properties = [];

    private HostType(Type type)
    {
        var names = new List<string>();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0 || property.PropertyType.IsByRefLike || property.PropertyType.IsByRef)
                continue;
            var camel = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (_properties.TryAdd(camel, property))
                names.Add(camel);
            _properties[property.Name] = property;
        }

        Names = [.. names];
    }

    /// <summary>The camel-case names, which are what enumeration shows.</summary>
    public string[] Names { get; }

    public static HostType Of(Type type) => s_known.GetOrAdd(type, static t => new HostType(t));

    // Whatever could lead a template from a harmless object to the machinery around it.
    public static bool IsForbidden(object value) => value is Type or MemberInfo or Assembly or Module or ParameterInfo or AppDomain or Pointer or Delegate
        or Task or IServiceProvider or Stream or TextReader or TextWriter or Thread or CancellationTokenSource or CancellationToken or MarshalByRefObject
        || IsMachinery(value.GetType());

    public static bool HasStringKeys(Type type, [NotNullWhen(true)] out Type? pair)
    {
        pair = type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .Select(i => i.GenericTypeArguments[0])
            .FirstOrDefault(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) && t.GenericTypeArguments[0] == typeof(string));
        return pair is not null;
    }

    public PropertyInfo? Find(string name) => _properties.GetValueOrDefault(name);

    private static bool IsMachinery(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        || (type.Namespace is { } space && (space.StartsWith("System.Reflection", StringComparison.Ordinal) || space.StartsWith("System.Runtime", StringComparison.Ordinal)));
}
