using System.Collections.Concurrent;
using Platform.Runtime.Store;

namespace Platform.Runtime.Telemetry;

/// <summary>Knows which queued work is being done, and when a worker last took some: what tells a long queue from one that is stuck.</summary>
public sealed class WorkProgress
{
    /// <summary>Most rows that are looked at: more than can be running.</summary>
    private const int ReadMax = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _running = new(StringComparer.Ordinal);
    private readonly IWorkflowStore _store;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private long _begunAt;

    /// <summary>Makes the part.</summary>
    /// <param name="store">Knows what is due.</param>
    /// <param name="events">Tells what workers do.</param>
    /// <param name="options">How many workers there are.</param>
    /// <param name="clock">Time.</param>
    public WorkProgress(IWorkflowStore store, RuntimeEvents events, RuntimeOptions options, TimeProvider clock)
    {
        _store = store;
        _options = options;
        _clock = clock;
        _begunAt = clock.GetUtcNow().UtcTicks;
        events.WorkBegun += work =>
        {
            var now = _clock.GetUtcNow();
            _running[work.Id] = now;
            Volatile.Write(ref _begunAt, now.UtcTicks);
        };
        events.WorkEnded += work => _running.TryRemove(work.Id, out _);
    }

    /// <summary>Number of items that are being done.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Since when work is due that no worker takes, although none took any other since; null when the queue moves or is empty.</summary>
    /// <param name="after">How long nothing must have been taken.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<DateTimeOffset?> StuckSinceAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        var limit = _clock.GetUtcNow() - after;
        if (Volatile.Read(ref _begunAt) > limit.UtcTicks)
            return null;
        // What runs is still stored, so one row more than can run is enough to see one that does not.
        var rows = Math.Min(_options.WorkersMax + _options.BackgroundActivitiesMax + 1, ReadMax);
        var due = await _store.DueWorkAsync(limit, rows, cancellationToken);
        var waiting = due.Where(work => !_running.ContainsKey(work.Id)).ToList();
        return waiting.Count == 0 ? null : waiting.Min(work => work.DueAt);
    }
}
