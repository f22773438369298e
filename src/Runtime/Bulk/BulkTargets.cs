using Platform.Engine;
using Platform.Runtime.Store;

namespace Platform.Runtime.Bulk;

/// <summary>Which instances a bulk job works on. Lists that are empty do not restrict.</summary>
/// <param name="Instances">What the store can answer. Its correlation id, sorting and paging are not used.</param>
/// <param name="CorrelationIds">Only with one of these correlation ids.</param>
public sealed record BulkFilter(InstanceFilter Instances, IReadOnlyList<string> CorrelationIds);

/// <summary>What a filter selects for an action.</summary>
/// <param name="Instances">Those on which the action has a meaning, oldest first.</param>
/// <param name="LeftOut">The others, by reason.</param>
public sealed record BulkSelection(IReadOnlyList<StoredInstance> Instances, IReadOnlyList<BulkLeftOut> LeftOut);

/// <summary>Instances on which an action has no meaning.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Count">How many.</param>
public sealed record BulkLeftOut(string Reason, int Count);

/// <summary>Finds the instances of bulk jobs, in one read, so that the set is one that existed at one moment.</summary>
/// <param name="store">Knows the instances.</param>
/// <param name="options">The limit.</param>
public sealed class BulkTargets(IWorkflowStore store, RuntimeOptions options)
{
    /// <summary>What a filter selects for an action; null when it is more than a job may have.</summary>
    /// <param name="action">The action.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<BulkSelection?> FindAsync(BulkAction action, BulkFilter filter, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var selected = new List<StoredInstance>();
        var leftOut = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var correlationId in filter.CorrelationIds.Cast<string?>().DefaultIfEmpty())
        {
            var query = filter.Instances with { CorrelationId = correlationId, Take = options.BulkInstancesMax + 1 };
            foreach (var instance in (await store.ListInstancesAsync(query, cancellationToken)).Items)
            {
                if (!seen.Add(instance.Id))
                    continue;
                if (seen.Count > options.BulkInstancesMax)
                    return null;
                if (WhyNot(action, instance) is { } reason)
                    leftOut[reason] = leftOut.GetValueOrDefault(reason) + 1;
                else
                    selected.Add(instance);
            }
        }

        return new BulkSelection(selected, [.. leftOut.Select(entry => new BulkLeftOut(entry.Key, entry.Value))]);
    }

    /// <summary>Why an action has no meaning for an instance as it is; null when it has.</summary>
    internal static string? WhyNot(BulkAction action, StoredInstance instance) => action switch
    {
        BulkAction.Cancel => instance.Status == nameof(WorkflowStatus.Running) ? null : "It has ended already.",
        BulkAction.Retry => instance.SubStatus == nameof(WorkflowSubStatus.Faulted)
            || (instance is { SubStatus: nameof(WorkflowSubStatus.Suspended), IncidentCount: > 0 }) ? null : "Nothing of it failed that could be retried.",
        BulkAction.Rerun => null,
        BulkAction.Delete => instance.Status == nameof(WorkflowStatus.Running) ? "It is running. Cancel it first." : null,
    };
}
