using Microsoft.Extensions.Logging;
using Platform.Runtime.Execution;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>What a queued item waits for.</summary>
public enum QueueState
{
    /// <summary>For a worker.</summary>
    Due,

    /// <summary>For its time.</summary>
    Delayed,

    /// <summary>For a place among the runs of its definition.</summary>
    Held,

    /// <summary>For somebody to resume its definition.</summary>
    Paused,

    /// <summary>For nothing: a worker has begun with it.</summary>
    Running,
}

/// <summary>What became of taking a queued start back.</summary>
public enum WithdrawResult
{
    /// <summary>It is gone, and nothing of it has begun.</summary>
    Withdrawn,

    /// <summary>There is no such item; it may have begun and ended.</summary>
    NotFound,

    /// <summary>A worker has begun with it.</summary>
    Running,

    /// <summary>It is no start, but something that a running instance relies on.</summary>
    NotAStart,

    /// <summary>It is the start of a child, for which its parent may wait.</summary>
    Child,
}

/// <summary>The queue as operators see it.</summary>
/// <param name="store">Where work is kept.</param>
/// <param name="dispatch">Knows what is held.</param>
/// <param name="codec">Reads starts.</param>
/// <param name="schedules">Hears of ticks that will not start.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class QueueItems(
    IWorkflowStore store, Dispatch dispatch, WorkCodec codec, ScheduleRuns schedules, TimeProvider clock, ILogger<QueueItems> logger)
{
    /// <summary>Name of the kind of starts.</summary>
    public const string StartKind = WorkKinds.Start;

    /// <summary>How much is queued, by kind and definition, and what it waits for.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<QueueDepth>> CountAsync(CancellationToken cancellationToken) =>
    [
        .. (await store.CountWorkAsync(clock.GetUtcNow(), cancellationToken)).Select(count =>
        {
            var rule = count.DefinitionId is null ? null : dispatch.Rules.Find(count.DefinitionId);
            var released = rule is { Pause: null, Limits: not null } ? dispatch.Gate.ReleasedCountOf(count.DefinitionId!) : 0;
            var paused = rule is { Pause: not null } ? count.Due : 0;
            var held = rule is { Pause: null, Limits: not null } ? Math.Max(0, count.Due - released) : 0;
            return new QueueDepth(count.Kind, count.DefinitionId, count.Due - paused - held, count.Delayed, held, paused, count.OldestAt);
        }),
    ];

    /// <summary>Queued items, one page: highest priority first, then oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<Page<QueueItem>> ListAsync(WorkFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListWorkAsync(filter, cancellationToken);
        return new([.. page.Items.Select(work => new QueueItem(work, StateOf(work)))], page.TotalCount);
    }

    /// <summary>The queued start of an instance; null when none is queued.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<QueueItem?> FindStartAsync(string instanceId, CancellationToken cancellationToken) =>
        (await ListAsync(new WorkFilter { InstanceId = instanceId, Kinds = [StartKind], Take = 1 }, cancellationToken)).Items is [var item, ..] ? item : null;

    /// <summary>Takes a queued start back.</summary>
    /// <param name="id">The item.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<WithdrawResult> WithdrawAsync(string id, CancellationToken cancellationToken)
    {
        if ((await store.ListWorkAsync(new WorkFilter { Id = id, Take = 1 }, cancellationToken)).Items is not [var work, ..])
            return WithdrawResult.NotFound;
        if (work.Kind != StartKind)
            return WithdrawResult.NotAStart;
        var request = codec.ReadStart(work.Payload);
        if (request.ParentInstanceId is not null)
            return WithdrawResult.Child;
        if (!await dispatch.Withdrawals.WithdrawAsync(id, cancellationToken))
            return WithdrawResult.Running;
        dispatch.Intake.Done(work);
        if (ScheduleRuns.IsTick(work))
            schedules.End(request.InstanceId!);
        Log.StartWithdrawn(logger, id, work.DefinitionId);
        return WithdrawResult.Withdrawn;
    }

    /// <summary>Waits until no worker is busy with an item: then it is done, or waits in the queue again.</summary>
    /// <param name="id">The item.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenEndedAsync(string id, CancellationToken cancellationToken) => dispatch.Withdrawals.WhenEndedAsync(id, cancellationToken);

    private QueueState StateOf(StoredWork work)
    {
        if (dispatch.Withdrawals.HasBegun(work.Id))
            return QueueState.Running;
        if (work.DueAt > clock.GetUtcNow())
            return QueueState.Delayed;
        if (work.Kind != StartKind || work.DefinitionId is null || dispatch.Rules.Find(work.DefinitionId) is not { } rule)
            return QueueState.Due;
        if (rule.Pause is not null)
            return QueueState.Paused;
        return dispatch.Gate.IsReleased(work) ? QueueState.Due : QueueState.Held;
    }
}

/// <summary>How much of one kind, and for starts of one definition, is queued.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DefinitionId">For starts the definition; otherwise null.</param>
/// <param name="Due">What waits for a worker, or has one.</param>
/// <param name="Delayed">What waits for its time.</param>
/// <param name="Held">What a limit holds.</param>
/// <param name="Paused">What a pause holds.</param>
/// <param name="OldestAt">When the oldest was accepted, UTC.</param>
public sealed record QueueDepth(string Kind, string? DefinitionId, long Due, long Delayed, long Held, long Paused, DateTimeOffset OldestAt);

/// <summary>A queued item.</summary>
/// <param name="Work">The item.</param>
/// <param name="State">What it waits for.</param>
public sealed record QueueItem(StoredWork Work, QueueState State);
