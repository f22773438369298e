namespace Platform.Engine.Expressions;

/// <summary>
/// The settings of the host that expressions may read: those whose keys are listed, and no others, because settings hold secrets.
/// Keys have parts joined by colons and are compared without case.
/// </summary>
/// <param name="keys">The keys that may be read.</param>
/// <param name="read">Gives the current value of a key; null when it is not set.</param>
public sealed class ScriptConfiguration(IEnumerable<string> keys, Func<string, string?> read)
{
    private readonly HashSet<string> _keys = new(keys, StringComparer.OrdinalIgnoreCase);

    /// <summary>The value of a setting; null when it is not set.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="ExpressionException">The key is not listed.</exception>
    public string? Get(string key) => _keys.Contains(key) ? read(key) : throw NotOpen(key);

    /// <summary>Why a setting cannot be read.</summary>
    /// <param name="key">Its key.</param>
    internal static ExpressionException NotOpen(string key) => new(
        $"WF1124: The setting '{key}' is not open to expressions. Add its key to the list Scripting:AllowedConfiguration of the server.");

    /// <summary>The settings as objects inside objects, one level per part of the keys.</summary>
    internal Dictionary<string, object?> ToTree()
    {
        var root = Level();
        foreach (var key in _keys)
        {
            var parts = key.Split(':');
            var level = root;
            foreach (var part in parts[..^1])
                level = level.TryGetValue(part, out var inner) && inner is Dictionary<string, object?> known ? known : Add(level, part);
            level.TryAdd(parts[^1], read(key));
        }

        return root;
    }

    private static Dictionary<string, object?> Add(Dictionary<string, object?> level, string part)
    {
        var inner = Level();
        level[part] = inner;
        return inner;
    }

    private static Dictionary<string, object?> Level() => new(StringComparer.OrdinalIgnoreCase);
}
