namespace Platform.Scripting.JavaScript;

/// <summary>Operators and brackets.</summary>
internal sealed partial class Lexer
{
    private void ScanPunctuator(ref Token token, char c)
    {
        switch (c)
        {
            case '{':
                SetKind(ref token, TokenKind.BraceOpen, 1);
                break;
            case '}':
                SetKind(ref token, TokenKind.BraceClose, 1);
                break;
            case '(':
                SetKind(ref token, TokenKind.ParenOpen, 1);
                break;
            case ')':
                SetKind(ref token, TokenKind.ParenClose, 1);
                break;
            case '[':
                SetKind(ref token, TokenKind.BracketOpen, 1);
                break;
            case ']':
                SetKind(ref token, TokenKind.BracketClose, 1);
                break;
            case ';':
                SetKind(ref token, TokenKind.Semicolon, 1);
                break;
            case ',':
                SetKind(ref token, TokenKind.Comma, 1);
                break;
            case ':':
                SetKind(ref token, TokenKind.Colon, 1);
                break;
            case '~':
                SetKind(ref token, TokenKind.Tilde, 1);
                break;
            case '.' when Peek(1) == '.' && Peek(2) == '.':
                SetKind(ref token, TokenKind.Ellipsis, 3);
                break;
            case '.':
                SetKind(ref token, TokenKind.Dot, 1);
                break;
            default:
                var (kind, length) = Operator(c);
                if (length == 0)
                    throw Error("Invalid or unexpected token", _position);
                SetKind(ref token, kind, length);
                break;
        }
    }

    private (TokenKind Kind, int Length) Operator(char c) => (c, Peek(1), Peek(2), Peek(3)) switch
    {
        ('>', '>', '>', '=') => (TokenKind.ShiftRightUnsignedAssign, 4),
        ('>', '>', '>', _) => (TokenKind.ShiftRightUnsigned, 3),
        ('>', '>', '=', _) => (TokenKind.ShiftRightAssign, 3),
        ('>', '>', _, _) => (TokenKind.ShiftRight, 2),
        ('>', '=', _, _) => (TokenKind.GreaterEqual, 2),
        ('>', _, _, _) => (TokenKind.Greater, 1),
        ('<', '<', '=', _) => (TokenKind.ShiftLeftAssign, 3),
        ('<', '<', _, _) => (TokenKind.ShiftLeft, 2),
        ('<', '=', _, _) => (TokenKind.LessEqual, 2),
        ('<', _, _, _) => (TokenKind.Less, 1),
        ('=', '=', '=', _) => (TokenKind.StrictEqual, 3),
        ('=', '=', _, _) => (TokenKind.EqualEqual, 2),
        ('=', '>', _, _) => (TokenKind.Arrow, 2),
        ('=', _, _, _) => (TokenKind.Assign, 1),
        ('!', '=', '=', _) => (TokenKind.StrictNotEqual, 3),
        ('!', '=', _, _) => (TokenKind.NotEqual, 2),
        ('!', _, _, _) => (TokenKind.Exclamation, 1),
        ('+', '+', _, _) => (TokenKind.PlusPlus, 2),
        ('+', '=', _, _) => (TokenKind.PlusAssign, 2),
        ('+', _, _, _) => (TokenKind.Plus, 1),
        ('-', '-', _, _) => (TokenKind.MinusMinus, 2),
        ('-', '=', _, _) => (TokenKind.MinusAssign, 2),
        ('-', _, _, _) => (TokenKind.Minus, 1),
        ('*', '*', '=', _) => (TokenKind.StarStarAssign, 3),
        ('*', '*', _, _) => (TokenKind.StarStar, 2),
        ('*', '=', _, _) => (TokenKind.StarAssign, 2),
        ('*', _, _, _) => (TokenKind.Star, 1),
        ('/', '=', _, _) => (TokenKind.SlashAssign, 2),
        ('/', _, _, _) => (TokenKind.Slash, 1),
        ('%', '=', _, _) => (TokenKind.PercentAssign, 2),
        ('%', _, _, _) => (TokenKind.Percent, 1),
        ('&', '&', '=', _) => (TokenKind.AndAndAssign, 3),
        ('&', '&', _, _) => (TokenKind.AndAnd, 2),
        ('&', '=', _, _) => (TokenKind.AmpersandAssign, 2),
        ('&', _, _, _) => (TokenKind.Ampersand, 1),
        ('|', '|', '=', _) => (TokenKind.OrOrAssign, 3),
        ('|', '|', _, _) => (TokenKind.OrOr, 2),
        ('|', '=', _, _) => (TokenKind.PipeAssign, 2),
        ('|', _, _, _) => (TokenKind.Pipe, 1),
        ('^', '=', _, _) => (TokenKind.CaretAssign, 2),
        ('^', _, _, _) => (TokenKind.Caret, 1),
        ('?', '?', '=', _) => (TokenKind.CoalesceAssign, 3),
        ('?', '?', _, _) => (TokenKind.Coalesce, 2),
        ('?', '.', var digit, _) when !char.IsAsciiDigit(digit) => (TokenKind.QuestionDot, 2),
        ('?', _, _, _) => (TokenKind.Question, 1),
        _ => default,
    };
}
