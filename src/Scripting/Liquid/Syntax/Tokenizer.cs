using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Reads names, literals, expressions and arguments from a part of a source.</summary>
internal sealed partial class Tokenizer
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly int _end;
    private readonly int _nestingMax;
    private int _nesting;

    public Tokenizer(SourceText source, int begin, int end, int nestingMax)
    {
        _source = source;
        _text = source.Text;
        Offset = begin;
        _end = end;
        _nestingMax = nestingMax;
    }

    public Tokenizer(string text, int nestingMax)
        : this(new SourceText(text), 0, text.Length, nestingMax)
    {
    }

    public int Offset { get; set; }

    public bool AtEnd => Offset >= _end;

    public string Rest => _text[Math.Min(Offset, _end).._end];

    public char Peek(int ahead = 0) => Offset + ahead < _end ? _text[Offset + ahead] : '\0';

    public LiquidSyntaxException Error(string message) => _source.Error(message, Offset);

    public string TextFrom(int begin) => _text[begin..Offset];

    /// <summary>The start of what comes next, for messages.</summary>
    public string Snapshot()
    {
        var rest = Rest;
        return JsonText.Quote(rest.Length > 32 ? rest[..29] + "..." : rest);
    }

    public void SkipBlank()
    {
        while (Offset < _end && CharKind.IsBlank(_text[Offset]))
            Offset++;
    }

    /// <summary>Skips at least one character, up to and including a text; to the end if it does not occur.</summary>
    public bool SkipPast(string text)
    {
        while (Offset < _end)
        {
            Offset++;
            if (Offset >= text.Length && string.CompareOrdinal(_text, Offset - text.Length, text, 0, text.Length) == 0)
                return true;
        }

        return false;
    }

    /// <summary>A name; empty if there is none.</summary>
    public string ReadIdentifier()
    {
        SkipBlank();
        var begin = Offset;
        while (Offset < _end && CharKind.IsWord(_text[Offset]))
            Offset++;
        return _text[begin..Offset];
    }

    public string ReadTagName()
    {
        SkipBlank();
        if (Offset < _text.Length && _text[Offset] == '#')
        {
            Offset++;
            return "#";
        }

        return ReadIdentifier();
    }

    /// <summary>A text in quotes with its escapes replaced; null if there is none.</summary>
    public string? ReadQuoted()
    {
        SkipBlank();
        var quote = Peek();
        if (quote is not ('"' or '\''))
            return null;
        var begin = Offset++;
        var escaped = false;
        while (Offset < _end)
        {
            var c = _text[Offset++];
            if (c == quote && !escaped)
                break;
            escaped = !escaped && c == '\\';
        }

        return Unescape(_text.AsSpan(begin, Offset - begin));
    }

    private static string Unescape(ReadOnlySpan<char> quoted)
    {
        if (quoted.Length < 2)
            return "";
        if (!quoted.Contains('\\'))
            return quoted[1..^1].ToString();
        var result = new StringBuilder();
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                result.Append(quoted[i]);
                continue;
            }

            var next = quoted[i + 1];
            var simple = "bfnrtv".IndexOf(next, StringComparison.Ordinal);
            if (simple >= 0)
                result.Append("\b\f\n\r\t\v"[simple]);
            else if (next == 'u')
                result.Append(ReadCode(quoted, i + 2, 4, 16, ref i));
            else if (next is >= '0' and <= '7')
                result.Append(ReadCode(quoted, i + 1, 3, 8, ref i));
            else
                result.Append(next);
            if (next != 'u' && next is not (>= '0' and <= '7'))
                i++;
        }

        return result.ToString();
    }

    private static char ReadCode(ReadOnlySpan<char> text, int from, int digitsMax, int radix, ref int index)
    {
        var value = 0;
        var at = from;
        while (at < from + digitsMax && at < text.Length && Digit(text[at]) < radix)
            value = (value * radix) + Digit(text[at++]);
        index = at - 1;
        return (char)value;
    }

    private static int Digit(char c) => char.IsAsciiHexDigit(c) ? c <= '9' ? c - '0' : (c | ' ') - 'a' + 10 : int.MaxValue;
}
