using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>
/// Watches the clock: bookmarks, schedules and postponed work whose time has come. Sleeps until the soonest due time in the store or a
/// signal that something is due earlier.
/// </summary>
public sealed class DueTimes : BackgroundService
{
    private const int BatchMax = 500;
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);
    private readonly IWorkflowStore _store;
    private readonly WorkQueue _queue;
    private readonly ScheduleTicks _ticks;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;
    private TaskCompletionSource _wake = NewWake();

    /// <summary>Makes the duty.</summary>
    /// <param name="store">Knows what is due.</param>
    /// <param name="queue">Does what is due.</param>
    /// <param name="ticks">Fires schedules.</param>
    /// <param name="signals">Announces new due times.</param>
    /// <param name="events">Announces changed triggers.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public DueTimes(
        IWorkflowStore store,
        WorkQueue queue,
        ScheduleTicks ticks,
        RuntimeSignals signals,
        RuntimeEvents events,
        RuntimeOptions options,
        TimeProvider clock,
        ILogger<DueTimes> logger)
    {
        _store = store;
        _queue = queue;
        _ticks = ticks;
        _options = options;
        _clock = clock;
        _logger = logger;
        signals.DueAdded += Wake;
        queue.Intake.Opened += () => Wake(DateTimeOffset.MinValue);
        ticks.Released += () => Wake(DateTimeOffset.MinValue);
        ticks.Taken += events.RaiseTickTaken;
        ticks.Fired += events.RaiseScheduleFired;
        events.BurstCommitted += committed =>
        {
            if (committed.Instance is { Status: nameof(WorkflowStatus.Finished) } or { Revision: 1 })
                ticks.Changed(committed.Instance.Id);
        };
        events.DefinitionChanged += (_, triggersChanged) =>
        {
            if (triggersChanged)
                Wake(DateTimeOffset.MinValue);
        };
    }

    /// <summary>Fires everything that is due now.</summary>
    /// <param name="cancellationToken">Ends the work between two batches.</param>
    /// <returns>The next due time; null when nothing waits for a time.</returns>
    public async ValueTask<DateTimeOffset?> FireAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        foreach (var bookmark in await _store.DueBookmarksAsync(now, BatchMax, cancellationToken))
            _queue.Add(new StoredWork("due-" + bookmark.Id, WorkKinds.DueBookmark, bookmark.Id) { InstanceId = bookmark.InstanceId, DueAt = bookmark.DueAt ?? now });
        foreach (var trigger in await _store.FindTriggersAsync(new TriggerFilter { DueUntil = now }, cancellationToken))
            await _ticks.FireAsync(trigger, now, cancellationToken);
        await _ticks.ReleaseAsync(now, cancellationToken);
        await _queue.ReadDueAsync(cancellationToken);
        return await _store.NextDueAsync(now, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wake = BeginRound();
            DateTimeOffset? next;
            try
            {
                // While all work is stopped nothing becomes due; what was missed meanwhile is dealt with as after a time without a server.
                next = _queue.Intake.IsClosed ? null : await FireAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The loop of a background duty: a failing store must not end it.
            catch (Exception exception)
            {
                Log.DutyFailed(_logger, exception, nameof(DueTimes), RetryAfterFailure);
                next = _clock.GetUtcNow() + RetryAfterFailure;
            }

            await SleepAsync(wake, next, stoppingToken);
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task BeginRound()
    {
        lock (_sync)
        {
            // While a round runs, any news may concern what it has read already, so any news ends the following sleep.
            _wakeAt = DateTimeOffset.MaxValue;
            _wake = NewWake();
            return _wake.Task;
        }
    }

    private void Wake(DateTimeOffset due)
    {
        lock (_sync)
        {
            if (due < _wakeAt)
                _wake.TrySetResult();
        }
    }

    private async Task SleepAsync(Task wake, DateTimeOffset? next, CancellationToken stoppingToken)
    {
        var now = _clock.GetUtcNow();
        var safety = now + _options.SafetyPollInterval;
        var until = next is { } due && due < safety ? due : safety;
        lock (_sync)
            _wakeAt = until;
        if (until <= now)
            return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(wake, Task.Delay(until - now, _clock, ending.Token));
        await ending.CancelAsync();
    }
}
