using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>String</c>: the constructor and the table of methods.</summary>
internal static partial class StringBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("String")
        .Value("length", 0, PropertyFlags.None)
        .Link("constructor", IntrinsicId.String)
        .Method("at", 1, At)
        .Method("charAt", 1, (realm, self, args) => args.IntegerAt(0) is var i && This(self) is var text && i >= 0 && i < text.Length ? Realm.CharText(text[(int)i]) : "")
        .Method("charCodeAt", 1, (_, self, args) => args.IntegerAt(0) is var i && This(self) is var text && i >= 0 && i < text.Length ? text[(int)i] : double.NaN)
        .Method("codePointAt", 1, CodePointAt)
        .Method("concat", 1, Concat)
        .Method("endsWith", 1, EndsWith)
        .Method("includes", 1, (_, self, args) => Position(args, This(self)) is var from && This(self).IndexOf(Plain(args.At(0), "includes"), from, StringComparison.Ordinal) >= 0)
        .Method("indexOf", 1, (_, self, args) => This(self).IndexOf(args.TextAt(0), Position(args, This(self)), StringComparison.Ordinal))
        .Method("isWellFormed", 0, (_, self, _) => WellFormed(This(self)) is null)
        .Method("lastIndexOf", 1, LastIndexOf)
        .Method("localeCompare", 1, (_, self, args) => IntlBuiltins.Compare(This(self), args.TextAt(0), args.At(1), args.At(2)))
        .Method("match", 1, Match)
        .Method("matchAll", 1, MatchAll)
        .Method("normalize", 0, Normalize)
        .Method("padEnd", 1, (realm, self, args) => Pad(realm, self, args, atStart: false))
        .Method("padStart", 1, (realm, self, args) => Pad(realm, self, args, atStart: true))
        .Method("repeat", 1, Repeat)
        .Method("replace", 2, (realm, self, args) => Replace(realm, self, args, all: false))
        .Method("replaceAll", 2, (realm, self, args) => Replace(realm, self, args, all: true))
        .Method("search", 1, SearchText)
        .Method("slice", 2, Slice)
        .Method("split", 2, Split)
        .Method("startsWith", 1, (_, self, args) => Position(args, This(self)) is var from && This(self).AsSpan(from).StartsWith(Plain(args.At(0), "startsWith"), StringComparison.Ordinal))
        .Method("substr", 2, Substr)
        .Method("substring", 2, Substring)
        .Method("toLocaleLowerCase", 0, (realm, self, _) => Changed(realm, This(self), static t => Casing.Lower(t)))
        .Method("toLocaleUpperCase", 0, (realm, self, _) => Changed(realm, This(self), static t => Casing.Upper(t)))
        .Method("toLowerCase", 0, (realm, self, _) => Changed(realm, This(self), static t => Casing.Lower(t)))
        .Method("toString", 0, (_, self, _) => ThisString(self))
        .Method("toUpperCase", 0, (realm, self, _) => Changed(realm, This(self), static t => Casing.Upper(t)))
        .Method("toWellFormed", 0, (realm, self, _) => WellFormed(This(self)) ?? This(self))
        .Method("trim", 0, (realm, self, _) => Changed(realm, This(self), static t => t.Trim(JsWhiteSpace.All.ToCharArray())))
        .Method("trimEnd", 0, (realm, self, _) => Changed(realm, This(self), static t => t.TrimEnd(JsWhiteSpace.All.ToCharArray())))
        .Method("trimStart", 0, (realm, self, _) => Changed(realm, This(self), static t => t.TrimStart(JsWhiteSpace.All.ToCharArray())))
        .Alias("trimLeft", "trimStart", IntrinsicId.StringPrototype)
        .Alias("trimRight", "trimEnd", IntrinsicId.StringPrototype)
        .Method("valueOf", 0, (_, self, _) => ThisString(self))
        .Method(JsSymbol.Iterator, "[Symbol.iterator]", 0, (realm, self, args) => Iterate(realm, self));

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("String")
        .Method("fromCharCode", 1, (realm, _, args) =>
        {
            realm.AllocateText(args.Length);
            var text = new char[args.Length];
            for (var i = 0; i < args.Length; i++)
                text[i] = (char)Coerce.ToUint32(args.NumberAt(i));
            return new string(text);
        })
        .Method("fromCodePoint", 1, FromCodePoint)
        .Method("raw", 1, Raw);

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        args.Length == 0 ? "" : args[0].IsSymbol ? args[0].Symbol.ToString() : Coerce.ToTextValue(args[0]);

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        new JsWrapper(realm, args.Length == 0 ? "" : Coerce.ToText(args[0]), Realm.PrototypeFrom(newTarget, realm.StringPrototype));

    /// <summary>The receiver of a string method as text.</summary>
    public static string This(JsValue self) => self.IsString
        ? self.AsString()
        : self.IsNullish ? throw JsThrow.Type("String.prototype method called on null or undefined") : Coerce.ToText(self);

    private static JsValue ThisString(JsValue self)
    {
        if (self.IsString)
            return self;
        return self.TryGetObject<JsWrapper>(out var wrapper) && wrapper.Primitive.IsString
            ? wrapper.Primitive
            : throw JsThrow.Type("String.prototype.toString requires that 'this' be a String");
    }

    private static JsValue Changed(Realm realm, string text, Func<string, string> change)
    {
        realm.AllocateText(text.Length);
        return change(text);
    }

    private static string Plain(JsValue search, string caller) => RegExpBuiltins.IsRegExp(search)
        ? throw JsThrow.Type($"First argument to String.prototype.{caller} must not be a regular expression")
        : Coerce.ToText(search);

    private static int Position(ReadOnlySpan<JsValue> args, string text) => (int)Math.Clamp(args.IntegerAt(1), 0, text.Length);

    private static JsValue At(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var relative = args.IntegerAt(0);
        var index = relative < 0 ? text.Length + relative : relative;
        return index < 0 || index >= text.Length ? JsValue.Undefined : Realm.CharText(text[(int)index]);
    }

    private static JsValue CodePointAt(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var index = args.IntegerAt(0);
        if (index < 0 || index >= text.Length)
            return JsValue.Undefined;
        var i = (int)index;
        return char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
            ? char.ConvertToUtf32(text[i], text[i + 1])
            : text[i];
    }

    private static JsValue Concat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        JsValue result = This(self);
        foreach (var arg in args)
            result = JsRope.Concat(realm, result, Coerce.ToTextValue(arg));
        return result;
    }

    private static JsValue EndsWith(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var search = Plain(args.At(0), "endsWith");
        var end = args.At(1).IsUndefined ? text.Length : (int)Math.Clamp(args.IntegerAt(1), 0, text.Length);
        return text.AsSpan(0, end).EndsWith(search, StringComparison.Ordinal);
    }

    private static JsValue LastIndexOf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var search = args.TextAt(0);
        var position = args.NumberAt(1);
        var start = double.IsNaN(position) ? text.Length : (int)Math.Clamp(Math.Truncate(position), 0, text.Length);
        return text.AsSpan(0, Math.Min(text.Length, start + search.Length)).LastIndexOf(search, StringComparison.Ordinal);
    }

    private static JsValue Normalize(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var form = args.At(0).IsUndefined ? "NFC" : args.TextAt(0);
        var text = This(self);
        realm.AllocateText(text.Length * 3.0);
        var kind = form switch
        {
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            "NFKC" => NormalizationForm.FormKC,
            "NFKD" => NormalizationForm.FormKD,
            _ => throw JsThrow.Range($"The normalization form should be one of NFC, NFD, NFKC, NFKD."),
        };

        // Lone surrogates are no text for the framework; they stay as they are.
        return WellFormed(text) is null ? text.Normalize(kind) : text;
    }

    private static JsValue Pad(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool atStart)
    {
        var text = This(self);
        var length = Coerce.ToLength(args.At(0));
        var filler = args.At(1).IsUndefined ? " " : args.TextAt(1);
        if (length <= text.Length || filler.Length == 0)
            return text;
        realm.AllocateText(length);
        var padding = new StringBuilder();
        var missing = (int)length - text.Length;
        while (padding.Length < missing)
            padding.Append(filler, 0, Math.Min(filler.Length, missing - padding.Length));
        return atStart ? padding.Append(text).ToString() : text + padding;
    }

    private static JsValue Repeat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var count = args.IntegerAt(0);
        if (count < 0 || double.IsInfinity(count))
            throw JsThrow.Range($"Invalid count value: {Coerce.ToText(args.At(0))}");
        if (text.Length == 0 || count == 0)
            return "";
        realm.AllocateText(text.Length * count);
        return count == 1 ? text : new StringBuilder().Insert(0, text, (int)count).ToString();
    }

    private static JsValue Slice(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var start = (int)Coerce.RelativeIndex(args.At(0), text.Length, 0);
        var end = (int)Coerce.RelativeIndex(args.At(1), text.Length, text.Length);
        return Part(realm, text, start, end);
    }

    private static JsValue Substring(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var start = (int)Math.Clamp(args.IntegerAt(0), 0, text.Length);
        var end = args.At(1).IsUndefined ? text.Length : (int)Math.Clamp(args.IntegerAt(1), 0, text.Length);
        return Part(realm, text, Math.Min(start, end), Math.Max(start, end));
    }

    private static JsValue Substr(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var text = This(self);
        var start = Coerce.RelativeIndex(args.At(0), text.Length, 0);
        var length = args.At(1).IsUndefined ? double.PositiveInfinity : args.IntegerAt(1);
        return Part(realm, text, (int)start, (int)Math.Min(Math.Max(start + length, start), text.Length));
    }

    private static JsValue Part(Realm realm, string text, int start, int end)
    {
        if (end <= start)
            return "";
        if (end - start == 1)
            return Realm.CharText(text[start]);
        realm.AllocateText(end - start);
        return text[start..end];
    }

    private static JsListIterator Iterate(Realm realm, JsValue self)
    {
        var text = This(self);
        return new JsListIterator(realm, IntrinsicId.StringIteratorPrototype, position =>
        {
            if (position >= text.Length)
                return (JsValue.Hole, position);
            var length = char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]) ? 2 : 1;
            return (length == 1 ? Realm.CharText(text[position]) : text.Substring(position, 2), position + length);
        });
    }

    private static JsValue FromCodePoint(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var result = new StringBuilder();
        foreach (var arg in args)
        {
            var number = Coerce.ToNumber(arg);
            if (number != Math.Truncate(number) || number is not (>= 0 and <= 0x10FFFF))
                throw JsThrow.Range($"Invalid code point {Coerce.ToText(arg)}");
            if (number >= 0x10000)
                result.Append(char.ConvertFromUtf32((int)number));
            else
                result.Append((char)number);
        }

        realm.AllocateText(result.Length);
        return result.ToString();
    }

    private static JsValue Raw(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var raw = Coerce.ToObject(realm, Coerce.ToObject(realm, args.At(0)).Get("raw"));
        var length = Coerce.LengthOf(raw);
        var result = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            realm.Step();
            result.Append(Coerce.ToText(raw.Get(new PropertyKey((uint)i))));
            if (i + 1 < length && i + 1 < args.Length)
                result.Append(args.TextAt(i + 1));
            realm.CheckStringLength(result.Length);
        }

        realm.AllocateText(result.Length);
        return result.ToString();
    }

    // The text with lone surrogates replaced, or null when there are none.
    private static string? WellFormed(string text)
    {
        StringBuilder? result = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            result ??= new StringBuilder(text);
            result[i] = '\ufffd';
        }

        return result?.ToString();
    }
}

