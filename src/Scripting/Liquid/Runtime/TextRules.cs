using System.Buffers;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Text by the rules of ECMAScript where they differ from the framework's.</summary>
internal static class TextRules
{
    // Letters whose upper case has more than one.
    private static readonly SearchValues<char> s_expanding = SearchValues.Create("ßŉǰﬀﬁﬂﬃﬄﬅﬆ");

    public static bool IsSpace(char c) => c switch
    {
        ' ' or '\t' or '\n' or '\v' or '\f' or '\r' or '\u00a0' or '\ufeff' => true,
        < '\u0080' => false,
        '\u0085' => false,
        _ => char.IsWhiteSpace(c),
    };

    public static bool IsBlank(string text)
    {
        foreach (var c in text)
        {
            if (!IsSpace(c))
                return false;
        }

        return true;
    }

    public static string Trim(string text) => TrimEnd(TrimStart(text));

    public static string TrimStart(string text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;
        return text[start..];
    }

    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>The parts between runs of white space; like String.split with <c>\s+</c>, so white space at an end gives an empty part.</summary>
    public static List<string> SplitOnSpaces(string text)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsSpace(text[i]))
                continue;
            parts.Add(text[start..i]);
            while (i + 1 < text.Length && IsSpace(text[i + 1]))
                i++;
            start = i + 1;
        }

        parts.Add(text[start..]);
        return parts;
    }

    public static string ToUpper(string text)
    {
        var upper = text.ToUpperInvariant();
        if (!upper.AsSpan().ContainsAny(s_expanding))
            return upper;
        return new StringBuilder(upper)
            .Replace("ß", "SS").Replace("ŉ", "ʼN").Replace("ǰ", "J̌")
            .Replace("ﬀ", "FF").Replace("ﬁ", "FI").Replace("ﬂ", "FL").Replace("ﬃ", "FFI").Replace("ﬄ", "FFL").Replace("ﬅ", "ST").Replace("ﬆ", "ST")
            .ToString();
    }

    public static string ToLower(string text)
    {
        var lower = text.ToLowerInvariant();
        return lower.Contains('İ') ? lower.Replace("İ", "i̇", StringComparison.Ordinal) : lower;
    }

    /// <summary>The position after a number of code points.</summary>
    public static int Advance(string text, int from, double count)
    {
        var index = from;
        for (var i = 0; i < count && index < text.Length; i++)
            index += char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;
        return index;
    }

    public static int CodePointLength(string text)
    {
        var length = 0;
        for (var index = 0; index < text.Length; index = Advance(text, index, 1))
            length++;
        return length;
    }
}
