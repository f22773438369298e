using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary>The operators whose meaning depends on the types of both sides.</summary>
internal static class Operators
{
    /// <summary>The largest BigInt, in bits; keeps powers and shifts of hostile scripts within bounds.</summary>
    public const int BigIntBitsMax = 1 << 20;

    public static JsValue Add(Realm realm, JsValue left, JsValue right)
    {
        if (left.IsString && right.IsString)
            return JsRope.Concat(realm, left, right);
        left = Coerce.ToPrimitive(left, PrimitiveHint.Default);
        right = Coerce.ToPrimitive(right, PrimitiveHint.Default);
        if (left.IsString || right.IsString)
            return JsRope.Concat(realm, Coerce.ToTextValue(left), Coerce.ToTextValue(right));
        left = Coerce.ToNumeric(left);
        right = Coerce.ToNumeric(right);
        if (left.IsNumber && right.IsNumber)
            return left.Number + right.Number;
        RequireBoth(left, right);
        return JsValue.Of(Checked(realm, left.BigInt + right.BigInt));
    }

    public static JsValue Arithmetic(Realm realm, TokenKind op, JsValue left, JsValue right)
    {
        left = Coerce.ToNumeric(left);
        right = Coerce.ToNumeric(right);
        if (left.IsNumber && right.IsNumber)
            return OfNumbers(op, left.Number, right.Number);
        RequireBoth(left, right);
        return JsValue.Of(Checked(realm, OfBigInts(op, left.BigInt, right.BigInt)));
    }

    public static double OfNumbers(TokenKind op, double left, double right) => op switch
    {
        TokenKind.Minus => left - right,
        TokenKind.Star => left * right,
        TokenKind.Slash => left / right,
        TokenKind.Percent => Remainder(left, right),
        TokenKind.StarStar => Power(left, right),
        TokenKind.Ampersand => Coerce.ToInt32(left) & Coerce.ToInt32(right),
        TokenKind.Pipe => Coerce.ToInt32(left) | Coerce.ToInt32(right),
        TokenKind.Caret => Coerce.ToInt32(left) ^ Coerce.ToInt32(right),
        TokenKind.ShiftLeft => Coerce.ToInt32(left) << (Coerce.ToInt32(right) & 31),
        TokenKind.ShiftRight => Coerce.ToInt32(left) >> (Coerce.ToInt32(right) & 31),
        TokenKind.ShiftRightUnsigned => Coerce.ToUint32(left) >> (Coerce.ToInt32(right) & 31),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Not an arithmetic operator."),
    };

    /// <summary>Like Math.Pow, except that a base of one with an infinite or NaN exponent gives NaN.</summary>
    public static double Power(double left, double right) =>
        double.IsNaN(right) || (double.IsInfinity(right) && Math.Abs(left) == 1) ? double.NaN : Math.Pow(left, right);

    public static double Remainder(double left, double right)
    {
        if (left is > 0 and <= int.MaxValue && right is >= 1 and <= int.MaxValue)
        {
            var a = (int)left;
            var b = (int)right;
            if (a == left && b == right)
                return a % b;
        }

        return left % right;
    }

    public static JsValue Negate(JsValue value)
    {
        value = Coerce.ToNumeric(value);
        return value.IsNumber ? -value.Number : JsValue.Of(-value.BigInt);
    }

    public static JsValue BitwiseNot(JsValue value)
    {
        value = Coerce.ToNumeric(value);
        return value.IsNumber ? ~Coerce.ToInt32(value.Number) : JsValue.Of(-value.BigInt - 1);
    }

    public static bool LooseEquals(JsValue left, JsValue right)
    {
        while (true)
        {
            if (SameType(left, right))
                return StrictEquals(left, right);
            if (left.IsNullish || right.IsNullish)
                return left.IsNullish && right.IsNullish;
            if (left.IsObject)
                left = Coerce.ToPrimitive(left, PrimitiveHint.Default);
            else if (right.IsObject)
                right = Coerce.ToPrimitive(right, PrimitiveHint.Default);
            else if (left.IsSymbol || right.IsSymbol)
                return false;
            else if (left.IsBigInt || right.IsBigInt)
                return CompareMixed(left, right, out var order) && order == 0;
            else
                return Coerce.ToNumber(left) == Coerce.ToNumber(right);
        }
    }

    public static bool StrictEquals(JsValue left, JsValue right)
    {
        if (left.IsNumber)
            return right.IsNumber && left.Number == right.Number;
        if (left.Bits != right.Bits)
            return false;
        return left.Tag switch
        {
            JsTag.String => left.StringLength == right.StringLength && (ReferenceEquals(left.Reference, right.Reference) || left.AsString() == right.AsString()),
            JsTag.BigInt => left.BigInt == right.BigInt,
            _ => ReferenceEquals(left.Reference, right.Reference),
        };
    }

    /// <summary>Whether left is less than right: true, false, or null when one is not a number.</summary>
    public static bool? Less(JsValue left, JsValue right, bool leftFirst)
    {
        if (leftFirst)
        {
            left = Coerce.ToPrimitive(left, PrimitiveHint.Number);
            right = Coerce.ToPrimitive(right, PrimitiveHint.Number);
        }
        else
        {
            right = Coerce.ToPrimitive(right, PrimitiveHint.Number);
            left = Coerce.ToPrimitive(left, PrimitiveHint.Number);
        }

        if (left.IsString && right.IsString)
            return string.CompareOrdinal(left.AsString(), right.AsString()) < 0;
        if (left.IsBigInt || right.IsBigInt)
            return CompareMixed(left, right, out var order) ? order < 0 : null;
        var a = Coerce.ToNumber(left);
        var b = Coerce.ToNumber(right);
        return double.IsNaN(a) || double.IsNaN(b) ? null : a < b;
    }

