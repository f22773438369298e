using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine.Expressions;

/// <summary>
/// The variables in scope of an execution as one dictionary by name, nearest scope first. Reading and writing go straight to the
/// variables: nothing is copied. Writing a name that is not in scope declares nothing and fails.
/// </summary>
internal sealed class ScopeVariables(ActivityExecutionContext context) : IDictionary<string, object?>
{
    private readonly int _generation = context.Generation;

    public ICollection<string> Keys => [.. Visible().Select(variable => variable.Definition.Name)];

    public ICollection<object?> Values => [.. Visible().Select(variable => variable.Value)];

    public int Count => Visible().Count();

    public bool IsReadOnly => false;

    /// <summary>The execution; a script that ran in it may have kept this object for longer.</summary>
    private ActivityExecutionContext Scope => context.Generation == _generation ? context : throw new ExpressionException(
        "The activity whose variables these are has ended. Copy the values that are needed later.");

    public object? this[string key]
    {
        get => Scope.FindVariableByName(key)?.Value;
        set
        {
            var variable = Scope.FindVariableByName(key) ?? throw new ExpressionException(
                $"There is no variable '{key}' here. Variables in scope: {string.Join(", ", Keys.Order(StringComparer.Ordinal))}.");
            variable.Value = Plain(value);
        }
    }

    /// <summary>A value that outlives the script: for the variables themselves, a copy of them as they are now.</summary>
    public static object? Plain(object? value) =>
        value is ScopeVariables variables ? new Dictionary<string, object?>(variables, StringComparer.Ordinal) : value;

    public bool ContainsKey(string key) => Scope.FindVariableByName(key) is not null;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var variable = Scope.FindVariableByName(key);
        value = variable?.Value;
        return variable is not null;
    }

    public void Add(string key, object? value) => this[key] = value;

    public bool Remove(string key) => throw new ExpressionException($"The variable '{key}' cannot be deleted. Set it to null instead.");

    public void Add(KeyValuePair<string, object?> item) => this[item.Key] = item.Value;

    public void Clear() => throw new ExpressionException("Variables cannot be deleted. Set them to null instead.");

    public bool Contains(KeyValuePair<string, object?> item) => TryGetValue(item.Key, out var value) && Equals(value, item.Value);

    public void CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex)
    {
        foreach (var item in this)
            array[arrayIndex++] = item;
    }

    public bool Remove(KeyValuePair<string, object?> item) => Remove(item.Key);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        foreach (var variable in Visible())
            yield return KeyValuePair.Create(variable.Definition.Name, variable.Value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<VariableInstance> Visible()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Kept inside of another value beyond its activity, it is empty: a commit that stores such a value must not fail.
        for (var scope = context.Generation == _generation ? context : null; scope is not null; scope = scope.ParentActivityExecutionContext)
        {
            foreach (var variable in scope.Variables ?? [])
            {
                if (seen.Add(variable.Definition.Name))
                    yield return variable;
            }
        }
    }
}
