namespace Platform.Scripting.Liquid;

/// <summary>
/// A compiled template. Immutable and safe to use from several threads at once; keep it and render it as often as needed. Every
/// render has its own names, so nothing that one render assigns is seen by another.
/// </summary>
public sealed class LiquidTemplate
{
    private LiquidTemplate(string source, Node[] nodes)
    {
        Source = source;
        Nodes = nodes;
    }

    /// <summary>The source text.</summary>
    public string Source { get; }

    internal Node[] Nodes { get; }

    /// <summary>Compiles a template. The result holds no reference to anything outside of it.</summary>
    /// <exception cref="LiquidSyntaxException">The source is not a template, too long, or nested too deeply.</exception>
    public static LiquidTemplate Parse(string source, LiquidParseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= LiquidParseOptions.Default;
        if (source.Length > options.SourceLengthMax)
            throw new LiquidSyntaxException($"The template has {source.Length} characters; the limit is {options.SourceLengthMax}", 1, 1);
        return new LiquidTemplate(source, new TemplateParser(source, options).Parse());
    }

    /// <summary>Renders the template to text.</summary>
    /// <exception cref="LiquidException">The template could not be rendered.</exception>
    /// <exception cref="LiquidLimitException">The template exceeded a limit.</exception>
    /// <exception cref="OperationCanceledException">The render was cancelled.</exception>
    public string Render(ILiquidScope scope, LiquidOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(options);
        var budget = new RenderBudget(options, cancellationToken);
        var context = new RenderContext(options, budget, new RenderEnvironment(scope));
        var output = new TextOutput(budget, isResult: true);
        context.RenderAll(Nodes, output);
        return output.ToString();
    }
}
