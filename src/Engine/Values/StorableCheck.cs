using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>Whether a value can be stored, found out without writing it. One is made per value, because it counts.</summary>
internal sealed class StorableCheck(ValueCodec codec)
{
    // What has more parts is larger than any value that can be stored; shared references make such values out of little.
    private const int PartsMax = ValueLimits.BytesMax / 2;

    private int _parts;

    /// <summary>Whether a value and its parts are storable.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="depth">How many objects and arrays of the same value are around it.</param>
    public bool Passes(object? value, int depth)
    {
        if (++_parts > PartsMax)
            return false;
        if (value is null or string or bool or int or long or double or JsonElement or JsonDocument or JsonNode)
            return true;
        if (value is Dictionary<string, object?> members)
            return depth < ValueLimits.DepthMax && AllPass(members.Values, depth);
        if (value is List<object?> items)
            return depth < ValueLimits.DepthMax && AllPass(items, depth);

        var type = value.GetType();
        if (OpaqueValues.Includes(type))
            return false;
        if (ScalarCodec.Includes(type))
            return true;
        return depth < ValueLimits.DepthMax && PartsPass(value, type, depth);
    }

    private bool PartsPass(object value, Type type, int depth)
    {
        if (value is Exception exception)
            return exception.InnerException is null || Passes(exception.InnerException, depth + 1);
        if (DictionaryEntries.Of(value) is { } entries)
            return IsOfScalars(DictionaryConversion.ValueOf(type)) || AllPass(entries.Select(entry => entry.Value), depth);
        if (value is ICollection collection)
            return IsOfScalars(CollectionConversion.ItemOf(type)) || AllPass(collection, depth);
        if (value is IEnumerable || ValueText.OfScalar(value) is not null || type == typeof(object) || codec.TryGetTag(type, out _))
            return true;
        return ValueJson.MembersOf(type) is { } info
            && info.Properties.All(member => member.Get is null || Passes(member.Get(value), depth + 1));
    }

    private bool AllPass(IEnumerable items, int depth)
    {
        foreach (var item in items)
            if (!Passes(item, depth + 1))
                return false;
        return true;
    }

    private static bool IsOfScalars(Type? type) =>
        type is not null && (type == typeof(string) || ScalarCodec.Includes(Nullable.GetUnderlyingType(type) ?? type));
}
