using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>Numbers, texts, templates and regular expressions.</summary>
internal sealed partial class Lexer
{
    /// <summary>Reads a regular expression whose first slash the parser has seen as a division sign.</summary>
    public Token ScanRegex(Token slash)
    {
        _position = slash.Start + 1;
        var inClass = false;
        while (true)
        {
            if (_position >= Source.Length || Source[_position] is '\n' or '\r' or '\u2028' or '\u2029')
                throw Error("Invalid regular expression: missing /", slash.Start);
            var c = Source[_position++];
            if (c == '\\' && _position < Source.Length)
                _position++;
            else if (c == '[')
                inClass = true;
            else if (c == ']')
                inClass = false;
            else if (c == '/' && !inClass)
                break;
        }

        var body = Source[(slash.Start + 1)..(_position - 1)];
        if (body.AsSpan().IndexOfAny('\n', '\r') >= 0)
            throw Error("Invalid regular expression: missing /", slash.Start);
        var flagsStart = _position;
        while (IsIdentifierPart(Current))
            _position++;
        slash.Kind = TokenKind.Regex;
        slash.Text = body + "/" + Source[flagsStart.._position];
        slash.End = _position;
        return slash;
    }

    /// <summary>
    /// Reads the characters of a template up to the next substitution or the end. The cooked text is null when an escape is
    /// invalid, which only tagged templates may have.
    /// </summary>
    public (string? Cooked, string Raw, bool IsLast) ScanTemplatePart()
    {
        var start = _position;
        var cooked = new StringBuilder();
        var valid = true;
        while (true)
        {
            if (_position >= Source.Length)
                throw Error("Unterminated template literal", start);
            var c = Source[_position];
            if (c == '`' || (c == '$' && Peek(1) == '{'))
            {
                var raw = Source[start.._position].Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
                _position += c == '`' ? 1 : 2;
                return (valid ? cooked.ToString() : null, raw, c == '`');
            }

            _position++;
            if (c == '\\')
            {
                if (char.IsAsciiDigit(Current) && !(Current == '0' && !char.IsAsciiDigit(Peek(1))))
                {
                    valid = false;
                    _position++;
                }
                else
                {
                    valid &= ScanEscape(cooked, out _);
                }
            }
            else if (c == '\r')
            {
                if (Current == '\n')
                    _position++;
                cooked.Append('\n');
            }
            else
            {
                cooked.Append(c);
            }
        }
    }

    private void ScanString(ref Token token, char quote)
    {
        var start = _position++;
        token.Kind = TokenKind.String;
        var plainEnd = Source.AsSpan(_position).IndexOfAny(quote == '"' ? "\"\\\n\r" : "'\\\n\r");
        if (plainEnd >= 0 && Source[_position + plainEnd] == quote)
        {
            token.Text = Interned(Source.AsSpan(_position, plainEnd));
            _position += plainEnd + 1;
            return;
        }

        var text = new StringBuilder();
        while (true)
        {
            if (_position >= Source.Length || Source[_position] is '\n' or '\r')
                throw Error("Invalid or unexpected token", start);
            var c = Source[_position++];
            if (c == quote)
                break;
            if (c != '\\')
            {
                text.Append(c);
            }
            else
            {
                token.HasEscapes = true;
                if (!ScanEscape(text, out var problem))
                    throw Error(problem, _position);
            }
        }

        token.Text = text.ToString();
    }

    // Reads what follows a backslash. False when the escape is malformed.
    private bool ScanEscape(StringBuilder text, out string problem)
    {
        problem = "";
        if (_position >= Source.Length)
            return true;
        var c = Source[_position++];
        switch (c)
        {
            case 'n':
                text.Append('\n');
                return true;
            case 't':
                text.Append('\t');
                return true;
            case 'r':
                text.Append('\r');
                return true;
            case 'b':
                text.Append('\b');
                return true;
            case 'f':
                text.Append('\f');
                return true;
            case 'v':
                text.Append('\v');
                return true;
            case '\r':
                if (Current == '\n')
                    _position++;
                return true;
            case '\n' or '\u2028' or '\u2029':
                return true;
            case 'x':
                problem = "Invalid hexadecimal escape sequence";
                return AppendHex(text, ScanHex(2));
            case 'u':
                problem = "Invalid Unicode escape sequence";
                return AppendHex(text, ScanUnicodeEscape());
            case '0' when !char.IsAsciiDigit(Current):
                text.Append('\0');
                return true;
            case >= '0' and <= '9':
                problem = "Octal escape sequences are not allowed in strict mode.";
                return false;
            default:
                text.Append(c);
                return true;
        }
    }

