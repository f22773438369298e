namespace Platform.Scripting.JavaScript;

/// <summary>The array methods that change the array, and their copying twins.</summary>
internal static partial class ArrayBuiltins
{
    private static JsValue Push(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (self.IsObject && self.Object is JsArray { IsDense: true, IsExtensible: true } array)
        {
            foreach (var arg in args)
                array.Push(arg);
            return array.Length;
        }

        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        foreach (var arg in args)
            target.Put(Key(length++), arg);
        PutLength(target, length);
        return length;
    }

    private static JsValue Pop(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (self.IsObject && self.Object is JsArray array && array.TryPop(out var popped))
            return popped;
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        if (length == 0)
        {
            PutLength(target, 0);
            return JsValue.Undefined;
        }

        var value = Get(target, length - 1);
        Remove(target, length - 1);
        PutLength(target, length - 1);
        return value;
    }

    private static JsValue Shift(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        if (length == 0)
        {
            PutLength(target, 0);
            return JsValue.Undefined;
        }

        var first = Get(target, 0);
        if (target is JsArray array && array.TrySplice(0, 1, []))
            return first;
        MoveRange(realm, target, 1, 0, length - 1);
        Remove(target, length - 1);
        PutLength(target, length - 1);
        return first;
    }

    private static JsValue Unshift(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        if (target is JsArray array && array.TrySplice(0, 0, args))
            return array.Length;
        if (args.Length > 0)
        {
            MoveRange(realm, target, 0, args.Length, length);
            for (var i = 0; i < args.Length; i++)
                target.Put(Key(i), args[i]);
        }

        PutLength(target, length + args.Length);
        return length + args.Length;
    }

    private static JsValue Splice(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        var (start, deleteCount) = SpliceRange(args, length);
        var inserted = args.Length > 2 ? args[2..] : [];
        var removed = Like(realm, target, deleteCount);
        realm.PushRoot(removed);
        for (double i = 0; i < deleteCount; i++)
        {
            realm.Step();
            if (TryGet(target, start + i, out var item))
                removed.CreateOwn(Key(i), item);
        }

        realm.PopRoot();
        if (removed is not JsArray)
            removed.Put("length", deleteCount);
        if (target is JsArray array && array.TrySplice((int)start, (int)deleteCount, inserted))
            return removed;
        MoveRange(realm, target, start + deleteCount, start + inserted.Length, length - start - deleteCount);
        for (var i = length - 1; i >= length - deleteCount + inserted.Length; i--)
            Remove(target, i);
        for (var i = 0; i < inserted.Length; i++)
            target.Put(Key(start + i), inserted[i]);
        PutLength(target, length - deleteCount + inserted.Length);
        return removed;
    }

    private static (double Start, double DeleteCount) SpliceRange(ReadOnlySpan<JsValue> args, double length)
    {
        var start = Coerce.RelativeIndex(args.At(0), length, 0);
        var deleteCount = args.Length switch
        {
            0 => 0,
            1 => length - start,
            _ => Math.Clamp(Coerce.ToInteger(args[1]), 0, length - start),
        };
        return (start, deleteCount);
    }

    private static JsValue ToSpliced(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var (start, deleteCount) = SpliceRange(args, length);
        realm.CheckArrayLength(length - deleteCount + Math.Max(0, args.Length - 2));
        var target = new JsArray(realm);
        for (double i = 0; i < start; i++)
            PushStep(realm, target, Get(source, i));
        for (var i = 2; i < args.Length; i++)
            target.Push(args[i]);
        for (var i = start + deleteCount; i < length; i++)
            PushStep(realm, target, Get(source, i));
        return target;
    }

    private static JsValue Fill(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        var start = Coerce.RelativeIndex(args.At(1), length, 0);
        var end = Coerce.RelativeIndex(args.At(2), length, length);
        for (var i = start; i < end; i++)
        {
            realm.Step();
            if (target is not JsArray array || !array.TrySetHole((uint)i, args.At(0)))
                target.Put(Key(i), args.At(0));
        }

        return target;
    }

    private static JsValue CopyWithin(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        var to = Coerce.RelativeIndex(args.At(0), length, 0);
        var from = Coerce.RelativeIndex(args.At(1), length, 0);
        var end = Coerce.RelativeIndex(args.At(2), length, length);
        var count = Math.Min(end - from, length - to);
        if (count > 0)
            MoveRange(realm, target, from, to, count);
        return target;
    }

    private static JsValue Reverse(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        for (double low = 0; low < Math.Floor(length / 2); low++)
        {
            realm.Step();
            var high = length - 1 - low;
            var hasLow = TryGet(target, low, out var first);
            var hasHigh = TryGet(target, high, out var last);
            if (hasHigh)
                target.Put(Key(low), last);
            else if (hasLow)
                Remove(target, low);
            if (hasLow)
                target.Put(Key(high), first);
            else if (hasHigh)
                Remove(target, high);
        }

        return target;
    }

    private static JsValue ToReversed(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        realm.CheckArrayLength(length);
        var target = new JsArray(realm);
        for (var i = length - 1; i >= 0; i--)
            PushStep(realm, target, Get(source, i));
        return target;
    }

