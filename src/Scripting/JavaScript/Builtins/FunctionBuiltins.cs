namespace Platform.Scripting.JavaScript;

/// <summary><c>Function</c>: no functions are made from text.</summary>
internal static class FunctionBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("Function")
        .Link("constructor", IntrinsicId.Function)
        .Method("apply", 2, Apply)
        .Method("bind", 1, Bind)
        .Method("call", 1, (_, self, args) => Target(self).Call(args.At(0), args.Length > 1 ? args[1..] : []))
        .Method("toString", 0, (_, self, _) => Target(self).SourceText)
        .Method(JsSymbol.HasInstance, "[Symbol.hasInstance]", 1, (_, self, args) => self.AsFunction() is { } function && Operators.OrdinaryInstanceOf(function, args.At(0)), PropertyFlags.None);

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) => Construct(realm, args, realm.ObjectPrototype);

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        // Libraries find the global object in this way, and it makes no code from text.
        if (args.Length == 1 && args[0].IsString && args[0].AsString().Trim().TrimEnd(';') == "return this")
            return new JsBuiltinFunction(realm, "anonymous", 0, (r, _, _) => r.GlobalObject);
        throw JsThrow.Of(JsErrorKind.EvalError, "Code generation from strings disallowed for this context");
    }

    /// <summary>The elements of an array-like object as arguments.</summary>
    public static JsValue[] ArgumentList(Realm realm, JsValue value)
    {
        if (value.IsNullish)
            return [];
        if (!value.IsObject)
            throw JsThrow.Type("CreateListFromArrayLike called on non-object");
        var source = value.Object;
        if (source is JsArray { IsDense: true } array)
        {
            var copy = array.Items.ToArray();
            for (var i = 0; i < copy.Length; i++)
            {
                if (copy[i].IsHole)
                    copy[i] = JsValue.Undefined;
            }

            return copy;
        }

        var length = Coerce.LengthOf(source);
        realm.CheckArrayLength(length);
        realm.Allocate((long)length * 16);
        var args = new JsValue[(int)length];
        for (var i = 0; i < args.Length; i++)
        {
            realm.Step();
            args[i] = source.Get(new PropertyKey((uint)i));
        }

        return args;
    }

    private static JsFunction Target(JsValue self) =>
        self.AsFunction() ?? throw JsThrow.Type("Function.prototype method called on something that is not a function");

    private static JsValue Apply(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        Target(self).Call(args.At(0), ArgumentList(realm, args.At(1)));

    private static JsValue Bind(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = self.AsFunction() ?? throw JsThrow.Type("Bind must be called on a function");
        var bound = args.Length > 1 ? args[1..].ToArray() : [];
        var length = target.HasOwn(PropertyKey.Named("length")) && target.Get("length") is { IsNumber: true } declared
            ? Math.Max(0, Coerce.ToInteger(declared) - bound.Length)
            : 0;
        var name = target.Get("name");
        return new JsBoundFunction(realm, target, args.At(0), bound, "bound " + (name.IsString ? name.AsString() : ""), length);
    }
}

/// <summary><c>Function.prototype</c>, which is itself a function that does nothing.</summary>
internal sealed class JsFunctionPrototype : JsFunction
{
    public JsFunctionPrototype(Realm realm)
        : base(realm, realm.ObjectPrototype)
    {
    }

    protected override string FunctionName => "";
    protected override int FunctionLength => 0;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args) => JsValue.Undefined;

    protected override void AddOwnProperties() => FunctionBuiltins.Prototype.AddTo(this);
}
