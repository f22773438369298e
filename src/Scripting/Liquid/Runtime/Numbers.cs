using System.Globalization;
using System.Numerics;

namespace Platform.Scripting.Liquid;

/// <summary>Numbers of the host as values of a template.</summary>
internal static class Numbers
{
    private const double SafeMax = 9007199254740992;

    private static readonly object[] s_small = [.. Enumerable.Range(0, 256).Select(n => (object)(double)n)];

    public static object Box(int number) => (uint)number < 256 ? s_small[number] : (double)number;

    public static object Box(double number)
    {
        var small = (int)number;
        return small == number && (uint)small < 256 ? s_small[small] : number;
    }

    public static object From(long number) => number is >= -(1L << 53) and <= 1L << 53 ? Box((double)number) : (decimal)number;

    public static object From(decimal number)
    {
        var near = (double)number;
        if (Math.Abs(near) > 1e27)
            return number;
        return (decimal)near == number ? Box(near) : number;
    }

    public static object From(BigInteger number)
    {
        if (BigInteger.Abs(number) <= (BigInteger)decimal.MaxValue)
            return From((decimal)number);
        return (double)number;
    }

    /// <summary>A number as the host likes it best: int, then long, then what it is.</summary>
    public static object ToHost(double number)
    {
        var small = (int)number;
        if (small == number)
            return small;
        return Math.Truncate(number) == number && Math.Abs(number) <= SafeMax ? (long)number : number;
    }
}

/// <summary>Numbers as text and back, by the rules of ECMAScript, which LiquidJS shows.</summary>
internal static class NumberText
{
    public static string Format(object number) => number is decimal exact
        ? exact.ToString("0.#############################", CultureInfo.InvariantCulture)
        : Format((double)number);

    public static string Format(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "Infinity" : "-Infinity";
        if (Math.Abs(number) < 1e15 && Math.Truncate(number) == number)
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        var sign = number < 0 ? "-" : "";
        var (digits, point) = Shortest(Math.Abs(number));
        return sign + Layout(digits, point);
    }

    /// <summary>A text as a number; NaN when it is none, 0 when it is blank.</summary>
    public static double Parse(string text)
    {
        var trimmed = TextRules.Trim(text);
        if (trimmed.Length == 0)
            return 0;
        if (trimmed.Length > 2 && trimmed[0] == '0' && "xXoObB".Contains(trimmed[1]))
            return ParseRadix(trimmed.AsSpan(2), char.ToLowerInvariant(trimmed[1]) switch { 'x' => 16, 'o' => 8, _ => 2 });
        if (trimmed is "Infinity" or "+Infinity")
            return double.PositiveInfinity;
        if (trimmed == "-Infinity")
            return double.NegativeInfinity;
        foreach (var c in trimmed)
        {
            if (!char.IsAsciiDigit(c) && c is not ('+' or '-' or '.' or 'e' or 'E'))
                return double.NaN;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(trimmed, Style, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
    }

    /// <summary>A number times a power of ten, calculated on its decimal digits, so that 1.005 times 100 is 100.5.</summary>
    public static double Shift(double number, double exponent)
    {
        if (Math.Truncate(exponent) != exponent || !double.IsFinite(number) || Math.Abs(exponent) > 1_000)
            return double.NaN;
        if (number == 0)
            return 0;
        var (digits, point) = Shortest(Math.Abs(number));
        var shifted = double.Parse($"0.{digits}E{point + (int)exponent}", CultureInfo.InvariantCulture);
        return number < 0 ? -shifted : shifted;
    }

    private static double ParseRadix(ReadOnlySpan<char> digits, int radix)
    {
        double result = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
                return double.NaN;
            var digit = Convert.ToInt32(c.ToString(), 16);
            if (digit >= radix)
                return double.NaN;
            result = (result * radix) + digit;
        }

        return result;
    }

    // The fewest digits that read back as the same number, and where the decimal point stands relative to their start.
    private static (string Digits, int Point) Shortest(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = dot < 0 ? mantissa.Length : dot;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        point -= mantissa.Length - (dot < 0 ? 0 : 1) - digits.Length;
        if (e >= 0)
            point += int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture);
        return (digits.TrimEnd('0'), point);
    }

    private static string Layout(string digits, int point)
    {
        var count = digits.Length;
        if (point > 21 || point < -5)
        {
            var exponent = point - 1;
            var fraction = count > 1 ? "." + digits[1..] : "";
            return $"{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture)}";
        }

        if (point <= 0)
            return "0." + new string('0', -point) + digits;
        return count <= point ? digits + new string('0', point - count) : digits[..point] + "." + digits[point..];
    }
}
