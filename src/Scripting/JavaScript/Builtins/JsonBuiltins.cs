using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>JSON</c>.</summary>
internal static class JsonBuiltins
{
    public static readonly BuiltinTemplate Template = new BuiltinTemplate("JSON")
        .Method("parse", 2, Parse)
        .Method("stringify", 3, (realm, _, args) => JsonWriter.Write(realm, args.At(0), args.At(1), args.At(2)))
        .Tag("JSON");

    private static JsValue Parse(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var value = new JsonReader(realm, args.TextAt(0)).Read();
        if (args.At(1).AsFunction() is not { } reviver)
            return value;
        var root = realm.NewObject();
        root.CreateOwn(PropertyKey.Named(""), value);
        return Revive(realm, reviver, root, PropertyKey.Named(""));
    }

    private static JsValue Revive(Realm realm, JsFunction reviver, JsObject holder, PropertyKey key)
    {
        realm.EnterNative();
        var value = holder.Get(key);
        if (value.IsObject)
        {
            var target = value.Object;
            var keys = Coerce.IsArray(value)
                ? [.. Enumerable.Range(0, (int)Coerce.LengthOf(target)).Select(i => new PropertyKey((uint)i))]
                : target.OwnKeys().Where(k => !k.IsSymbol && target.TryGetOwn(k, out var slot) && slot.Enumerable).ToList();
            foreach (var child in keys)
            {
                var revived = Revive(realm, reviver, target, child);
                if (revived.IsUndefined)
                    target.Delete(child);
                else
                    target.CreateOwn(child, revived);
            }
        }

        var result = reviver.Call(holder, [key.ToValue(), value]);
        realm.LeaveNative();
        return result;
    }
}

/// <summary>Short JSON for messages; never throws.</summary>
internal static class JsonText
{
    private const int PreviewLength = 200;

    public static string Preview(Realm realm, JsValue value)
    {
        try
        {
            var text = JsonWriter.Write(realm, value, JsValue.Undefined, JsValue.Undefined);
            var shown = text.IsString ? text.AsString() : Coerce.Describe(value);
            return shown.Length > PreviewLength ? shown[..PreviewLength] + "..." : shown;
        }
        catch (JsThrow)
        {
            return Coerce.Describe(value);
        }
    }
}

/// <summary>Reads JSON into objects of the run.</summary>
internal sealed class JsonReader(Realm realm, string text)
{
    private const int DepthMax = 1000;

    private int _position;
    private int _depth;

    public JsValue Read()
    {
        realm.Step(text.Length / 16);
        SkipSpace();
        var value = ReadValue();
        SkipSpace();
        return _position == text.Length ? value : throw Unexpected();
    }

