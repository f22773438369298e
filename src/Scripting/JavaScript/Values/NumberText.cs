using System.Globalization;
using System.Numerics;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>Numbers as the language writes and reads them.</summary>
internal static class NumberText
{
    private static readonly string[] s_small = [.. Enumerable.Range(0, 1024).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    public static string ToString(double number)
    {
        var whole = (int)number;
        if (whole == number)
            return (uint)whole < (uint)s_small.Length ? s_small[whole] : whole.ToString(CultureInfo.InvariantCulture);
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "Infinity" : "-Infinity";

        // The runtime's shortest form is the language's as long as it has no exponent.
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (!shortest.Contains('E', StringComparison.Ordinal))
            return shortest;
        var (digits, exponent) = ShortestDigits(Math.Abs(number));
        var sign = number < 0 ? "-" : "";
        if (exponent is > 0 and <= 21)
        {
            return digits.Length <= exponent
                ? sign + digits + new string('0', exponent - digits.Length)
                : sign + digits[..exponent] + "." + digits[exponent..];
        }

        if (exponent is > -6 and <= 0)
            return sign + "0." + new string('0', -exponent) + digits;
        return sign + WithExponent(digits, exponent - 1);
    }

    /// <summary>The shortest digits that read back as the number, and where the decimal point goes: 0.DIGITS × 10^exponent.</summary>
    public static (string Digits, int Exponent) ShortestDigits(double number)
    {
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var digits = new StringBuilder(17);
        foreach (var c in shortest)
        {
            if (c == 'E')
                break;
            if (char.IsAsciiDigit(c))
                digits.Append(c);
        }

        var all = digits.ToString().TrimStart('0').TrimEnd('0');
        var exponent = ExponentOf(shortest);
        return (all.Length == 0 ? "0" : all, exponent);
    }

    public static string WithExponent(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What Number(text) gives.</summary>
    public static double Parse(string text)
    {
        var span = text.AsSpan().Trim(JsWhiteSpace.All);
        if (span.IsEmpty)
            return 0;
        if (span.Length > 2 && span[0] == '0' && RadixOf(span[1]) is var radix and > 0)
            return ParseDigits(span[2..], radix, out var used) is var value && used == span.Length - 2 ? value : double.NaN;
        var length = DecimalLength(span);
        return length == span.Length ? ParseDecimal(span) : double.NaN;
    }

    /// <summary>What parseFloat gives: the longest prefix that is a number.</summary>
    public static double ParsePrefix(string text)
    {
        var span = text.AsSpan().TrimStart(JsWhiteSpace.All);
        var length = DecimalLength(span);
        return length == 0 ? double.NaN : ParseDecimal(span[..length]);
    }

    /// <summary>Digits of a radix; stops at the first character that is none.</summary>
    public static double ParseDigits(ReadOnlySpan<char> span, int radix, out int used)
    {
        used = 0;
        double value = 0;
        while (used < span.Length && DigitOf(span[used]) is var digit && digit < radix)
        {
            value = (value * radix) + digit;
            used++;
        }

        if (used == 0)
            return double.NaN;
        if (value < 9007199254740992d)
            return value;
        if (radix == 10)
            return double.Parse(span[..used], NumberStyles.None, CultureInfo.InvariantCulture);
        return used > 1100 ? double.PositiveInfinity : (double)ParseBig(span[..used], radix);
    }

    public static int DigitOf(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => c - 'A' + 10,
        _ => 99,
    };

    public static bool TryParseBigInt(string text, out BigInteger value)
    {
        value = BigInteger.Zero;
        var span = text.AsSpan().Trim(JsWhiteSpace.All);
        if (span.IsEmpty)
            return true;
        if (span.Length > 2 && span[0] == '0' && RadixOf(span[1]) is var radix and > 0)
        {
            foreach (var c in span[2..])
            {
                if (DigitOf(c) >= radix)
                    return false;
            }

            value = ParseBig(span[2..], radix);
            return true;
        }

        return span.Length < 400_000 && BigInteger.TryParse(span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static BigInteger ParseBig(ReadOnlySpan<char> digits, int radix)
    {
        if (radix == 10)
            return BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (radix == 16)
            return BigInteger.Parse("0" + digits.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var value = BigInteger.Zero;
        foreach (var c in digits)
            value = (value * radix) + DigitOf(c);
        return value;
    }

    private static int ExponentOf(string shortest)
    {
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        if (mark >= 0)
            return int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1;
        var point = shortest.IndexOf('.', StringComparison.Ordinal);
        if (shortest[0] != '0')
            return point < 0 ? shortest.Length : point;

        // 0.000ddd: the zeros after the point make the exponent negative.
        var zeros = 0;
        while (point + 1 + zeros < shortest.Length && shortest[point + 1 + zeros] == '0')
            zeros++;
        return -zeros;
    }

    private static int RadixOf(char c) => c switch
    {
        'x' or 'X' => 16,
        'o' or 'O' => 8,
        'b' or 'B' => 2,
        _ => 0,
    };

    private static double ParseDecimal(ReadOnlySpan<char> span)
    {
        var unsigned = span[0] is '+' or '-' ? span[1..] : span;
        if (unsigned[0] == 'I')
            return span[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return double.Parse(span, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>How many characters from the start form a decimal literal with an optional sign.</summary>
    private static int DecimalLength(ReadOnlySpan<char> span)
    {
        var i = 0;
        if (i < span.Length && span[i] is '+' or '-')
            i++;
        if (span[i..].StartsWith("Infinity", StringComparison.Ordinal))
            return i + 8;
        var start = i;
        while (i < span.Length && char.IsAsciiDigit(span[i]))
            i++;
        var digits = i - start;
        if (i < span.Length && span[i] == '.')
        {
            var fraction = i + 1;
            while (fraction < span.Length && char.IsAsciiDigit(span[fraction]))
                fraction++;
            digits += fraction - i - 1;
            if (digits > 0)
                i = fraction;
        }

        if (digits == 0)
            return 0;
        if (i >= span.Length || span[i] is not ('e' or 'E'))
            return i;
        var exponent = i + 1;
        if (exponent < span.Length && span[exponent] is '+' or '-')
            exponent++;
        var first = exponent;
        while (exponent < span.Length && char.IsAsciiDigit(span[exponent]))
            exponent++;
        return exponent == first ? i : exponent;
    }
}

/// <summary>What the language counts as white space.</summary>
internal static class JsWhiteSpace
{
    public const string All = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    public static bool Contains(char c) => c <= ' ' ? c is ' ' or (>= '\t' and <= '\r') : c >= '\u00a0' && All.Contains(c, StringComparison.Ordinal);
}
