using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Platform.Engine.Expressions;

namespace Platform.Engine.Definitions;

/// <summary>
/// Reads the value of a plain (unwrapped) property by its declared type: primitives and enums, variables, expressions, activities,
/// lists, and objects of these such as the cases of a switch.
/// </summary>
internal sealed class PlainValueReader(ActivityReader activities)
{
    /// <summary>Member under which designers keep JSON that cannot be read.</summary>
    public const string InvalidJson = "$invalidJson";

    public object? Read(JsonElement element, Type type, string path)
    {
        if (element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        if (typeof(IActivity).IsAssignableFrom(type))
            return element.ValueKind == JsonValueKind.Object && !IsBroken(element, path) ? activities.Read(element, path) : null;
        if (type == typeof(Expression))
            return ReadExpression(element, path);
        if (type == typeof(Variable))
            return element.ValueKind == JsonValueKind.Object ? activities.ReadVariable(element, path) : null;
        if (element.ValueKind == JsonValueKind.Array && ItemTypeOf(type) is { } itemType)
            return ReadList(element, itemType, path);
        if (IsBroken(element, path))
            return ItemTypeOf(type) is { } none ? Activator.CreateInstance(typeof(List<>).MakeGenericType(none)) : null;
        if (element.ValueKind == JsonValueKind.Object && IsPlainObject(type))
            return ReadObject(element, type, path);
        return activities.Convert(element, type, path);
    }

    /// <summary>Studio keeps JSON that somebody left half written as an object with this member.</summary>
    private bool IsBroken(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(InvalidJson, out _))
            return false;
        activities.AddUnfinished(path, "WF1007", "The JSON here could not be read when it was edited. Correct it in the editor.");
        return true;
    }

    /// <summary>An expression as it is, inside of a wrapped input, or a plain value that stands for itself.</summary>
    private Expression? ReadExpression(JsonElement element, string path)
    {
        if (IsBroken(element, path))
            return null;
        if (element.ValueKind == JsonValueKind.Object)
            return element.TryGetProperty("expression", out var inner) ? activities.ReadExpression(inner, path + ".expression") : activities.ReadExpression(element, path);
        return element.ValueKind == JsonValueKind.Array ? null : new Expression("Literal", activities.ValueOf(element, path));
    }

    private static Type? ItemTypeOf(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var item] && type.IsAssignableFrom(typeof(List<>).MakeGenericType(item)) ? item : null;

    private static bool IsPlainObject(Type type) =>
        type.IsClass && type != typeof(string) && type != typeof(object) && !typeof(IEnumerable).IsAssignableFrom(type)
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private object ReadList(JsonElement element, Type itemType, string path)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType))!;
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Read(item, itemType, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]")) is { } value)
                list.Add(value);
        }

        return list;
    }

    private object ReadObject(JsonElement element, Type type, string path)
    {
        var result = Activator.CreateInstance(type)!;
        var members = DefinitionReader.Members(element);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanWrite && members.TryGetValue(property.Name, out var value))
                property.SetValue(result, Read(value, property.PropertyType, $"{path}.{Plans.ActivityType.ToWireName(property.Name)}"));
        }

        return result;
    }
}
