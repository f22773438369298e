using Platform.Engine;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime.Execution;

/// <summary>What an activity asks the runtime for; committed together with the burst that asked.</summary>
public abstract record RuntimeMessage
{
    private RuntimeMessage()
    {
    }

    /// <summary>Something happened that triggers and bookmarks may wait for.</summary>
    /// <param name="Stimulus">What happened.</param>
    public sealed record Publish(Stimulus Stimulus) : RuntimeMessage;

    /// <summary>A workflow is to be started in the background.</summary>
    /// <param name="Request">The request, with an instance id.</param>
    public sealed record Start(StartRequest Request) : RuntimeMessage;
}

/// <summary>Turns what a burst asked for into queued work, and tells the queue once it is committed.</summary>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
/// <param name="signals">Hears of what was committed.</param>
/// <param name="events">Hears of bursts.</param>
/// <param name="codec">Writes work.</param>
/// <param name="dispatch">Decides when starts begin.</param>
public sealed class Outbox(Ids ids, TimeProvider clock, RuntimeSignals signals, RuntimeEvents events, WorkCodec codec, Dispatch dispatch)
{
    /// <summary>Property of a child instance whose parent waits for it.</summary>
    public const string WaitForCompletionProperty = "WaitForCompletion";

    /// <summary>Marks an instance that the last steps of a cancelled one started: the cancellation is not meant for it.</summary>
    internal const string CleanupProperty = "StartedByCleanup";

    /// <summary>Whether an instance was started by the last steps of a cancelled one.</summary>
    internal static bool IsCleanup(WorkflowExecutionContext workflow) => workflow.Properties.ContainsKey(CleanupProperty);

    /// <summary>Writes and reads work.</summary>
    internal WorkCodec Codec => codec;

    /// <summary>Hears what happens.</summary>
    internal RuntimeEvents Events => events;

    /// <summary>Decides when starts begin.</summary>
    internal Dispatch Dispatch => dispatch;

    /// <summary>A new id.</summary>
    internal string NewId() => ids.New();

    /// <summary>Takes the messages of a burst as work to commit with it, and the news of a finished child for its parent.</summary>
    internal List<StoredWork> Take(WorkflowExecutionContext workflow, StoredInstance instance)
    {
        var work = new List<StoredWork>();
        foreach (var (_, message) in workflow.Outbox)
        {
            work.Add(message switch
            {
                BackgroundRequest request => New(WorkKinds.Background, request.BookmarkId, workflow.Id),
                RuntimeMessage.Publish publish => ToWork(publish.Stimulus),
                RuntimeMessage.Start start => ToWork(start.Request),
                _ => throw new InvalidOperationException($"The runtime does not know the message '{message.GetType().Name}'."),
            });
        }

        workflow.Outbox.Clear();
        if (instance.Status == nameof(WorkflowStatus.Finished) && instance.ParentInstanceId is not null
            && workflow.Properties.TryGetValue(WaitForCompletionProperty, out var waits) && waits is true)
            work.Add(New(WorkKinds.ChildFinished, WorkCodec.Write(new ChildFinished(instance.ParentInstanceId, instance.Id)), instance.ParentInstanceId));
        return work;
    }

    /// <summary>Work that starts an instance.</summary>
    internal StoredWork ToWork(StartRequest request) => New(
        WorkKinds.Start,
        codec.Write(request.TraceParent is null && RuntimeTrace.CurrentId is { } trace ? request with { TraceParent = trace } : request),
        request.InstanceId ?? throw new ArgumentException("A queued start needs an instance id.", nameof(request)))
        with { DefinitionId = request.DefinitionId, ConcurrencyKey = request.ConcurrencyKey };

    /// <summary>Work that starts an instance on terms.</summary>
    internal StoredWork ToWork(StartRequest request, QueueTerms terms)
    {
        var work = ToWork(request);
        return work with { Priority = terms.Priority, DueAt = terms.DueAt is { } due && due > work.DueAt ? due : work.DueAt };
    }

    /// <summary>Key of the queued start of an instance that is to be queued once.</summary>
    internal static string StartKey(string instanceId) => "start:" + instanceId;

    /// <summary>Work that delivers a stimulus.</summary>
    internal StoredWork ToWork(Stimulus stimulus) => New(
        WorkKinds.Stimulus,
        codec.Write(stimulus.TraceParent is null && RuntimeTrace.CurrentId is { } trace ? stimulus with { TraceParent = trace } : stimulus),
        stimulus.InstanceId);

    /// <summary>Work that cancels the children of an instance that was cancelled.</summary>
    internal StoredWork CancelChildren(string instanceId) => New(WorkKinds.CancelChildren, instanceId, instanceId);

