using Platform.Scripting.JavaScript;

namespace Platform.Engine.Expressions;

/// <summary>
/// JavaScript: the source is compiled once and sees its workflow through Elsa's functions, <c>variables</c> and generated accessors.
/// Scripts reach nothing else and run under limits.
/// </summary>
/// <param name="options">Limits, clock and time zone of every run.</param>
/// <param name="configuration">What <c>getConfig</c> may read; null for nothing.</param>
/// <param name="types">Further types that scripts may make values of, by name; null for none.</param>
/// <param name="functions">Further functions by name, each made for the execution in which a script runs; null for none.</param>
/// <param name="libraries">Libraries that scripts may use; null for none.</param>
public sealed class JavaScriptLanguage(
    JsOptions options,
    ScriptConfiguration? configuration = null,
    IReadOnlyDictionary<string, Type>? types = null,
    IReadOnlyDictionary<string, Func<ActivityExecutionContext, Delegate>>? functions = null,
    IReadOnlyList<JsLibrary>? libraries = null) : IExpressionLanguage
{
    private readonly ScriptSurroundings _surroundings = new(
        options.AllowedMethods.Count == 0 ? options with { AllowedMethods = ScriptTypes.AllowedMethods } : options,
        configuration,
        types ?? new Dictionary<string, Type>(StringComparer.Ordinal),
        functions ?? new Dictionary<string, Func<ActivityExecutionContext, Delegate>>(StringComparer.Ordinal));

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
            return new CompiledJavaScript(JsScript.Compile(source, libraries ?? []), _surroundings);
        }
        catch (JsSyntaxException exception)
        {
            throw new ExpressionException($"The JavaScript cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc />
    public ExpressionWarning? Examine(object? value)
    {
        try
        {
            if (value is string source)
                JsScript.Compile(source);
            return null;
        }
        catch (JsSyntaxException exception)
        {
            return ExpressionWarning.Unreadable("JavaScript", exception.Message);
        }
    }
}

/// <summary>What all scripts of a host share.</summary>
/// <param name="Options">Limits, clock and time zone.</param>
/// <param name="Configuration">What <c>getConfig</c> may read; null for nothing.</param>
/// <param name="Types">Further types by name.</param>
/// <param name="Functions">Further functions by name.</param>
internal sealed record ScriptSurroundings(
    JsOptions Options,
    ScriptConfiguration? Configuration,
    IReadOnlyDictionary<string, Type> Types,
    IReadOnlyDictionary<string, Func<ActivityExecutionContext, Delegate>> Functions);

internal sealed class CompiledJavaScript(JsScript script, ScriptSurroundings surroundings) : CompiledExpression
{
    public override bool IsAsynchronous => script.IsAsync;

    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        try
        {
            return NamedValues.Plain(script.Run(new WorkflowGlobals(context, arguments, surroundings), surroundings.Options, context.CancellationToken));
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
            return NamedValues.Plain(await script.RunAsync(new WorkflowGlobals(context, arguments, surroundings), surroundings.Options, context.CancellationToken));
        }
        catch (Exception exception) when (exception is JsException or JsLimitException)
        {
            throw Failed(exception);
        }
    }

    private static ExpressionException Failed(Exception exception) => new($"JavaScript: {exception.Message}", exception);
}
