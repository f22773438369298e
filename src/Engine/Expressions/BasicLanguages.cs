using Platform.Engine.Values;

namespace Platform.Engine.Expressions;

/// <summary>Values written as they are. The receiving input converts them.</summary>
public sealed class LiteralLanguage : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "Literal";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target) => new ConstantExpression(value);
}

/// <summary>
/// JSON text, read into the type of the receiving input. For an input that takes anything the text stays text, as Elsa keeps it: what
/// receives it (a variable, a response) decides. A dictionary's values may be expressions themselves.
/// </summary>
/// <param name="type">Name: <c>Object</c>, or <c>Json</c> as old documents write.</param>
/// <param name="languages">Gives the languages for expressions inside; asked at compile time.</param>
public sealed class ObjectLanguage(string type, Func<ExpressionLanguages> languages) : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => type;

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target)
    {
        if (value is not string text)
            return FromParsed(value);
        if (string.IsNullOrWhiteSpace(text))
            return new ConstantExpression(null);
        if (target == typeof(object))
            return new ConstantExpression(text);
        return DynamicJson.TryParse(text, out var parsed) ? FromParsed(parsed) : new ConstantExpression(text);
    }

    private CompiledExpression FromParsed(object? parsed)
    {
        if (parsed is not Dictionary<string, object?> members || !members.Values.Any(member => AsExpression(member) is not null))
            return Constant(parsed);
        return new DictionaryExpression([.. members.Select(member => KeyValuePair.Create(
            member.Key,
            AsExpression(member.Value) is { } inner ? languages().Compile(inner, typeof(object)) : Constant(member.Value)))]);
    }

    private static CompiledExpression Constant(object? value) =>
        ValueCopy.IsImmutable(value) ? new ConstantExpression(value) : new FreshValueExpression(value!);

    private Expression? AsExpression(object? value) =>
        value is Dictionary<string, object?> { Count: 2 } members
        && members.TryGetValue("type", out var type) && type is string name && languages().Contains(name)
        && members.TryGetValue("value", out var inner)
            ? new Expression(name, inner)
            : null;
}

/// <summary>The current value of a variable in scope.</summary>
public sealed class VariableLanguage : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "Variable";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target)
    {
        if (value is Variable variable)
            return new VariableExpression(variable.Id, variable.Name);
        var members = Members(value);
        return new VariableExpression(members?.GetValueOrDefault("id") as string, members?.GetValueOrDefault("name") as string);
    }

    internal static Dictionary<string, object?>? Members(object? value) => value switch
    {
        Dictionary<string, object?> members => members,
        string text when DynamicJson.TryParse(text, out var parsed) && parsed is Dictionary<string, object?> members => members,
        string name => new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = name, ["name"] = name },
        _ => null,
    };
}

/// <summary>The value of a workflow input.</summary>
public sealed class InputLanguage : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "Input";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target) =>
        new InputExpression(VariableLanguage.Members(value)?.GetValueOrDefault("name") as string ?? "");
}

internal sealed class ConstantExpression(object? value) : CompiledExpression
{
    public override bool IsConstant => true;

    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) => value;
}

/// <summary>A list or object written in the document: each evaluation gives a copy of its own, because workflows may change it.</summary>
internal sealed class FreshValueExpression(object value) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) => ValueCopy.Of(value);
}

internal sealed class DictionaryExpression(KeyValuePair<string, CompiledExpression>[] members) : CompiledExpression
{
    public override bool IsAsynchronous => Array.Exists(members, member => member.Value.IsAsynchronous);

    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        var result = new Dictionary<string, object?>(members.Length, StringComparer.Ordinal);
        foreach (var (key, expression) in members)
            result[key] = expression.Evaluate(context, arguments);
        return result;
    }

    public override async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        var result = new Dictionary<string, object?>(members.Length, StringComparer.Ordinal);
        foreach (var (key, expression) in members)
            result[key] = await expression.EvaluateAsync(context, arguments);
        return result;
    }
}

internal sealed class VariableExpression(string? id, string? name) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        var found = (id is null ? null : context.FindVariable(id)) ?? (name is null ? null : context.FindVariableByName(name));
        return found?.Value;
    }
}

internal sealed class InputExpression(string name) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        context.FindInput(name);
}
