using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>The array methods that only read.</summary>
internal static partial class ArrayBuiltins
{
    private static JsValue At(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var relative = args.IntegerAt(0);
        var index = relative < 0 ? length + relative : relative;
        return index < 0 || index >= length ? JsValue.Undefined : Get(source, index);
    }

    private static JsValue Slice(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var start = Coerce.RelativeIndex(args.At(0), length, 0);
        var end = Coerce.RelativeIndex(args.At(1), length, length);
        var count = Math.Max(0, end - start);
        if (source is JsArray { IsDense: true } array && ReferenceEquals(source.PrototypeSlot, realm.ArrayPrototype) && array.Length >= end)
        {
            realm.Step(count / 16);
            realm.Allocate((long)count * 16);
            var copy = array.Items.Slice((int)start, (int)count).ToArray();
            return new JsArray(realm, copy, copy.Length);
        }

        var target = Like(realm, source, count);
        double written = 0;
        for (var i = start; i < end; i++, written++)
        {
            realm.Step();
            if (TryGet(source, i, out var item))
                target.CreateOwn(Key(written), item);
        }

        target.Put("length", written);
        return target;
    }

    private static JsValue Concat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var target = Like(realm, source, 0);
        realm.PushRoot(target);
        double count = 0;
        ConcatPart(realm, target, source, ref count);
        foreach (var arg in args)
            ConcatPart(realm, target, arg, ref count);
        realm.PopRoot();
        target.Put("length", count);
        return target;
    }

    private static void ConcatPart(Realm realm, JsObject target, JsValue part, ref double count)
    {
        if (!IsSpreadable(part))
        {
            Append(target, count++, part);
            return;
        }

        var source = part.Object;
        var length = Coerce.LengthOf(source);
        if (count + length > 9007199254740991d)
            throw JsThrow.Type("Array too large");
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (!TryGet(source, i, out var item))
                continue;
            if (target is JsArray array && array.Length < count + i)
                array.SetLength((uint)(count + i));
            Append(target, count + i, item);
        }

        count += length;
    }

    private static bool IsSpreadable(JsValue value)
    {
        if (!value.IsObject)
            return false;
        var wish = value.Object.Get(JsSymbol.IsConcatSpreadable);
        return wish.IsUndefined ? Coerce.IsArray(value) : Coerce.ToBoolean(wish);
    }

    private static JsValue Includes(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        for (var i = Coerce.RelativeIndex(args.At(1), length, 0); i < length; i++)
        {
            realm.Step();
            if (Coerce.SameValueZero(Get(source, i), args.At(0)))
                return true;
        }

        return false;
    }

    private static JsValue IndexOf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        for (var i = Coerce.RelativeIndex(args.At(1), length, 0); i < length; i++)
        {
            realm.Step();
            if (TryGet(source, i, out var item) && Operators.StrictEquals(item, args.At(0)))
                return i;
        }

        return -1;
    }

    private static JsValue LastIndexOf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var from = args.Length > 1 ? args.IntegerAt(1) : length - 1;
        for (var i = from < 0 ? length + from : Math.Min(from, length - 1); i >= 0; i--)
        {
            realm.Step();
            if (TryGet(source, i, out var item) && Operators.StrictEquals(item, args.At(0)))
                return i;
        }

        return -1;
    }

    private static JsValue Join(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var separator = args.At(0).IsUndefined ? "," : args.TextAt(0);
        return JoinTexts(realm, source, separator, item => item.IsNullish ? "" : Coerce.ToText(item));
    }

    private static JsValue ToLocaleText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var options = args.ToArray();
        return JoinTexts(realm, Coerce.ToObject(realm, self), ",", item => item.IsNullish
            ? ""
            : Coerce.ToText(Coerce.ToFunction(PropertyAccess.Get(realm, item, PropertyKey.Named("toLocaleString"), item)).Call(item, options)));
    }

    private static JsValue JoinTexts(Realm realm, JsObject source, string separator, Func<JsValue, string> text)
    {
        // A cycle of arrays joins to nothing, as everywhere.
        if (!realm.Joining.Add(source))
            return "";
        try
        {
            var length = Coerce.LengthOf(source);
            var result = new StringBuilder();
            for (double i = 0; i < length; i++)
            {
                realm.Step();
                if (i > 0)
                    result.Append(separator);
                result.Append(text(Get(source, i)));
                realm.CheckStringLength(result.Length);
            }

            realm.AllocateText(result.Length);
            return result.ToString();
        }
        finally
        {
            realm.Joining.Remove(source);
        }
    }
}
