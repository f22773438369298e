using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>
/// Says no before memory or disk run out: to new work when too much is queued, to calls that run workflows when too many are in
/// progress. Two counters, so asking costs nothing.
/// </summary>
public sealed class Intake
{
    private readonly IWorkflowStore _store;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private long _queued;
    private int _entered;

    /// <summary>Makes the counters.</summary>
    /// <param name="store">Knows what is queued.</param>
    /// <param name="signals">Announces new work.</param>
    /// <param name="options">Limits.</param>
    /// <param name="clock">Time.</param>
    public Intake(IWorkflowStore store, RuntimeSignals signals, RuntimeOptions options, TimeProvider clock)
    {
        _store = store;
        _options = options;
        _clock = clock;
        signals.WorkAdded += _ => Interlocked.Increment(ref _queued);
    }

    /// <summary>How much work is queued, about: it is counted anew with every safety poll.</summary>
    public long QueuedCount => Math.Max(0, Interlocked.Read(ref _queued));

    /// <summary>Calls that run workflows right now.</summary>
    public int EnteredCount => Volatile.Read(ref _entered);

    /// <summary>Whether so many items more may be queued.</summary>
    /// <param name="count">How many.</param>
    public bool HasRoom(int count) => Interlocked.Read(ref _queued) + count <= _options.QueueMax;

    /// <summary>Begins a call that runs a workflow; <see cref="Leave"/> ends it.</summary>
    /// <returns>False when too many are in progress; then there is nothing to end.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _entered) <= _options.BurstsMax)
            return true;
        Interlocked.Decrement(ref _entered);
        return false;
    }

    /// <summary>Ends a call.</summary>
    public void Leave() => Interlocked.Decrement(ref _entered);

    /// <summary>Work was done, and its row deleted.</summary>
    internal void Done(StoredWork work)
    {
        if (work.Kind is not (WorkKinds.DueBookmark or WorkKinds.Continue))
            Interlocked.Decrement(ref _queued);
    }

    /// <summary>Counts anew what is queued: work also goes with the instances that are deleted.</summary>
    internal async ValueTask CountAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _queued, (await _store.CountWorkAsync(_clock.GetUtcNow(), cancellationToken)).Sum(count => count.Due + count.Delayed));
}
