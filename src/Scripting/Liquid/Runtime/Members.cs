using System.Globalization;

namespace Platform.Scripting.Liquid;

/// <summary>Reads members of values.</summary>
internal static class Members
{
    /// <summary>The member of a value: an item by its position, a property by its name, or first, last and size.</summary>
    public static object? Read(RenderContext context, object? target, object? key)
    {
        key = Coerce.ToValue(key);
        switch (target)
        {
            case null or Undefined:
                return target;
            case LiquidList list when Coerce.IsNumber(key):
                return Item(list, Coerce.ToNumber(context, key));
            case LiquidList list:
                return OfList(list, Coerce.ToScriptText(context, key));
            case string text:
                return OfText(text, key is string or double ? Coerce.ToScriptText(context, key) : "");
            case LiquidMap map:
                return OfMap(map, Coerce.ToScriptText(context, key));
            case Drop drop:
                return drop.Get(Coerce.ToScriptText(context, key));
            default:
                return Undefined.Value;
        }
    }

    /// <summary>Follows a path of names separated by dots.</summary>
    public static object? ReadPath(RenderContext context, object? target, string path)
    {
        foreach (var name in path.Split('.'))
        {
            context.Budget.Step();
            target = Read(context, target, name);
        }

        return target;
    }

    /// <summary>An item by position; negative ones count from the end.</summary>
    public static object? Item(LiquidList list, double index)
    {
        if (index < 0)
            index += list.Count;
        return index >= 0 && index < list.Count && Math.Truncate(index) == index ? list[(int)index] : Undefined.Value;
    }

    private static object? OfList(LiquidList list, string key) => key switch
    {
        "size" or "length" => Numbers.Box(list.Count),
        "first" => Item(list, 0),
        "last" => Item(list, -1),
        _ => TryIndex(key, out var index) ? Item(list, index) : Undefined.Value,
    };

    private static object? OfText(string text, string key) => key switch
    {
        "size" or "length" => Numbers.Box(text.Length),
        _ => TryIndex(key, out var index) && index < text.Length ? text[index].ToString() : Undefined.Value,
    };

    private static object? OfMap(LiquidMap map, string key)
    {
        if (map.TryGet(key, out var value))
            return value;
        return key == "size" ? Numbers.Box(map.Keys.Count) : Undefined.Value;
    }

    private static bool TryIndex(string key, out int index) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out index) && (key.Length == 1 || key[0] != '0');
}
