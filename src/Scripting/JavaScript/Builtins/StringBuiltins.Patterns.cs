using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>The string methods that take regular expressions too.</summary>
internal static partial class StringBuiltins
{
    private static JsValue Match(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (Custom(args.At(0), JsSymbol.Match) is { } custom)
            return custom.Call(args.At(0), [self]);
        var text = This(self);
        var regex = new JsRegExp(realm, args.At(0).IsUndefined ? "" : args.TextAt(0), "");
        return regex.Get(JsSymbol.Match).AsFunction()!.Call(regex, [text]);
    }

    private static JsValue MatchAll(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var pattern = args.At(0);
        if (RegExpBuiltins.IsRegExp(pattern) && !Coerce.ToText(pattern.Object.Get("flags")).Contains('g', StringComparison.Ordinal))
            throw JsThrow.Type("String.prototype.matchAll called with a non-global RegExp argument");
        if (Custom(pattern, JsSymbol.MatchAll) is { } custom)
            return custom.Call(pattern, [self]);
        var text = This(self);
        var regex = new JsRegExp(realm, pattern.IsUndefined ? "" : Coerce.ToText(pattern), "g");
        return regex.Get(JsSymbol.MatchAll).AsFunction()!.Call(regex, [text]);
    }

    private static JsValue SearchText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (Custom(args.At(0), JsSymbol.Search) is { } custom)
            return custom.Call(args.At(0), [self]);
        var text = This(self);
        var regex = new JsRegExp(realm, args.At(0).IsUndefined ? "" : args.TextAt(0), "");
        return regex.Get(JsSymbol.Search).AsFunction()!.Call(regex, [text]);
    }

    private static JsValue Replace(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool all)
    {
        var pattern = args.At(0);
        if (all && RegExpBuiltins.IsRegExp(pattern) && !Coerce.ToText(pattern.Object.Get("flags")).Contains('g', StringComparison.Ordinal))
            throw JsThrow.Type("replaceAll must be called with a global RegExp");
        if (Custom(pattern, JsSymbol.Replace) is { } custom)
            return custom.Call(pattern, [self, args.At(1)]);
        var text = This(self);
        var search = Coerce.ToText(pattern);
        var function = args.At(1).AsFunction();
        var template = function is null ? args.TextAt(1) : "";
        var result = new StringBuilder();
        var end = 0;
        for (var at = text.IndexOf(search, StringComparison.Ordinal); at >= 0; at = NextMatch(text, search, at, all))
        {
            realm.Step();
            result.Append(text, end, at - end);
            result.Append(function is null
                ? Replacement.Expand(template, text, search, at, [], JsValue.Undefined)
                : Coerce.ToText(function.Call(JsValue.Undefined, [search, at, text])));
            realm.CheckStringLength(result.Length);
            end = at + search.Length;
        }

        result.Append(text, end, text.Length - end);
        realm.AllocateText(result.Length);
        return result.ToString();
    }

    private static int NextMatch(string text, string search, int at, bool all)
    {
        if (!all)
            return -1;
        var from = at + Math.Max(search.Length, 1);
        return from > text.Length ? -1 : text.IndexOf(search, from, StringComparison.Ordinal);
    }

    private static JsValue Split(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (Custom(args.At(0), JsSymbol.Split) is { } custom)
            return custom.Call(args.At(0), [self, args.At(1)]);
        var text = This(self);
        var limit = args.At(1).IsUndefined ? uint.MaxValue : Coerce.ToUint32(args.NumberAt(1));
        var separator = args.At(0).IsUndefined ? null : args.TextAt(0);
        var result = new JsArray(realm);
        if (limit == 0)
            return result;
        if (separator is null)
        {
            result.Push(text);
            return result;
        }

        realm.PushRoot(result);
        if (separator.Length == 0)
        {
            for (var i = 0; i < text.Length && result.Length < limit; i++)
                PushPart(realm, result, Realm.CharText(text[i]));
        }
        else
        {
            SplitByText(realm, result, text, separator, limit);
        }

        realm.PopRoot();
        return result;
    }

    private static void SplitByText(Realm realm, JsArray result, string text, string separator, uint limit)
    {
        var start = 0;
        for (var at = text.IndexOf(separator, StringComparison.Ordinal); at >= 0; at = text.IndexOf(separator, start, StringComparison.Ordinal))
        {
            PushPart(realm, result, text[start..at]);
            if (result.Length >= limit)
                return;
            start = at + separator.Length;
        }

        PushPart(realm, result, text[start..]);
    }

    private static void PushPart(Realm realm, JsArray result, JsValue part)
    {
        realm.Step();
        realm.Allocate(24 + (part.StringLength * 2L));
        result.Push(part);
    }

    // The method by which an object takes over a string operation; only objects are asked.
    private static JsFunction? Custom(JsValue pattern, JsSymbol symbol) => pattern.IsObject ? pattern.Object.GetMethod(symbol) : null;
}

/// <summary>The <c>$</c> patterns of replacement texts.</summary>
internal static class Replacement
{
    public static string Expand(string template, string text, string matched, int position, ReadOnlySpan<JsValue> captures, JsValue groups)
    {
        if (!template.Contains('$', StringComparison.Ordinal))
            return template;
        var result = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '$' || i + 1 >= template.Length)
            {
                result.Append(template[i]);
                continue;
            }

            i += Special(result, template, i, text, matched, position, captures, groups);
        }

        return result.ToString();
    }

    // Appends what the dollar sign stands for and returns how many characters after it were used.
    private static int Special(StringBuilder result, string template, int i, string text, string matched, int position, ReadOnlySpan<JsValue> captures, JsValue groups)
    {
        var next = template[i + 1];
        switch (next)
        {
            case '$':
                result.Append('$');
                return 1;
            case '&':
                result.Append(matched);
                return 1;
            case '`':
                result.Append(text, 0, position);
                return 1;
            case '\'':
                result.Append(text.AsSpan(Math.Min(text.Length, position + matched.Length)));
                return 1;
            case '<' when !groups.IsUndefined:
                var close = template.IndexOf('>', i + 2);
                if (close < 0)
                    break;
                var value = groups.Object.Get(PropertyKey.Of(template[(i + 2)..close]));
                if (!value.IsUndefined)
                    result.Append(Coerce.ToText(value));
                return close - i;
            case >= '0' and <= '9':
                return Numbered(result, template, i, captures);
            default:
                break;
        }

        result.Append('$');
        return 0;
    }

    private static int Numbered(StringBuilder result, string template, int i, ReadOnlySpan<JsValue> captures)
    {
        var one = template[i + 1] - '0';
        if (i + 2 < template.Length && char.IsAsciiDigit(template[i + 2]))
        {
            var two = (one * 10) + template[i + 2] - '0';
            if (two >= 1 && two <= captures.Length)
            {
                Append(result, captures[two - 1]);
                return 2;
            }
        }

        if (one >= 1 && one <= captures.Length)
        {
            Append(result, captures[one - 1]);
            return 1;
        }

        result.Append('$');
        return 0;
    }

    private static void Append(StringBuilder result, JsValue capture)
    {
        if (!capture.IsUndefined)
            result.Append(Coerce.ToText(capture));
    }
}
