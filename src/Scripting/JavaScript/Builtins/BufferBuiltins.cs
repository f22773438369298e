namespace Platform.Scripting.JavaScript;

/// <summary><c>ArrayBuffer</c> and <c>DataView</c>.</summary>
internal static class BufferBuiltins
{
    public static readonly BuiltinTemplate ArrayBufferPrototype = new BuiltinTemplate("ArrayBuffer")
        .Link("constructor", IntrinsicId.ArrayBuffer)
        .Getter("byteLength", (_, self, _) => Buffer(self).Bytes.Length)
        .Method("slice", 2, (realm, self, args) =>
        {
            var source = Buffer(self).Bytes;
            var start = (int)Coerce.RelativeIndex(args.At(0), source.Length, 0);
            var end = (int)Coerce.RelativeIndex(args.At(1), source.Length, source.Length);
            var copy = JsArrayBuffer.Allocate(realm, Math.Max(0, end - start));
            source.AsSpan(start, copy.Length).CopyTo(copy);
            return new JsArrayBuffer(realm, copy);
        })
        .Tag("ArrayBuffer");

    public static readonly BuiltinTemplate ArrayBufferStatics = new BuiltinTemplate("ArrayBuffer")
        .Method("isView", 1, (_, _, args) => args.At(0).IsObject && args.At(0).Object is JsTypedArray or JsDataView)
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    public static readonly BuiltinTemplate DataViewPrototype = Accessors(new BuiltinTemplate("DataView"))
        .Link("constructor", IntrinsicId.DataView)
        .Getter("buffer", (_, self, _) => View(self).Buffer)
        .Getter("byteLength", (_, self, _) => View(self).Length)
        .Getter("byteOffset", (_, self, _) => View(self).Offset)
        .Tag("DataView");

    public static JsValue ConstructArrayBuffer(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        new JsArrayBuffer(realm, JsArrayBuffer.Allocate(realm, ToIndex(args.At(0))), Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.ArrayBufferPrototype)));

    public static JsValue ConstructDataView(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        if (!args.At(0).TryGetObject<JsArrayBuffer>(out var buffer))
            throw JsThrow.Type("First argument to DataView constructor must be an ArrayBuffer");
        var offset = ToIndex(args.At(1));
        if (offset > buffer.Bytes.Length)
            throw JsThrow.Range($"Start offset {NumberText.ToString(offset)} is outside the bounds of the buffer");
        var length = args.At(2).IsUndefined ? buffer.Bytes.Length - offset : ToIndex(args.At(2));
        if (offset + length > buffer.Bytes.Length)
            throw JsThrow.Range($"Invalid DataView length {NumberText.ToString(length)}");
        return new JsDataView(realm, buffer, (int)offset, (int)length, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.DataViewPrototype)));
    }

    public static double ToIndex(JsValue value)
    {
        var index = Coerce.ToInteger(value);
        return index is >= 0 and <= 9007199254740991d ? index : throw JsThrow.Range("Invalid typed array length: " + NumberText.ToString(index));
    }

    private static BuiltinTemplate Accessors(BuiltinTemplate template)
    {
        foreach (var kind in Enum.GetValues<TypedArrayKind>())
        {
            if (kind == TypedArrayKind.Uint8Clamped)
                continue;
            template.Method("get" + kind, 1, (_, self, args) => ElementAccess.Read(kind, Range(View(self), args.At(0), kind), Coerce.ToBoolean(args.At(1))));
            template.Method("set" + kind, 2, (_, self, args) =>
            {
                var value = ElementAccess.Convert(kind, args.At(1));
                ElementAccess.Write(kind, Range(View(self), args.At(0), kind), value, Coerce.ToBoolean(args.At(2)));
                return JsValue.Undefined;
            });
        }

        return template;
    }

    private static Span<byte> Range(JsDataView view, JsValue position, TypedArrayKind kind)
    {
        var index = ToIndex(position);
        var size = ElementAccess.SizeOf(kind);
        if (index + size > view.Length)
            throw JsThrow.Range("Offset is outside the bounds of the DataView");
        return view.Buffer.Bytes.AsSpan(view.Offset + (int)index, size);
    }

    private static JsArrayBuffer Buffer(JsValue self) =>
        self.TryGetObject<JsArrayBuffer>(out var buffer) ? buffer : throw JsThrow.Type("Receiver is not an ArrayBuffer");

    private static JsDataView View(JsValue self) =>
        self.TryGetObject<JsDataView>(out var view) ? view : throw JsThrow.Type("Receiver is not a DataView");
}
