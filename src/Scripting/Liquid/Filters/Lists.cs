namespace Platform.Scripting.Liquid;

/// <summary>What tags and filters do with lists.</summary>
internal static class Lists
{
    private const int RunLength = 63;

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

    /// <summary>
    /// Sorts by keys; items with equal keys keep their order. Where an order contradicts itself, as that of texts and numbers
    /// does, the result of short lists is that of V8's sort, whose steps this one takes.
    /// </summary>
    public static object?[] Sort(RenderContext context, object?[] items, object?[] keys, Comparison<object?> compare)
    {
        var order = Enumerable.Range(0, items.Length).ToArray();
        var buffer = new int[order.Length];
        context.Budget.Memory(order.Length * 24.0);
        Comparison<int> compareAt = (a, b) =>
        {
            context.Budget.Step();
            return compare(keys[a], keys[b]);
        };
        for (var start = 0; start < order.Length; start += RunLength)
            SortRun(order.AsSpan(start, Math.Min(RunLength, order.Length - start)), compareAt);
        for (var width = RunLength; width < order.Length; width *= 2)
        {
            for (var start = 0; start < order.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, order.Length);
                Merge(order, buffer, compareAt, (start, middle, Math.Min(middle + width, order.Length)));
            }

            (order, buffer) = (buffer, order);
        }

        return Array.ConvertAll(order, i => items[i]);
    }

    // What is in order already, or in reverse, is left so; the rest is inserted by halving.
    private static void SortRun(Span<int> run, Comparison<int> compare)
    {
        if (run.Length < 2)
            return;
        var sorted = 2;
        var isDescending = compare(run[1], run[0]) < 0;
        while (sorted < run.Length && compare(run[sorted], run[sorted - 1]) < 0 == isDescending)
            sorted++;
        if (isDescending)
            run[..sorted].Reverse();
        for (; sorted < run.Length; sorted++)
        {
            var item = run[sorted];
            var left = 0;
            var right = sorted;
            while (left < right)
            {
                var middle = (left + right) / 2;
                if (compare(item, run[middle]) < 0)
                    right = middle;
                else
                    left = middle + 1;
            }

            run[left..sorted].CopyTo(run[(left + 1)..]);
            run[left] = item;
        }
    }

    private static void Merge(int[] from, int[] to, Comparison<int> compare, (int Start, int Middle, int End) run)
    {
        var left = run.Start;
        var right = run.Middle;
        for (var i = run.Start; i < run.End; i++)
        {
            var takeLeft = right >= run.End || (left < run.Middle && compare(from[left], from[right]) <= 0);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
