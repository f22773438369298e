namespace Platform.Scripting.Liquid;

// Operators, filters and named arguments.
internal sealed partial class Tokenizer
{
    private static readonly (string Text, Operator Operator)[] s_operators =
    [
        ("==", Operator.Equal), ("!=", Operator.NotEqual), (">=", Operator.GreaterOrEqual), ("<=", Operator.LessOrEqual),
        (">", Operator.Greater), ("<", Operator.Less), ("contains", Operator.Contains), ("not", Operator.Not),
        ("and", Operator.And), ("or", Operator.Or),
    ];

    /// <summary>An expression and the filters after it.</summary>
    public Expression ReadFilteredValue()
    {
        var value = ReadExpression() ?? throw Error($"invalid value expression: {Snapshot()}");
        var filters = new List<FilterStep>();
        while (ReadFilter() is { } filter)
            filters.Add(filter);
        return filters.Count == 0 ? value : new FilteredExpression(value, [.. filters]);
    }

    /// <summary>Arguments of a tag: names, each with a value after a colon or with none. Stops at whatever is none.</summary>
    public (string Name, Expression? Value)[] ReadArguments()
    {
        var arguments = new OrderedDictionary<string, Expression?>();
        while (true)
        {
            SkipBlank();
            if (Peek() == ',')
                Offset++;
            var name = ReadIdentifier();
            if (name.Length == 0)
                return [.. arguments.Select(a => (a.Key, a.Value))];
            SkipBlank();
            Expression? value = null;
            if (Peek() == ':')
            {
                Offset++;
                value = ReadValue();
            }

            arguments[name] = value;
        }
    }

    // The order of evaluation is that of LiquidJS: operators of the same rank group to the right, and a superfluous operand is dropped.
    private Expression? ReadExpression()
    {
        var operands = new Stack<Expression>();
        var operators = new Stack<Operator>();
        var any = false;
        while (Offset < _end)
        {
            if (ReadOperator() is { } op)
            {
                any = true;
                while (operators.Count > 0 && Rank(operators.Peek()) > Rank(op))
                    Apply(operators.Pop(), operands);
                operators.Push(op);
                if (operators.Count > _nestingMax)
                    throw Error($"operators are nested more than {_nestingMax} levels deep");
            }
            else if (ReadValue() is { } operand)
            {
                any = true;
                operands.Push(operand);
            }
            else
            {
                break;
            }
        }

        while (operators.Count > 0)
            Apply(operators.Pop(), operands);
        return any ? operands.Last() : null;
    }

    private static void Apply(Operator op, Stack<Expression> operands)
    {
        var right = operands.Count > 0 ? operands.Pop() : ConstantExpression.Undefined;
        if (op == Operator.Not)
        {
            operands.Push(new NotExpression(right));
            return;
        }

        var left = operands.Count > 0 ? operands.Pop() : ConstantExpression.Undefined;
        operands.Push(new BinaryExpression(op, left, right));
    }

    private static int Rank(Operator op) => op switch
    {
        Operator.And or Operator.Or => 0,
        Operator.Not => 1,
        _ => 2,
    };

    private Operator? ReadOperator()
    {
        SkipBlank();
        foreach (var (text, op) in s_operators)
        {
            if (Matches(text))
            {
                Offset += text.Length;
                return op;
            }
        }

        return null;
    }

    private FilterStep? ReadFilter()
    {
        SkipBlank();
        if (AtEnd || Peek() is ')' or ',')
            return null;
        Offset++;
        if (_text[Offset - 1] != '|')
            throw Error("expected \"|\" before filter");
        var name = ReadIdentifier();
        if (name.Length == 0)
            return AtEnd ? null : throw Error("expected filter name");
        SkipBlank();
        var arguments = new List<FilterArgument>();
        if (Peek() == ':')
            ReadFilterArguments(arguments);
        else if (!AtEnd && Peek() is not ('|' or ')' or ','))
            throw Error("expected \":\" after filter name");
        return new FilterStep(name, [.. arguments]);
    }

    private void ReadFilterArguments(List<FilterArgument> arguments)
    {
        do
        {
            Offset++;
            if (ReadFilterArgument() is { } argument)
                arguments.Add(argument);
            SkipBlank();
            if (!AtEnd && Peek() is not (',' or '|' or ')'))
                throw Error($"unexpected character {Snapshot()}");
        }
        while (Peek() == ',');
    }

    private FilterArgument? ReadFilterArgument()
    {
        if (ReadValue() is not { } value)
            return null;
        var text = ValueText;
        SkipBlank();
        if (Peek() != ':')
            return new FilterArgument(null, value);
        Offset++;
        return new FilterArgument(text, ReadValue() ?? ConstantExpression.Undefined);
    }
}
