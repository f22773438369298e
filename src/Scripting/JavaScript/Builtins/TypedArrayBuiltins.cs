namespace Platform.Scripting.JavaScript;

/// <summary>
/// The typed arrays. Methods that work on any array-like are those of <c>Array</c>; here are the ones that make new typed
/// arrays or depend on the bytes.
/// </summary>
internal static class TypedArrayBuiltins
{
    public static readonly BuiltinTemplate Prototype = Borrowed(new BuiltinTemplate("TypedArray"))
        .Link("constructor", IntrinsicId.TypedArray)
        .Getter("buffer", (_, self, _) => This(self).Buffer)
        .Getter("byteLength", (_, self, _) => This(self).Length * This(self).ElementSize)
        .Getter("byteOffset", (_, self, _) => This(self).Offset)
        .Getter("length", (_, self, _) => This(self).Length)
        .Method("filter", 1, (realm, self, args) => FromList(realm, This(self).Kind, CallArray(realm, "filter", self, args)))
        .Method("map", 1, (realm, self, args) => FromList(realm, This(self).Kind, CallArray(realm, "map", self, args)))
        .Method("set", 1, Set)
        .Method("slice", 2, Slice)
        .Method("sort", 1, (realm, self, args) => Sort(realm, This(self), args.At(0)))
        .Method("subarray", 2, Subarray)
        .Method("toReversed", 0, (realm, self, args) => FromList(realm, This(self).Kind, CallArray(realm, "toReversed", self, args)))
        .Method("toSorted", 1, (realm, self, args) => Sort(realm, This(self).CopyOf(), args.At(0)))
        .Method("with", 2, (realm, self, args) => FromList(realm, This(self).Kind, CallArray(realm, "with", self, args)))
        .Made("toString", realm => realm.ArrayPrototype.Get("toString"))
        .Alias(JsSymbol.Iterator, "values", IntrinsicId.TypedArrayPrototype)
        .Getter(JsSymbol.ToStringTag, "[Symbol.toStringTag]", (_, self, _) => self.TryGetObject<JsTypedArray>(out var typed) ? typed.Kind + "Array" : JsValue.Undefined);

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("TypedArray")
        .Method("from", 1, (realm, self, args) => Construct(realm, self, CallFrom(realm, args)))
        .Method("of", 0, (realm, self, args) => Construct(realm, self, new JsArray(realm, args.ToArray(), args.Length)))
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    public static BuiltinTemplate PrototypeOf(TypedArrayKind kind) => new BuiltinTemplate("Object")
        .Link("constructor", IntrinsicId.Int8Array + (int)kind)
        .Constant("BYTES_PER_ELEMENT", ElementAccess.SizeOf(kind));

    public static JsObject MakeConstructor(Realm realm, TypedArrayKind kind)
    {
        var name = kind + "Array";
        var function = new JsBuiltinFunction(
            realm,
            name,
            3,
            (_, _, _) => throw JsThrow.Type($"Constructor {name} requires 'new'"),
            (r, args, newTarget) => Create(r, kind, args, Realm.PrototypeFrom(newTarget, r.Intrinsic(IntrinsicId.Int8ArrayPrototype + (int)kind))),
            realm.Intrinsic(IntrinsicId.TypedArray));
        function.OwnKeys();
        function.AddNamed("prototype", realm.Intrinsic(IntrinsicId.Int8ArrayPrototype + (int)kind), PropertyFlags.None);
        function.AddNamed("BYTES_PER_ELEMENT", ElementAccess.SizeOf(kind), PropertyFlags.None);
        return function;
    }

    public static JsValue RefuseConstruct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        throw JsThrow.Type("Abstract class TypedArray not directly constructable");

    private static BuiltinTemplate Borrowed(BuiltinTemplate template)
    {
        foreach (var name in new[]
                 {
                     "at", "copyWithin", "entries", "every", "fill", "find", "findIndex", "findLast", "findLastIndex", "forEach", "includes", "indexOf",
                     "join", "keys", "lastIndexOf", "reduce", "reduceRight", "reverse", "some", "toLocaleString", "values",
                 })
        {
            template.Method(name, 1, (realm, self, args) =>
            {
                This(self);
                return CallArray(realm, name, self, args);
            });
        }

        return template;
    }

    private static JsValue CallArray(Realm realm, string name, JsValue self, ReadOnlySpan<JsValue> args)
    {
        This(self);
        return realm.ArrayPrototype.Get(name).AsFunction()!.Call(self, args);
    }

    private static JsArray CallFrom(Realm realm, ReadOnlySpan<JsValue> args) =>
        (JsArray)realm.Intrinsic(IntrinsicId.Array).Get("from").AsFunction()!.Call(JsValue.Undefined, args).Object;

    private static JsValue Construct(Realm realm, JsValue constructor, JsArray items) => Coerce.ToConstructor(constructor).Construct([items], constructor.Object);

