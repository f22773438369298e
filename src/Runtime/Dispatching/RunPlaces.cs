namespace Platform.Runtime.Dispatching;

/// <summary>
/// The runs of one definition that take a place, and when it was started lately. A run is known by its id, so nothing counts twice.
/// Not safe for concurrent use: whoever holds it locks.
/// </summary>
internal sealed class RunPlaces
{
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset At)> _starts = new();
    private HashSet<string>? _changedWhileLoading;
    private int _pending;

    /// <summary>Runs in progress, and those that are about to start.</summary>
    public int Count => _runs.Count;

    /// <summary>Those of them that are stored.</summary>
    public int StoredCount => _runs.Count - _pending;

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
        Add(instanceId, key, isStored: false);
        return null;
    }

    /// <summary>Why a start with this key may not begin now; null when it may.</summary>
    public StartHold? HoldOf(DefinitionLimits limits, string? key, DateTimeOffset now)
    {
        if (limits.MaxConcurrent is { } most && _runs.Count >= most)
            return StartHold.Full(most);
        if (limits.Rate is { } rate && RateHoldOf(rate, now) is { } hold)
            return hold;
        if (key is not null && limits.MaxConcurrentPerKey is { } mostPerKey && _keys.GetValueOrDefault(key) >= mostPerKey)
            return StartHold.FullKey(key, mostPerKey);
        return null;
    }

    /// <summary>A run was committed.</summary>
    /// <param name="limits">What counts.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="key">Its key.</param>
    /// <param name="startedAt">When it was started.</param>
    /// <param name="hasEnded">Whether it has ended.</param>
    /// <returns>Whether others may begin now, or it is known only now when.</returns>
    public bool Committed(DefinitionLimits limits, string instanceId, string? key, DateTimeOffset startedAt, bool hasEnded)
    {
        _changedWhileLoading?.Add(instanceId);
        var isFirst = _runs.TryGetValue(instanceId, out var run) && !run.IsStored;
        if (isFirst && limits.Rate is not null)
            _starts.Enqueue((instanceId, startedAt));
        if (hasEnded || !limits.CountsRuns)
            Remove(instanceId);
        else
            Add(instanceId, key, isStored: true);
        return hasEnded || (isFirst && limits.Rate is not null);
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
    /// <param name="running">The stored runs that have not ended, with their keys.</param>
    /// <param name="starts">When stored runs were started lately.</param>
    public void EndLoad(DefinitionLimits limits, IEnumerable<(string Id, string? Key)> running, IReadOnlyList<(string Id, DateTimeOffset At)> starts)
    {
        var changed = _changedWhileLoading ?? [];
        foreach (var stored in _runs.Where(run => run.Value.IsStored && !changed.Contains(run.Key)).Select(run => run.Key).ToList())
            Remove(stored);
        foreach (var (id, key) in running.Where(run => !changed.Contains(run.Id)))
            Add(id, key, isStored: true);
        var read = starts.Select(start => start.Id).ToHashSet(StringComparer.Ordinal);
        // What was committed meanwhile may be in what was read, or not yet.
        var all = starts.Concat(_starts.Where(start => !read.Contains(start.Id))).OrderBy(start => start.At).ToList();
        _starts.Clear();
        foreach (var start in all.Skip(Math.Max(0, all.Count - (limits.Rate?.Count ?? 0))))
            _starts.Enqueue(start);
        (_changedWhileLoading, IsLoaded) = (null, true);
    }

    /// <summary>A run that was let pass counts until it has started, however long a worker lets it wait: so many never start at once.</summary>
    private StartHold? RateHoldOf(StartRate rate, DateTimeOffset now)
    {
        while (_starts.TryPeek(out var oldest) && oldest.At + rate.Per <= now)
            _starts.Dequeue();
        var over = _starts.Count + _pending - rate.Count;
        if (over < 0)
            return null;
        var wait = over < _starts.Count ? _starts.ElementAt(over).At + rate.Per - now : rate.Per;
        return StartHold.TooFast(rate, wait);
    }

    private void Add(string instanceId, string? key, bool isStored)
    {
        if (_runs.TryAdd(instanceId, new(key, isStored)))
        {
            if (key is not null)
                _keys[key] = _keys.GetValueOrDefault(key) + 1;
            _pending += isStored ? 0 : 1;
        }
        else if (isStored && !_runs[instanceId].IsStored)
        {
            _runs[instanceId] = _runs[instanceId] with { IsStored = true };
            _pending--;
        }
    }

    private void Remove(string instanceId)
    {
        if (!_runs.Remove(instanceId, out var run))
            return;
        _pending -= run.IsStored ? 0 : 1;
        if (run.Key is { } key && --_keys[key] == 0)
            _keys.Remove(key);
    }

    private readonly record struct Run(string? Key, bool IsStored);
}
