using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>Cuts the source into tokens. Whether a slash begins a regular expression is the parser's knowledge; it asks again.</summary>
internal sealed partial class Lexer(string source)
{
    private static readonly FrozenSet<string> s_keywords = FrozenSet.ToFrozenSet(
    [
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "export",
        "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super",
        "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    ]);

    private readonly Dictionary<string, string> _names = [];
    private int _position;

    public string Source { get; } = source;

    public int Position
    {
        get => _position;
        set => _position = value;
    }

    private char Current => _position < Source.Length ? Source[_position] : '\0';

    public static bool IsKeyword(string name) => s_keywords.Contains(name);

    public JsSyntaxException Error(string message, int position)
    {
        var (line, column) = SourcePosition.Of(Source, position);
        return new JsSyntaxException(message, line, column);
    }

    public Token Next()
    {
        var lineBreak = SkipTrivia();
        var token = new Token { Start = _position, AfterLineBreak = lineBreak, Text = "" };
        if (_position >= Source.Length)
        {
            token.End = _position;
            return token;
        }

        var c = Source[_position];
        if (IsIdentifierStart(c) || c == '\\' || char.IsHighSurrogate(c))
            ScanName(ref token);
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            ScanNumber(ref token);
        else if (c is '"' or '\'')
            ScanString(ref token, c);
        else if (c == '`')
            SetKind(ref token, TokenKind.Template, 1);
        else if (c == '#')
            ScanPrivateName(ref token);
        else
            ScanPunctuator(ref token, c);
        token.End = _position;
        return token;
    }

    private char Peek(int offset) => _position + offset < Source.Length ? Source[_position + offset] : '\0';

    private void SetKind(ref Token token, TokenKind kind, int length)
    {
        token.Kind = kind;
        _position += length;
    }

    private bool SkipTrivia()
    {
        var lineBreak = _position == 0;
        while (_position < Source.Length)
        {
            var c = Source[_position];
            if (c is '\n' or '\r' or '\u2028' or '\u2029')
            {
                lineBreak = true;
                _position++;
            }
            else if (JsWhiteSpace.Contains(c))
            {
                _position++;
            }
            else if (c == '/' && Peek(1) == '/')
            {
                SkipLine();
            }
            else if (c == '#' && _position == 0 && Peek(1) == '!')
            {
                SkipLine();
            }
            else if (c == '<' && _position + 3 < Source.Length && string.CompareOrdinal(Source, _position, "<!--", 0, 4) == 0)
            {
                SkipLine();
            }
            else if (c == '/' && Peek(1) == '*')
            {
                lineBreak |= SkipBlockComment();
            }
            else
            {
                break;
            }
        }

        return lineBreak;
    }

    private void SkipLine()
    {
        while (_position < Source.Length && Source[_position] is not ('\n' or '\r' or '\u2028' or '\u2029'))
            _position++;
    }

    private bool SkipBlockComment()
    {
        var end = Source.IndexOf("*/", _position + 2, StringComparison.Ordinal);
        if (end < 0)
            throw Error("Unterminated comment", _position);
        var lineBreak = Source.AsSpan(_position, end - _position).IndexOfAny("\n\r\u2028\u2029") >= 0;
        _position = end + 2;
        return lineBreak;
    }

    private static bool IsIdentifierStart(char c) =>
        char.IsAsciiLetter(c) || c is '$' or '_' || (c > 127 && (char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber));

    private static bool IsIdentifierPart(char c) => IsIdentifierStart(c) || char.IsAsciiDigit(c) || (c > 127 && IsCombiningPart(c));

    private static bool IsCombiningPart(char c) =>
        c is '\u200c' or '\u200d' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;

    private void ScanName(ref Token token)
    {
        var start = _position;
        while (_position < Source.Length && IsIdentifierPart(Source[_position]))
            _position++;
        string text;
        if (Current == '\\' || char.IsHighSurrogate(Current))
        {
            text = ScanUnusualName(start, ref token);
        }
        else
        {
            text = Interned(Source.AsSpan(start, _position - start));
        }

        token.Text = text;
        token.Kind = s_keywords.Contains(text) ? TokenKind.Keyword : TokenKind.Identifier;
        if (token.HasEscapes)
            return;
        token.Kind = text switch
        {
            "in" => TokenKind.In,
            "instanceof" => TokenKind.InstanceOf,
            _ => token.Kind,
        };
    }

    private string ScanUnusualName(int start, ref Token token)
    {
        var name = new StringBuilder(Source, start, _position - start, 32);
        while (_position < Source.Length)
        {
            if (Current == '\\')
            {
                token.HasEscapes = true;
                _position++;
                if (Current != 'u')
                    throw Error("Invalid Unicode escape sequence", _position);
                _position++;
                var code = ScanUnicodeEscape();
                if (code is < 0 or (>= 0xD800 and <= 0xDFFF))
                    throw Error("Invalid Unicode escape sequence", _position);
                var text = char.ConvertFromUtf32(code);
                if (text.Length == 1 && !IsIdentifierPart(text[0]))
                    throw Error("Invalid Unicode escape sequence", _position);
                name.Append(text);
            }
            else if (char.IsHighSurrogate(Current) && char.IsLowSurrogate(Peek(1)) && IsAstralLetter())
            {
                name.Append(Source, _position, 2);
                _position += 2;
            }
            else if (IsIdentifierPart(Current))
            {
                name.Append(Current);
                _position++;
            }
            else
            {
                break;
            }
        }

        return name.Length == 0 ? throw Error("Invalid or unexpected token", start) : Interned(name.ToString());
    }

    private bool IsAstralLetter() => CharUnicodeInfo.GetUnicodeCategory(Source, _position) is UnicodeCategory.UppercaseLetter
        or UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ModifierLetter;

    // One string object per name, and the built-in names' own, so that property look-ups mostly compare references.
    private string Interned(ReadOnlySpan<char> name)
    {
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var known))
            return known;
        var text = name.ToString();
        text = string.IsInterned(text) ?? text;
        _names[text] = text;
        return text;
    }

    private void ScanPrivateName(ref Token token)
    {
        var start = _position++;
        if (!IsIdentifierStart(Current) && Current != '\\')
            throw Error("Invalid or unexpected token", start);
        var name = new Token { Text = "" };
        ScanName(ref name);
        token.Kind = TokenKind.PrivateName;
        token.Text = Interned("#" + name.Text);
    }
}
