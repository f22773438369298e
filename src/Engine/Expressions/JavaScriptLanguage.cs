using Platform.Scripting.JavaScript;

namespace Platform.Engine.Expressions;

/// <summary>
/// JavaScript: the source is compiled once and sees its workflow through Elsa's functions, <c>variables</c> and generated accessors.
/// Scripts reach nothing else and run under limits.
/// </summary>
/// <param name="options">Limits, clock and time zone of every run.</param>
public sealed class JavaScriptLanguage(JsOptions options) : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "JavaScript";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target)
    {
        var source = value as string ?? "";
        if (string.IsNullOrWhiteSpace(source))
            return new ConstantExpression(null);
        try
        {
            return new JavaScriptExpression(JsScript.Compile(source), options);
        }
        catch (JsSyntaxException exception)
        {
            throw new ExpressionException($"The JavaScript cannot be read: {exception.Message}", exception);
        }
    }
}

internal sealed class JavaScriptExpression(JsScript script, JsOptions options) : CompiledExpression
{
    public override bool IsAsynchronous => script.IsAsync;

    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        try
        {
            return ScopeVariables.Plain(script.Run(new WorkflowGlobals(context, arguments), options, context.CancellationToken));
        }
        catch (Exception exception) when (exception is JsException or JsLimitException)
        {
            throw Failed(exception);
        }
    }

    public override async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        if (!script.IsAsync)
            return Evaluate(context, arguments);
        try
        {
            return ScopeVariables.Plain(await script.RunAsync(new WorkflowGlobals(context, arguments), options, context.CancellationToken));
        }
        catch (Exception exception) when (exception is JsException or JsLimitException)
        {
            throw Failed(exception);
        }
    }

    private static ExpressionException Failed(Exception exception) => new($"JavaScript: {exception.Message}", exception);
}
