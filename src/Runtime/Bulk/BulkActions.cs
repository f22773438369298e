using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Alterations;
using Platform.Runtime.Execution;
using Platform.Runtime.Reruns;
using Platform.Runtime.Store;

namespace Platform.Runtime.Bulk;

/// <summary>Does the action of a bulk job on one instance. Done again after a crash, it finds what was done and does it no second time.</summary>
/// <param name="store">Where instances are kept.</param>
/// <param name="runtime">Cancels instances.</param>
/// <param name="alterations">Retries instances.</param>
/// <param name="reruns">Runs instances once more.</param>
public sealed class BulkActions(IWorkflowStore store, WorkflowRuntime runtime, InstanceAlterations alterations, Reruns.Reruns reruns)
{
    /// <summary>Does the action.</summary>
    /// <param name="job">The job.</param>
    /// <param name="rerun">How to run it once more; used by re-runs only.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the wait for the instance.</param>
    internal async ValueTask<BulkOutcome> DoAsync(BulkJob job, RerunRequest rerun, string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ListInstancesAsync(new InstanceFilter { Ids = [instanceId], Take = 1 }, cancellationToken);
            if (page.Items is not [var instance])
                return job.Action == BulkAction.Delete ? BulkOutcome.Done : BulkOutcome.LeftOut("It was deleted meanwhile.");
            if (job.Action == BulkAction.Cancel && instance is { SubStatus: nameof(WorkflowSubStatus.Cancelled) } && instance.FinishedAt >= job.CreatedAt)
                return BulkOutcome.Done;
            if (BulkTargets.WhyNot(job.Action, instance) is { } reason)
                return BulkOutcome.LeftOut(reason);
            return job.Action switch
            {
                BulkAction.Cancel => await runtime.CancelAsync(instanceId, cancellationToken) ? BulkOutcome.Done : BulkOutcome.LeftOut("It has ended already."),
                BulkAction.Retry => await RetryAsync(job, instanceId, cancellationToken),
                BulkAction.Rerun => ToOutcome(await reruns.RunAsync(instanceId, rerun, "bulk:" + job.Id, cancellationToken)),
                BulkAction.Delete => await DeleteAsync(instance),
            };
        }
        // An instance that cannot be read or is written by somebody else must not end the work on the others.
        catch (Exception exception) when (exception is StateMismatchException or InvalidOperationException or InstanceConflictException or JsonException)
        {
            return BulkOutcome.Failed(exception.Message);
        }
    }

    private static BulkOutcome ToOutcome(RerunResult result) => result.Match(
        _ => BulkOutcome.Done,
        _ => BulkOutcome.LeftOut("It was deleted meanwhile."),
        missing => BulkOutcome.Failed(missing.Reason),
        refused => BulkOutcome.Failed(refused.Reason),
        refused => BulkOutcome.Failed(refused.Reason),
        _ => BulkOutcome.Failed("Another re-run has the key of this one."));

    /// <summary>The mark is stored with the retry: the instance may have failed anew when this is asked for again.</summary>
    private async ValueTask<BulkOutcome> RetryAsync(BulkJob job, string instanceId, CancellationToken cancellationToken)
    {
        var result = await alterations.RunAsync(
            instanceId,
            [new Alteration.RetryFaulted(null)],
            (commit, _) => (commit.Documents ??= []).Add(new StoredDocument(BulkDocuments.MarkKind(job.Id), instanceId, "{}")),
            cancellationToken);
        return result.IsSuccessful ? BulkOutcome.Done : BulkOutcome.Failed(result.Log[0].Message);
    }

    private async ValueTask<BulkOutcome> DeleteAsync(StoredInstance instance)
    {
        await store.CommitAsync(new Commit { ExpiredInstances = [new ExpiredInstance(instance.Id, instance.Revision)] }, CancellationToken.None);
        var left = await store.ListInstancesAsync(new InstanceFilter { Ids = [instance.Id], Take = 1 }, CancellationToken.None);
        return left.Items.Count == 0 ? BulkOutcome.Done : BulkOutcome.LeftOut("It went on meanwhile, so it was not deleted.");
    }
}

/// <summary>What became of one instance in a bulk job.</summary>
/// <param name="Kind">Done, failed or left out.</param>
/// <param name="Reason">Why; null when it was done.</param>
internal sealed record BulkOutcome(BulkOutcomeKind Kind, string? Reason)
{
    public static BulkOutcome Done { get; } = new(BulkOutcomeKind.Done, null);

    public static BulkOutcome Failed(string reason) => new(BulkOutcomeKind.Failed, reason);

    public static BulkOutcome LeftOut(string reason) => new(BulkOutcomeKind.LeftOut, reason);
}

/// <summary>Kinds of <see cref="BulkOutcome"/>.</summary>
internal enum BulkOutcomeKind
{
    Done,
    Failed,
    LeftOut,
}
