namespace Platform.Scripting.Liquid;

/// <summary>Something that has a value.</summary>
internal abstract class Expression
{
    public abstract object? Evaluate(RenderContext context);
}

internal sealed class ConstantExpression(object? value) : Expression
{
    public static readonly ConstantExpression Undefined = new(Liquid.Undefined.Value);

    public object? Value => value;

    public override object? Evaluate(RenderContext context) => value;
}

/// <summary>A name and the members that follow it.</summary>
internal sealed class PathExpression(Expression root, Expression[] members) : Expression
{
    public static PathExpression Of(List<Expression> path) => new(path[0], [.. path.Skip(1)]);

    public override object? Evaluate(RenderContext context)
    {
        var name = root.Evaluate(context);
        var value = context.Lookup(name as string ?? Coerce.ToScriptText(context, name));
        foreach (var member in members)
            value = MemberExpression.Read(context, value, member);
        return value;
    }
}

/// <summary>Members of a literal or range.</summary>
internal sealed class MemberExpression(Expression root, Expression[] members) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var value = root.Evaluate(context);
        foreach (var member in members)
            value = Read(context, value, member);
        return value;
    }

    public static object? Read(RenderContext context, object? target, Expression member)
    {
        context.Budget.Step();
        return Members.Read(context, target, member.Evaluate(context));
    }
}

/// <summary>Numbers from one to another, both included.</summary>
internal sealed class RangeExpression(Expression low, Expression high) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var from = Coerce.ToNumber(context, low.Evaluate(context));
        var to = Coerce.ToNumber(context, high.Evaluate(context));
        if (!(from < to + 1))
            return ValueList.Empty;
        var count = Math.Ceiling(to + 1 - from);
        if (!(count <= RangeList.CountMax))
            context.Budget.Memory(double.PositiveInfinity);
        return new RangeList(from, (int)count);
    }
}

/// <summary>The operators of conditions.</summary>
internal enum Operator
{
    /// <summary>Same type and value; lists item by item.</summary>
    Equal,

    /// <summary>Not <see cref="Equal"/>.</summary>
    NotEqual,

    /// <summary>Texts by code unit, anything else as numbers.</summary>
    Greater,

    /// <summary>As <see cref="Greater"/>.</summary>
    Less,

    /// <summary>As <see cref="Greater"/>.</summary>
    GreaterOrEqual,

    /// <summary>As <see cref="Greater"/>.</summary>
    LessOrEqual,

    /// <summary>A list has an equal item, or a text has another text in it.</summary>
    Contains,

    /// <summary>Not true.</summary>
    Not,

    /// <summary>Both true.</summary>
    And,

    /// <summary>At least one true.</summary>
    Or,
}

internal sealed class NotExpression(Expression operand) : Expression
{
    public override object? Evaluate(RenderContext context) => !Coerce.IsTruthy(operand.Evaluate(context));
}

internal sealed class BinaryExpression(Operator op, Expression left, Expression right) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        context.Budget.Step();
        var a = left.Evaluate(context);
        switch (op)
        {
            case Operator.And:
                return Coerce.IsTruthy(a) && Coerce.IsTruthy(right.Evaluate(context));
            case Operator.Or:
                return Coerce.IsTruthy(a) || Coerce.IsTruthy(right.Evaluate(context));
            case Operator.Equal:
                return Coerce.AreEqual(context, a, right.Evaluate(context));
            case Operator.NotEqual:
                return !Coerce.AreEqual(context, a, right.Evaluate(context));
            case Operator.Contains:
                return Contains(context, Coerce.ToValue(a), right.Evaluate(context));
            default:
                return Compares(context, a, right.Evaluate(context));
        }
    }

    private static bool Contains(RenderContext context, object? container, object? item)
    {
        if (container is string text)
        {
            context.Budget.Steps(text.Length / 16);
            return text.Contains(Coerce.ToScriptText(context, item), StringComparison.Ordinal);
        }

        if (container is not LiquidList list)
            return false;
        for (var i = 0; i < list.Count; i++)
        {
            if (Coerce.AreEqual(context, list[i], item))
                return true;
        }

        return false;
    }

    // The literals nil, empty and blank are neither smaller nor greater than anything.
    private bool Compares(RenderContext context, object? a, object? b)
    {
        if (a is LiteralDrop || b is LiteralDrop || Coerce.Compare(context, a, b) is not { } order)
            return false;
        return op switch
        {
            Operator.Greater => order > 0,
            Operator.Less => order < 0,
            Operator.GreaterOrEqual => order >= 0,
            _ => order <= 0,
        };
    }
}

/// <summary>An argument of a filter.</summary>
internal sealed record FilterArgument(string? Name, Expression Value);

/// <summary>A value and the filters applied to it, one after the other.</summary>
internal sealed class FilteredExpression(Expression input, FilterStep[] filters) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var value = input.Evaluate(context);
        foreach (var filter in filters)
            value = filter.Apply(context, value);
        return value;
    }
}

/// <summary>One filter with its arguments. Unknown filters leave the value as it is.</summary>
internal sealed class FilterStep(string name, FilterArgument[] arguments)
{
    private readonly FilterCode? _builtIn = BuiltInFilters.Find(name);

    public object? Apply(RenderContext context, object? value)
    {
        context.Budget.Step();
        var values = arguments.Length == 0 ? [] : new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var argument = arguments[i].Value.Evaluate(context);
            values[i] = arguments[i].Name is { } key ? new NamedArgument(key, argument) : argument;
        }

        if (context.Options.Filters.TryGetValue(name, out var custom))
            return CallHost(context, custom, value, values);
        return _builtIn is null ? value : _builtIn(new FilterCall(context, value, values));
    }

    private static object? CallHost(RenderContext context, LiquidFilter filter, object? value, object?[] values)
    {
        var input = context.Host.ToHost(value);
        return context.Host.Convert(context.Host.Guard(() => filter(input, new LiquidArguments(context, values))));
    }
}
