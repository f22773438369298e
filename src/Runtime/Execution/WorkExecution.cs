using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Bulk;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime.Execution;

/// <summary>Does one item of queued work. Whatever can be done twice after a crash finds what was done before.</summary>
/// <param name="store">Where work is kept.</param>
/// <param name="runtime">Runs instances.</param>
/// <param name="background">Executes activities outside of bursts.</param>
/// <param name="jobs">Work on many instances.</param>
/// <param name="schedules">Knows which ticks are still wanted.</param>
/// <param name="logger">Log.</param>
public sealed class WorkExecution(
    IWorkflowStore store,
    WorkflowRuntime runtime,
    BackgroundActivities background,
    InstanceJobs jobs,
    ScheduleRuns schedules,
    ILogger<WorkExecution> logger)
{
    /// <summary>Decides when starts begin.</summary>
    internal Dispatch Dispatch => runtime.Dispatch;

    /// <summary>Whether work is of an instance that may end the process.</summary>
    internal bool IsSuspect(StoredWork work) => runtime.IsSuspect(work.InstanceId);

    /// <summary>Does the work and deletes it. Throws when it has to be tried again.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancelled when the host stops; then the work stays.</param>
    internal async ValueTask ExecuteAsync(StoredWork work, CancellationToken cancellationToken)
    {
        runtime.Events.RaiseWorkBegun(work);
        using var span = RuntimeTrace.Work(work);
        try
        {
            await DoAsync(work, cancellationToken);
        }
        catch (Exception exception) when (span is not null)
        {
            RuntimeTrace.Fail(span, exception);
            throw;
        }
        finally
        {
            runtime.Events.RaiseWorkEnded(work);
        }
    }

    private async ValueTask DoAsync(StoredWork work, CancellationToken cancellationToken)
    {
        switch (work.Kind)
        {
            case WorkKinds.Start when !await BeginsAsync(work, cancellationToken):
                break;
            case WorkKinds.Start when ScheduleRuns.IsTick(work):
                await StartTickAsync(work, cancellationToken);
                break;
            case WorkKinds.Start:
                await StartAsync(work, cancellationToken);
                break;
            case WorkKinds.Stimulus:
                await runtime.DeliverAsync(runtime.Codec.ReadStimulus(work.Payload), work.Id, cancellationToken);
                await DeleteAsync(work);
                break;
            case WorkKinds.ChildFinished:
                await runtime.ChildFinishedAsync(WorkCodec.ReadChildFinished(work.Payload), cancellationToken);
                await DeleteAsync(work);
                break;
            case WorkKinds.CancelChildren:
                await runtime.CancelChildrenAsync(work.Payload, cancellationToken);
                await DeleteAsync(work);
                break;
            case WorkKinds.Cancel:
                await runtime.CancelWishedAsync(work.Payload, cancellationToken);
                break;
            case WorkKinds.AlterationPlan:
            case WorkKinds.Bulk:
                await jobs.ExecuteAsync(work, cancellationToken);
                break;
            case WorkKinds.Background:
                await background.ExecuteAsync(work, cancellationToken);
                break;
            case WorkKinds.DueBookmark:
                foreach (var bookmark in await store.FindBookmarksAsync(new BookmarkFilter { Id = work.Payload }, cancellationToken))
                    await runtime.ResumeAsync(bookmark, null, null, cancellationToken);
                break;
            case WorkKinds.Continue:
                await runtime.ContinueAsync(work.Payload, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"The kind of work '{work.Kind}' is not known to this version of the server.");
        }
    }

    /// <summary>Whether a queued start begins now. What is held stays in the store; what is dropped is deleted.</summary>
    private async ValueTask<bool> BeginsAsync(StoredWork work, CancellationToken cancellationToken)
    {
        if (Dispatch.Gate.IsHeld(work))
        {
            Dispatch.Gate.Wake(work.DefinitionId!);
            return false;
        }

        if (!await Dispatch.Withdrawals.BeginAsync(work.Id, cancellationToken))
            return false;
        if (!Dispatch.Gate.IsDropped(work))
            return true;
        var request = runtime.Codec.ReadStart(work.Payload);
        // A running instance goes on, and may wait for its child: the child waits for the resume.
        if (request.ParentInstanceId is not null)
            return false;
        if (!await Dispatch.Rules.DropAsync(work.DefinitionId!, work.Id))
            return true;
        if (ScheduleRuns.IsTick(work))
            schedules.End(request.InstanceId!);
        return false;
    }

    private async ValueTask StartTickAsync(StoredWork work, CancellationToken cancellationToken)
    {
        var request = runtime.Codec.ReadStart(work.Payload);
        try
        {
            if (await schedules.BeginAsync(work, request, cancellationToken))
                await StartAsync(work, cancellationToken);
            else
                await DeleteAsync(work);
        }
        finally
        {
            schedules.End(request.InstanceId!);
        }
    }

    private async ValueTask StartAsync(StoredWork work, CancellationToken cancellationToken)
    {
        var request = runtime.Codec.ReadStart(work.Payload);
        if (await HasCancelledParentAsync(request, cancellationToken))
        {
            Log.StartRefused(logger, $"The instance '{request.ParentInstanceId}' that wanted it was cancelled.");
            await DeleteAsync(work);
            return;
        }

        switch (await runtime.StartAsync(request, work.Id, cancellationToken))
        {
            case StartResult.Started or StartResult.Held:
                return;
            case StartResult.NotFound missing:
                Log.DefinitionGone(logger, missing.What);
                break;
            case StartResult.Refused refused:
                Log.StartRefused(logger, refused.Reason);
                break;
        }

        await DeleteAsync(work);
    }

    /// <summary>A child that was queued when its parent was cancelled does not begin any more.</summary>
    private async ValueTask<bool> HasCancelledParentAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (request.ParentInstanceId is not { } parentId || request.Properties?.ContainsKey(Outbox.CleanupProperty) == true)
            return false;
        // Also one that still undoes: what was queued before is a part of what is being undone.
        return await store.FindInstanceAsync(parentId, cancellationToken) is { } parent
            && (parent.SubStatus == nameof(WorkflowSubStatus.Cancelled) || StateCodec.IsCancelling(parent.State.Span));
    }

    private async ValueTask DeleteAsync(StoredWork work) => await store.CommitAsync(new Commit { DeletedWork = [work.Id] }, CancellationToken.None);
}