    /// <summary>Work that cancels an instance: the stored wish, one at a time per instance, before everything else.</summary>
    internal StoredWork Cancel(string instanceId) =>
        New(WorkKinds.Cancel, instanceId, instanceId) with { Id = CancelId(instanceId), Key = CancelId(instanceId), Priority = int.MaxValue };

    /// <summary>Id and key of the stored wish to cancel an instance.</summary>
    internal static string CancelId(string instanceId) => "cancel:" + instanceId;

    /// <summary>Work that does an alteration plan; one at a time per plan.</summary>
    internal StoredWork AlterationPlan(string planId) => New(WorkKinds.AlterationPlan, planId, null) with { Key = "alteration-plan:" + planId };

    /// <summary>Work that does the next part of a bulk job, after everything else; one at a time per job.</summary>
    internal StoredWork Bulk(string jobId, DateTimeOffset dueAt) =>
        New(WorkKinds.Bulk, jobId, null) with { Key = "bulk:" + jobId, Priority = -1, DueAt = dueAt };

    /// <summary>Tells the clock that work was stored for later.</summary>
    internal void AnnounceDue(DateTimeOffset due) => signals.RaiseDueAdded(due);

    /// <summary>Tells everybody who listens, the queue and the clock what the commit of a burst brought.</summary>
    internal void Announce(BurstCommitted burst, IReadOnlyList<StoredWork> work)
    {
        events.RaiseBurstCommitted(burst);
        Announce(work, burst.NewBookmarks);
    }

    /// <summary>Tells the queue and the clock what a commit brought.</summary>
    internal void Announce(IReadOnlyList<StoredWork> work, IReadOnlyList<StoredBookmark> bookmarks)
    {
        foreach (var item in work)
        {
            signals.RaiseWorkAdded(item);
            if (item.DueAt > item.CreatedAt)
                signals.RaiseDueAdded(item.DueAt);
        }

        foreach (var bookmark in bookmarks)
        {
            if (bookmark.DueAt is { } due)
                signals.RaiseDueAdded(due);
        }
    }

    /// <summary>Tells the queue to go on with an instance whose burst ended before it was stored to its end.</summary>
    internal void AnnounceContinue(string instanceId) => signals.RaiseWorkAdded(Continue(instanceId));

    /// <summary>Work that goes on with an interrupted instance; in memory only, as the instance itself is the stored intent.</summary>
    internal static StoredWork Continue(string instanceId) => new("continue-" + instanceId, WorkKinds.Continue, instanceId) { InstanceId = instanceId };

    private StoredWork New(string kind, string payload, string? instanceId)
    {
        var now = clock.GetUtcNow();
        return new StoredWork(ids.New(), kind, payload) { InstanceId = instanceId, CreatedAt = now, DueAt = now };
    }
}

/// <summary>Kinds of queued work. The words are stored.</summary>
internal static class WorkKinds
{
    public const string Start = "Start";
    public const string Stimulus = "Stimulus";
    public const string ChildFinished = "ChildFinished";
    public const string CancelChildren = "CancelChildren";
    public const string Cancel = "Cancel";
    public const string AlterationPlan = "AlterationPlan";
    public const string Bulk = "Bulk";

    /// <summary>Executes an activity outside of its instance's bursts; the payload is the id of the bookmark that waits for it.</summary>
    public const string Background = "Background";

    /// <summary>Resumes a due bookmark. Only in memory: the bookmark itself is the stored intent.</summary>
    public const string DueBookmark = "DueBookmark";

    /// <summary>Goes on with an interrupted instance. Only in memory: the instance itself is the stored intent.</summary>
    public const string Continue = "Continue";
}

/// <summary>A child finished whose parent waits for it.</summary>
/// <param name="ParentInstanceId">The parent.</param>
/// <param name="ChildInstanceId">The child.</param>
internal sealed record ChildFinished(string ParentInstanceId, string ChildInstanceId);

/// <summary>Signals inside the runtime, raised after the commit. The safety poll finds what a lost signal would have announced.</summary>
public sealed class RuntimeSignals
{
    /// <summary>Work was queued.</summary>
    public event Action<StoredWork>? WorkAdded;

    /// <summary>Queued work that was held may begin.</summary>
    public event Action<StoredWork>? WorkReleased;

    /// <summary>Something became due at a moment.</summary>
    public event Action<DateTimeOffset>? DueAdded;

    internal void RaiseWorkAdded(StoredWork work) => WorkAdded?.Invoke(work);

    internal void RaiseWorkReleased(StoredWork work) => WorkReleased?.Invoke(work);

    internal void RaiseDueAdded(DateTimeOffset due) => DueAdded?.Invoke(due);
}
