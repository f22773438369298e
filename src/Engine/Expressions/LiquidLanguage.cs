using Platform.Scripting.Liquid;

namespace Platform.Engine.Expressions;

/// <summary>
/// Liquid: the template is compiled once and sees its workflow through Elsa's objects. Its value is always text. A source that is not a
/// template gives the message of the mistake as its text, as Elsa does.
/// </summary>
/// <param name="options">Limits, clock and time zone of every render.</param>
/// <param name="configuration">What <c>Configuration</c> holds; null for nothing.</param>
public sealed class LiquidLanguage(LiquidOptions options, ScriptConfiguration? configuration = null) : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "Liquid";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target)
    {
        var source = value as string ?? "";
        if (string.IsNullOrWhiteSpace(source))
            return new ConstantExpression(null);
        if (!source.Contains("{{", StringComparison.Ordinal) && !source.Contains("{%", StringComparison.Ordinal))
            return new ConstantExpression(source);
        try
        {
            return new CompiledLiquid(LiquidTemplate.Parse(source), options, configuration);
        }
        catch (LiquidSyntaxException exception)
        {
            return new ConstantExpression(exception.Message);
        }
    }

    /// <inheritdoc />
    public ExpressionWarning? Examine(object? value)
    {
        try
        {
            if (value is string source)
                LiquidTemplate.Parse(source);
            return null;
        }
        catch (LiquidSyntaxException exception)
        {
            return new ExpressionWarning("WF1121", $"The Liquid template cannot be read: {exception.Message}. The value will be this message.");
        }
    }
}

internal sealed class CompiledLiquid(LiquidTemplate template, LiquidOptions options, ScriptConfiguration? configuration) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        try
        {
            return template.Render(new WorkflowScope(context, configuration), options, context.CancellationToken);
        }
        catch (Exception exception) when (exception is LiquidException or LiquidLimitException)
        {
            throw new ExpressionException($"Liquid: {exception.Message}", exception);
        }
    }
}

/// <summary>What a template sees of its workflow.</summary>
internal sealed class WorkflowScope(ActivityExecutionContext context, ScriptConfiguration? configuration) : ILiquidScope
{
    public bool TryGet(string name, out object? value)
    {
        var workflow = context.WorkflowExecutionContext;
        value = name switch
        {
            "Variables" => new ScopeVariables(context),
            "Input" => new ScopeInputs(context),
            "CorrelationId" => workflow.CorrelationId,
            "WorkflowDefinitionId" => workflow.Plan.Definition.DefinitionId,
            "WorkflowDefinitionVersionId" => workflow.Plan.Definition.Id,
            "WorkflowDefinitionVersion" => workflow.Plan.Definition.Version,
            "WorkflowInstanceId" => workflow.Id,
            "Configuration" => configuration?.ToTree(),
            _ => null,
        };
        return value is not null;
    }
}
