using Platform.Runtime.Alterations;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Bulk;

/// <summary>Work on many instances, by its kind.</summary>
/// <param name="plans">Alters many instances.</param>
/// <param name="bulk">Cancels, retries, re-runs and deletes many instances.</param>
public sealed class InstanceJobs(AlterationPlans plans, BulkJobs bulk)
{
    internal ValueTask ExecuteAsync(StoredWork work, CancellationToken cancellationToken) => work.Kind == WorkKinds.Bulk
        ? bulk.ExecuteAsync(work.Payload, work.Id, cancellationToken)
        : plans.ExecuteAsync(work.Payload, work.Id, cancellationToken);
}
