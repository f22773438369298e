using System.Globalization;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Filters for addresses.</summary>
internal static class UrlFilters
{
    private const string Marks = "-_.!~*'()";
    private const string Accents = "àáâãäå=a æ=ae ç=c èéêë=e ìíîï=i ð=d ñ=n òóôõöø=o ùúûü=u ýÿ=y ß=ss œ=oe þ=th ẞ=SS Œ=OE Þ=TH";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Dictionary<char, string> s_plain = Accents.Split(' ')
        .Select(group => group.Split('='))
        .SelectMany(group => group[0].Select(c => KeyValuePair.Create(c, group[1])))
        .ToDictionary();

    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["url_encode"] = c => Encode(c, Marks).Replace("%20", "+", StringComparison.Ordinal);
        filters["cgi_escape"] = c => Encode(c, "-_.~").Replace("%20", "+", StringComparison.Ordinal);
        filters["uri_escape"] = c => Encode(c, Marks + ";/?:@&=+$,#[]");
        filters["url_decode"] = Decode;
        filters["slugify"] = c => Slugify(c, c.Has(0) ? Coerce.ToValue(c[0]) as string : "default", Coerce.IsTruthyInScript(Coerce.ToValue(c[1])));
        filters["handleize"] = c => Slugify(c, "ascii", isCased: false);
        filters["handle"] = filters["handleize"];
    }

    private static string Encode(FilterCall call, string kept)
    {
        var text = call.InputText();
        call.Budget.Text(text.Length * 9.0);
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
                throw new LiquidFault("URI malformed");
            i += rune.Utf16SequenceLength;
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || kept.Contains((char)rune.Value)))
            {
                result.Append((char)rune.Value);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
                result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    private static string Decode(FilterCall call)
    {
        var text = call.InputText().Replace('+', ' ');
        var result = new StringBuilder(text.Length);
        var bytes = new List<byte>();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                    throw new LiquidFault("URI malformed");
                bytes.Add(value);
                i += 2;
                continue;
            }

            Flush(bytes, result);
            if (i < text.Length)
                result.Append(text[i]);
        }

        return result.ToString();
    }

    private static void Flush(List<byte> bytes, StringBuilder result)
    {
        if (bytes.Count == 0)
            return;
        try
        {
            result.Append(s_strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException error)
        {
            throw new LiquidFault("URI malformed", error);
        }

        bytes.Clear();
    }

    private static string Slugify(FilterCall call, string? mode, bool isCased)
    {
        var text = call.InputText();
        Func<Rune, bool>? keeps = mode switch
        {
            "raw" => r => !(r.IsBmp && TextRules.IsSpace((char)r.Value)),
            "default" or "latin" => IsWord,
            "pretty" => r => IsWord(r) || (r.IsAscii && "._~!$&'()+,;=@".Contains((char)r.Value)),
            "ascii" => r => r.IsAscii && char.IsAsciiLetterOrDigit((char)r.Value),
            _ => null,
        };
        if (mode == "latin")
            text = WithoutAccents(text);
        if (keeps is not null)
            text = Hyphenate(text, keeps);
        return isCased ? text : TextRules.ToLower(text);
    }

    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber || Rune.IsLetter(rune);

    private static string WithoutAccents(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
            result.Append(s_plain.TryGetValue(c, out var plain) ? plain : c.ToString());
        return result.ToString();
    }

    private static string Hyphenate(string text, Func<Rune, bool> keeps)
    {
        var result = new StringBuilder(text.Length);
        var wasKept = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var isKept = keeps(rune);
            if (isKept)
                result.Append(rune);
            else if (wasKept)
                result.Append('-');
            wasKept = isKept;
        }

        var begin = result.Length > 0 && result[0] == '-' ? 1 : 0;
        var end = result.Length > begin && result[^1] == '-' ? result.Length - 1 : result.Length;
        return result.ToString(begin, end - begin);
    }
}