/// <summary>Upper and lower case with the few letters that become several.</summary>
internal static class Casing
{
    private static readonly System.Buffers.SearchValues<char> s_expanding =
        System.Buffers.SearchValues.Create("\u00df\u0149\u01f0\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06");

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        return upper.AsSpan().IndexOfAny(s_expanding) < 0
            ? upper
            : new StringBuilder(upper).Replace("\u00df", "SS").Replace("\u0149", "\u02bcN").Replace("\u01f0", "J\u030c").Replace("\ufb00", "FF").Replace("\ufb01", "FI")
                .Replace("\ufb02", "FL").Replace("\ufb03", "FFI").Replace("\ufb04", "FFL").Replace("\ufb05", "ST").Replace("\ufb06", "ST").ToString();
    }

    public static string Lower(string text)
    {
        var lower = text.Contains('\u0130', StringComparison.Ordinal) ? text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant() : text.ToLowerInvariant();
        if (!text.Contains('\u03a3', StringComparison.Ordinal))
            return lower;

        // A sigma at the end of a word has its own small letter.
        var result = new StringBuilder(lower);
        for (var i = 0; i < text.Length && i < result.Length; i++)
        {
            if (text[i] == '\u03a3' && i > 0 && char.IsLetter(text[i - 1]) && (i + 1 >= text.Length || !char.IsLetter(text[i + 1])))
                result[i] = '\u03c2';
        }

        return result.ToString();
    }
}
