using System.Text.RegularExpressions;

namespace Platform.Scripting.JavaScript;

/// <summary>A regular expression object.</summary>
internal sealed class JsRegExp : JsObject
{
    private readonly TranslatedRegex _translated;
    private readonly Regex _regex;

    public JsRegExp(Realm realm, string source, string flags, JsObject? prototype = null)
        : base(realm, prototype ?? realm.Intrinsic(IntrinsicId.RegExpPrototype))
    {
        Source = source;
        Flags = flags;
        _translated = RegexTranslator.Translate(source, flags);
        _regex = RegexTranslator.Compile(source, flags, realm.Limits.RegexTimeMax);
        AddNamed("lastIndex", 0, PropertyFlags.Writable);
    }

    public override string ClassName => "RegExp";

    public string Source { get; }

    public string Flags { get; }

    public bool IsGlobal => Flags.Contains('g', StringComparison.Ordinal);

    public bool IsSticky => Flags.Contains('y', StringComparison.Ordinal);

    public bool IsUnicode => Flags.Contains('u', StringComparison.Ordinal) || Flags.Contains('v', StringComparison.Ordinal);

    public bool HasIndices => Flags.Contains('d', StringComparison.Ordinal);

    public string?[] GroupNames => _translated.GroupNames;

    /// <summary>The first match from a position on, or null.</summary>
    public Match? Match(string text, int from)
    {
        Realm.Step(1);
        try
        {
            var match = _regex.Match(text, from);
            Realm.Step((match.Success ? match.Index + match.Length - from : text.Length - from) / 32);
            return match.Success ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw Realm.RegexTooSlow();
        }
    }

    /// <summary>The language's exec, which reads and writes lastIndex.</summary>
    public JsValue Exec(string text)
    {
        var usesIndex = IsGlobal || IsSticky;
        var lastIndex = Coerce.ToLength(Get("lastIndex"));
        var from = usesIndex ? lastIndex : 0;
        var match = from > text.Length ? null : Match(text, (int)from);
        if (match is null)
        {
            if (usesIndex)
                Put("lastIndex", 0);
            return JsValue.Null;
        }

        if (usesIndex)
            Put("lastIndex", match.Index + match.Length);
        return Result(match, text);
    }

    public static JsValue Capture(Match match, int group)
    {
        var captured = match.Groups[group];
        return captured.Success ? captured.Value : JsValue.Undefined;
    }

    private JsArray Result(Match match, string text)
    {
        var count = _translated.GroupCount + 1;
        Realm.Allocate((match.Length * 2) + (count * 40));
        var items = new JsValue[count];
        items[0] = match.Value;
        for (var i = 1; i < count; i++)
            items[i] = Capture(match, i);
        var result = new JsArray(Realm, items, count);
        result.AddNamed("index", match.Index);
        result.AddNamed("input", text);
        result.AddNamed("groups", Groups(i => items[i]));
        if (HasIndices)
            result.AddNamed("indices", Indices(match, count));
        return result;
    }

    public JsValue Groups(Func<int, JsValue> value)
    {
        if (Array.TrueForAll(GroupNames, n => n is null))
            return JsValue.Undefined;
        var groups = new JsObject(Realm, null);
        for (var i = 0; i < GroupNames.Length; i++)
        {
            if (GroupNames[i] is { } name)
                groups.CreateOwn(PropertyKey.Of(name), value(i + 1));
        }

        return groups;
    }

    private JsArray Indices(Match match, int count)
    {
        var items = new JsValue[count];
        for (var i = 0; i < count; i++)
        {
            var group = match.Groups[i];
            items[i] = group.Success ? new JsArray(Realm, [group.Index, group.Index + group.Length], 2) : JsValue.Undefined;
        }

        var result = new JsArray(Realm, items, count);
        result.AddNamed("groups", Groups(i => items[i]));
        return result;
    }
}
