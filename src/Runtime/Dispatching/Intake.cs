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
    private readonly Lock _sync = new();
    private long _queued;
    private int _entered;
    private volatile bool _isClosed;
    private TaskCompletionSource _opened = NewOpened(isOpen: true);

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

    /// <summary>Whether nothing begins: what is queued stays in the store, what is new is refused.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Raised when it was opened again.</summary>
    internal event Action? Opened;

    /// <summary>Lets nothing begin any more, until <see cref="Open"/>. What runs goes on.</summary>
    public void Close()
    {
        lock (_sync)
        {
            if (_isClosed)
                return;
            _opened = NewOpened(isOpen: false);
            _isClosed = true;
        }
    }

    /// <summary>Lets work begin again.</summary>
    public void Open()
    {
        lock (_sync)
        {
            _isClosed = false;
            _opened.TrySetResult();
        }

        Opened?.Invoke();
    }

    /// <summary>Whether so many items more may be queued.</summary>
    /// <param name="count">How many.</param>
    public bool HasRoom(int count) => !_isClosed && Interlocked.Read(ref _queued) + count <= _options.QueueMax;

    /// <summary>Begins a call that runs a workflow; <see cref="Leave"/> ends it.</summary>
    /// <returns>False when too many are in progress or nothing begins; then there is nothing to end.</returns>
    public bool TryEnter()
    {
        if (_isClosed)
            return false;
        if (Interlocked.Increment(ref _entered) <= _options.BurstsMax)
            return true;
        Interlocked.Decrement(ref _entered);
        return false;
    }

    /// <summary>Ends a call.</summary>
    public void Leave() => Interlocked.Decrement(ref _entered);

    /// <summary>Refuses what would begin while nothing does.</summary>
    /// <exception cref="IntakeClosedException">Nothing begins.</exception>
    internal void ThrowIfClosed()
    {
        if (_isClosed)
            throw new IntakeClosedException();
    }

    /// <summary>Waits until work may begin. Completed while it may.</summary>
    internal Task WhenOpenAsync(CancellationToken cancellationToken)
    {
        if (!_isClosed)
            return Task.CompletedTask;
        lock (_sync)
            return _opened.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Work was done, and its row deleted.</summary>
    internal void Done(StoredWork work)
    {
        if (work.Kind is not (WorkKinds.DueBookmark or WorkKinds.Continue))
            Interlocked.Decrement(ref _queued);
    }

    /// <summary>Counts anew what is queued: work also goes with the instances that are deleted.</summary>
    internal async ValueTask CountAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _queued, (await _store.CountWorkAsync(_clock.GetUtcNow(), cancellationToken)).Sum(count => count.Due + count.Delayed));

    private static TaskCompletionSource NewOpened(bool isOpen)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isOpen)
            source.SetResult();
        return source;
    }
}

/// <summary>All work is stopped; nothing was begun or queued.</summary>
public sealed class IntakeClosedException() : Exception("All work is stopped. Nothing was begun or queued.");
