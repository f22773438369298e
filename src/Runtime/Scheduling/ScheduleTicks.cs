using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>
/// Fires schedules. A tick is taken by moving the trigger to the next one, in the commit that also queues the start and writes what is
/// known of the schedule; so it starts once, whenever the process ends. What is done to one schedule follows each other.
/// </summary>
public sealed class ScheduleTicks
{
    private const int AttemptsMax = 3;

    /// <summary>So many instances may be listed as running before it is asked which of them have ended, when the policy does not need to know.</summary>
    private const int UnaskedMax = 100;

    private readonly IWorkflowStore _store;
    private readonly PlanCache _plans;
    private readonly ScheduleRuns _runs;
    private readonly Outbox _outbox;
    private readonly RuntimeOptions _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _watched = new(StringComparer.Ordinal);
    private bool _isLoaded;

    /// <summary>Makes the part.</summary>
    /// <param name="store">Where everything is.</param>
    /// <param name="plans">Knows what documents say.</param>
    /// <param name="runs">Knows the instances of schedules.</param>
    /// <param name="outbox">Makes work.</param>
    /// <param name="options">Limits.</param>
    /// <param name="logger">Log.</param>
    public ScheduleTicks(IWorkflowStore store, PlanCache plans, ScheduleRuns runs, Outbox outbox, RuntimeOptions options, ILogger<ScheduleTicks> logger)
    {
        _store = store;
        _plans = plans;
        _runs = runs;
        _outbox = outbox;
        _options = options;
        _logger = logger;
        runs.Ended += Changed;
    }

    /// <summary>Raised when ticks that wait for running instances can be looked at again.</summary>
    internal event Action? Released;

    /// <summary>Raised when due ticks were taken: how long after the first of them.</summary>
    internal event Action<TimeSpan>? Taken;

    /// <summary>Raised after a commit: how many ticks start, how many were missed and do not.</summary>
    internal event Action<int, long>? Fired;

    /// <summary>The lock of each schedule, by its id.</summary>
    internal KeyedLock Gate => _runs.Gate;

    /// <summary>Tells that something about an instance was committed.</summary>
    /// <param name="instanceId">The instance.</param>
    internal void Changed(string instanceId)
    {
        if (_watched.TryRemove(instanceId, out _))
            Released?.Invoke();
    }

    /// <summary>Takes the ticks of a trigger that are due.</summary>
    /// <param name="found">The trigger.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    internal async ValueTask FireAsync(StoredTrigger found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = found.DueAt!.Value;
        if (Schedules.Read(found.Name, found.Payload) is not { } schedule)
        {
            Log.ScheduleUnreadable(_logger, found.Id, found.Name, found.Payload);
            await _store.CommitAsync(new Commit { TriggerAdvances = [new TriggerAdvance(found.Id, due, null)] }, cancellationToken);
            return;
        }

