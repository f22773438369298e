using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>A set of code points as ranges: what a character class means.</summary>
internal sealed class CodePointSet
{
    private const int Max = 0x10FFFF;

    private readonly List<(int First, int Last)> _ranges = [];

    public static CodePointSet Digits => new CodePointSet().Add('0', '9');

    public static CodePointSet Word => new CodePointSet().Add('a', 'z').Add('A', 'Z').Add('0', '9').Add('_', '_');

    public static CodePointSet Space
    {
        get
        {
            var set = new CodePointSet();
            foreach (var c in JsWhiteSpace.All)
                set.Add(c, c);
            return set;
        }
    }

    public bool IsEmpty => _ranges.Count == 0;

    public CodePointSet Add(int first, int last)
    {
        _ranges.Add((first, last));
        return this;
    }

    public CodePointSet Add(CodePointSet other)
    {
        _ranges.AddRange(other._ranges);
        return this;
    }

    public CodePointSet Complement()
    {
        var result = new CodePointSet();
        var next = 0;
        foreach (var (first, last) in Normalized())
        {
            if (first > next)
                result.Add(next, first - 1);
            next = last + 1;
        }

        return next <= Max ? result.Add(next, Max) : result;
    }

    /// <summary>The text of a .NET pattern that matches one character (or surrogate pair) of the set.</summary>
    public string ToPattern(bool isNegated, bool isUnicode)
    {
        if (!isUnicode)
            return BasicClass(Normalized(), isNegated);
        if (isNegated)
        {
            var astral = Complement().Normalized();
            var pairs = AstralAlternatives(astral);
            return $"(?:{pairs}{(pairs.Length > 0 ? "|" : "")}{BasicClass(Normalized(), isNegated: true)})";
        }

        var ranges = Normalized();
        var alternatives = AstralAlternatives(ranges);
        var basic = BasicClass(ranges, isNegated: false);
        return alternatives.Length == 0 ? basic : $"(?:{alternatives}|{basic})";
    }

    public static string Escape(int code) => "\\u" + code.ToString("X4", CultureInfo.InvariantCulture);

    private static string BasicClass(List<(int First, int Last)> ranges, bool isNegated)
    {
        var text = new StringBuilder();
        foreach (var (first, last) in ranges)
        {
            if (first > 0xFFFF)
                break;
            text.Append(Escape(first));
            var end = Math.Min(last, 0xFFFF);
            if (end > first)
                text.Append('-').Append(Escape(end));
        }

        if (text.Length == 0)
            return isNegated ? "[\\s\\S]" : "(?!)";
        return isNegated ? $"[^{text}]" : $"[{text}]";
    }

    private static string AstralAlternatives(List<(int First, int Last)> ranges)
    {
        var parts = new List<string>();
        foreach (var (first, last) in ranges)
        {
            if (last >= 0x10000)
                AddPairs(parts, Math.Max(first, 0x10000), last);
        }

        return string.Join('|', parts);
    }

    private static void AddPairs(List<string> parts, int first, int last)
    {
        while (first <= last)
        {
            var high = 0xD800 + ((first - 0x10000) >> 10);
            var low = 0xDC00 + ((first - 0x10000) & 0x3FF);
            var lastHigh = 0xD800 + ((last - 0x10000) >> 10);
            if (low == 0xDC00 && lastHigh > high)
            {
                // Whole blocks of 1024 in one alternative.
                var endHigh = ((last - 0x10000) & 0x3FF) == 0x3FF ? lastHigh : lastHigh - 1;
                parts.Add($"[{Escape(high)}-{Escape(endHigh)}][\\uDC00-\\uDFFF]");
                first = 0x10000 + ((endHigh - 0xD800 + 1) << 10);
                continue;
            }

            var blockEnd = Math.Min(last, 0x10000 + ((high - 0xD800) << 10) + 0x3FF);
            var endLow = 0xDC00 + ((blockEnd - 0x10000) & 0x3FF);
            parts.Add(low == endLow ? Escape(high) + Escape(low) : $"{Escape(high)}[{Escape(low)}-{Escape(endLow)}]");
            first = blockEnd + 1;
        }
    }

    private List<(int First, int Last)> Normalized()
    {
        var result = new List<(int First, int Last)>();
        foreach (var (first, last) in _ranges.OrderBy(r => r.First))
        {
            if (result.Count > 0 && first <= result[^1].Last + 1)
                result[^1] = (result[^1].First, Math.Max(result[^1].Last, last));
            else
                result.Add((first, last));
        }

        return result;
    }
}
