using System.Collections.Concurrent;

namespace Platform.Runtime.Telemetry;

/// <summary>Bounds the values of a label: the first so many keep their own, every further one counts as <c>other</c>.</summary>
/// <param name="max">How many keep their own.</param>
internal sealed class LabelCap(int max)
{
    /// <summary>The label of all that came later.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The label of a value.</summary>
    /// <param name="value">The value.</param>
    public string Of(string value)
    {
        if (_known.TryGetValue(value, out var label))
            return label;
        if (Volatile.Read(ref _count) >= max || Interlocked.Increment(ref _count) > max)
            return Other;
        return _known.GetOrAdd(value, value);
    }
}
