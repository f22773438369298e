using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>JSON.stringify</c>.</summary>
internal sealed class JsonWriter
{
    private readonly Realm _realm;
    private readonly StringBuilder _text = new();
    private readonly JsFunction? _replacer;
    private readonly List<PropertyKey>? _allowed;
    private readonly string _gap;
    private readonly List<JsObject> _stack = [];
    private string _indent = "";

    private JsonWriter(Realm realm, JsValue replacer, string gap)
    {
        _realm = realm;
        _gap = gap;
        _replacer = replacer.AsFunction();
        if (_replacer is null && Coerce.IsArray(replacer))
            _allowed = AllowedKeys(replacer.Object);
    }

    public static JsValue Write(Realm realm, JsValue value, JsValue replacer, JsValue space)
    {
        var writer = new JsonWriter(realm, replacer, Gap(space));
        JsObject? holder = null;
        if (writer._replacer is not null)
        {
            holder = realm.NewObject();
            holder.CreateOwn(PropertyKey.Named(""), value);
        }

        if (!writer.TryWrite(holder, PropertyKey.Named(""), value))
            return JsValue.Undefined;
        realm.AllocateText(writer._text.Length);
        return writer._text.ToString();
    }

    public static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c >= ' ' && c != '"' && c != '\\' && !char.IsSurrogate(c))
                continue;
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
                continue;
            }

            text.Append(value, start, i - start);
            start = i + 1;
            AppendEscaped(text, c);
        }

        text.Append(value, start, value.Length - start).Append('"');
    }

    private static void AppendEscaped(StringBuilder text, char c)
    {
        switch (c)
        {
            case '"':
                text.Append("\\\"");
                break;
            case '\\':
                text.Append("\\\\");
                break;
            case '\n':
                text.Append("\\n");
                break;
            case '\r':
                text.Append("\\r");
                break;
            case '\t':
                text.Append("\\t");
                break;
            case '\b':
                text.Append("\\b");
                break;
            case '\f':
                text.Append("\\f");
                break;
            default:
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Gap(JsValue space)
    {
        if (space.TryGetObject<JsWrapper>(out var wrapper))
            space = wrapper.Primitive.IsNumber ? Coerce.ToNumber(space) : wrapper.Primitive.IsString ? Coerce.ToText(space) : space;
        if (space.IsNumber)
            return new string(' ', (int)Math.Clamp(Coerce.ToInteger(space), 0, 10));
        if (!space.IsString)
            return "";
        var text = space.AsString();
        return text.Length > 10 ? text[..10] : text;
    }

    private static List<PropertyKey> AllowedKeys(JsObject list)
    {
        var keys = new List<PropertyKey>();
        var length = Coerce.LengthOf(list);
        for (double i = 0; i < length; i++)
        {
            list.Realm.Step();
            var item = ArrayBuiltins.Get(list, i);
            if (item.TryGetObject<JsWrapper>(out var wrapper) && (wrapper.Primitive.IsString || wrapper.Primitive.IsNumber))
                item = Coerce.ToText(item);
            if (!item.IsString && !item.IsNumber)
                continue;
            var key = PropertyKey.Of(Coerce.ToText(item));
            if (!keys.Contains(key))
                keys.Add(key);
        }

        return keys;
    }

    // False when the value is one that JSON leaves out.
    private bool TryWrite(JsObject? holder, PropertyKey key, JsValue value)
    {
        _realm.Step();
        if (value.IsObject || value.IsBigInt)
        {
            var toJson = PropertyAccess.Get(_realm, value, PropertyKey.Named("toJSON"), value).AsFunction();
            if (toJson is not null)
                value = toJson.Call(value, [key.ToValue()]);
        }

        if (_replacer is not null)
            value = _replacer.Call(holder!, [key.ToValue(), value]);
        if (value.TryGetObject<JsWrapper>(out var wrapper))
            value = Unwrap(value, wrapper);
        switch (value.Tag)
        {
            case JsTag.Null:
                _text.Append("null");
                return true;
            case JsTag.True or JsTag.False:
                _text.Append(value.IsTrue ? "true" : "false");
                return true;
            case JsTag.Number:
                _text.Append(double.IsFinite(value.Number) ? NumberText.ToString(value.Number) : "null");
                return true;
            case JsTag.String:
                _realm.CheckStringLength(_text.Length + value.StringLength);
                Quote(_text, value.AsString());
                return true;
            case JsTag.BigInt:
                throw JsThrow.Type("Do not know how to serialize a BigInt");
            case JsTag.Object when value.Object is not JsFunction:
                WriteContainer(value.Object);
                return true;
            default:
                return false;
        }
    }

    private static JsValue Unwrap(JsValue value, JsWrapper wrapper) => wrapper.Primitive.Tag switch
    {
        JsTag.Number => Coerce.ToNumber(value),
        JsTag.String => Coerce.ToText(value),
        JsTag.True or JsTag.False or JsTag.BigInt => wrapper.Primitive,
        _ => value,
    };

    private void WriteContainer(JsObject target)
    {
        if (_stack.Contains(target))
            throw JsThrow.Type("Converting circular structure to JSON");
        _realm.EnterNative();
        _stack.Add(target);
        var indent = _indent;
        _indent += _gap;
        if (Coerce.IsArray(target))
            WriteArray(target, indent);
        else
            WriteObject(target, indent);
        _indent = indent;
        _stack.RemoveAt(_stack.Count - 1);
        _realm.CheckStringLength(_text.Length);
        _realm.LeaveNative();
    }

    private void WriteObject(JsObject target, string indent)
    {
        _text.Append('{');
        var isFirst = true;
        foreach (var key in _allowed ?? target.OwnKeys())
        {
            if (key.IsSymbol)
                continue;
            var isOwn = target.TryGetOwn(key, out var slot);
            if (_allowed is null && (!isOwn || !slot.Enumerable))
                continue;
            var value = isOwn && !slot.IsAccessor && !target.IsProxy ? slot.Value : target.Get(key);
            var start = _text.Length;
            Separate(isFirst);
            Quote(_text, key.ToText());
            _text.Append(_gap.Length > 0 ? ": " : ":");
            if (TryWrite(target, key, value))
                isFirst = false;
            else
                _text.Length = start;
        }

        Close('}', isFirst, indent);
    }

    private void WriteArray(JsObject target, string indent)
    {
        _text.Append('[');
        var length = Coerce.LengthOf(target);
        for (double i = 0; i < length; i++)
        {
            Separate(i == 0);
            if (!TryWrite(target, ArrayBuiltins.Key(i), ArrayBuiltins.Get(target, i)))
                _text.Append("null");
            _realm.CheckStringLength(_text.Length);
        }

        Close(']', length == 0, indent);
    }

    private void Separate(bool isFirst)
    {
        if (!isFirst)
            _text.Append(',');
        if (_gap.Length > 0)
            _text.Append('\n').Append(_indent);
    }

    private void Close(char bracket, bool isEmpty, string indent)
    {
        if (!isEmpty && _gap.Length > 0)
            _text.Append('\n').Append(indent);
        _text.Append(bracket);
    }
}
