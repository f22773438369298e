using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>RegExp</c>.</summary>
internal static class RegExpBuiltins
{
    public static readonly BuiltinTemplate Prototype = Flags(new BuiltinTemplate("Object"))
        .Link("constructor", IntrinsicId.RegExp)
        .Method("compile", 2, (_, self, _) => self)
        .Method("exec", 1, (_, self, args) => This(self, "exec").Exec(args.TextAt(0)))
        .Method("test", 1, (realm, self, args) => !Exec(realm, Object(self, "test"), args.TextAt(0)).IsNull)
        .Method("toString", 0, (_, self, _) => $"/{Coerce.ToText(Object(self, "toString").Get("source"))}/{Coerce.ToText(self.Object.Get("flags"))}")
        .Getter("source", (realm, self, _) => self.TryGetObject<JsRegExp>(out var regex) ? SourceText(regex.Source) : "(?:)")
        .Getter("flags", (_, self, _) => FlagText(Object(self, "flags")))
        .Method(JsSymbol.Match, "[Symbol.match]", 1, Match)
        .Method(JsSymbol.MatchAll, "[Symbol.matchAll]", 1, MatchAll)
        .Method(JsSymbol.Replace, "[Symbol.replace]", 2, Replace)
        .Method(JsSymbol.Search, "[Symbol.search]", 1, Search)
        .Method(JsSymbol.Split, "[Symbol.split]", 2, Split);

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("RegExp")
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    private static readonly (string Name, char Flag)[] s_flags =
    [
        ("hasIndices", 'd'), ("global", 'g'), ("ignoreCase", 'i'), ("multiline", 'm'), ("dotAll", 's'), ("unicode", 'u'),
        ("unicodeSets", 'v'), ("sticky", 'y'),
    ];