        using var _ = await Gate.EnterAsync(ScheduleDocuments.IdOf(found), cancellationToken);
        var settings = await SettingsAsync(found, cancellationToken);
        if (settings.IsPaused == true)
            return;
        var ticks = schedule.Ticks(settings.Zone);
        var (wanted, dropped) = Choose(settings, DueTicks.Of(ticks, due, now, _options.ScheduleCatchUpMax), now);
        var next = ticks(now);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var status = await StatusAsync(found, cancellationToken);
            var plan = await PlanAsync(found, settings, status, cancellationToken);
            foreach (var tick in await NewOfAsync(found, status, wanted, cancellationToken))
                plan.Take(tick);
            var commit = new Commit { TriggerAdvances = [new TriggerAdvance(found.Id, due, next)] };
            var outcome = await CommitAsync(found, settings, plan, plan.After(now, dropped.Count), commit, cancellationToken);
            if (outcome == CommitOutcome.DuplicateKey)
                continue;
            if (outcome != CommitOutcome.Committed)
                return;
            Taken?.Invoke(now - due);
            Fired?.Invoke(0, dropped.Count);
            if (dropped.Count > 0)
                Log.TicksMissed(_logger, ScheduleDocuments.IdOf(found), TextOf(dropped), settings.Misfires.ToString(), now);
            Log.TriggerFired(_logger, found.Id, found.DefinitionId, due, next);
            return;
        }
    }

    /// <summary>Starts ticks that waited for instances that have ended.</summary>
    /// <param name="now">Now, UTC.</param>
    /// <param name="cancellationToken">Ends the work between two schedules.</param>
    internal async ValueTask ReleaseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!_isLoaded)
        {
            foreach (var document in await _store.ListDocumentsAsync(ScheduleDocuments.StatusKind, cancellationToken))
            {
                if (ScheduleDocuments.ReadStatus(document.Json) is { Queued.Count: > 0 })
                    _waiting[document.Id] = true;
            }

            _isLoaded = true;
        }

        foreach (var (id, _) in _waiting)
            await ReleaseAsync(id, now, cancellationToken);
    }

    /// <summary>How a schedule fires.</summary>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    internal async ValueTask<ScheduleSettings> SettingsAsync(StoredTrigger trigger, CancellationToken cancellationToken)
    {
        var id = ScheduleDocuments.IdOf(trigger);
        var setByOperator = await _store.FindDocumentAsync(ScheduleDocuments.OverrideKind, id, cancellationToken);
        var settings = ScheduleDocuments.ReadOverrideOr(setByOperator, await OfDocumentAsync(trigger, cancellationToken), out var mistake);
        if (mistake is not null)
            Log.ScheduleSettingsUnreadable(_logger, id, mistake);
        return settings;
    }

    /// <summary>What the document of a schedule's workflow says.</summary>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    internal async ValueTask<ScheduleSettings> OfDocumentAsync(StoredTrigger trigger, CancellationToken cancellationToken)
    {
        try
        {
            if (await _plans.FindAsync(trigger.DefinitionVersionId, cancellationToken) is { } plan && plan.FindByActivityId(trigger.ActivityId) is { } node)
                return ScheduleSettings.Of(plan.Content, node.Activity);
        }
        catch (FormatException exception)
        {
            Log.ScheduleSettingsUnreadable(_logger, ScheduleDocuments.IdOf(trigger), exception.Message);
        }

        return ScheduleSettings.Default;
    }

    /// <summary>What is known of a schedule. What waited for an earlier version of its workflow is dropped.</summary>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    internal async ValueTask<ScheduleStatus> StatusAsync(StoredTrigger trigger, CancellationToken cancellationToken)
    {
        var id = ScheduleDocuments.IdOf(trigger);
        var document = await _store.FindDocumentAsync(ScheduleDocuments.StatusKind, id, cancellationToken);
        var status = document is null ? null : ScheduleDocuments.ReadStatus(document.Json);
        if (document is not null && status is null)
            Log.ScheduleStatusUnreadable(_logger, id);
        status ??= new ScheduleStatus(trigger.DefinitionId, trigger.ActivityId);
        return status.VersionId == trigger.DefinitionVersionId ? status : WithoutQueue(status);
    }

    /// <summary>A plan for the ticks of a schedule.</summary>
    internal async ValueTask<TickPlan> PlanAsync(
        StoredTrigger trigger, ScheduleSettings settings, ScheduleStatus status, CancellationToken cancellationToken)
    {
        var isAsked = settings.Overlaps != OverlapPolicy.Allow || status.Queued.Count > 0 || status.Running.Count > UnaskedMax;
        var progress = isAsked
            ? await _runs.ProgressAsync(status, status.Running, cancellationToken)
            : status.Running.Distinct().ToDictionary(name => name, _ => TickProgress.Running, StringComparer.Ordinal);
        return new TickPlan(trigger, settings, status, progress, _options);
    }

    /// <summary>Writes what a plan decided.</summary>
    internal async ValueTask<CommitOutcome> CommitAsync(
        StoredTrigger trigger, ScheduleSettings settings, TickPlan plan, ScheduleStatus status, Commit commit, CancellationToken cancellationToken)
    {
        var work = new List<StoredWork>();
        foreach (var name in plan.Starts)
        {
            var start = _runs.ToWork(trigger, name);
            if (await _store.FindWorkByKeyAsync(start.Key!, cancellationToken) is null)
                work.Add(start);
        }

        foreach (var name in plan.Withdrawn)
        {
            if (await _store.FindWorkByKeyAsync(ScheduleRuns.KeyOf(trigger.DefinitionId, trigger.ActivityId, name), cancellationToken) is { } withdrawn)
                (commit.DeletedWork ??= []).Add(withdrawn.Id);
        }

        foreach (var instanceId in plan.Cancelled)
        {
            if (await _store.FindWorkByKeyAsync(Outbox.CancelId(instanceId), cancellationToken) is null)
                work.Add(_outbox.Cancel(instanceId));
        }

        if (work.Count > 0)
            commit.Work = work;
        commit.Documents = [.. commit.Documents ?? [], ScheduleDocuments.Of(status)];
        // Watched before it is written: what ends meanwhile must not be missed.
        Watch(status, plan.HasQueued);
        var outcome = await _store.CommitAsync(commit, CancellationToken.None);
        if (outcome != CommitOutcome.Committed)
            return outcome;
        foreach (var tick in plan.Skipped)
            Log.TickSkipped(_logger, ScheduleDocuments.IdOf(trigger), tick, settings.Overlaps.ToString());
        if (plan.Cancelled.Count > 0)
            Log.TicksCancelled(_logger, ScheduleDocuments.IdOf(trigger), plan.Cancelled.Count);
        Fired?.Invoke(plan.Starts.Count, 0);
        _outbox.Announce(work, []);
        // What ended between the question and the watch is found in the next round.
        if (plan.HasQueued)
            Released?.Invoke();
        return outcome;
    }

    private static string TextOf((long Count, bool IsCounted) dropped) =>
        (dropped.IsCounted ? "" : "more than ") + dropped.Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Which of the due ticks are to start, and how many are not.</summary>
    private (IReadOnlyList<DateTimeOffset> Wanted, (long Count, bool IsCounted) Dropped) Choose(ScheduleSettings settings, DueTicks due, DateTimeOffset now)
    {
        IReadOnlyList<DateTimeOffset> wanted = settings.Misfires switch
        {
            MisfirePolicy.All => due.Latest,
            MisfirePolicy.Skip when now - due.Latest[^1] > _options.ScheduleMissedAfter => [],
            MisfirePolicy.Skip or MisfirePolicy.Last => [due.Latest[^1]],
        };
        return (wanted, (due.Count - wanted.Count, due.IsCounted));
    }

    /// <summary>Ticks that are due again, because the clock was set back and the workflow published since, have started already.</summary>
    private async ValueTask<IEnumerable<DateTimeOffset>> NewOfAsync(
        StoredTrigger trigger, ScheduleStatus status, IReadOnlyList<DateTimeOffset> wanted, CancellationToken cancellationToken)
    {
        var again = wanted.Where(tick => tick <= status.LastTickAt).Select(TickPlan.NameOf).ToList();
        if (again.Count == 0)
            return wanted;
        var known = await _runs.KnownAsync(trigger, again, cancellationToken);
        return wanted.Where(tick => !known.Contains(TickPlan.NameOf(tick)));
    }

    private async ValueTask ReleaseAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var _ = await Gate.EnterAsync(id, cancellationToken);
        var document = await _store.FindDocumentAsync(ScheduleDocuments.StatusKind, id, cancellationToken);
        if (document is null || ScheduleDocuments.ReadStatus(document.Json) is not { Queued.Count: > 0 } status)
        {
            _waiting.TryRemove(id, out var _);
            return;
        }

        var triggers = await _store.FindTriggersAsync(new TriggerFilter { DefinitionId = status.DefinitionId }, cancellationToken);
        var trigger = triggers.FirstOrDefault(trigger => trigger.ActivityId == status.ActivityId && trigger.DefinitionVersionId == status.VersionId);
        if (trigger is null)
        {
            await _store.CommitAsync(new Commit { Documents = [ScheduleDocuments.Of(WithoutQueue(status))] }, CancellationToken.None);
            _waiting.TryRemove(id, out var _);
            return;
        }

        var settings = await SettingsAsync(trigger, cancellationToken);
        if (settings.IsPaused == true)
            return;
        Watch(status, hasQueued: true);
        var plan = await PlanAsync(trigger, settings, status, cancellationToken);
        plan.Release();
        var after = plan.After(now, 0);
        if (plan.Starts.Count + plan.Withdrawn.Count + plan.Cancelled.Count > 0 || after.Queued.Count != status.Queued.Count)
            await CommitAsync(trigger, settings, plan, after, new Commit(), cancellationToken);
    }

    private ScheduleStatus WithoutQueue(ScheduleStatus status)
    {
        if (status.Queued.Count > 0)
            Log.QueuedTicksOutdated(_logger, ScheduleDocuments.IdOf(status.DefinitionId, status.ActivityId), status.Queued.Count);
        return status with { Queued = [], Skipped = status.Skipped + status.Queued.Count };
    }

    private void Watch(ScheduleStatus status, bool hasQueued)
    {
        if (!hasQueued)
            return;
        _waiting[ScheduleDocuments.IdOf(status.DefinitionId, status.ActivityId)] = true;
        foreach (var name in status.Running)
            _watched[ScheduleRuns.InstanceIdOf(status.DefinitionId, status.ActivityId, name)] = true;
    }
}
