using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>
/// Watches the clock: bookmarks, schedules and postponed work whose time has come. Sleeps until the soonest due time in the store or a
/// signal that something is due earlier. A schedule fires by moving its trigger to the next due time and queueing the start in one
/// commit, so a tick starts once; what was due while the server was down fires once at the start.
/// </summary>
public sealed class DueTimes : BackgroundService
{
    private const int BatchMax = 500;
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);
    private readonly IWorkflowStore _store;
    private readonly WorkQueue _queue;
    private readonly Outbox _outbox;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;
    private TaskCompletionSource _wake = NewWake();

    /// <summary>Makes the duty.</summary>
    /// <param name="store">Knows what is due.</param>
    /// <param name="queue">Does what is due.</param>
    /// <param name="outbox">Makes work.</param>
    /// <param name="signals">Announces new due times.</param>
    /// <param name="events">Announces changed triggers.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public DueTimes(
        IWorkflowStore store,
        WorkQueue queue,
        Outbox outbox,
        RuntimeSignals signals,
        RuntimeEvents events,
        RuntimeOptions options,
        TimeProvider clock,
        ILogger<DueTimes> logger)
    {
        _store = store;
        _queue = queue;
        _outbox = outbox;
        _options = options;
        _clock = clock;
        _logger = logger;
        signals.DueAdded += Wake;
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
            _queue.Add(new StoredWork("due-" + bookmark.Id, WorkKinds.DueBookmark, bookmark.Id) { InstanceId = bookmark.InstanceId });
        foreach (var trigger in await _store.FindTriggersAsync(new TriggerFilter { DueUntil = now }, cancellationToken))
            await FireTriggerAsync(trigger, now, cancellationToken);
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
                next = await FireAsync(stoppingToken);
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

    private async ValueTask FireTriggerAsync(StoredTrigger trigger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = trigger.DueAt!.Value;
        if (Schedules.Read(trigger.Name, trigger.Payload) is not { } schedule)
        {
            Log.ScheduleUnreadable(_logger, trigger.Id, trigger.Name, trigger.Payload);
            await _store.CommitAsync(new Commit { TriggerAdvances = [new TriggerAdvance(trigger.Id, due, null)] }, cancellationToken);
            return;
        }

        var next = schedule.NextAfter(due, now);
        var tick = due.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var work = _outbox.ToWork(new StartRequest
        {
            DefinitionVersionId = trigger.DefinitionVersionId,
            TriggerActivityId = trigger.ActivityId,
            InstanceId = WorkflowRuntime.StableId(trigger.DefinitionId, trigger.ActivityId, tick),
        }) with { Key = $"{trigger.DefinitionId}|{trigger.ActivityId}|{tick}" };
        var outcome = await _store.CommitAsync(
            new Commit { TriggerAdvances = [new TriggerAdvance(trigger.Id, due, next)], Work = [work] },
            cancellationToken);
        if (outcome != CommitOutcome.Committed)
            return;
        Log.TriggerFired(_logger, trigger.Id, trigger.DefinitionId, due, next);
        _outbox.Announce([work], []);
    }
}