    public static string TypeOf(JsValue value) => value.Tag switch
    {
        JsTag.Undefined => "undefined",
        JsTag.Null => "object",
        JsTag.True or JsTag.False => "boolean",
        JsTag.String => "string",
        JsTag.Symbol => "symbol",
        JsTag.BigInt => "bigint",
        JsTag.Number => "number",
        JsTag.Object => value.Object is JsFunction ? "function" : "object",
        _ => "undefined",
    };

    public static bool InstanceOf(JsValue value, JsValue target)
    {
        if (!target.IsObject)
            throw JsThrow.Type("Right-hand side of 'instanceof' is not callable");
        var custom = target.Object.Get(JsSymbol.HasInstance);
        if (!custom.IsNullish && custom.AsFunction() is not JsBuiltinFunction { DisplayName: "[Symbol.hasInstance]" })
            return Coerce.ToBoolean(Coerce.ToFunction(custom).Call(target, [value]));
        if (target.AsFunction() is not { } function)
            throw JsThrow.Type("Right-hand side of 'instanceof' is not callable");
        return OrdinaryInstanceOf(function, value);
    }

    public static bool OrdinaryInstanceOf(JsFunction function, JsValue value)
    {
        while (function is JsBoundFunction bound)
            function = bound.Target;
        if (!value.IsObject)
            return false;
        var prototype = function.Get("prototype");
        if (!prototype.IsObject)
            throw JsThrow.Type("Function has non-object prototype in instanceof check");
        for (var o = value.Object.GetPrototype(); o is not null; o = o.GetPrototype())
        {
            function.Realm.Step();
            if (ReferenceEquals(o, prototype.Object))
                return true;
        }

        return false;
    }

    public static bool In(JsValue key, JsValue target)
    {
        if (!target.IsObject)
            throw JsThrow.Type($"Cannot use 'in' operator to search for '{(key.IsSymbol ? key.Symbol.ToString() : Coerce.ToText(key))}' in {Coerce.ToText(target)}");
        return target.Object.Has(PropertyKey.Of(key));
    }

    public static BigInteger Checked(Realm realm, BigInteger value)
    {
        var bits = value.GetBitLength();
        if (bits > BigIntBitsMax)
            throw JsThrow.Range("Maximum BigInt size exceeded");
        realm.Step((int)(bits / 512));
        realm.Allocate(32 + (bits / 8));
        return value;
    }

    private static BigInteger OfBigInts(TokenKind op, BigInteger left, BigInteger right) => op switch
    {
        TokenKind.Minus => left - right,
        TokenKind.Star => left * right,
        TokenKind.Slash => right.IsZero ? throw JsThrow.Range("Division by zero") : BigInteger.Divide(left, right),
        TokenKind.Percent => right.IsZero ? throw JsThrow.Range("Division by zero") : BigInteger.Remainder(left, right),
        TokenKind.StarStar => BigPower(left, right),
        TokenKind.Ampersand => left & right,
        TokenKind.Pipe => left | right,
        TokenKind.Caret => left ^ right,
        TokenKind.ShiftLeft => BigShift(left, right),
        TokenKind.ShiftRight => BigShift(left, -right),
        TokenKind.ShiftRightUnsigned => throw JsThrow.Type("BigInts have no unsigned right shift, use >> instead"),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Not an arithmetic operator."),
    };

    private static BigInteger BigPower(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
            throw JsThrow.Range("Exponent must be non-negative");
        if (left.IsZero || left.IsOne)
            return right.IsZero ? BigInteger.One : left;
        if (left == BigInteger.MinusOne)
            return right.IsEven ? BigInteger.One : left;
        if (right > BigIntBitsMax || left.GetBitLength() * (double)right > BigIntBitsMax * 2d)
            throw JsThrow.Range("Maximum BigInt size exceeded");
        return BigInteger.Pow(left, (int)right);
    }

    private static BigInteger BigShift(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
            return -right > left.GetBitLength() + 1 ? (left.Sign < 0 ? BigInteger.MinusOne : BigInteger.Zero) : left >> (int)-right;
        if (right > BigIntBitsMax)
            return left.IsZero ? left : throw JsThrow.Range("Maximum BigInt size exceeded");
        return left << (int)right;
    }

    // Orders a BigInt against anything; false when the other side is not a number.
    private static bool CompareMixed(JsValue left, JsValue right, out int order)
    {
        order = 0;
        if (left.IsBigInt && right.IsBigInt)
        {
            order = left.BigInt.CompareTo(right.BigInt);
            return true;
        }

        if (right.IsBigInt)
        {
            var known = CompareMixed(right, left, out order);
            order = -order;
            return known;
        }

        if (right.IsString)
        {
            if (!NumberText.TryParseBigInt(right.AsString(), out var parsed))
                return false;
            order = left.BigInt.CompareTo(parsed);
            return true;
        }

        var number = Coerce.ToNumber(right);
        if (double.IsNaN(number))
            return false;
        if (double.IsInfinity(number))
        {
            order = number > 0 ? -1 : 1;
            return true;
        }

        var whole = Math.Floor(number);
        order = left.BigInt.CompareTo(new BigInteger(whole));
        if (order == 0 && whole < number)
            order = -1;
        return true;
    }

    private static bool SameType(JsValue left, JsValue right) =>
        left.Tag == right.Tag || (left.IsBoolean && right.IsBoolean);

    private static void RequireBoth(JsValue left, JsValue right)
    {
        if (!left.IsBigInt || !right.IsBigInt)
            throw JsThrow.Type("Cannot mix BigInt and other types, use explicit conversions");
    }
}
