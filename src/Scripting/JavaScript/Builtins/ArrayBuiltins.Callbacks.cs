namespace Platform.Scripting.JavaScript;

/// <summary>The array methods that call back.</summary>
internal static partial class ArrayBuiltins
{
    private static JsValue ForEach(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        Visit(realm, self, args, (_, _, _) => true);
        return JsValue.Undefined;
    }

    private static JsValue Every(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        Visit(realm, self, args, (_, result, _) => Coerce.ToBoolean(result));

    private static JsValue Some(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        !Visit(realm, self, args, (_, result, _) => !Coerce.ToBoolean(result));

    private static JsValue Map(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var callback = Callback(args.At(0));
        var thisArgument = args.At(1);
        var target = Like(realm, source, length);
        realm.PushRoot(target);
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (!TryGet(source, i, out var item))
                continue;
            var mapped = callback.Call(thisArgument, [item, i, source]);
            if (target is not JsArray array || !array.TrySetHole((uint)i, mapped))
                target.CreateOwn(Key(i), mapped);
        }

        realm.PopRoot();
        return target;
    }

    private static JsValue Filter(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var callback = Callback(args.At(0));
        var thisArgument = args.At(1);
        var target = Like(realm, source, 0);
        realm.PushRoot(target);
        double count = 0;
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (TryGet(source, i, out var item) && Coerce.ToBoolean(callback.Call(thisArgument, [item, i, source])))
                Append(target, count++, item);
        }

        realm.PopRoot();
        return target;
    }

    private static JsValue Search(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool fromEnd, bool wantIndex)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var callback = Callback(args.At(0));
        var thisArgument = args.At(1);
        for (double n = 0; n < length; n++)
        {
            realm.Step();
            var i = fromEnd ? length - 1 - n : n;
            var item = Get(source, i);
            if (Coerce.ToBoolean(callback.Call(thisArgument, [item, i, source])))
                return wantIndex ? i : item;
        }

        return wantIndex ? -1 : JsValue.Undefined;
    }

    private static JsValue Reduce(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool fromEnd)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var callback = Callback(args.At(0));
        var accumulator = args.Length > 1 ? args[1] : JsValue.Hole;
        for (double n = 0; n < length; n++)
        {
            realm.Step();
            var i = fromEnd ? length - 1 - n : n;
            if (!TryGet(source, i, out var item))
                continue;
            accumulator = accumulator.IsHole ? item : callback.Call(JsValue.Undefined, [accumulator, item, i, source]);
        }

        return accumulator.IsHole ? throw JsThrow.Type("Reduce of empty array with no initial value") : accumulator;
    }

    private static JsValue Flat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var depth = args.At(0).IsUndefined ? 1 : args.IntegerAt(0);
        var target = Like(realm, source, 0);
        realm.PushRoot(target);
        Flatten(realm, target, 0, source, depth);
        realm.PopRoot();
        return target;
    }

    private static JsValue FlatMap(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        var callback = Callback(args.At(0));
        var thisArgument = args.At(1);
        var length = Coerce.LengthOf(source);
        var target = Like(realm, source, 0);
        realm.PushRoot(target);
        double count = 0;
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (!TryGet(source, i, out var item))
                continue;
            var mapped = callback.Call(thisArgument, [item, i, source]);
            if (Coerce.IsArray(mapped))
                count = Flatten(realm, target, count, mapped.Object, 0);
            else
                Append(target, count++, mapped);
        }

        realm.PopRoot();
        return target;
    }

    private static double Flatten(Realm realm, JsObject target, double count, JsObject source, double depth)
    {
        realm.EnterNative();
        var length = Coerce.LengthOf(source);
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (!TryGet(source, i, out var item))
                continue;
            if (depth > 0 && Coerce.IsArray(item))
                count = Flatten(realm, target, count, item.Object, depth - 1);
            else
                Append(target, count++, item);
        }

        realm.LeaveNative();
        return count;
    }

    // Calls back for every element until the visitor says stop; true when it never did.
    private static bool Visit(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, Func<JsValue, JsValue, double, bool> goOn)
    {
        var source = Coerce.ToObject(realm, self);
        var length = Coerce.LengthOf(source);
        var callback = Callback(args.At(0));
        var thisArgument = args.At(1);
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            if (TryGet(source, i, out var item) && !goOn(item, callback.Call(thisArgument, [item, i, source]), i))
                return false;
        }

        return true;
    }
}
