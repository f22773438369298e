using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>How far the start of a tick has come.</summary>
internal enum TickProgress
{
    /// <summary>It has ended, was refused, or never began.</summary>
    Gone,

    /// <summary>Its start is queued.</summary>
    Queued,

    /// <summary>It runs, and nothing of it is stored yet.</summary>
    Beginning,

    /// <summary>It is running, suspended included.</summary>
    Running,
}

/// <summary>
/// The instances that schedules started. The id of an instance follows from its schedule and tick, so nothing is searched for. A queued
/// start is looked at once more when it begins: whoever changes a schedule holds its lock, so a start either begins before or not at all.
/// </summary>
/// <param name="store">Where everything is.</param>
/// <param name="outbox">Makes work.</param>
/// <param name="logger">Log.</param>
public sealed class ScheduleRuns(IWorkflowStore store, Outbox outbox, ILogger<ScheduleRuns> logger)
{
    private const string KeyPrefix = "tick:";
    private readonly ConcurrentDictionary<string, bool> _beginning = new(StringComparer.Ordinal);

    /// <summary>The lock of each schedule, by its id.</summary>
    internal KeyedLock Gate { get; } = new();

    /// <summary>Hears the id of an instance whose queued start was dealt with.</summary>
    internal event Action<string>? Ended;

    /// <summary>The id of the instance that a tick starts.</summary>
    internal static string InstanceIdOf(string definitionId, string activityId, string tick) => WorkflowRuntime.StableId(definitionId, activityId, tick);

    /// <summary>The unique key under which the start of a tick is queued.</summary>
    internal static string KeyOf(string definitionId, string activityId, string tick) => $"{KeyPrefix}{definitionId}|{activityId}|{tick}";

    /// <summary>Whether queued work is the start of a tick.</summary>
    internal static bool IsTick(StoredWork work) => work.Key?.StartsWith(KeyPrefix, StringComparison.Ordinal) == true;

    /// <summary>A name for a start beside the ticks.</summary>
    internal string NewExtraName() => "now-" + outbox.NewId();

    /// <summary>Work that starts the instance of a tick.</summary>
    internal StoredWork ToWork(StoredTrigger trigger, string tick) => outbox.ToWork(new StartRequest
    {
        DefinitionId = trigger.DefinitionId,
        DefinitionVersionId = trigger.DefinitionVersionId,
        TriggerActivityId = trigger.ActivityId,
        InstanceId = InstanceIdOf(trigger.DefinitionId, trigger.ActivityId, tick),
    }) with { Key = KeyOf(trigger.DefinitionId, trigger.ActivityId, tick) };

    /// <summary>Begins a queued start: it is still wanted, and its workflow is still published as it was then.</summary>
    /// <param name="work">The start.</param>
    /// <param name="request">What it starts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it must not start.</returns>
    internal async ValueTask<bool> BeginAsync(StoredWork work, StartRequest request, CancellationToken cancellationToken)
    {
        var id = ScheduleDocuments.IdOf(request.DefinitionId!, request.TriggerActivityId!);
        using var _ = await Gate.EnterAsync(id, cancellationToken);
        if (await store.FindWorkByKeyAsync(work.Key!, cancellationToken) is not { } queued || queued.Id != work.Id)
            return false;
        var triggers = await store.FindTriggersAsync(new TriggerFilter { DefinitionId = request.DefinitionId }, cancellationToken);
        if (!triggers.Any(trigger => trigger.ActivityId == request.TriggerActivityId && trigger.DefinitionVersionId == request.DefinitionVersionId))
        {
            Log.TickOutdated(logger, id, request.InstanceId);
            return false;
        }

        _beginning[request.InstanceId!] = true;
        return true;
    }

    /// <summary>Tells that a queued start has been dealt with, whatever became of it.</summary>
    /// <param name="instanceId">The instance that it was for.</param>
    internal void End(string instanceId)
    {
        _beginning.TryRemove(instanceId, out _);
        Ended?.Invoke(instanceId);
    }

    /// <summary>How far ticks of a schedule have come, those that are gone left out.</summary>
    /// <param name="status">The schedule.</param>
    /// <param name="ticks">Names of ticks.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    internal async ValueTask<Dictionary<string, TickProgress>> ProgressAsync(
        ScheduleStatus status, IReadOnlyCollection<string> ticks, CancellationToken cancellationToken)
    {
        var progress = new Dictionary<string, TickProgress>(StringComparer.Ordinal);
        if (ticks.Count == 0)
            return progress;
        // In this order: the commit that stores the instance deletes the work.
        foreach (var tick in ticks)
        {
            if (_beginning.ContainsKey(InstanceIdOf(status.DefinitionId, status.ActivityId, tick)))
                progress[tick] = TickProgress.Beginning;
            else if (await store.FindWorkByKeyAsync(KeyOf(status.DefinitionId, status.ActivityId, tick), cancellationToken) is not null)
                progress[tick] = TickProgress.Queued;
        }

        var ids = ticks.ToDictionary(tick => InstanceIdOf(status.DefinitionId, status.ActivityId, tick), StringComparer.Ordinal);
        foreach (var instance in (await store.ListInstancesAsync(new InstanceFilter { Ids = ids.Keys }, cancellationToken)).Items)
        {
            if (instance.Status == nameof(WorkflowStatus.Running))
                progress[ids[instance.Id]] = TickProgress.Running;
            else
                progress.Remove(ids[instance.Id]);
        }

        return progress;
    }

    /// <summary>Those of some ticks whose start is queued, or whose instance exists in whatever state.</summary>
    /// <param name="trigger">Trigger of the schedule.</param>
    /// <param name="ticks">Names of ticks.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    internal async ValueTask<HashSet<string>> KnownAsync(StoredTrigger trigger, IReadOnlyCollection<string> ticks, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (ticks.Count == 0)
            return known;
        // In this order: the commit that stores the instance deletes the work.
        foreach (var tick in ticks)
        {
            if (await store.FindWorkByKeyAsync(KeyOf(trigger.DefinitionId, trigger.ActivityId, tick), cancellationToken) is not null)
                known.Add(tick);
        }

        var ids = ticks.ToDictionary(tick => InstanceIdOf(trigger.DefinitionId, trigger.ActivityId, tick), StringComparer.Ordinal);
        foreach (var instance in (await store.ListInstancesAsync(new InstanceFilter { Ids = ids.Keys }, cancellationToken)).Items)
            known.Add(ids[instance.Id]);
        return known;
    }
}
