namespace Platform.Scripting.Liquid;

/// <summary>Filters that take lists apart and put them together.</summary>
internal static class ListFilters
{
    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["join"] = c => JoinItems(c.Context, c.InputList(), Coerce.IsNil(Coerce.ToValue(c[0])) ? " " : c.Text(0));
        filters["first"] = c => End(c, 0);
        filters["last"] = c => End(c, -1);
        filters["size"] = Size;
        filters["reverse"] = c => Lists.Reverse(c.Context, Coerce.ToList(c.Input));
        filters["sort"] = c => Sort(c, key => key);
        filters["sort_natural"] = c => Sort(c, key => IgnoringCase(c.Context, key));
        filters["map"] = Map;
        filters["sum"] = Sum;
        filters["compact"] = c => Select(c, items => items.Where(i => !Coerce.IsNil(Coerce.ToValue(i))));
        filters["uniq"] = c => Select(c, items => items.Distinct(SameValue.Instance));
        filters["concat"] = c => Concat(c, Coerce.ToList(c[0]));
        filters["push"] = c => Concat(c, new ValueList([c[0]]));
        filters["unshift"] = c => Select(c, items => items.Prepend(c[0]));
        filters["pop"] = c => Select(c, items => items.SkipLast(1));
        filters["shift"] = c => Select(c, items => items.Skip(1));
        filters["slice"] = Slice;
        filters["sample"] = Sample;
    }

    /// <summary>The items as text, as ECMAScript's join puts them together.</summary>
    public static string JoinItems(RenderContext context, LiquidList list, string separator) =>
        Coerce.Join(context, list, separator, (c, item) => Coerce.IsNil(Coerce.ToValue(item)) ? "" : Coerce.ToScriptText(c, item));

    private static object?[] Items(FilterCall call)
    {
        var list = Coerce.ToList(call.Input);
        return Lists.Copy(call.Context, list, 0, list.Count);
    }

    private static ValueList Select(FilterCall call, Func<object?[], IEnumerable<object?>> select) => new([.. select(Items(call))]);

    private static object? End(FilterCall call, int index) => Coerce.ToValue(call.Input) switch
    {
        LiquidList list => Members.Item(list, index),
        string { Length: > 0 } text => text[index < 0 ? ^1 : 0].ToString(),
        _ => "",
    };

    private static object? Size(FilterCall call)
    {
        var size = call.Input switch
        {
            string text => Numbers.Box(text.Length),
            LiquidList list => Numbers.Box(list.Count),
            LiquidMap map => map.Get("length"),
            ForLoop loop => Numbers.Box(loop.Length),
            _ => null,
        };
        return Coerce.IsTruthyInScript(size) ? size : Numbers.Box(0);
    }

    private static ValueList Sort(FilterCall call, Func<object?, object?> keyOf)
    {
        var items = Items(call);
        var keys = items;
        if (Coerce.IsTruthyInScript(call[0]))
        {
            var path = call.Text(0);
            keys = Array.ConvertAll(items, item => Members.ReadPath(call.Context, item, path));
        }

        keys = Array.ConvertAll(keys, key => keyOf(key));
        return new ValueList(Lists.Sort(call.Context, items, keys, (a, b) => Compare(call.Context, a, b)));
    }

    // Nil comes last; what cannot be compared counts as equal.
    private static int Compare(RenderContext context, object? a, object? b)
    {
        if (Coerce.IsNil(a) || Coerce.IsNil(b))
            return Coerce.IsNil(a).CompareTo(Coerce.IsNil(b));
        return Coerce.Compare(context, a, b) ?? 0;
    }

    private static object? IgnoringCase(RenderContext context, object? key)
    {
        if (Coerce.IsNil(key))
            return key;
        var text = Coerce.ToScriptText(context, key);
        context.Budget.Text(text.Length);
        return TextRules.ToLower(text);
    }

    private static ValueList Map(FilterCall call)
    {
        var path = call.Text(0);
        return new ValueList(Array.ConvertAll(Items(call), item => Members.ReadPath(call.Context, item, path)));
    }

    private static object Sum(FilterCall call)
    {
        var path = Coerce.IsTruthyInScript(call[0]) ? call.Text(0) : null;
        double sum = 0;
        foreach (var item in Items(call))
        {
            var value = path is null ? item : Members.ReadPath(call.Context, item, path);
            sum += Coerce.ToNumberOrZero(call.Context, value);
        }

        return Numbers.Box(sum);
    }

    private static ValueList Concat(FilterCall call, LiquidList other)
    {
        object?[] added = Lists.Copy(call.Context, other, 0, other.Count);
        return new ValueList([.. Items(call), .. added]);
    }

    private static object? Slice(FilterCall call)
    {
        var input = Coerce.ToValue(call.Input);
        if (Coerce.IsNil(input))
            return ValueList.Empty;
        var begin = call.Number(0, double.NaN);
        var length = call.Number(1, 1);
        if (input is LiquidList list)
        {
            if (begin < 0)
                begin += list.Count;
            return begin < 0 || length < 0 ? ValueList.Empty : Lists.Slice(call.Context, list, begin, begin + length);
        }

        var text = call.InputText();
        if (begin < 0)
            begin += TextRules.CodePointLength(text);
        if (begin < 0 || length < 0)
            return "";
        var start = TextRules.Advance(text, 0, begin);
        return text[start..TextRules.Advance(text, start, length)];
    }

    private static object? Sample(FilterCall call)
    {
        var input = Coerce.ToValue(call.Input);
        if (Coerce.IsNil(input))
            return ValueList.Empty;
        object?[] items = input is LiquidList ? Items(call) : [.. call.InputText().EnumerateRunes().Select(r => (object?)r.ToString())];
        call.Budget.List(items.Length);
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = (int)(call.Context.Random() * (i + 1));
            (items[i], items[other]) = (items[other], items[i]);
        }

        var count = call.Number(0, 1);
        if (count == 1)
            return items.Length == 0 ? Undefined.Value : items[0];
        return new ValueList(items[..Lists.Clamp(count, items.Length)]);
    }
}

/// <summary>Whether two values are the same, as the keys of a map are: NaN is itself, lists and maps are what they are.</summary>
internal sealed class SameValue : IEqualityComparer<object?>
{
    public static readonly SameValue Instance = new();

    public new bool Equals(object? x, object? y) => Coerce.AreSame(x, y) || (x is double a && y is double b && double.IsNaN(a) && double.IsNaN(b));

    public int GetHashCode(object? obj) => obj switch
    {
        null => 0,
        double number => (number == 0 ? 0 : number).GetHashCode(),
        string or bool or decimal or DateTimeOffset => obj.GetHashCode(),
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj),
    };
}