    private static JsTypedArray This(JsValue self) =>
        self.TryGetObject<JsTypedArray>(out var typed) ? typed : throw JsThrow.Type("this is not a typed array.");

    private static JsTypedArray Create(Realm realm, TypedArrayKind kind, ReadOnlySpan<JsValue> args, JsObject prototype)
    {
        var source = args.At(0);
        if (!source.IsObject)
            return JsTypedArray.Create(realm, kind, BufferBuiltins.ToIndex(source), prototype);
        if (source.Object is JsArrayBuffer buffer)
            return OverBuffer(realm, kind, buffer, args, prototype);
        var items = source.Object is JsTypedArray typed
            ? [.. Enumerable.Range(0, typed.Length).Select(typed.At)]
            : source.Object.Get(JsSymbol.Iterator).IsNullish
                ? FunctionBuiltins.ArgumentList(realm, source)
                : [.. Iteration.ToList(realm, source)];
        var result = JsTypedArray.Create(realm, kind, items.Length, prototype);
        for (var i = 0; i < items.Length; i++)
            result.SetAt(i, items[i]);
        return result;
    }

    private static JsTypedArray OverBuffer(Realm realm, TypedArrayKind kind, JsArrayBuffer buffer, ReadOnlySpan<JsValue> args, JsObject prototype)
    {
        var size = ElementAccess.SizeOf(kind);
        var offset = BufferBuiltins.ToIndex(args.At(1));
        if (offset % size != 0)
            throw JsThrow.Range($"start offset of {kind}Array should be a multiple of {size}");
        if (args.At(2).IsUndefined && (buffer.Bytes.Length % size != 0 || offset > buffer.Bytes.Length))
            throw JsThrow.Range($"byte length of {kind}Array should be a multiple of {size}");
        var length = args.At(2).IsUndefined ? (buffer.Bytes.Length - offset) / size : BufferBuiltins.ToIndex(args.At(2));
        if (offset + (length * size) > buffer.Bytes.Length)
            throw JsThrow.Range($"Invalid typed array length: {NumberText.ToString(length)}");
        return new JsTypedArray(realm, kind, buffer, (int)offset, (int)length, prototype);
    }

    private static JsTypedArray FromList(Realm realm, TypedArrayKind kind, JsValue items)
    {
        var source = items.Object;
        var length = (int)Coerce.LengthOf(source);
        var result = JsTypedArray.Create(realm, kind, length);
        for (var i = 0; i < length; i++)
            result.SetAt(i, source.Get(new PropertyKey((uint)i)));
        return result;
    }

    private static JsValue Set(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = This(self);
        var items = args.At(0).TryGetObject<JsTypedArray>(out var typed)
            ? [.. Enumerable.Range(0, typed.Length).Select(typed.At)]
            : FunctionBuiltins.ArgumentList(realm, Coerce.ToObject(realm, args.At(0)));
        var offset = args.IntegerAt(1);
        if (offset < 0 || offset + items.Length > target.Length)
            throw JsThrow.Range("offset is out of bounds");
        realm.Step(items.Length);
        for (var i = 0; i < items.Length; i++)
            target.SetAt((int)offset + i, items[i]);
        return JsValue.Undefined;
    }

    private static JsValue Slice(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = This(self);
        var start = (int)Coerce.RelativeIndex(args.At(0), source.Length, 0);
        var end = (int)Coerce.RelativeIndex(args.At(1), source.Length, source.Length);
        var result = JsTypedArray.Create(realm, source.Kind, Math.Max(0, end - start));
        source.Bytes.Slice(start * source.ElementSize, result.Bytes.Length).CopyTo(result.Bytes);
        return result;
    }

    private static JsValue Subarray(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = This(self);
        var start = (int)Coerce.RelativeIndex(args.At(0), source.Length, 0);
        var end = (int)Coerce.RelativeIndex(args.At(1), source.Length, source.Length);
        return new JsTypedArray(realm, source.Kind, source.Buffer, source.Offset + (start * source.ElementSize), Math.Max(0, end - start));
    }

    private static JsTypedArray Sort(Realm realm, JsTypedArray target, JsValue comparer)
    {
        var compare = comparer.IsUndefined ? null : Coerce.ToFunction(comparer);
        var items = new JsValue[target.Length];
        for (var i = 0; i < items.Length; i++)
            items[i] = target.At(i);
        Sorting.Merge(realm, items, new JsValue[items.Length], compare is null ? Numeric : (a, b) => Coerce.ToNumber(compare.Call(JsValue.Undefined, [a, b])));
        for (var i = 0; i < items.Length; i++)
            target.SetAt(i, items[i]);
        return target;
    }

    private static double Numeric(JsValue left, JsValue right) =>
        left.IsBigInt ? left.BigInt.CompareTo(right.BigInt) : left.Number.CompareTo(right.Number) is var order && double.IsNaN(left.Number) != double.IsNaN(right.Number) ? -order : order;
}