    private static JsValue Sort(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var compare = Comparer(args.At(0));
        var target = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(target);
        var items = new List<JsValue>();
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (!TryGet(target, i, out var item))
                continue;
            realm.Allocate(16);
            items.Add(item);
        }

        var sorted = Sorting.Sort(realm, items, compare);
        for (var i = 0; i < sorted.Length; i++)
            target.Put(new PropertyKey((uint)i), sorted[i]);
        for (double i = sorted.Length; i < length; i++)
        {
            realm.Step();
            if (target.HasOwn(Key(i)))
                Remove(target, i);
        }

        return target;
    }

    private static JsValue ToSorted(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var compare = Comparer(args.At(0));
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        realm.CheckArrayLength(length);
        var items = new List<JsValue>();
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            realm.Allocate(16);
            items.Add(Get(source, i));
        }

        var sorted = Sorting.Sort(realm, items, compare);
        return new JsArray(realm, sorted, sorted.Length);
    }

    private static JsValue With(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var relative = args.IntegerAt(0);
        var index = relative < 0 ? length + relative : relative;
        if (index < 0 || index >= length)
            throw JsThrow.Range("Invalid index : " + NumberText.ToString(relative));
        realm.CheckArrayLength(length);
        var target = new JsArray(realm);
        for (double i = 0; i < length; i++)
            PushStep(realm, target, i == index ? args.At(1) : Get(source, i));
        return target;
    }

    private static JsFunction? Comparer(JsValue value) => value.IsUndefined
        ? null
        : value.AsFunction() ?? throw JsThrow.Type("The comparison function must be either a function or undefined");

    private static void PushStep(Realm realm, JsArray target, JsValue value)
    {
        realm.Step();
        target.Push(value);
    }

    // Moves elements one by one in the direction that does not overwrite what is still to be read.
    private static void MoveRange(Realm realm, JsObject target, double from, double to, double count)
    {
        if (from == to)
            return;
        for (double n = 0; n < count; n++)
        {
            realm.Step();
            var i = from > to ? n : count - 1 - n;
            if (TryGet(target, from + i, out var item))
                target.Put(Key(to + i), item);
            else
                Remove(target, to + i);
        }
    }

    private static void Remove(JsObject target, double index)
    {
        if (!target.Delete(Key(index)))
            throw JsThrow.Type($"Cannot delete property '{NumberText.ToString(index)}' of {Coerce.Describe(target)}");
    }

    private static void PutLength(JsObject target, double length)
    {
        if (length > 9007199254740991d)
            throw JsThrow.Type("Pushing elements past 2 ** 53 - 1");
        target.Put("length", length);
    }
}

/// <summary>A stable sort that survives inconsistent comparison functions.</summary>
internal static class Sorting
{
    public static JsValue[] Sort(Realm realm, List<JsValue> items, JsFunction? compare)
    {
        // Undefined values go to the end without being compared.
        var defined = items.Where(i => !i.IsUndefined).ToArray();
        var result = new JsValue[items.Count];
        realm.Allocate(items.Count * 32L);
        if (compare is null)
            SortByText(realm, defined);
        else
            Merge(realm, defined, new JsValue[defined.Length], (a, b) => Coerce.ToNumber(compare.Call(JsValue.Undefined, [a, b])));
        defined.CopyTo(result, 0);
        return result;
    }

    /// <summary>A stable merge sort, bottom up.</summary>
    public static void Merge(Realm realm, JsValue[] items, JsValue[] buffer, Func<JsValue, JsValue, double> compare)
    {
        var (source, target) = (items, buffer);
        for (var width = 1; width < items.Length; width *= 2)
        {
            for (var start = 0; start < items.Length; start += 2 * width)
                MergeRuns(realm, source, target, start, width, compare);
            (source, target) = (target, source);
        }

        if (!ReferenceEquals(source, items))
            source.CopyTo(items, 0);
    }

    private static void MergeRuns(Realm realm, JsValue[] source, JsValue[] target, int start, int width, Func<JsValue, JsValue, double> compare)
    {
        var middle = Math.Min(start + width, source.Length);
        var end = Math.Min(start + (2 * width), source.Length);
        var (left, right) = (start, middle);
        for (var i = start; i < end; i++)
        {
            realm.Step();
            var takeLeft = left < middle && (right >= end || !(compare(source[left], source[right]) > 0));
            target[i] = takeLeft ? source[left++] : source[right++];
        }
    }

    private static void SortByText(Realm realm, JsValue[] items)
    {
        var texts = new string[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            realm.Step();
            texts[i] = Coerce.ToText(items[i]);
        }

        var order = new int[items.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        realm.Step(items.Length * Math.Log2(items.Length + 1));
        Array.Sort(order, (a, b) => string.CompareOrdinal(texts[a], texts[b]) is var c and not 0 ? c : a.CompareTo(b));
        var copy = (JsValue[])items.Clone();
        for (var i = 0; i < order.Length; i++)
            items[i] = copy[order[i]];
    }
}
