using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.JavaScript;

/// <summary>The properties of a host type that scripts may read, found once per type.</summary>
internal sealed class HostTypeMembers
{
    private static readonly ConcurrentDictionary<Type, HostTypeMembers> s_known = new();

    private readonly Type _type;
    private readonly Dictionary<string, PropertyInfo> _properties = [];

    private HostTypeMembers(Type type)
    {
        _type = type;
        var names = new List<string>();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanRead || property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0 || property.PropertyType.IsByRefLike)
                continue;
            var camel = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (_properties.TryAdd(camel, property))
                names.Add(camel);
            _properties[property.Name] = property;
        }

        Names = [.. names];
    }

    /// <summary>The camel-case names, which are what enumeration shows.</summary>
    public ImmutableArray<string> Names { get; }

    public static HostTypeMembers Of(Type type) => s_known.GetOrAdd(type, static t => new HostTypeMembers(t));

    public PropertyInfo? Find(string name) => _properties.GetValueOrDefault(name);

    /// <summary>The overloads of a method that the host has allowed by name.</summary>
    public MethodInfo[]? FindMethod(string name, IReadOnlySet<string> allowed)
    {
        var methods = _type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(m => !m.IsSpecialName && !m.ContainsGenericParameters && (m.Name == name || JsonNamingPolicy.CamelCase.ConvertName(m.Name) == name))
            .Where(m => allowed.Contains($"{m.DeclaringType?.FullName}.{m.Name}") || allowed.Contains($"{_type.FullName}.{m.Name}"))
            .ToArray();
        return methods.Length == 0 ? null : methods;
    }
}

/// <summary>Conversion of script results to the types that host members want.</summary>
internal static class HostConversion
{
    public static object? To(object? value, Type type)
    {
        if (type == typeof(object) || type.IsInstanceOfType(value))
            return value;
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null)
            return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? throw Cannot(value, type) : null;
        try
        {
            if (target.IsInstanceOfType(value))
                return value;
            if (target.IsEnum)
                return value is string name ? Enum.Parse(target, name, ignoreCase: true) : Enum.ToObject(target, value);
            if (target == typeof(Guid))
                return Guid.Parse(value.ToString() ?? "");
            if (target == typeof(DateTime) && value is DateTimeOffset offset)
                return offset.UtcDateTime;
            if (target == typeof(DateTimeOffset) && value is DateTime time)
                return new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time);
            if (target == typeof(DateTimeOffset) && value is string text)
                return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
            if (target == typeof(TimeSpan))
                return value is string span ? TimeSpan.Parse(span, CultureInfo.InvariantCulture) : TimeSpan.FromMilliseconds(Convert.ToDouble(value, CultureInfo.InvariantCulture));
            if (value is IConvertible && typeof(IConvertible).IsAssignableFrom(target))
                return Convert.ChangeType(value, target, CultureInfo.InvariantCulture);
            return target == typeof(JsonNode) ? ToNode(value) : JsonSerializer.SerializeToElement(value).Deserialize(target);
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException or ArgumentException or JsonException or NotSupportedException)
        {
            throw Cannot(value, type);
        }
    }

    public static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonNode { Parent: null } node => node,
        JsonNode node => node.DeepClone(),
        IDictionary<string, object?> map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, ToNode(p.Value)))),
        IList<object?> list => new JsonArray([.. list.Select(ToNode)]),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };

    private static JsThrow Cannot(object? value, Type type) => JsThrow.Type($"Cannot convert {(value is null ? "null" : value.GetType().Name)} to {type.Name}");
}

/// <summary>Delegates and methods as host functions.</summary>
internal static class HostDelegates
{
    public static JsHostFunction ToHostFunction(Realm realm, Delegate function)
    {
        var name = function.Method.Name.StartsWith('<') ? "" : function.Method.Name;
        return function switch
        {
            Func<object?> f => new JsHostFunction(name, _ => f()),
            Func<object?, object?> f => new JsHostFunction(name, args => f(args[0]), 1),
            Func<object?, object?, object?> f => new JsHostFunction(name, args => f(args[0], args[1]), 2),
            Func<object?[], object?> f => new JsHostFunction(name, args => f(All(args))),
            Func<string?, object?> f => new JsHostFunction(name, args => f(args.Text(0)), 1),
            _ => new JsHostFunction(name, args => HostOverloads.Invoke(realm, [function.Method], function.Target, All(args)), function.Method.GetParameters().Length),
        };
    }

    public static JsHostFunction ToHostFunction(Realm realm, string name, MethodInfo[] methods, object target) =>
        new(name, args => HostOverloads.Invoke(realm, methods, target, All(args)), methods[0].GetParameters().Length);

    public static object?[] All(JsArguments args)
    {
        var all = new object?[args.Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = args[i];
        return all;
    }
}
