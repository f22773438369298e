using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// Cancels instances with their children. An instance that has something to undo first stores that it is cancelled, then undoes. What is idle is cancelled in one commit. For what is running the wish is stored first, so that
/// it holds whatever happens to this process; then the burst is asked to stop, and overruled when it does not: the store refuses the
/// later commit of a burst that was passed by.
/// </summary>
/// <param name="store">Where instances are kept.</param>
/// <param name="runner">Runs bursts.</param>
/// <param name="background">Executes activities outside of bursts.</param>
/// <param name="outbox">Makes work.</param>
/// <param name="options">How long a burst may take to stop.</param>
/// <param name="host">Knows the time.</param>
public sealed class Cancellation(
    IWorkflowStore store, InstanceRunner runner, BackgroundActivities background, Outbox outbox, RuntimeOptions options, EngineHost host)
{
    /// <summary>A burst that is passed by may commit at the same moment, each time it reaches a checkpoint.</summary>
    private const int AttemptsMax = 5;

    /// <summary>What the audit log calls it, also when it is a part of something larger.</summary>
    private const string Action = "instance.cancel";

    /// <summary>Cancels an instance and its children.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the wait; a wish that was stored is fulfilled all the same.</param>
    /// <returns>False when there is no such instance or it has finished.</returns>
    internal async ValueTask<bool> CancelAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await IsUndoingAsync(instanceId, cancellationToken))
            return true;
        var isWished = runner.IsRunning(instanceId);
        if (isWished)
        {
            var wish = new Commit { Work = [outbox.Cancel(instanceId)] };
            AuditScope.Current?.AddTo(wish, new AuditChange("instance", instanceId, null) { Action = Action });
            await store.CommitAsync(wish, cancellationToken);
        }

        return await FulfilAsync(instanceId, isWished, cancellationToken);
    }

    /// <summary>Whether an instance is to be cancelled and is not yet.</summary>
    internal async ValueTask<bool> IsWishedAsync(string instanceId, CancellationToken cancellationToken) =>
        await store.FindWorkByKeyAsync(Outbox.CancelId(instanceId), cancellationToken) is not null;

    /// <summary>Cancels an instance now.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="isWished">Whether a stored wish is to be deleted with it.</param>
    /// <param name="cancellationToken">Ends the wait for the instance.</param>
    internal async ValueTask<bool> FulfilAsync(string instanceId, bool isWished, CancellationToken cancellationToken)
    {
        var isUndoing = runner.IsCancelling(instanceId) || await IsUndoingAsync(instanceId, cancellationToken);
        if (!isUndoing)
        {
            runner.TryCancelRunning(instanceId);
            background.Cancel(instanceId);
        }

        bool cancelled;
        if (isUndoing)
        {
            // Undo steps are neither stopped nor overruled.
            using var _ = await runner.Gate.EnterAsync(instanceId, cancellationToken);
            cancelled = await CommitAsync(instanceId, isWished, cancellationToken) ?? false;
        }
        else if (await TryEnterAsync(instanceId, cancellationToken) is { } gate)
        {
            using (gate)
                cancelled = await CommitAsync(instanceId, isWished, cancellationToken) ?? false;
        }
        else
        {
            cancelled = await OverruleAsync(instanceId, cancellationToken);
        }

        await CancelChildrenAsync(instanceId, cancellationToken);
        return cancelled;
    }

    /// <summary>Cancels the instances that an instance started and that are running.</summary>
    internal async ValueTask CancelChildrenAsync(string instanceId, CancellationToken cancellationToken)
    {
        var children = await store.ListInstancesAsync(
            new InstanceFilter { ParentInstanceId = instanceId, Statuses = [nameof(WorkflowStatus.Running)] },
            cancellationToken);
        foreach (var child in children.Items)
        {
            if (await runner.LoadAsync(child.Id, cancellationToken) is not var (workflow, _) || !Outbox.IsCleanup(workflow))
                await FulfilAsync(child.Id, isWished: false, cancellationToken);
        }
    }

    /// <summary>Whether what is stored of an instance says that it was cancelled and runs the steps that come before its end.</summary>
    private async ValueTask<bool> IsUndoingAsync(string instanceId, CancellationToken cancellationToken) =>
        await store.FindInstanceAsync(instanceId, cancellationToken) is { Status: nameof(WorkflowStatus.Running) } stored && StateCodec.IsCancelling(stored.State.Span);

    private async ValueTask<KeyedLock.Releaser?> TryEnterAsync(string instanceId, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.CancelTimeout, host.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await runner.Gate.EnterAsync(instanceId, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Cancels an instance whose burst does not stop. Its next commit finds another revision and is refused. A burst that has not
    /// committed anything yet cannot be passed by: the wish stays until it does.
    /// </summary>
    private async ValueTask<bool> OverruleAsync(string instanceId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await CommitAsync(instanceId, isWished: true, cancellationToken) ?? true;
            }
            catch (InstanceConflictException) when (attempt < AttemptsMax)
            {
                // The burst has committed in between: once more, over what it has stored.
            }
        }
    }

    /// <returns>Whether it was cancelled; null when nothing is stored of it.</returns>
    private async ValueTask<bool?> CommitAsync(string instanceId, bool isWished, CancellationToken cancellationToken)
    {
        if (await runner.LoadAsync(instanceId, cancellationToken) is not var (workflow, header))
            return null;
        if (workflow is { Status: WorkflowStatus.Running, IsCancelling: true, SubStatus: WorkflowSubStatus.Suspended })
        {
            // It waits in one of its last steps, and goes on by itself.
            if (isWished)
                await store.CommitAsync(new Commit { DeletedWork = [Outbox.CancelId(instanceId)] }, CancellationToken.None);
            return true;
        }

        if (workflow.Status == WorkflowStatus.Running)
        {
            await runner.CancelAsync(workflow, header, isWished ? [Outbox.CancelId(instanceId)] : null, commit =>
            {
                (commit.Work ??= []).Add(outbox.CancelChildren(instanceId));
                // A stored wish has its entry already.
                if (!isWished)
                    AuditScope.Current?.AddTo(commit, new AuditChange("instance", instanceId, header.Name) { Action = Action });
            });
            return true;
        }

        if (!isWished)
            return false;
        await store.CommitAsync(new Commit { DeletedWork = [Outbox.CancelId(instanceId)] }, CancellationToken.None);
        // The queue reads stored wishes too, and may have been faster with this one.
        return workflow.SubStatus == WorkflowSubStatus.Cancelled;
    }
}