    private static bool AppendHex(StringBuilder text, int code)
    {
        if (code < 0)
            return false;
        if (code < 0x10000)
            text.Append((char)code);
        else
            text.Append(char.ConvertFromUtf32(code));
        return true;
    }

    private int ScanUnicodeEscape()
    {
        if (Current != '{')
            return ScanHex(4);
        _position++;
        var code = 0;
        var digits = 0;
        while (char.IsAsciiHexDigit(Current))
        {
            code = (code * 16) + NumberText.DigitOf(Current);
            if (code > 0x10FFFF)
                return -1;
            digits++;
            _position++;
        }

        if (digits == 0 || Current != '}')
            return -1;
        _position++;
        return code;
    }

    private int ScanHex(int digits)
    {
        var code = 0;
        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(Current))
                return -1;
            code = (code * 16) + NumberText.DigitOf(Current);
            _position++;
        }

        return code;
    }

    private void ScanNumber(ref Token token)
    {
        var start = _position;
        token.Kind = TokenKind.Number;
        var radix = Current != '0' ? 10 : Peek(1) switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 10 };
        if (radix != 10)
            ScanRadixNumber(ref token, start, radix);
        else
            ScanDecimalNumber(ref token, start);
        if (IsIdentifierStart(Current) || char.IsAsciiDigit(Current) || Current == '\\')
            throw Error("Invalid or unexpected token", _position);
    }

    private void ScanRadixNumber(ref Token token, int start, int radix)
    {
        _position += 2;
        var digits = ScanDigits(radix);
        if (digits.Length == 0)
            throw Error("Invalid or unexpected token", start);
        if (Current == 'n')
        {
            _position++;
            token.Kind = TokenKind.BigInt;
            token.Text = NumberText.ParseBig(digits, radix).ToString(CultureInfo.InvariantCulture);
            return;
        }

        token.Number = NumberText.ParseDigits(digits, radix, out _);
    }

    private void ScanDecimalNumber(ref Token token, int start)
    {
        var whole = ScanDigits(10);
        if (whole.Length > 1 && whole[0] == '0')
            throw Error("Octal literals are not allowed in strict mode.", start);
        if (Current == 'n' && whole.Length > 0)
        {
            _position++;
            token.Kind = TokenKind.BigInt;
            token.Text = whole;
            return;
        }

        var text = whole;
        if (Current == '.')
        {
            _position++;
            if (Current == '_')
                throw Error("Numeric separators are not allowed here", _position);
            text += "." + ScanDigits(10);
        }

        if (Current is 'e' or 'E')
        {
            _position++;
            var sign = Current is '+' or '-' ? Source[_position++].ToString() : "";
            var exponent = ScanDigits(10);
            if (exponent.Length == 0)
                throw Error("Invalid or unexpected token", _position);
            text += "e" + sign + exponent;
        }

        token.Number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private string ScanDigits(int radix)
    {
        var start = _position;
        var separators = false;
        while (true)
        {
            if (NumberText.DigitOf(Current) < radix)
            {
                _position++;
            }
            else if (Current == '_' && _position > start && NumberText.DigitOf(Source[_position - 1]) < radix && NumberText.DigitOf(Peek(1)) < radix)
            {
                separators = true;
                _position++;
            }
            else
            {
                break;
            }
        }

        var digits = Source[start.._position];
        return separators ? digits.Replace("_", "", StringComparison.Ordinal) : digits;
    }
}
