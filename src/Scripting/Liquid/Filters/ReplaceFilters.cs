namespace Platform.Scripting.Liquid;

/// <summary>Filters that replace or remove parts of a text.</summary>
internal static class ReplaceFilters
{
    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["replace"] = c => All(c, c.Text(1));
        filters["replace_first"] = c => At(c, c.Text(1), last: false);
        filters["replace_last"] = c => At(c, c.Text(1), last: true);
        filters["remove"] = c => All(c, "");
        filters["remove_first"] = c => At(c, "", last: false);
        filters["remove_last"] = c => At(c, "", last: true);
        filters["strip_newlines"] = c => NewLines(c, "");
        filters["newline_to_br"] = c => NewLines(c, "<br />\n");
    }

    // An empty pattern is found between any two characters.
    private static string All(FilterCall call, string replacement)
    {
        var text = call.InputText();
        var pattern = call.Text(0);
        call.Budget.Steps(text.Length / 16);
        if (pattern.Length == 0)
        {
            call.Budget.Text((double)replacement.Length * text.Length);
            return string.Join(replacement, text.ToCharArray());
        }

        var count = 0;
        for (var at = text.IndexOf(pattern, StringComparison.Ordinal); at >= 0; at = text.IndexOf(pattern, at + pattern.Length, StringComparison.Ordinal))
            count++;
        call.Budget.Text((double)count * replacement.Length);
        return text.Replace(pattern, replacement, StringComparison.Ordinal);
    }

    private static string At(FilterCall call, string replacement, bool last)
    {
        var text = call.InputText();
        var pattern = call.Text(0);
        call.Budget.Text(replacement.Length);
        call.Budget.Steps(text.Length / 16);
        var at = last ? LastIndex(text, pattern) : text.IndexOf(pattern, StringComparison.Ordinal);
        return at < 0 ? text : string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + pattern.Length));
    }

    private static int LastIndex(string text, string pattern) => pattern.Length == 0 ? text.Length : text.LastIndexOf(pattern, StringComparison.Ordinal);

    private static string NewLines(FilterCall call, string replacement)
    {
        var text = call.InputText();
        call.Budget.Text(text.Count(c => c == '\n') * (double)replacement.Length);
        return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", replacement, StringComparison.Ordinal);
    }
}