    public static bool IsRegExp(JsValue value)
    {
        if (!value.IsObject)
            return false;
        var matcher = value.Object.Get(JsSymbol.Match);
        return matcher.IsUndefined ? value.Object is JsRegExp : Coerce.ToBoolean(matcher);
    }

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var constructor = realm.Intrinsic(IntrinsicId.RegExp);
        if (args.At(1).IsUndefined && IsRegExp(args.At(0)) && args[0].Object.Get("constructor") is { IsObject: true } own && ReferenceEquals(own.Object, constructor))
            return args[0];
        return Construct(realm, args, constructor);
    }

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var pattern = args.At(0);
        var flags = args.At(1);
        string source;
        if (pattern.TryGetObject<JsRegExp>(out var regex))
        {
            source = regex.Source;
            flags = flags.IsUndefined ? regex.Flags : flags;
        }
        else if (IsRegExp(pattern))
        {
            source = Coerce.ToText(pattern.Object.Get("source"));
            flags = flags.IsUndefined ? pattern.Object.Get("flags") : flags;
        }
        else
        {
            source = pattern.IsUndefined ? "" : Coerce.ToText(pattern);
        }

        var prototype = Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.RegExpPrototype));
        return new JsRegExp(realm, source, flags.IsUndefined ? "" : SortedFlags(Coerce.ToText(flags)), prototype);
    }

    /// <summary>Runs a script's own <c>exec</c> when there is one.</summary>
    public static JsValue Exec(Realm realm, JsObject regex, string text)
    {
        var exec = regex.Get("exec");
        if (exec.AsFunction() is { } function && !(function is JsBuiltinFunction && regex is JsRegExp))
        {
            var result = function.Call(regex, [text]);
            return result.IsObject || result.IsNull ? result : throw JsThrow.Type("object null is not a function");
        }

        return This(regex, "exec").Exec(text);
    }

    private static string SortedFlags(string flags) => flags.Length < 2 ? flags : new string([.. flags.Order()]);

    private static BuiltinTemplate Flags(BuiltinTemplate template)
    {
        foreach (var (name, flag) in new (string, char)[]
                 {
                     ("dotAll", 's'), ("global", 'g'), ("hasIndices", 'd'), ("ignoreCase", 'i'), ("multiline", 'm'), ("sticky", 'y'), ("unicode", 'u'), ("unicodeSets", 'v'),
                 })
        {
            template.Getter(name, (_, self, _) => self.TryGetObject<JsRegExp>(out var regex) ? regex.Flags.Contains(flag, StringComparison.Ordinal) : JsValue.Undefined);
        }

        return template;
    }

    private static string FlagText(JsObject regex)
    {
        var text = new StringBuilder();
        foreach (var (name, flag) in s_flags)
        {
            if (Coerce.ToBoolean(regex.Get(name)))
                text.Append(flag);
        }

        return text.ToString();
    }

    private static string SourceText(string source)
    {
        if (source.Length == 0)
            return "(?:)";
        var text = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\' && i + 1 < source.Length)
                text.Append(c).Append(source[++i]);
            else if (c == '/' && !inClass)
                text.Append("\\/");
            else if (c == '\n')
                text.Append("\\n");
            else
                text.Append(c);
            inClass = c == '[' || (inClass && c != ']');
        }

        return text.ToString();
    }

    private static JsRegExp This(JsValue self, string method) => self.TryGetObject<JsRegExp>(out var regex)
        ? regex
        : throw JsThrow.Type($"Receiver is not a RegExp in RegExp.prototype.{method}");

    private static JsObject Object(JsValue self, string method) =>
        self.IsObject ? self.Object : throw JsThrow.Type($"RegExp.prototype.{method} requires that 'this' be an Object");

    private static double Advance(string text, double index, bool isUnicode) =>
        isUnicode && index + 1 < text.Length && char.IsHighSurrogate(text[(int)index]) && char.IsLowSurrogate(text[(int)index + 1]) ? index + 2 : index + 1;

    private static bool HasFlag(string flags, char flag) => flags.Contains(flag, StringComparison.Ordinal);

    private static JsValue Match(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var regex = Object(self, "@@match");
        var text = args.TextAt(0);
        var flags = Coerce.ToText(regex.Get("flags"));
        if (!HasFlag(flags, 'g'))
            return Exec(realm, regex, text);
        var result = new JsArray(realm);
        realm.PushRoot(result);
        EachMatch(realm, regex, text, flags, match =>
        {
            result.Push(Coerce.ToText(match.Get(new PropertyKey(0))));
            return true;
        });
        realm.PopRoot();
        return result.Length == 0 ? JsValue.Null : result;
    }

    // All matches of a global expression from the start.
    private static void EachMatch(Realm realm, JsObject regex, string text, string flags, Func<JsObject, bool> visit)
    {
        var isUnicode = HasFlag(flags, 'u') || HasFlag(flags, 'v');
        regex.Put("lastIndex", 0);
        for (var found = Exec(realm, regex, text); found.IsObject; found = Exec(realm, regex, text))
        {
            realm.Step();
            if (Coerce.ToText(found.Object.Get(new PropertyKey(0))).Length == 0)
                regex.Put("lastIndex", Advance(text, Coerce.ToLength(regex.Get("lastIndex")), isUnicode));
            if (!visit(found.Object))
                return;
        }
    }

    private static JsValue MatchAll(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var regex = Object(self, "@@matchAll");
        var text = args.TextAt(0);
        var flags = Coerce.ToText(regex.Get("flags"));
        var copy = new JsRegExp(realm, Coerce.ToText(regex.Get("source")) is "(?:)" ? "" : (regex as JsRegExp)?.Source ?? "", flags);
        copy.Put("lastIndex", Coerce.ToLength(regex.Get("lastIndex")));
        var isUnicode = copy.IsUnicode;
        return new JsListIterator(realm, IntrinsicId.RegExpStringIteratorPrototype, position =>
        {
            if (position < 0)
                return (JsValue.Hole, position);
            var found = Exec(realm, copy, text);
            if (!found.IsObject)
                return (JsValue.Hole, -1);
            if (Coerce.ToText(found.Object.Get(new PropertyKey(0))).Length == 0)
                copy.Put("lastIndex", Advance(text, Coerce.ToLength(copy.Get("lastIndex")), isUnicode));
            return (found, copy.IsGlobal ? 0 : -1);
        });
    }

    private static JsValue Search(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var regex = Object(self, "@@search");
        var text = args.TextAt(0);
        var previous = regex.Get("lastIndex");
        regex.Put("lastIndex", 0);
        var found = Exec(realm, regex, text);
        regex.Put("lastIndex", previous);
        return found.IsObject ? found.Object.Get("index") : -1;
    }

    private static JsValue Replace(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var regex = Object(self, "@@replace");
        var text = args.TextAt(0);
        var function = args.At(1).AsFunction();
        var template = function is null ? args.TextAt(1) : "";
        var flags = Coerce.ToText(regex.Get("flags"));
        var results = new List<JsObject>();
        if (HasFlag(flags, 'g'))
        {
            EachMatch(realm, regex, text, flags, match =>
            {
                results.Add(match);
                realm.CheckArrayLength(results.Count);
                return true;
            });
        }
        else if (Exec(realm, regex, text) is { IsObject: true } single)
        {
            results.Add(single.Object);
        }

        var output = new StringBuilder();
        var end = 0;
        foreach (var result in results)
            end = AppendReplacement(realm, output, end, text, result, function, template);
        output.Append(text, end, text.Length - end);
        realm.AllocateText(output.Length);
        return output.ToString();
    }

    private static int AppendReplacement(Realm realm, StringBuilder output, int end, string text, JsObject result, JsFunction? function, string template)
    {
        realm.Step();
        var matched = Coerce.ToText(result.Get(new PropertyKey(0)));
        var position = (int)Math.Clamp(Coerce.ToInteger(result.Get("index")), 0, text.Length);
        var count = Math.Max(0, (int)Coerce.LengthOf(result) - 1);
        var captures = new JsValue[count];
        for (var i = 0; i < count; i++)
        {
            var capture = result.Get(new PropertyKey((uint)i + 1));
            captures[i] = capture.IsUndefined ? capture : Coerce.ToTextValue(capture);
        }

        var groups = result.Get("groups");
        string replacement;
        if (function is null)
        {
            replacement = Replacement.Expand(template, text, matched, position, captures, groups.IsUndefined ? groups : Coerce.ToObject(realm, groups));
        }
        else
        {
            List<JsValue> callArgs = [matched, .. captures, position, text];
            if (!groups.IsUndefined)
                callArgs.Add(groups);
            replacement = Coerce.ToText(function.Call(JsValue.Undefined, [.. callArgs]));
        }

        if (position < end)
            return end;
        output.Append(text, end, position - end).Append(replacement);
        realm.CheckStringLength(output.Length);
        return position + matched.Length;
    }

    private static JsValue Split(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var regex = This(self, "@@split");
        var text = args.TextAt(0);
        var limit = args.At(1).IsUndefined ? uint.MaxValue : Coerce.ToUint32(args.NumberAt(1));
        var result = new JsArray(realm);
        if (limit == 0)
            return result;
        var splitter = new JsRegExp(realm, regex.Source, regex.Flags.Replace("y", "", StringComparison.Ordinal).Replace("g", "", StringComparison.Ordinal));
        if (text.Length == 0)
        {
            if (splitter.Match(text, 0) is null)
                result.Push(text);
            return result;
        }

        realm.PushRoot(result);
        SplitInto(realm, result, splitter, text, limit);
        realm.PopRoot();
        return result;
    }

    private static void SplitInto(Realm realm, JsArray result, JsRegExp splitter, string text, uint limit)
    {
        var start = 0;
        var from = 0;
        while (from < text.Length)
        {
            realm.Step();
            var match = splitter.Match(text, from);
            if (match is null || match.Index >= text.Length)
                break;
            var end = match.Index + match.Length;

            // A match that ends where the last part began would split nothing.
            if (end == start || (match.Length == 0 && match.Index == start))
            {
                from = (int)Advance(text, Math.Max(from, match.Index), splitter.IsUnicode);
                continue;
            }

            realm.Allocate(24 + ((match.Index - start) * 2));
            result.Push(text[start..match.Index]);
            if (result.Length >= limit)
                return;
            for (var i = 1; i <= splitter.GroupNames.Length; i++)
            {
                result.Push(JsRegExp.Capture(match, i));
                if (result.Length >= limit)
                    return;
            }

            start = end;
            from = match.Length == 0 ? (int)Advance(text, end, splitter.IsUnicode) : end;
        }

        realm.Allocate(24 + ((text.Length - start) * 2));
        result.Push(text[start..]);
    }
}
