namespace Platform.Engine.Expressions;

/// <summary>The expression languages that documents may use, by name.</summary>
/// <param name="languages">The languages; names must be unique.</param>
public sealed class ExpressionLanguages(params IEnumerable<IExpressionLanguage> languages)
{
    private readonly Dictionary<string, IExpressionLanguage> _byType = languages.ToDictionary(language => language.Type, StringComparer.Ordinal);

    /// <summary>Names of the languages.</summary>
    public IReadOnlyCollection<string> Types => _byType.Keys;

    /// <summary>Whether there is a language of this name.</summary>
    /// <param name="type">Name.</param>
    public bool Contains(string type) => _byType.ContainsKey(type);

    /// <summary>What an author should know about an expression before it runs; null for nothing, and for an unknown language.</summary>
    /// <param name="expression">The expression.</param>
    public ExpressionWarning? Examine(Expression expression) => _byType.GetValueOrDefault(expression.Type)?.Examine(expression.Value);

    /// <summary>Compiles an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="target">Type of the receiving input.</param>
    /// <exception cref="ExpressionException">The language is unknown or the text is not an expression of it.</exception>
    public CompiledExpression Compile(Expression expression, Type target)
    {
        if (!_byType.TryGetValue(expression.Type, out var language))
        {
            throw new ExpressionException(
                $"Expression type '{expression.Type}' is not known. Known types: {string.Join(", ", _byType.Keys.Order(StringComparer.Ordinal))}.");
        }

        return language.Compile(expression.Value, target);
    }
}
