using Platform.Engine.Expressions;

namespace Platform.Engine.Activities;

/// <summary>
/// Runs a script as a step of its own: its value becomes the result, and it may choose the outcomes. A blank script does nothing.
/// The script sees what expressions of its language see.
/// </summary>
/// <param name="language">Name of the expression language.</param>
public abstract class RunScript(string language) : CodeActivity<object>
{
    private CompiledScript? _compiled;

    /// <summary>The script.</summary>
    public abstract Input<string> Script { get; set; }

    /// <summary>Names that the script may choose as outcomes; a flowchart can connect them. Default: none, which leaves <c>Done</c>.</summary>
    [Input(UIHint = InputUIHints.DynamicOutcomes, Description = "The outcomes that the script may choose; each becomes a port.")]
    public Input<ICollection<string>> PossibleOutcomes { get; set; } = new([]);

    /// <summary>The script as an expression when the document holds its text; null when another expression gives it.</summary>
    internal Expression? FixedScript =>
        Script.Expression is { Type: "Literal", Value: string text } ? new Expression(language, text) : null;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var text = Script.GetOrDefault(context);
        if (string.IsNullOrWhiteSpace(text))
            return default;
        // Nearly always the same text: one place is enough, and a race makes the same thing twice.
        var compiled = _compiled;
        if (compiled?.Text != text)
            _compiled = compiled = new CompiledScript(text, context.WorkflowExecutionContext.Plan.Languages.Compile(new Expression(language, text), typeof(object)));
        if (compiled.Expression.IsAsynchronous)
            return AwaitAsync(context, compiled.Expression);
        context.Set(Result, compiled.Expression.Evaluate(context));
        return default;
    }

    private async ValueTask AwaitAsync(ActivityExecutionContext context, CompiledExpression expression) =>
        context.Set(Result, await expression.EvaluateAsync(context));

    private sealed record CompiledScript(string Text, CompiledExpression Expression);
}

/// <summary>
/// Runs JavaScript. <c>setOutcome('Name')</c> and <c>setOutcomes(['A', 'B'])</c> choose the outcomes, otherwise it is <c>Done</c>. What
/// it throws, and a script that exceeds its limits, faults the activity.
/// </summary>
[Activity("Elsa", "Scripting", "Executes JavaScript code.", DisplayName = "Run JavaScript")]
public sealed class RunJavaScript() : RunScript("JavaScript")
{
    /// <inheritdoc />
    [Input(UIHint = InputUIHints.CodeEditor, Options = "javascript", Description = "The script to run.", DefaultValue = "")]
    public override Input<string> Script { get; set; } = new("");
}

/// <summary>
/// Runs C#. <c>Outcome.Set("Name")</c> chooses the outcomes, otherwise it is <c>Done</c>. C# is no sandbox: hosts switch it on.
/// </summary>
[Activity("Elsa", "Scripting", "Executes C# code.", DisplayName = "Run C#")]
public sealed class RunCSharp() : RunScript("CSharp")
{
    /// <inheritdoc />
    [Input(UIHint = InputUIHints.CodeEditor, Options = "csharp", Description = "The script to run.", DefaultValue = "")]
    public override Input<string> Script { get; set; } = new("");
}

/// <summary>Runs Python, where the host has a runtime for it.</summary>
[Activity("Elsa", "Scripting", "Executes Python code.", DisplayName = "Run Python")]
public sealed class RunPython() : RunScript("Python")
{
    /// <inheritdoc />
    [Input(UIHint = InputUIHints.CodeEditor, Options = "python", Description = "The script to run.", DefaultValue = "")]
    public override Input<string> Script { get; set; } = new("");
}
