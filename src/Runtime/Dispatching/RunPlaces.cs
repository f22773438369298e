namespace Platform.Runtime.Dispatching;

/// <summary>
/// The runs of one definition that take a place, and when it was started lately. A run is known by its id, so nothing counts twice.
/// Not safe for concurrent use: whoever holds it locks.
/// </summary>
internal sealed class RunPlaces
{
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _starts = new();
    private HashSet<string>? _changedWhileLoading;

    /// <summary>Runs in progress.</summary>
    public int Count => _runs.Count;

    /// <summary>Those of them that are stored.</summary>
    public int StoredCount => _runs.Values.Count(run => run.IsStored);

    /// <summary>What is stored has been read.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The keys of which no further run may start.</summary>
    /// <param name="most">Most runs with one key; null for no limit.</param>
    public IReadOnlyCollection<string> FullKeys(int? most) => most is { } limit ? [.. _keys.Where(key => key.Value >= limit).Select(key => key.Key)] : [];

    /// <summary>Takes a place for a run that is about to start. A run that has one keeps it.</summary>
    /// <returns>Why it may not start now; null when it may.</returns>
    public StartHold? Take(DefinitionLimits limits, string instanceId, string? key, DateTimeOffset now)
    {
        if (_runs.ContainsKey(instanceId))
            return null;
        if (HoldOf(limits, key, now) is { } hold)
            return hold;
        Add(instanceId, key, now, isStored: false);
        if (limits.Rate is { } rate)
        {
            while (_starts.Count >= rate.Count)
                _starts.Dequeue();
            _starts.Enqueue(now);
        }

        return null;
    }

    /// <summary>Why a start with this key may not begin now; null when it may.</summary>
    public StartHold? HoldOf(DefinitionLimits limits, string? key, DateTimeOffset now)
    {
        if (limits.MaxConcurrent is { } most && _runs.Count >= most)
            return StartHold.Full(most);
        if (limits.Rate is { } rate && _starts.Count >= rate.Count && OldestWithin(rate) + rate.Per > now)
            return StartHold.TooFast(rate, OldestWithin(rate) + rate.Per - now);
        if (key is not null && limits.MaxConcurrentPerKey is { } mostPerKey && _keys.GetValueOrDefault(key) >= mostPerKey)
            return StartHold.FullKey(key, mostPerKey);
        return null;
    }

    /// <summary>A run was stored and has not ended.</summary>
    /// <param name="limits">What counts.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="key">Its key.</param>
    /// <param name="createdAt">When it was started.</param>
    public void Stored(DefinitionLimits limits, string instanceId, string? key, DateTimeOffset createdAt)
    {
        _changedWhileLoading?.Add(instanceId);
        if (limits.CountsRuns)
            Add(instanceId, key, createdAt, isStored: true);
        else
            Remove(instanceId);
    }

    /// <summary>A run ended.</summary>
    public void Ended(string instanceId)
    {
        _changedWhileLoading?.Add(instanceId);
        Remove(instanceId);
    }

    /// <summary>A run that was to start did not. What is stored keeps its place.</summary>
    public void Abandon(string instanceId)
    {
        if (_runs.TryGetValue(instanceId, out var run) && !run.IsStored)
            Remove(instanceId);
    }

    /// <summary>Begins to read what is stored; what happens meanwhile is more recent than what is read.</summary>
    public void BeginLoad() => _changedWhileLoading = new(StringComparer.Ordinal);

    /// <summary>Has what is stored read again before the next place is taken.</summary>
    public void Forget() => IsLoaded = false;

    /// <summary>Takes over what was read.</summary>
    /// <param name="limits">What counts.</param>
    /// <param name="running">The stored runs that have not ended: id, key and start.</param>
    /// <param name="starts">When stored runs were started lately.</param>
    public void EndLoad(DefinitionLimits limits, IEnumerable<(string Id, string? Key, DateTimeOffset At)> running, IEnumerable<DateTimeOffset> starts)
    {
        var begun = _runs.Where(run => !run.Value.IsStored).Select(run => run.Value.At).ToList();
        var changed = _changedWhileLoading ?? [];
        foreach (var stored in _runs.Where(run => run.Value.IsStored && !changed.Contains(run.Key)).Select(run => run.Key).ToList())
            Remove(stored);
        foreach (var (id, key, at) in running.Where(run => !changed.Contains(run.Id)))
            Add(id, key, at, isStored: true);
        (_changedWhileLoading, IsLoaded) = (null, true);
        var most = limits.Rate?.Count ?? 0;
        var all = starts.Concat(begun).Order().ToList();
        _starts.Clear();
        foreach (var at in all.Skip(Math.Max(0, all.Count - most)))
            _starts.Enqueue(at);
    }

    /// <summary>The earliest of the latest starts that the rate looks at.</summary>
    private DateTimeOffset OldestWithin(StartRate rate) => _starts.Count == rate.Count ? _starts.Peek() : _starts.ElementAt(_starts.Count - rate.Count);

    private void Add(string instanceId, string? key, DateTimeOffset at, bool isStored)
    {
        if (_runs.TryAdd(instanceId, new(key, at, isStored)))
        {
            if (key is not null)
                _keys[key] = _keys.GetValueOrDefault(key) + 1;
        }
        else if (isStored)
        {
            _runs[instanceId] = _runs[instanceId] with { IsStored = true };
        }
    }

    private void Remove(string instanceId)
    {
        if (!_runs.Remove(instanceId, out var run) || run.Key is not { } key)
            return;
        if (--_keys[key] == 0)
            _keys.Remove(key);
    }

    private readonly record struct Run(string? Key, DateTimeOffset At, bool IsStored);
}
