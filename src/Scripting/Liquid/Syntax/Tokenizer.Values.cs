using System.Globalization;

namespace Platform.Scripting.Liquid;

// Values: literals, paths and ranges.
internal sealed partial class Tokenizer
{
    private static readonly (string Text, Expression Value)[] s_literals =
    [
        ("true", new ConstantExpression(true)),
        ("false", new ConstantExpression(false)),
        ("nil", new ConstantExpression(LiteralDrop.Nil)),
        ("null", new ConstantExpression(LiteralDrop.Nil)),
        ("empty", new ConstantExpression(LiteralDrop.Empty)),
        ("blank", new ConstantExpression(LiteralDrop.Blank)),
    ];

    /// <summary>Where the value that was read last starts.</summary>
    public int ValueBegin { get; private set; }

    /// <summary>The source of the value that was read last.</summary>
    public string ValueText => _text[ValueBegin..Offset];

    /// <summary>A literal, path or range; null if there is none.</summary>
    public Expression? ReadValue()
    {
        if (++_nesting > _nestingMax)
            throw Error($"values are nested more than {_nestingMax} levels deep");
        SkipBlank();
        var begin = Offset;
        var root = ReadLiteral() ?? ReadText() ?? (Expression?)ReadNumber() ?? ReadRange();
        var path = ReadPath(root is null);
        ValueBegin = begin;
        _nesting--;
        if (path.Count == 0)
            return root;
        return root is null ? PathExpression.Of(path) : new MemberExpression(root, [.. path]);
    }

    public Expression ReadValueOrThrow() => ReadValue() ?? throw Error($"unexpected token {Snapshot()}, value expected");

    /// <summary>A path without a literal as its root; null if there is none.</summary>
    public Expression? ReadScopeValue()
    {
        SkipBlank();
        var path = ReadPath(true);
        return path.Count == 0 ? null : PathExpression.Of(path);
    }

    private Expression? ReadText()
    {
        var text = ReadQuoted();
        return text is null ? null : new ConstantExpression(text);
    }

    private Expression? ReadLiteral()
    {
        foreach (var (text, value) in s_literals)
        {
            if (Matches(text))
            {
                Offset += text.Length;
                return value;
            }
        }

        return null;
    }

    private bool Matches(string word) =>
        Offset + word.Length <= _end && string.CompareOrdinal(_text, Offset, word, 0, word.Length) == 0
        && (!CharKind.IsWord(word[^1]) || !CharKind.IsWord(Peek(word.Length)) || Offset + word.Length >= _end);

    private ConstantExpression? ReadNumber()
    {
        var length = Peek() is '+' or '-' ? 1 : 0;
        var digitFound = false;
        var pointFound = false;
        while (Offset + length < _end)
        {
            if (char.IsAsciiDigit(Peek(length)))
            {
                digitFound = true;
            }
            else if (Peek(length) == '.' && Peek(length + 1) != '.')
            {
                if (pointFound || !digitFound)
                    return null;
                pointFound = true;
            }
            else
            {
                break;
            }

            length++;
        }

        if (!digitFound || (Offset + length < _end && CharKind.IsWord(Peek(length))))
            return null;
        var number = double.Parse(_text.AsSpan(Offset, length), CultureInfo.InvariantCulture);
        Offset += length;
        return new ConstantExpression(Numbers.Box(number));
    }

    private RangeExpression? ReadRange()
    {
        if (Peek() != '(')
            return null;
        Offset++;
        var low = ReadValueOrThrow();
        SkipBlank();
        if (Peek() != '.' || Peek(1) != '.')
            throw Error("invalid range syntax");
        Offset += 2;
        var high = ReadValueOrThrow();
        SkipBlank();
        if (Peek() != ')')
        {
            Offset++;
            throw Error("invalid range syntax");
        }

        Offset++;
        return new RangeExpression(low, high);
    }

    private List<Expression> ReadPath(bool startsWithName)
    {
        var path = new List<Expression>();
        while (true)
        {
            if (Peek() == '[')
            {
                Offset++;
                path.Add(ReadValue() ?? new ConstantExpression(""));
                if (!SkipPast("]"))
                    throw Error("[ not closed");
                continue;
            }

            var name = "";
            if (startsWithName && path.Count == 0)
                name = ReadIdentifier();
            if (name.Length == 0)
            {
                if (Peek() != '.' || Peek(1) == '.')
                    return path;
                Offset++;
                name = ReadIdentifier();
                if (name.Length == 0)
                    return path;
            }

            path.Add(new ConstantExpression(name));
        }
    }
}
