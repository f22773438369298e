namespace Platform.Scripting.Liquid;

/// <summary>What tags and filters do with lists.</summary>
internal static class Lists
{
    /// <summary>The items between two positions; negative ones count from the end, as in ECMAScript.</summary>
    public static LiquidList Slice(RenderContext context, LiquidList items, double begin, double end)
    {
        var from = Clamp(begin, items.Count);
        var to = Math.Max(from, Clamp(end, items.Count));
        if (from == 0 && to == items.Count)
            return items;
        return new ValueList(Copy(context, items, from, to));
    }

    public static ValueList Reverse(RenderContext context, LiquidList items)
    {
        var copy = Copy(context, items, 0, items.Count);
        Array.Reverse(copy);
        return new ValueList(copy);
    }

    public static object?[] Copy(RenderContext context, LiquidList items, int from, int to)
    {
        context.Budget.List(to - from);
        var copy = new object?[to - from];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = items[from + i];
        return copy;
    }

    public static int Clamp(double position, int count)
    {
        if (double.IsNaN(position))
            return 0;
        position = Math.Truncate(position);
        return (int)Math.Clamp(position < 0 ? position + count : position, 0, count);
    }

    /// <summary>Sorts by keys; items with equal keys keep their order.</summary>
    public static object?[] Sort(RenderContext context, object?[] items, object?[] keys, Comparison<object?> compare)
    {
        var order = Enumerable.Range(0, items.Length).ToArray();
        var buffer = new int[order.Length];
        context.Budget.Memory(order.Length * 24.0);
        for (var width = 1; width < order.Length; width *= 2)
        {
            for (var start = 0; start < order.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, order.Length);
                Merge(context, order.AsSpan(), buffer.AsSpan(), keys, compare, (start, middle, Math.Min(middle + width, order.Length)));
            }

            (order, buffer) = (buffer, order);
        }

        return Array.ConvertAll(order, i => items[i]);
    }

    private static void Merge(
        RenderContext context, Span<int> from, Span<int> to, object?[] keys, Comparison<object?> compare, (int Start, int Middle, int End) run)
    {
        var left = run.Start;
        var right = run.Middle;
        for (var i = run.Start; i < run.End; i++)
        {
            context.Budget.Step();
            var takeLeft = right >= run.End || (left < run.Middle && compare(keys[from[left]], keys[from[right]]) <= 0);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
