using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>
/// Lets starts pass, or holds them by the limits and the pause of their definition. A queued start that is held stays in the store and
/// nowhere else; <see cref="HeldStarts"/> brings it when there is a place. Which runs take a place is read from the store and kept up
/// by their commits.
/// </summary>
public sealed class StartGate
{
    private readonly DispatchRules _rules;
    private readonly IWorkflowStore _store;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _sync = new();
    private readonly KeyedLock _loading = new();
    private readonly Dictionary<string, RunPlaces> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredWork> _released = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _resting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _endedWhileReading = new(StringComparer.Ordinal);
    private readonly HashSet<string> _woken = new(StringComparer.Ordinal);
    private string? _reading;
    private TaskCompletionSource _wake = NewWake();

    /// <summary>Makes the gate.</summary>
    /// <param name="rules">Limits and pauses.</param>
    /// <param name="store">Knows which runs are in progress.</param>
    /// <param name="events">Announces what runs commit.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Time.</param>
    public StartGate(DispatchRules rules, IWorkflowStore store, RuntimeEvents events, RuntimeOptions options, TimeProvider clock)
    {
        _rules = rules;
        _store = store;
        _options = options;
        _clock = clock;
        events.BurstCommitted += OnCommitted;
        rules.Changed += OnChanged;
    }

    /// <summary>Whether no definition has any rule.</summary>
    internal bool IsOpen => _rules.IsEmpty;

    /// <summary>Starts of one definition that the queue has in hand at once: the workers, and as many that wait for one.</summary>
    private int ReleasedMax => 2 * _options.WorkersMax;

