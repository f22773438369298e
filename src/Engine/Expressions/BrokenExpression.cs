namespace Platform.Engine.Expressions;

/// <summary>An expression that could not be compiled: it fails when it is used, with the reason.</summary>
internal sealed class BrokenExpression(string reason) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        throw new ExpressionException(reason);
}
