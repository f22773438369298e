using System.Diagnostics.CodeAnalysis;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// What <see cref="Cache"/> keeps, as JSON by key, and who is finding out what is not kept. In memory: after a restart it is empty. The
/// oldest results go when there are too many. Thread-safe.
/// </summary>
/// <param name="clock">Time.</param>
public sealed class ResultCache(TimeProvider clock)
{
    /// <summary>Most results.</summary>
    public const int CountMax = 10_000;

    /// <summary>Most characters of one result; a longer one is not kept.</summary>
    public const int LengthMax = 1024 * 1024;

    private const long LengthOfAllMax = 64L * 1024 * 1024;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Kept> _results = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Kept Kept)> _ages = new();
    private readonly Dictionary<string, Search> _searches = new(StringComparer.Ordinal);
    private long _length;

    /// <summary>Finds a result that still holds.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="json">The result.</param>
    public bool TryFind(string key, [NotNullWhen(true)] out string? json)
    {
        lock (_sync)
        {
            json = _results.TryGetValue(key, out var kept) && clock.GetUtcNow() < kept.Until ? kept.Json : null;
            return json is not null;
        }
    }

    /// <summary>Begins to find out a result, unless somebody else does.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="who">The execution that wants to.</param>
    /// <param name="longest">After what time others do not wait for it any more.</param>
    /// <returns>False when another execution is at it and its time is not over.</returns>
    public bool TryBegin(string key, string who, TimeSpan longest)
    {
        lock (_sync)
        {
            var now = clock.GetUtcNow();
            if (_searches.TryGetValue(key, out var other) && other.Who != who && now < other.Until)
                return false;
            if (_searches.Count >= CountMax)
                _searches.Clear();
            _searches[key] = new Search(who, now + longest);
            return true;
        }
    }

    /// <summary>Ends what an execution was finding out.</summary>
    /// <param name="key">The key.</param>
    /// <param name="who">The execution.</param>
    public void End(string key, string who)
    {
        lock (_sync)
        {
            if (_searches.TryGetValue(key, out var search) && search.Who == who)
                _searches.Remove(key);
        }
    }

    /// <summary>Keeps a result for a time.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="json">The result.</param>
    /// <param name="duration">How long it holds.</param>
    /// <returns>False when it is too long to be kept.</returns>
    public bool Keep(string key, string json, TimeSpan duration)
    {
        if (json.Length > LengthMax)
            return false;
        lock (_sync)
        {
            var kept = new Kept(json, clock.GetUtcNow() + duration);
            _length += json.Length - (_results.TryGetValue(key, out var former) ? former.Json.Length : 0);
            _results[key] = kept;
            _ages.Enqueue((key, kept));
            while (_ages.Count > 0 && (_results.Count > CountMax || _length > LengthOfAllMax || IsReplaced_NeedsLock()))
                Drop_NeedsLock();
        }

        return true;
    }

    private bool IsReplaced_NeedsLock() => !ReferenceEquals(_results.GetValueOrDefault(_ages.Peek().Key), _ages.Peek().Kept);

    private void Drop_NeedsLock()
    {
        var (key, kept) = _ages.Dequeue();
        if (!ReferenceEquals(_results.GetValueOrDefault(key), kept))
            return;
        _results.Remove(key);
        _length -= kept.Json.Length;
    }

    private sealed record Kept(string Json, DateTimeOffset Until);

    private readonly record struct Search(string Who, DateTimeOffset Until);
}
