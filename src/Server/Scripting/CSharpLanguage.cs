using System.Collections.Concurrent;
using Platform.Engine;
using Platform.Engine.Expressions;

namespace Platform.Server.Scripting;

/// <summary>
/// C#, compiled when it is first used and kept by its text. The value is that of a <c>return</c> or of the last expression. It is no
/// sandbox: the code may do what the server may do.
/// </summary>
internal sealed class CSharpLanguage : IExpressionLanguage
{
    /// <summary>
    /// Most compiled texts kept. Beyond it the cache starts afresh; what nobody uses any more is unloaded, so that workflows that make
    /// their scripts at run time cost time, not memory.
    /// </summary>
    internal const int ScriptsMax = 1_000;

    private readonly ConcurrentDictionary<string, Lazy<CSharpProgram>> _programs = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public string Type => "CSharp";

    /// <summary>How many compiled texts are kept.</summary>
    internal int Count => _programs.Count;

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target)
    {
        var source = value as string ?? "";
        return string.IsNullOrWhiteSpace(source) ? CSharpExpression.Nothing : new CSharpExpression(context => Find(CSharpSource.WithNames(source, new WorkflowValues(context))));
    }

    /// <summary>Checks the syntax; names and types are checked when the code is compiled.</summary>
    /// <param name="value">The source.</param>
    public ExpressionWarning? Examine(object? value)
    {
        if (value is not string source)
            return null;
        var first = CSharpSource.Parse(source).GetDiagnostics().FirstOrDefault(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        return first is null ? null : ExpressionWarning.Unreadable("C#", CSharpProgram.Describe(first));
    }

    private CSharpProgram Find(string source)
    {
        if (_programs.Count >= ScriptsMax)
            _programs.Clear();
        return _programs.GetOrAdd(source, static text => new Lazy<CSharpProgram>(() => CSharpProgram.Compile(text))).Value;
    }
}

/// <summary>One expression in C#.</summary>
/// <param name="find">Gives the compiled code at the first execution, whose scope tells names and types; null for a blank text.</param>
internal sealed class CSharpExpression(Func<ActivityExecutionContext, CSharpProgram>? find) : CompiledExpression
{
    private CSharpProgram? _program;

    /// <summary>A blank text: its value is null.</summary>
    public static CSharpExpression Nothing { get; } = new(null);

    /// <inheritdoc />
    public override bool IsAsynchronous => find is not null;

    /// <inheritdoc />
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        var evaluation = EvaluateAsync(context, arguments);
        return evaluation.IsCompleted ? evaluation.GetAwaiter().GetResult() : throw new ExpressionException("C#: this input cannot wait, but the code awaits something.");
    }

    /// <inheritdoc />
    public override async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        if (find is null)
            return null;
        var program = _program ??= find(context);
        try
        {
            return await program.RunAsync(new CSharpGlobals(context, arguments));
        }
        // The code is foreign: whatever it throws is the expression's failure, except that the run was ended.
        catch (Exception exception) when (exception is not (ExpressionException or OperationCanceledException))
        {
            throw new ExpressionException($"C#: {exception.GetType().Name}: {exception.Message}", exception);
        }
    }
}
