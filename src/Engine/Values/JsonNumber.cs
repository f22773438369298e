using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Platform.Engine.Values;

/// <summary>Which .NET number a JSON number becomes in a dynamic value.</summary>
internal static class JsonNumber
{
    // 28 digits always fit a decimal; some numbers of 29 digits do and become doubles all the same.
    private const int DecimalDigitsMax = 28;

    /// <summary>Int when it fits, else long, else decimal when that is exact, else double.</summary>
    /// <param name="reader">A reader that stands on a number.</param>
    public static object Read(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt32(out var small))
            return Boxes.Of(small);
        if (reader.TryGetInt64(out var large))
            return large;
        ReadOnlySpan<byte> text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        if (FitsDecimal(text) && reader.TryGetDecimal(out var exact))
            return exact;
        return ReadDouble(text);
    }

    /// <summary>The nearest double; beyond its range that is an infinity, as in JavaScript.</summary>
    /// <param name="text">The digits of a valid JSON number.</param>
    public static double ReadDouble(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out double value, out _) ? value : throw new JsonException("A number was expected.");

    /// <summary>
    /// Whether a decimal holds every digit. Asked before parsing, because parsing rounds silently.
    /// </summary>
    private static bool FitsDecimal(ReadOnlySpan<byte> text)
    {
        var exponentAt = text.IndexOfAny((byte)'e', (byte)'E');
        var exponent = 0;
        if (exponentAt >= 0)
        {
            var digits = text[(exponentAt + 1)..];
            if (digits[0] == (byte)'+')
                digits = digits[1..];
            if (!Utf8Parser.TryParse(digits, out exponent, out var used) || used != digits.Length)
                return false;
            text = text[..exponentAt];
        }

        text = text.TrimStart((byte)'-');
        var point = text.IndexOf((byte)'.');
        var fraction = point < 0 ? default : text[(point + 1)..].TrimEnd((byte)'0');
        var whole = (point < 0 ? text : text[..point]).TrimStart((byte)'0');
        var scale = (long)fraction.Length - exponent;
        var wholeDigits = whole.Length + Math.Max(0L, exponent);
        return scale <= DecimalDigitsMax && wholeDigits + Math.Max(0L, scale) <= DecimalDigitsMax;
    }
}
