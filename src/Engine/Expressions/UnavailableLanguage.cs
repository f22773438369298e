namespace Platform.Engine.Expressions;

/// <summary>
/// A language that documents may name but that this host does not run: workflows with it import, publish and export without loss, and
/// what uses it fails with the reason.
/// </summary>
/// <param name="type">Name in documents.</param>
/// <param name="code">Stable code; a heading in docs/errors.md.</param>
/// <param name="reason">What is missing and how to mend it, in sentences.</param>
public sealed class UnavailableLanguage(string type, string code, string reason) : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => type;

    /// <summary>Python: there is no runtime for it that the platform could carry.</summary>
    public static UnavailableLanguage Python { get; } = new(
        "Python",
        "WF1123",
        "Python is not available: this server has no Python runtime, and no setting adds one. Write it in JavaScript, or call a service that runs it.");

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target) =>
        string.IsNullOrWhiteSpace(value as string) ? new ConstantExpression(null) : new BrokenExpression($"{code}: {reason}");

    /// <inheritdoc />
    public ExpressionWarning? Examine(object? value) => string.IsNullOrWhiteSpace(value as string) ? null : new ExpressionWarning(code, reason);
}
