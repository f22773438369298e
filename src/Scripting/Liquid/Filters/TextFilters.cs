using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Filters that shorten, trim, split and count text.</summary>
internal static class TextFilters
{
    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["append"] = c => Concat(c, "append", (input, argument) => input + argument);
        filters["prepend"] = c => Concat(c, "prepend", (input, argument) => argument + input);
        filters["upcase"] = c => TextRules.ToUpper(c.InputText());
        filters["downcase"] = c => TextRules.ToLower(c.InputText());
        filters["capitalize"] = Capitalize;
        filters["strip"] = c => Strip(c, start: true, end: true);
        filters["lstrip"] = c => Strip(c, start: true, end: false);
        filters["rstrip"] = c => Strip(c, start: false, end: true);
        filters["squish"] = c => TextRules.Trim(CollapseSpaces(c.InputText()));
        filters["normalize_whitespace"] = c => CollapseSpaces(c.InputText());
        filters["split"] = Split;
        filters["truncate"] = Truncate;
        filters["truncatewords"] = TruncateWords;
        filters["number_of_words"] = NumberOfWords;
        filters["array_to_sentence_string"] = ToSentence;
    }

    private static string Concat(FilterCall call, string name, Func<string, string, string> join)
    {
        if (call.Count != 1)
            throw new LiquidFault($"{name} expect 2 arguments");
        var input = call.InputText();
        var argument = call.Text(0);
        call.Budget.Text(argument.Length);
        return join(input, argument);
    }

    private static string Capitalize(FilterCall call)
    {
        var text = call.InputText();
        return text.Length == 0 ? "" : TextRules.ToUpper(text[..1]) + TextRules.ToLower(text[1..]);
    }

    private static string Strip(FilterCall call, bool start, bool end)
    {
        var text = call.InputText();
        if (!Coerce.IsTruthyInScript(call[0]))
            return start ? end ? TextRules.Trim(text) : TextRules.TrimStart(text) : TextRules.TrimEnd(text);
        var set = call.Text(0).EnumerateRunes().ToHashSet();
        call.Budget.List(set.Count);
        var from = 0;
        while (start && from < text.Length && set.Contains(RuneAt(text, from)))
            from = TextRules.Advance(text, from, 1);
        var to = text.Length;
        while (end && to > from)
        {
            var size = to - from >= 2 && char.IsSurrogatePair(text[to - 2], text[to - 1]) ? 2 : 1;
            if (!set.Contains(RuneAt(text, to - size)))
                break;
            to -= size;
        }

        return text[from..to];
    }

    private static Rune RuneAt(string text, int index) => Rune.TryGetRuneAt(text, index, out var rune) ? rune : Rune.ReplacementChar;

    private static string CollapseSpaces(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!TextRules.IsSpace(text[i]))
                result.Append(text[i]);
            else if (i == 0 || !TextRules.IsSpace(text[i - 1]))
                result.Append(' ');
        }

        return result.ToString();
    }

    // Like Ruby's split, without the empty texts at the end.
    private static ValueList Split(FilterCall call)
    {
        var text = call.InputText();
        var parts = SplitBy(call, text, call.Text(0));
        var count = parts.Length;
        while (count > 0 && parts[count - 1] is "")
            count--;
        return new ValueList(parts[..count]);
    }

    internal static object?[] SplitBy(FilterCall call, string text, string separator)
    {
        call.Budget.Memory(text.Length * (separator.Length == 0 ? 40.0 : 2.0));
        if (separator.Length == 0)
            return [.. text.Select(c => (object?)c.ToString())];
        var parts = text.Split(separator);
        call.Budget.Memory(parts.Length * 40.0);
        return parts;
    }

    private static object? Truncate(FilterCall call)
    {
        var text = call.InputText();
        var length = call.Number(0, 50);
        var ellipsis = call.Has(1) ? call.Text(1) : "...";
        if (text.Length <= length || TextRules.Advance(text, 0, length) >= text.Length)
            return call.Input;
        call.Budget.Text(ellipsis.Length);
        var kept = length - TextRules.CodePointLength(ellipsis);
        return text[..TextRules.Advance(text, 0, kept > 0 ? kept : 0)] + ellipsis;
    }

    private static string TruncateWords(FilterCall call)
    {
        var text = call.InputText();
        var count = call.Number(0, 15);
        var ellipsis = call.Has(1) ? call.Text(1) : "...";
        call.Budget.Text(text.Length + ellipsis.Length);
        if (count <= 0)
            count = 1;
        var words = TextRules.SplitOnSpaces(TextRules.TrimStart(text));
        call.Budget.List(words.Count);
        var kept = double.IsNaN(count) ? 0 : (int)Math.Min(words.Count, count);
        return string.Join(' ', words.Take(kept)) + (words.Count >= count ? ellipsis : "");
    }

    private static object NumberOfWords(FilterCall call)
    {
        var text = TextRules.Trim(call.InputText());
        if (text.Length == 0)
            return Numbers.Box(0);
        var mode = Coerce.ToValue(call[0]) as string;
        var ideographs = text.Count(IsIdeograph);
        if (mode == "cjk" || (mode == "auto" && ideographs > 0))
            return Numbers.Box(ideographs + OtherWords(text));
        return Numbers.Box(TextRules.SplitOnSpaces(text).Count);
    }

    private static int OtherWords(string text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsOther(text[i]) && (i == 0 || !IsOther(text[i - 1])))
                count++;
        }

        return count;
    }

    private static bool IsOther(char c) => !IsIdeograph(c) && !TextRules.IsSpace(c);

    private static bool IsIdeograph(char c) => c is >= '\u4e00' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' or >= '\u3400' and <= '\u4dbf'
        or >= '\u3040' and <= '\u309f' or >= '\u30a0' and <= '\u30ff' or >= '\uac00' and <= '\ud7af';

    private static object? ToSentence(FilterCall call)
    {
        var list = call.InputList();
        var connector = call.Has(0) ? call.Text(0) : "and";
        switch (list.Count)
        {
            case 0:
                return "";
            case 1:
                return list[0];
            case 2:
                return $"{Coerce.ToScriptText(call.Context, list[0])} {connector} {Coerce.ToScriptText(call.Context, list[1])}";
            default:
                var head = ListFilters.JoinItems(call.Context, Lists.Slice(call.Context, list, 0, list.Count - 1), ", ");
                return $"{head}, {connector} {Coerce.ToScriptText(call.Context, list[list.Count - 1])}";
        }
    }
}
