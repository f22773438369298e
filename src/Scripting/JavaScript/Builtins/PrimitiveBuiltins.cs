using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary><c>Boolean</c>, <c>Symbol</c> and <c>BigInt</c>.</summary>
internal static class PrimitiveBuiltins
{
    public static readonly BuiltinTemplate BooleanPrototype = new BuiltinTemplate("Boolean")
        .Link("constructor", IntrinsicId.Boolean)
        .Method("toString", 0, (_, self, _) => Unwrap(self, v => v.IsBoolean, "Boolean").IsTrue ? "true" : "false")
        .Method("valueOf", 0, (_, self, _) => Unwrap(self, v => v.IsBoolean, "Boolean"));

    public static readonly BuiltinTemplate SymbolPrototype = new BuiltinTemplate("Symbol")
        .Link("constructor", IntrinsicId.Symbol)
        .Getter("description", (_, self, _) => JsValue.OfOrUndefined(Symbol(self).Description))
        .Method("toString", 0, (_, self, _) => Symbol(self).ToString())
        .Method("valueOf", 0, (_, self, _) => Symbol(self))
        .Method(JsSymbol.ToPrimitive, "[Symbol.toPrimitive]", 1, (_, self, _) => Symbol(self), PropertyFlags.Configurable)
        .Tag("Symbol");

    public static readonly BuiltinTemplate SymbolStatics = new BuiltinTemplate("Symbol")
        .Constant("asyncIterator", JsSymbol.AsyncIterator)
        .Constant("hasInstance", JsSymbol.HasInstance)
        .Constant("isConcatSpreadable", JsSymbol.IsConcatSpreadable)
        .Constant("iterator", JsSymbol.Iterator)
        .Constant("match", JsSymbol.Match)
        .Constant("matchAll", JsSymbol.MatchAll)
        .Constant("replace", JsSymbol.Replace)
        .Constant("search", JsSymbol.Search)
        .Constant("species", JsSymbol.Species)
        .Constant("split", JsSymbol.Split)
        .Constant("toPrimitive", JsSymbol.ToPrimitive)
        .Constant("toStringTag", JsSymbol.ToStringTag)
        .Constant("unscopables", JsSymbol.Unscopables)
        .Method("for", 1, (realm, _, args) => realm.RegisteredSymbol(args.TextAt(0)))
        .Method("keyFor", 1, (realm, _, args) => args.At(0).IsSymbol
            ? JsValue.OfOrUndefined(realm.KeyOfSymbol(args[0].Symbol))
            : throw JsThrow.Type($"{Coerce.Describe(args.At(0))} is not a symbol"));

    public static readonly BuiltinTemplate BigIntPrototype = new BuiltinTemplate("BigInt")
        .Link("constructor", IntrinsicId.BigInt)
        .Method("toLocaleString", 0, (_, self, args) => IntlBuiltins.FormatBigInt(BigInt(self), args.At(0), args.At(1)))
        .Method("toString", 0, (realm, self, args) =>
        {
            var radix = args.At(0).IsUndefined ? 10 : args.IntegerAt(0);
            var value = BigInt(self);
            realm.AllocateText(value.GetBitLength() / Math.Log2(Math.Max(2, radix)));
            realm.Step(value.GetBitLength() / 8d);
            return radix is >= 2 and <= 36 ? NumberBuiltins.BigIntText(value, (int)radix) : throw JsThrow.Range("toString() radix must be between 2 and 36");
        })
        .Method("valueOf", 0, (_, self, _) => Unwrap(self, v => v.IsBigInt, "BigInt"))
        .Tag("BigInt");

    public static readonly BuiltinTemplate BigIntStatics = new BuiltinTemplate("BigInt")
        .Method("asIntN", 2, (realm, _, args) => JsValue.Of(Wrap(args.IntegerAt(0), Coerce.ToBigInt(args.At(1)), signed: true)))
        .Method("asUintN", 2, (realm, _, args) => JsValue.Of(Operators.Checked(realm, Wrap(args.IntegerAt(0), Coerce.ToBigInt(args.At(1)), signed: false))));

    public static JsValue CallBoolean(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) => Coerce.ToBoolean(args.At(0));

    public static JsValue ConstructBoolean(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        new JsWrapper(realm, Coerce.ToBoolean(args.At(0)), Realm.PrototypeFrom(newTarget, realm.BooleanPrototype));

    public static JsValue CallSymbol(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        new JsSymbol(args.At(0).IsUndefined ? null : args.TextAt(0));

    public static JsValue CallBigInt(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var value = Coerce.ToPrimitive(args.At(0), PrimitiveHint.Number);
        if (!value.IsNumber)
            return JsValue.Of(Operators.Checked(realm, Coerce.ToBigInt(value)));
        return NumberBuiltins.IsInteger(value.Number)
            ? JsValue.Of(new BigInteger(value.Number))
            : throw JsThrow.Range($"The number {NumberText.ToString(value.Number)} cannot be converted to a BigInt because it is not an integer");
    }

    public static BuiltinConstructor RefuseNew(string name) => (_, _, _) => throw JsThrow.Type($"{name} is not a constructor");

    private static JsSymbol Symbol(JsValue self) => Unwrap(self, v => v.IsSymbol, "Symbol").Symbol;

    private static BigInteger BigInt(JsValue self) => Unwrap(self, v => v.IsBigInt, "BigInt").BigInt;

    private static JsValue Unwrap(JsValue self, Func<JsValue, bool> fits, string name)
    {
        if (fits(self))
            return self;
        return self.TryGetObject<JsWrapper>(out var wrapper) && fits(wrapper.Primitive)
            ? wrapper.Primitive
            : throw JsThrow.Type($"{name}.prototype.valueOf requires that 'this' be a {name}");
    }

    private static BigInteger Wrap(double bits, BigInteger value, bool signed)
    {
        if (bits is not (>= 0 and <= 9007199254740991d))
            throw JsThrow.Range("Invalid value: not (convertible to) a safe integer");
        if (bits > Operators.BigIntBitsMax)
            return signed || value.Sign >= 0 ? value : throw JsThrow.Range("Maximum BigInt size exceeded");
        var modulus = BigInteger.One << (int)bits;
        var rest = BigInteger.Remainder(value, modulus);
        if (rest.Sign < 0)
            rest += modulus;
        return signed && bits > 0 && rest >= modulus >> 1 ? rest - modulus : rest;
    }
}
