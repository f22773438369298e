using System.Globalization;
using System.Numerics;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>Number</c> and its ways to become text.</summary>
internal static class NumberBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("Number")
        .Link("constructor", IntrinsicId.Number)
        .Method("toExponential", 1, ToExponential)
        .Method("toFixed", 1, ToFixed)
        .Method("toLocaleString", 0, (_, self, args) => IntlBuiltins.FormatNumber(This(self), args.At(0), args.At(1)))
        .Method("toPrecision", 1, ToPrecision)
        .Method("toString", 1, ToText)
        .Method("valueOf", 0, (_, self, _) => This(self));

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("Number")
        .Constant("EPSILON", Math.Pow(2, -52))
        .Constant("MAX_SAFE_INTEGER", 9007199254740991d)
        .Constant("MAX_VALUE", double.MaxValue)
        .Constant("MIN_SAFE_INTEGER", -9007199254740991d)
        .Constant("MIN_VALUE", double.Epsilon)
        .Constant("NEGATIVE_INFINITY", double.NegativeInfinity)
        .Constant("NaN", double.NaN)
        .Constant("POSITIVE_INFINITY", double.PositiveInfinity)
        .Method("isFinite", 1, (_, _, args) => args.At(0).IsNumber && double.IsFinite(args[0].Number))
        .Method("isInteger", 1, (_, _, args) => args.At(0).IsNumber && IsInteger(args[0].Number))
        .Method("isNaN", 1, (_, _, args) => args.At(0).IsNumber && double.IsNaN(args[0].Number))
        .Method("isSafeInteger", 1, (_, _, args) => args.At(0).IsNumber && IsInteger(args[0].Number) && Math.Abs(args[0].Number) <= 9007199254740991d)
        .Made("parseFloat", realm => GlobalBuiltins.Find(realm, "parseFloat"))
        .Made("parseInt", realm => GlobalBuiltins.Find(realm, "parseInt"));

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (args.Length == 0)
            return 0;
        var value = Coerce.ToNumeric(args[0]);
        return value.IsBigInt ? (double)value.BigInt : value;
    }

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        new JsWrapper(realm, Call(realm, default, args), Realm.PrototypeFrom(newTarget, realm.NumberPrototype));

    public static bool IsInteger(double number) => double.IsFinite(number) && Math.Truncate(number) == number;

    /// <summary>The number in a radix from 2 to 36, with as many digits as tell it from its neighbours.</summary>
    public static string InRadix(double number, int radix)
    {
        if (radix == 10 || !double.IsFinite(number))
            return NumberText.ToString(number);
        if (number < 0)
            return "-" + InRadix(-number, radix);
        var whole = Math.Floor(number);
        var text = new StringBuilder(WholeInRadix(whole, radix));
        var fraction = number - whole;
        if (fraction == 0)
            return text.ToString();
        text.Append('.');
        AppendFraction(text, number, fraction, radix);
        return text.ToString();
    }

    // Digits that a double cannot tell apart are shown as zeros.
    private static string WholeInRadix(double whole, int radix)
    {
        var digits = new StringBuilder();
        while (whole >= 9007199254740992d)
        {
            whole /= radix;
            digits.Append('0');
        }

        do
        {
            var rest = whole % radix;
            digits.Append(Digit((int)rest));
            whole = (whole - rest) / radix;
        }
        while (whole > 0);
        var text = digits.ToString().ToCharArray();
        Array.Reverse(text);
        return new string(text);
    }

    public static string BigIntText(BigInteger value, int radix)
    {
        if (radix == 10)
            return value.ToString(CultureInfo.InvariantCulture);
        if (value.IsZero)
            return "0";
        var digits = new StringBuilder();
        for (var rest = BigInteger.Abs(value); !rest.IsZero;)
        {
            rest = BigInteger.DivRem(rest, radix, out var digit);
            digits.Insert(0, Digit((int)digit));
        }

        return value.Sign < 0 ? digits.Insert(0, '-').ToString() : digits.ToString();
    }

    private static double This(JsValue self)
    {
        if (self.IsNumber)
            return self.Number;
        return self.TryGetObject<JsWrapper>(out var wrapper) && wrapper.Primitive.IsNumber
            ? wrapper.Primitive.Number
            : throw JsThrow.Type("Number.prototype.valueOf requires that 'this' be a Number");
    }

    // Digits until the rest is below half the distance to the next number; the last digit may round up and carry.
    private static void AppendFraction(StringBuilder text, double number, double fraction, int radix)
    {
        var delta = Math.Max(0.5 * (Math.BitIncrement(number) - number), double.Epsilon);
        do
        {
            fraction *= radix;
            delta *= radix;
            var digit = (int)fraction;
            text.Append(Digit(digit));
            fraction -= digit;
            if ((fraction > 0.5 || (fraction == 0.5 && (digit & 1) == 1)) && fraction + delta > 1)
            {
                Carry(text, radix);
                break;
            }
        }
        while (fraction >= delta);
    }

    private static void Carry(StringBuilder text, int radix)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (text[i] == '.')
                continue;
            var digit = NumberText.DigitOf(text[i]) + 1;
            if (digit < radix)
            {
                text[i] = Digit(digit);
                break;
            }

            text[i] = '0';
        }

        var point = text.ToString().IndexOf('.', StringComparison.Ordinal);
        while (text.Length > point + 1 && text[^1] == '0')
            text.Length--;
        if (text.Length == point + 1)
            text.Length--;
    }

    private static char Digit(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private static JsValue ToText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var number = This(self);
        var radix = args.At(0).IsUndefined ? 10 : args.IntegerAt(0);
        return radix is >= 2 and <= 36 ? InRadix(number, (int)radix) : throw JsThrow.Range("toString() radix must be between 2 and 36");
    }

    private static JsValue ToFixed(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var number = This(self);
        var digits = args.IntegerAt(0);
        if (digits is not (>= 0 and <= 100))
            throw JsThrow.Range("toFixed() digits argument must be between 0 and 100");
        if (!double.IsFinite(number) || Math.Abs(number) >= 1e21)
            return NumberText.ToString(number);
        var text = Fixed(Math.Abs(number), (int)digits);
        return number < 0 && (number <= -double.Epsilon) ? "-" + text : text;
    }

    /// <summary>The exact decimal value rounded to so many places, halves away from zero.</summary>
    public static string Fixed(double number, int digits)
    {
        // The exact value is mantissa * 2^exponent; scaled by 10^digits it is rounded as an integer fraction.
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = bits & 0xFFFFFFFFFFFFFL;
        if (exponent == 0)
            exponent++;
        else
            mantissa |= 1L << 52;
        exponent -= 1075;
        var scaled = mantissa * BigInteger.Pow(10, digits);
        var rounded = exponent >= 0 ? scaled << exponent : ((scaled >> (-exponent - 1)) + 1) >> 1;
        var text = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return digits == 0 ? text : text[..^digits] + "." + text[^digits..];
    }

    private static JsValue ToExponential(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var number = This(self);
        var digits = args.IntegerAt(0);
        if (!double.IsFinite(number))
            return NumberText.ToString(number);
        if (digits is not (>= 0 and <= 100))
            throw JsThrow.Range("toExponential() argument must be between 0 and 100");
        var sign = number < 0 ? "-" : "";
        number = Math.Abs(number);
        if (number == 0)
            return sign + NumberText.WithExponent(new string('0', args.At(0).IsUndefined ? 1 : (int)digits + 1), 0);
        var (text, exponent) = args.At(0).IsUndefined ? NumberText.ShortestDigits(number) : Rounded(number, (int)digits + 1);
        return sign + NumberText.WithExponent(text, exponent - 1);
    }

    private static JsValue ToPrecision(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var number = This(self);
        if (args.At(0).IsUndefined)
            return NumberText.ToString(number);
        var precision = args.IntegerAt(0);
        if (!double.IsFinite(number))
            return NumberText.ToString(number);
        if (precision is not (>= 1 and <= 100))
            throw JsThrow.Range("toPrecision() argument must be between 1 and 100");
        var count = (int)precision;
        var sign = number < 0 ? "-" : "";
        number = Math.Abs(number);
        var (digits, exponent) = number == 0 ? (new string('0', count), 1) : Rounded(number, count);
        if (exponent - 1 < -6 || exponent > count)
            return sign + NumberText.WithExponent(digits, exponent - 1);
        if (exponent == count)
            return sign + digits;
        return exponent > 0
            ? sign + digits[..exponent] + "." + digits[exponent..]
            : sign + "0." + new string('0', -exponent) + digits;
    }

    // So many significant digits of the exact value, halves away from zero, and where the point goes.
    private static (string Digits, int Exponent) Rounded(double number, int count)
    {
        // No double has more significant decimal digits than this, so the text is exact.
        var text = number.ToString("E770", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var digits = text[..mark].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1;
        if (digits[count] < '5')
            return (digits[..count], exponent);
        var up = (BigInteger.Parse(digits.AsSpan(0, count), NumberStyles.None, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        up = up.PadLeft(count, '0');
        return up.Length > count ? (up[..count], exponent + 1) : (up, exponent);
    }
}
