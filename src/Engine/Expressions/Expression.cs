namespace Platform.Engine.Expressions;

/// <summary>An expression as an author wrote it.</summary>
/// <param name="Type">Language, for example <c>Literal</c> or <c>JavaScript</c>.</param>
/// <param name="Value">Text or value in that language; a JSON node when it came from a document.</param>
public sealed record Expression(string Type, object? Value)
{
    /// <summary>A literal.</summary>
    /// <param name="value">The value.</param>
    public static Expression LiteralExpression(object? value) => new("Literal", value);
}

/// <summary>An expression ready to be evaluated, shared by all runs of a plan. Thread-safe.</summary>
public abstract class CompiledExpression
{
    /// <summary>Whether evaluation may have to wait, so that <see cref="EvaluateAsync"/> must be used.</summary>
    public virtual bool IsAsynchronous => false;

    /// <summary>Whether every evaluation gives the same value, so that it is done once at compile time.</summary>
    public virtual bool IsConstant => false;

    /// <summary>Evaluates without waiting.</summary>
    /// <param name="context">The execution in whose scope names are looked up.</param>
    /// <param name="arguments">Named arguments, or null.</param>
    /// <exception cref="ExpressionException">The expression failed.</exception>
    public abstract object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null);

    /// <summary>Evaluates, waiting where the language waits.</summary>
    /// <param name="context">The execution in whose scope names are looked up.</param>
    /// <param name="arguments">Named arguments, or null.</param>
    /// <exception cref="ExpressionException">The expression failed.</exception>
    public virtual ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        new(Evaluate(context, arguments));
}

/// <summary>An expression language.</summary>
public interface IExpressionLanguage
{
    /// <summary>Name in documents, for example <c>JavaScript</c>.</summary>
    string Type { get; }

    /// <summary>Compiles an expression once.</summary>
    /// <param name="value">Text or value, as in <see cref="Expression.Value"/>.</param>
    /// <param name="target">Type of the input that will receive the value.</param>
    /// <exception cref="ExpressionException">The text is not an expression of the language.</exception>
    CompiledExpression Compile(object? value, Type target);

    /// <summary>What an author should know about an expression before it runs; null for nothing.</summary>
    /// <param name="value">Text or value, as in <see cref="Expression.Value"/>.</param>
    ExpressionWarning? Examine(object? value) => null;
}

/// <summary>Why an expression will not do what its author expects.</summary>
/// <param name="Code">Stable code; a heading in docs/errors.md.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
public sealed record ExpressionWarning(string Code, string Message)
{
    /// <summary>The source of an expression is not of its language.</summary>
    /// <param name="language">Name of the language as people write it.</param>
    /// <param name="reason">What the reader of the language said.</param>
    public static ExpressionWarning Unreadable(string language, string reason) =>
        new("WF1121", $"The {language} cannot be read: {reason} The workflow can be published; using this expression fails.");
}

/// <summary>An expression could not be compiled or evaluated.</summary>
/// <param name="message">What is wrong, where, and how to mend it.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class ExpressionException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a delegate given in code as an input sees.</summary>
/// <param name="activityExecutionContext">The execution.</param>
public sealed class ExpressionExecutionContext(ActivityExecutionContext activityExecutionContext)
{
    /// <summary>The execution in whose scope the delegate runs.</summary>
    public ActivityExecutionContext ActivityExecutionContext { get; } = activityExecutionContext;

    /// <summary>Current value of a variable by name.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name.</param>
    public T? GetVariable<T>(string name) => ActivityExecutionContext.GetVariable<T>(name);

    /// <summary>Value of a workflow input by name.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name.</param>
    public T? GetInput<T>(string name) => ActivityExecutionContext.GetWorkflowInput<T>(name);
}

internal sealed class DelegateExpression(Func<ExpressionExecutionContext, object?> function) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        function(new ExpressionExecutionContext(context));
}