    /// <summary>How many runs of a definition take a place; null when they are not counted because nothing limits them.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<int?> InProgressAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (_rules.Find(definitionId)?.Limits is not { CountsRuns: true } limits)
            return null;
        var places = await LoadedAsync(definitionId, limits, cancellationToken);
        lock (_sync)
            return places.Count;
    }

    /// <summary>Why a queued start does not begin, as far as limits and pauses go; null when nothing holds it.</summary>
    /// <param name="work">The queued start.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<StartHold?> ExplainAsync(StoredWork work, CancellationToken cancellationToken)
    {
        if (work.DefinitionId is not { } definitionId || _rules.Find(definitionId) is not { } rule)
            return null;
        if (rule.Pause is { } pause)
            return StartHold.Of(definitionId, pause);
        if (rule.Limits is not { } limits || IsReleased(work))
            return null;
        var places = await LoadedAsync(definitionId, limits, cancellationToken);
        lock (_sync)
            return places.HoldOf(limits, work.ConcurrencyKey, _clock.GetUtcNow());
    }

    /// <summary>Whether queued work is a start that may not begin before it is released.</summary>
    internal bool IsHeld(StoredWork work)
    {
        if (_rules.IsEmpty || work.Kind != WorkKinds.Start || work.DefinitionId is null || _rules.Find(work.DefinitionId) is not { } rule)
            return false;
        return rule.Pause is { } pause ? !IsNewTo(pause, work) : !IsReleased(work);
    }

    /// <summary>Whether queued work is a start that its paused definition does not take. Whoever asks spares the children of running instances.</summary>
    internal bool IsDropped(StoredWork work) =>
        !_rules.IsEmpty && work.Kind == WorkKinds.Start && work.DefinitionId is not null && _rules.Find(work.DefinitionId)?.Pause is { } pause && IsNewTo(pause, work);

    /// <summary>Whether a start was released and is not done.</summary>
    internal bool IsReleased(StoredWork work)
    {
        lock (_sync)
            return _released.ContainsKey(work.Id);
    }

    /// <summary>How many queued starts of a definition were released and are not done.</summary>
    internal int ReleasedCountOf(string definitionId)
    {
        lock (_sync)
            return _released.Values.Count(work => work.DefinitionId == definitionId);
    }

    /// <summary>Asks for a place for a run that is about to start.</summary>
    /// <param name="definitionId">Its definition.</param>
    /// <param name="request">The start, with an instance id.</param>
    /// <param name="isQueued">Whether it comes from the queue; then the pause was asked before.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>Why it may not start; null when it may. Then it has a place until it ends, or is abandoned.</returns>
    internal async ValueTask<StartHold?> AdmitAsync(string definitionId, StartRequest request, bool isQueued, CancellationToken cancellationToken)
    {
        if (_rules.Find(definitionId) is not { } rule)
            return null;
        if (rule.Pause is { } pause && !isQueued)
            return StartHold.Of(definitionId, pause);
        if (rule.Limits is not { } limits)
            return null;
        var places = await LoadedAsync(definitionId, limits, cancellationToken);
        lock (_sync)
            return places.Take(limits, request.InstanceId!, request.ConcurrencyKey, _clock.GetUtcNow());
    }

    /// <summary>A run that had a place did not start.</summary>
    internal void Abandon(string definitionId, string instanceId)
    {
        lock (_sync)
        {
            if (_places.TryGetValue(definitionId, out var places))
                places.Abandon(instanceId);
        }

        if (_rules.Find(definitionId) is not null)
            Wake(definitionId);
    }

    /// <summary>The queue is done with an item. What failed rests a while when its row says no later time.</summary>
    internal void End(StoredWork work, bool hasFailed)
    {
        if (work.Kind != WorkKinds.Start || work.DefinitionId is null)
            return;
        lock (_sync)
        {
            if (_reading == work.DefinitionId)
                _endedWhileReading.Add(work.Id);
            if (!_released.Remove(work.Id))
                return;
            if (hasFailed)
                _resting[work.Id] = _clock.GetUtcNow() + _options.SafetyPollInterval;
        }

        Abandon(work.DefinitionId, work.InstanceId!);
    }

    /// <summary>How many starts of a definition could be released, how many of those that are read are not new, and which keys are full.</summary>
    internal async ValueTask<(int Room, int Known, IReadOnlyCollection<string> FullKeys)> BeginReadAsync(
        string definitionId, DefinitionLimits limits, CancellationToken cancellationToken)
    {
        var places = await LoadedAsync(definitionId, limits, cancellationToken);
        lock (_sync)
        {
            _reading = definitionId;
            _endedWhileReading.Clear();
            var released = _released.Values.Count(work => work.DefinitionId == definitionId);
            var room = Math.Min(ReleasedMax - released, (limits.MaxConcurrent ?? int.MaxValue) - places.Count);
            return (room, released + _resting.Count, places.FullKeys(limits.MaxConcurrentPerKey));
        }
    }

    /// <summary>Releases a queued start: it has a place, and the queue may take it.</summary>
    /// <param name="work">The start, as it was read.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="hold">Why it may not begin.</param>
    /// <returns>Whether it was released now.</returns>
    internal bool TryRelease(StoredWork work, DefinitionLimits limits, out StartHold? hold)
    {
        hold = null;
        var now = _clock.GetUtcNow();
        lock (_sync)
        {
            if (_released.ContainsKey(work.Id) || _endedWhileReading.Contains(work.Id) || (_resting.TryGetValue(work.Id, out var until) && until > now))
                return false;
            _resting.Remove(work.Id);
            hold = _places[work.DefinitionId!].Take(limits, work.InstanceId!, work.ConcurrencyKey, now);
            if (hold is not null)
                return false;
            _released.Add(work.Id, work);
            return true;
        }
    }

    /// <summary>What was read has been dealt with.</summary>
    internal void EndRead()
    {
        lock (_sync)
            _reading = null;
    }

    /// <summary>Compares the places of a definition with the store, and has them read again when they differ.</summary>
    internal async ValueTask VerifyAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (_rules.Find(definitionId)?.Limits is not { CountsRuns: true })
            return;
        var stored = (await _store.ListInstancesAsync(Running(definitionId) with { Take = 0 }, cancellationToken)).TotalCount;
        lock (_sync)
        {
            foreach (var done in _resting.Where(item => item.Value <= _clock.GetUtcNow()).Select(item => item.Key).ToList())
                _resting.Remove(done);
            if (_places.TryGetValue(definitionId, out var places) && places.StoredCount != stored)
                places.Forget();
        }
    }

    /// <summary>Has the held starts of a definition looked at.</summary>
    internal void Wake(string definitionId)
    {
        lock (_sync)
        {
            _woken.Add(definitionId);
            _wake.TrySetResult();
        }
    }

    /// <summary>Has all held starts looked at.</summary>
    internal void WakeAll()
    {
        foreach (var definitionId in _rules.DefinitionIds)
            Wake(definitionId);
    }

    /// <summary>The definitions to look at, and what tells of further ones.</summary>
    internal (IReadOnlyList<string> DefinitionIds, Task Wake) TakeWoken()
    {
        lock (_sync)
        {
            string[] woken = [.. _woken];
            _woken.Clear();
            _wake = NewWake();
            return (woken, _wake.Task);
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsNewTo(DefinitionPause pause, StoredWork work) => pause.Mode == PauseMode.Drop && work.CreatedAt >= pause.At;

    private static InstanceFilter Running(string definitionId) => new() { DefinitionIds = [definitionId], Statuses = [nameof(WorkflowStatus.Running)] };

    private void OnChanged(string definitionId)
    {
        lock (_sync)
        {
            if (_places.TryGetValue(definitionId, out var places))
                places.Forget();
        }

        Wake(definitionId);
    }

    private void OnCommitted(BurstCommitted committed)
    {
        var instance = committed.Instance;
        if (_rules.IsEmpty || _rules.Find(instance.DefinitionId)?.Limits is not { } limits)
            return;
        var hasEnded = instance.Status == nameof(WorkflowStatus.Finished);
        lock (_sync)
        {
            if (!_places.TryGetValue(instance.DefinitionId, out var places)
                || !places.Committed(limits, instance.Id, instance.ConcurrencyKey, instance.CreatedAt, hasEnded))
                return;
        }

        Wake(instance.DefinitionId);
    }

    private async ValueTask<RunPlaces> LoadedAsync(string definitionId, DefinitionLimits limits, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (_places.TryGetValue(definitionId, out var places) && places.IsLoaded)
                return places;
        }

        using var _ = await _loading.EnterAsync(definitionId, cancellationToken);
        RunPlaces loading;
        lock (_sync)
        {
            if (!_places.TryGetValue(definitionId, out loading!))
                _places.Add(definitionId, loading = new RunPlaces());
            if (loading.IsLoaded)
                return loading;
            loading.BeginLoad();
        }

        IReadOnlyList<StoredInstance> running = limits.CountsRuns ? (await _store.ListInstancesAsync(Running(definitionId), cancellationToken)).Items : [];
        var starts = limits.Rate is { } rate ? await StartsAsync(definitionId, rate, cancellationToken) : [];
        lock (_sync)
            loading.EndLoad(limits, running.Select(run => (run.Id, run.ConcurrencyKey)), starts);
        return loading;
    }

    private async ValueTask<IReadOnlyList<(string Id, DateTimeOffset At)>> StartsAsync(string definitionId, StartRate rate, CancellationToken cancellationToken)
    {
        var filter = new InstanceFilter
        {
            DefinitionIds = [definitionId],
            Timestamps = [new(nameof(StoredInstance.CreatedAt), TimestampOperator.GreaterThan, _clock.GetUtcNow() - rate.Per)],
            Descending = true,
            Take = rate.Count,
        };
        return [.. (await _store.ListInstancesAsync(filter, cancellationToken)).Items.Select(instance => (instance.Id, instance.CreatedAt))];
    }
}
