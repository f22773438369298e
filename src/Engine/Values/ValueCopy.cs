using System.Collections;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>
/// Copies of values that a definition holds, because all runs share the definition and each may change what it gets. Texts, numbers
/// and other immutable values are not copied.
/// </summary>
internal static class ValueCopy
{
    /// <summary>Whether a value can be handed to every run as it is.</summary>
    public static bool IsImmutable(object? value) => value is null or string or ValueType or Uri or Type;

    /// <summary>A copy that a run may change; the value itself when it is immutable or of a kind that is not known here.</summary>
    public static object? Of(object? value)
    {
        switch (value)
        {
            case null or string or ValueType:
                return value;
            case Dictionary<string, object?> members:
                var copy = new Dictionary<string, object?>(members.Count, members.Comparer);
                foreach (var (key, member) in members)
                    copy[key] = Of(member);
                return copy;
            case List<object?> items:
                return items.ConvertAll(Of);
            case JsonNode node:
                return node.DeepClone();
            case Array { Rank: 1 } array:
                return CopyArray(array);
            case IList list when value.GetType().IsGenericType && value.GetType().GetGenericTypeDefinition() == typeof(List<>):
                return CopyList(list);
            default:
                return value;
        }
    }

    private static Array CopyArray(Array array)
    {
        var copy = (Array)array.Clone();
        if (array.GetType().GetElementType()!.IsValueType)
            return copy;
        for (var i = 0; i < copy.Length; i++)
            copy.SetValue(Of(copy.GetValue(i)), i);
        return copy;
    }

    private static IList CopyList(IList list)
    {
        var copy = (IList)Activator.CreateInstance(list.GetType(), list.Count)!;
        foreach (var item in list)
            copy.Add(Of(item));
        return copy;
    }
}
