using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Filters for text that goes into HTML or XML.</summary>
internal static class HtmlFilters
{
    private static readonly (char Character, string Entity)[] s_entities =
    [
        ('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;"),
    ];

    private static readonly (string Open, string Close)[] s_hidden = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">")];

    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["escape"] = c => Escape(c, c.InputText());
        filters["xml_escape"] = c => Escape(c, c.InputText());
        filters["escape_once"] = c => Escape(c, Unescape(c.InputText()));
        filters["strip_html"] = c => StripTags(c.InputText());
    }

    private static string Escape(FilterCall call, string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var index = Array.FindIndex(s_entities, e => e.Character == c);
            if (index < 0)
            {
                result.Append(c);
                continue;
            }

            call.Budget.Memory(s_entities[index].Entity.Length * 2.0);
            result.Append(s_entities[index].Entity);
        }

        return result.ToString();
    }

    private static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var index = text[i] == '&' ? Array.FindIndex(s_entities, e => string.CompareOrdinal(text, i, e.Entity, 0, e.Entity.Length) == 0) : -1;
            if (index < 0)
            {
                result.Append(text[i]);
                continue;
            }

            result.Append(s_entities[index].Character);
            i += s_entities[index].Entity.Length - 1;
        }

        return result.ToString();
    }

    // A kind of block whose end was not found once is not looked for again; that keeps the time linear.
    private static string StripTags(string text)
    {
        var hidden = new List<(string Open, string Close)>(s_hidden);
        var result = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('<', at);
            if (open < 0)
                break;
            result.Append(text, at, open - at);
            var end = EndOfBlock(text, open, hidden);
            if (end < 0)
                return result.Append(text, open, text.Length - open).ToString();
            at = end;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static int EndOfBlock(string text, int open, List<(string Open, string Close)> hidden)
    {
        for (var i = 0; i < hidden.Count; i++)
        {
            var (opener, closer) = hidden[i];
            if (string.CompareOrdinal(text, open, opener, 0, opener.Length) != 0)
                continue;
            var end = text.IndexOf(closer, open + opener.Length, StringComparison.Ordinal);
            if (end >= 0)
                return end + closer.Length;
            hidden.RemoveAt(i--);
        }

        return -1;
    }
}
