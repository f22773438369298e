using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine.Expressions;

/// <summary>Values of a workflow that scripts use by name like the entries of a dictionary, without being copied into one.</summary>
/// <param name="context">The execution in whose scope the names are looked up.</param>
internal abstract class NamedValues(ActivityExecutionContext context) : IDictionary<string, object?>
{
    private readonly int _generation = context.Generation;

    public abstract ICollection<string> Keys { get; }

    public ICollection<object?> Values => [.. this.Select(item => item.Value)];

    public int Count => Keys.Count;

    public virtual bool IsReadOnly => false;

    /// <summary>The execution; a script that ran in it may have kept this object for longer.</summary>
    protected ActivityExecutionContext Scope => ScopeOrNull ?? throw new ExpressionException(
        "The activity whose variables and inputs these are has ended. Copy the values that are needed later.");

    /// <summary>The execution; null when it ended. A commit that stores a value which holds this object must not fail: it finds nothing then.</summary>
    protected ActivityExecutionContext? ScopeOrNull => context.Generation == _generation ? context : null;

    public object? this[string key]
    {
        get => TryGetValue(key, out var value) ? value : null;
        set => Set(key, value);
    }

    /// <summary>A value that outlives the script: for these names, a copy of their values as they are now.</summary>
    public static object? Plain(object? value) => value is NamedValues names ? new Dictionary<string, object?>(names, StringComparer.Ordinal) : value;

    public abstract bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public void Add(string key, object? value) => Set(key, value);

    public bool Remove(string key) => throw CannotRemove(key);

    public void Add(KeyValuePair<string, object?> item) => Set(item.Key, item.Value);

    public void Clear() => throw CannotRemove("*");

    public bool Contains(KeyValuePair<string, object?> item) => TryGetValue(item.Key, out var value) && Equals(value, item.Value);

    public void CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex)
    {
        foreach (var item in this)
            array[arrayIndex++] = item;
    }

    public bool Remove(KeyValuePair<string, object?> item) => throw CannotRemove(item.Key);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(key => KeyValuePair.Create(key, this[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected abstract void Set(string key, object? value);

    protected abstract ExpressionException CannotRemove(string key);
}
