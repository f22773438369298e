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

/// <summary>Makes expressions in JavaScript. For activities made in code.</summary>
public static class JavaScriptExpression
{
    /// <summary>An expression.</summary>
    /// <param name="value">Its text.</param>
    public static Expression Create(string value) => new("JavaScript", value);
}

/// <summary>Makes expressions in Liquid. For activities made in code.</summary>
public static class LiquidExpression
{
    /// <summary>An expression.</summary>
    /// <param name="value">Its text.</param>
    public static Expression Create(string value) => new("Liquid", value);
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
