using System.Globalization;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Values as JSON, laid out like JSON.stringify does it.</summary>
internal sealed class JsonText
{
    private readonly RenderContext _context;
    private readonly string _indent;
    private readonly bool _marksCircles;
    private readonly StringBuilder _text = new();
    private readonly HashSet<object> _ancestors = new(ReferenceEqualityComparer.Instance);

    private JsonText(RenderContext context, string indent, bool marksCircles)
    {
        _context = context;
        _indent = indent;
        _marksCircles = marksCircles;
    }

    /// <summary>The JSON of a value; <see cref="Undefined"/> for what JSON has no text for.</summary>
    public static object Write(RenderContext context, object? value, string indent, bool marksCircles)
    {
        if (value is Undefined)
            return value;
        var writer = new JsonText(context, indent, marksCircles);
        writer.WriteValue(value);
        return writer._text.ToString();
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
            AppendEscaped(quoted, text, i);
        return quoted.Append('"').ToString();
    }

    private static void AppendEscaped(StringBuilder quoted, string text, int index)
    {
        var c = text[index];
        var escaped = c switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => null,
        };
        if (escaped is not null)
            quoted.Append(escaped);
        else if (c < ' ' || IsLoneSurrogate(text, index))
            quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        else
            quoted.Append(c);
    }

    private static bool IsLoneSurrogate(string text, int index)
    {
        var c = text[index];
        if (char.IsHighSurrogate(c))
            return index + 1 >= text.Length || !char.IsLowSurrogate(text[index + 1]);
        return char.IsLowSurrogate(c) && (index == 0 || !char.IsHighSurrogate(text[index - 1]));
    }

    private void WriteValue(object? value)
    {
        value = Coerce.ToValue(value);
        _context.Budget.Step();
        switch (value)
        {
            case LiquidList list:
                WriteList(list);
                break;
            case LiquidMap map:
                WriteMap(map);
                break;
            default:
                Append(Scalar(value));
                break;
        }
    }

    private string Scalar(object? value)
    {
        switch (value)
        {
            case string text:
                _context.Budget.Text(text.Length);
                return Quote(text);
            case double number:
                return double.IsFinite(number) ? NumberText.Format(number) : "null";
            case decimal number:
                return NumberText.Format(number);
            case bool truth:
                return truth ? "true" : "false";
            case DateTimeOffset time:
                return time.UtcDateTime.ToString("\\\"yyyy-MM-dd'T'HH:mm:ss.fff'Z'\\\"", CultureInfo.InvariantCulture);
            case LiquidBytes bytes:
                return Quote(bytes.Text);
            default:
                return "null";
        }
    }

    private void WriteList(LiquidList list)
    {
        if (!Enter(list))
            return;
        Append("[");
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
                Append(",");
            NewLine();
            WriteValue(list[i]);
        }

        Leave(list, list.Count > 0, "]");
    }

    private void WriteMap(LiquidMap map)
    {
        if (!Enter(map))
            return;
        Append("{");
        var any = false;
        foreach (var key in map.Keys)
        {
            var value = map.Get(key);
            if (value is Undefined)
                continue;
            if (any)
                Append(",");
            any = true;
            NewLine();
            Append(Quote(key));
            Append(_indent.Length > 0 ? ": " : ":");
            WriteValue(value);
        }

        Leave(map, any, "}");
    }

    private bool Enter(object container)
    {
        if (!_ancestors.Add(container))
        {
            if (!_marksCircles)
                throw new LiquidFault("Converting circular structure to JSON");
            Append("\"[Circular]\"");
            return false;
        }

        _context.Budget.Enter();
        return true;
    }

    private void Leave(object container, bool hadItems, string end)
    {
        _ancestors.Remove(container);
        _context.Budget.Leave();
        if (hadItems)
            NewLine();
        Append(end);
    }

    private void NewLine()
    {
        if (_indent.Length == 0)
            return;
        Append("\n");
        for (var i = 0; i < _ancestors.Count; i++)
            Append(_indent);
    }

    private void Append(string text)
    {
        _context.Budget.Memory(text.Length * 2.0);
        _text.Append(text);
    }
}