    private JsValue ReadValue()
    {
        if (_position >= text.Length)
            throw JsThrow.Syntax("Unexpected end of JSON input");
        switch (text[_position])
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            case '"':
                return ReadString();
            case 't':
                return ReadWord("true", JsValue.True);
            case 'f':
                return ReadWord("false", JsValue.False);
            case 'n':
                return ReadWord("null", JsValue.Null);
            default:
                return ReadNumber();
        }
    }

    private JsObject ReadObject()
    {
        Deeper();
        var result = realm.NewObject();
        realm.PushRoot(result);
        _position++;
        SkipSpace();
        if (!TryEat('}'))
        {
            do
            {
                SkipSpace();
                if (Current != '"')
                    throw Unexpected();
                var key = PropertyKey.Of(Interned(ReadString()));
                SkipSpace();
                Eat(':');
                SkipSpace();
                var value = ReadValue();
                realm.Step();
                result.PutPlain(key, value);
                SkipSpace();
            }
            while (TryEat(','));
            Eat('}');
        }

        realm.PopRoot();
        _depth--;
        return result;
    }

    private JsArray ReadArray()
    {
        Deeper();
        var result = new JsArray(realm);
        realm.PushRoot(result);
        _position++;
        SkipSpace();
        if (!TryEat(']'))
        {
            do
            {
                SkipSpace();
                result.Push(ReadValue());
                realm.Step();
                SkipSpace();
            }
            while (TryEat(','));
            Eat(']');
        }

        realm.PopRoot();
        _depth--;
        return result;
    }

    // Names repeat in JSON; one string object per name keeps property look-ups on the short way.
    private string Interned(string name)
    {
        _names ??= [];
        if (_names.TryGetValue(name, out var known))
            return known;
        name = string.IsInterned(name) ?? name;
        if (_names.Count < 1000)
            _names[name] = name;
        return name;
    }

    private Dictionary<string, string>? _names;

    private string ReadString()
    {
        _position++;
        var plain = text.AsSpan(_position).IndexOfAny('"', '\\');
        if (plain >= 0 && text[_position + plain] == '"' && !HasControl(text.AsSpan(_position, plain)))
        {
            var simple = text.Substring(_position, plain);
            _position += plain + 1;
            realm.Allocate(24 + (simple.Length * 2L));
            return simple;
        }

        var result = new StringBuilder();
        while (true)
        {
            if (_position >= text.Length)
                throw JsThrow.Syntax("Unterminated string in JSON at position " + _position.ToString(CultureInfo.InvariantCulture));
            var c = text[_position++];
            if (c == '"')
                break;
            if (c < ' ')
                throw JsThrow.Syntax("Bad control character in string literal in JSON at position " + (_position - 1).ToString(CultureInfo.InvariantCulture));
            result.Append(c == '\\' ? ReadEscape() : c);
        }

        realm.Allocate(24 + (result.Length * 2L));
        return result.ToString();
    }

    private static bool HasControl(ReadOnlySpan<char> span) => span.IndexOfAnyInRange('\0', '\u001f') >= 0;

    private char ReadEscape()
    {
        var c = _position < text.Length ? text[_position++] : '\0';
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _position + 4 <= text.Length && ushort.TryParse(text.AsSpan(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _position += 4;
                return (char)code;
            default:
                throw JsThrow.Syntax("Bad escaped character in JSON at position " + (_position - 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    private JsValue ReadNumber()
    {
        var start = _position;
        if (Current == '-')
            _position++;
        if (Current == '0')
            _position++;
        else if (!SkipDigits())
            throw Unexpected();
        if (Current == '.')
        {
            _position++;
            if (!SkipDigits())
                throw Unexpected();
        }

        if (Current is 'e' or 'E')
        {
            _position++;
            if (Current is '+' or '-')
                _position++;
            if (!SkipDigits())
                throw Unexpected();
        }

        return double.Parse(text.AsSpan(start, _position - start), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private char Current => _position < text.Length ? text[_position] : '\0';

    private bool SkipDigits()
    {
        var start = _position;
        while (char.IsAsciiDigit(Current))
            _position++;
        return _position > start;
    }

    private JsValue ReadWord(string word, JsValue value)
    {
        foreach (var c in word)
        {
            if (Current != c)
                throw Unexpected();
            _position++;
        }

        return value;
    }

    private void SkipSpace()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\n' or '\r')
            _position++;
    }

    private bool TryEat(char c)
    {
        if (Current != c)
            return false;
        _position++;
        return true;
    }

    private void Eat(char c)
    {
        if (!TryEat(c))
            throw Unexpected();
    }

    private void Deeper()
    {
        Realm.CheckStack();
        if (++_depth > DepthMax)
            throw new JsLimitException(JsLimitKind.Depth, "JSON is nested too deeply");
    }

    private JsThrow Unexpected() => _position >= text.Length
        ? JsThrow.Syntax("Unexpected end of JSON input")
        : JsThrow.Syntax($"Unexpected token '{text[_position]}', {Shown()} is not valid JSON");

    private string Shown() => text.Length <= 40 ? $"\"{text}\"" : $"...\"{text.AsSpan(Math.Max(0, _position - 10), Math.Min(20, text.Length - Math.Max(0, _position - 10)))}\"...";
}
