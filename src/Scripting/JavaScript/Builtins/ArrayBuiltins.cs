namespace Platform.Scripting.JavaScript;

/// <summary><c>Array</c>: the constructor, and the table of methods that the neighbouring files implement.</summary>
internal static partial class ArrayBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("Array")
        .Value("length", 0, PropertyFlags.Writable)
        .Link("constructor", IntrinsicId.Array)
        .Method("at", 1, At)
        .Method("concat", 1, Concat)
        .Method("copyWithin", 2, CopyWithin)
        .Method("entries", 0, (realm, self, _) => Iterator(realm, self, ListIteratorKind.Entries))
        .Method("every", 1, Every)
        .Method("fill", 1, Fill)
        .Method("filter", 1, Filter)
        .Method("find", 1, (realm, self, args) => Search(realm, self, args, fromEnd: false, wantIndex: false))
        .Method("findIndex", 1, (realm, self, args) => Search(realm, self, args, fromEnd: false, wantIndex: true))
        .Method("findLast", 1, (realm, self, args) => Search(realm, self, args, fromEnd: true, wantIndex: false))
        .Method("findLastIndex", 1, (realm, self, args) => Search(realm, self, args, fromEnd: true, wantIndex: true))
        .Method("flat", 0, Flat)
        .Method("flatMap", 1, FlatMap)
        .Method("forEach", 1, ForEach)
        .Method("includes", 1, Includes)
        .Method("indexOf", 1, IndexOf)
        .Method("join", 1, Join)
        .Method("keys", 0, (realm, self, _) => Iterator(realm, self, ListIteratorKind.Keys))
        .Method("lastIndexOf", 1, LastIndexOf)
        .Method("map", 1, Map)
        .Method("pop", 0, Pop)
        .Method("push", 1, Push)
        .Method("reduce", 1, (realm, self, args) => Reduce(realm, self, args, fromEnd: false))
        .Method("reduceRight", 1, (realm, self, args) => Reduce(realm, self, args, fromEnd: true))
        .Method("reverse", 0, Reverse)
        .Method("shift", 0, Shift)
        .Method("slice", 2, Slice)
        .Method("some", 1, Some)
        .Method("sort", 1, Sort)
        .Method("splice", 2, Splice)
        .Method("toLocaleString", 0, ToLocaleText)
        .Method("toReversed", 0, ToReversed)
        .Method("toSorted", 1, ToSorted)
        .Method("toSpliced", 2, ToSpliced)
        .Method("toString", 0, ToText)
        .Method("unshift", 1, Unshift)
        .Method("values", 0, (realm, self, _) => Iterator(realm, self, ListIteratorKind.Values))
        .Method("with", 2, With)
        .Alias(JsSymbol.Iterator, "values", IntrinsicId.ArrayPrototype)
        .Made(JsSymbol.Unscopables, realm => new JsObject(realm, null), PropertyFlags.Configurable);

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("Array")
        .Method("from", 1, From)
        .Method("isArray", 1, (_, _, args) => Coerce.IsArray(args.At(0)))
        .Method("of", 0, Of)
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) => Create(realm, args);

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var array = Create(realm, args);
        if (!ReferenceEquals(newTarget, realm.ExistingIntrinsic(IntrinsicId.Array)))
            array.SetPrototype(Realm.PrototypeFrom(newTarget, realm.ArrayPrototype));
        return array;
    }

    /// <summary>An index as a property key; indices beyond the array range are plain names.</summary>
    public static PropertyKey Key(double index) =>
        index < uint.MaxValue ? new PropertyKey((uint)index) : PropertyKey.Named(NumberText.ToString(index));

    /// <summary>Reads an element if it exists.</summary>
    public static bool TryGet(JsObject target, double index, out JsValue value)
    {
        if (target is JsArray array && array.TryGetDense((uint)index, out value))
            return true;
        var key = Key(index);
        if (target.Has(key))
        {
            value = target.Get(key);
            return true;
        }

        value = default;
        return false;
    }

    public static JsValue Get(JsObject target, double index) =>
        target is JsArray array && array.TryGetDense((uint)index, out var value) ? value : target.Get(Key(index));

    private static JsArray Create(Realm realm, ReadOnlySpan<JsValue> args)
    {
        if (args.Length != 1 || !args[0].IsNumber)
            return new JsArray(realm, args.ToArray(), args.Length);
        var length = Coerce.ToUint32(args[0].Number);
        return length == args[0].Number ? JsArray.WithLength(realm, length) : throw JsThrow.Range("Invalid array length");
    }

    /// <summary>A new array of the kind that the receiver's class asks for.</summary>
    private static JsObject Like(Realm realm, JsObject source, double length)
    {
        if (!Coerce.IsArray(source) || (source is JsArray && ReferenceEquals(source.PrototypeSlot, realm.ArrayPrototype) && source.Shape is { Count: 0 }))
            return NewArray(realm, length);
        var constructor = source.Get("constructor");
        if (constructor.IsObject)
        {
            if (ReferenceEquals(constructor.Object, realm.ExistingIntrinsic(IntrinsicId.Array)))
                return NewArray(realm, length);
            constructor = constructor.Object.Get(JsSymbol.Species);
        }

        return constructor.IsNullish ? NewArray(realm, length) : Coerce.ToConstructor(constructor).Construct([length], constructor.Object).Object;
    }

    private static JsArray NewArray(Realm realm, double length)
    {
        if (length > uint.MaxValue)
            throw JsThrow.Range("Invalid array length");
        return length == 0 ? new JsArray(realm) : JsArray.WithLength(realm, (uint)length);
    }

    private static void Append(JsObject target, double index, JsValue value)
    {
        if (target is JsArray array && array.TryAppend((uint)index, value))
            return;
        if (!target.CreateOwn(Key(index), value))
            throw JsThrow.Type($"Cannot add property {index}, object is not extensible");
    }

    private static JsFunction Callback(JsValue value) =>
        value.AsFunction() ?? throw JsThrow.Type($"{Coerce.Describe(value)} is not a function");

    private static JsListIterator Iterator(Realm realm, JsValue self, ListIteratorKind kind)
    {
        var source = Coerce.ToObject(realm, self);
        return new JsListIterator(realm, IntrinsicId.ArrayIteratorPrototype, position =>
        {
            if (position >= Coerce.LengthOf(source))
                return (JsValue.Hole, position);
            JsValue item = kind switch
            {
                ListIteratorKind.Keys => position,
                ListIteratorKind.Values => Get(source, position),
                ListIteratorKind.Entries => new JsArray(realm, [position, Get(source, position)], 2),
            };
            return (item, position + 1);
        });
    }

    private static JsValue From(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = args.At(0);
        var map = args.At(1).IsUndefined ? null : Callback(args.At(1));
        var thisArgument = args.At(2);
        var constructor = self.AsFunction() is { IsConstructor: true } function && !ReferenceEquals(function, realm.ExistingIntrinsic(IntrinsicId.Array)) ? function : null;
        if (source.IsNullish)
            throw JsThrow.Type($"{Coerce.ToText(source)} is not iterable");
        if (!PropertyAccess.Get(realm, source, JsSymbol.Iterator, source).IsNullish)
        {
            JsObject result = constructor is null ? new JsArray(realm) : constructor.Construct([], constructor).Object;
            realm.PushRoot(result);
            double count = 0;
            Iteration.Each(realm, source, item =>
            {
                Append(result, count, map is null ? item : map.Call(thisArgument, [item, count]));
                count++;
                return true;
            });
            realm.PopRoot();
            if (constructor is not null)
                result.Put("length", count);
            return result;
        }

        return FromArrayLike(realm, Coerce.ToObject(realm, source), map, thisArgument, constructor);
    }

    private static JsValue FromArrayLike(Realm realm, JsObject source, JsFunction? map, JsValue thisArgument, JsFunction? constructor)
    {
        var length = Coerce.LengthOf(source);
        JsObject target = constructor is null ? new JsArray(realm) : constructor.Construct([length], constructor).Object;
        realm.PushRoot(target);
        for (double i = 0; i < length; i++)
        {
            realm.Step();
            var item = Get(source, i);
            Append(target, i, map is null ? item : map.Call(thisArgument, [item, i]));
        }

        realm.PopRoot();
        if (constructor is not null)
            target.Put("length", length);
        return target;
    }

    private static JsValue Of(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (self.AsFunction() is not { IsConstructor: true } function || ReferenceEquals(function, realm.ExistingIntrinsic(IntrinsicId.Array)))
            return new JsArray(realm, args.ToArray(), args.Length);
        var target = function.Construct([args.Length], function).Object;
        for (var i = 0; i < args.Length; i++)
            target.CreateOwn(new PropertyKey((uint)i), args[i]);
        target.Put("length", args.Length);
        return target;
    }

    private static JsValue ToText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, self);
        return source.Get("join").AsFunction() is { } join
            ? join.Call(source, [])
            : Coerce.ToFunction(realm.ObjectPrototype.Get("toString")).Call(source, []);
    }
}
