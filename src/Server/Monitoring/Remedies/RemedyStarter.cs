using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Remedies;

/// <summary>Starts the workflows of remedies as all others are started: through the queue, in front of the others, once for each run of the remedy.</summary>
/// <param name="definitions">The workflows.</param>
/// <param name="starts">Starts runs once.</param>
/// <param name="store">Knows what is queued, and what faulted.</param>
/// <param name="options">Over how long faults are counted.</param>
/// <param name="clock">Time.</param>
internal sealed class RemedyStarter(WorkflowDefinitions definitions, KeyedStarts starts, IWorkflowStore store, MonitorOptions options, TimeProvider clock)
{
    /// <summary>What goes before all that is queued: a remedy for a long queue must not wait in it.</summary>
    private const int Priority = 100;

    private const int FaultsMax = 1_000;

    /// <summary>Starts the workflow of a run. Done again for the same run, it finds the instance that was started before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The run with the instance, or with the reason why there is none.</returns>
    public async ValueTask<RemedyRun> StartAsync(RemedyRun run, CancellationToken cancellationToken)
    {
        if (await definitions.FindAsync(run.Workflow, VersionOptions.Published, cancellationToken) is null)
            return run with { Outcome = RemedyOutcome.Failed, Detail = $"There is no published workflow '{run.Workflow}'." };
        var request = new StartRequest
        {
            DefinitionId = run.Workflow,
            Name = $"{run.Remedy}: {run.Subject}",
            Input = run.Input.ToDictionary(member => member.Key, member => DynamicJson.FromElement(member.Value), StringComparer.Ordinal),
        };
        var instanceId = await starts.DispatchAsync(request, $"remedy-{run.Id}", new QueueTerms(Priority), cancellationToken);
        return instanceId is null
            ? run with { Outcome = RemedyOutcome.Failed, Detail = "Another run was started under the same key." }
            : run with { Outcome = RemedyOutcome.Started, InstanceId = instanceId };
    }

    /// <summary>Whether an instance has not ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<bool> IsRunningAsync(string instanceId, CancellationToken cancellationToken)
    {
        var page = await store.ListInstancesAsync(new InstanceFilter { Ids = [instanceId], Take = 1 }, cancellationToken);
        return page.Items is [{ Status: nameof(WorkflowStatus.Running) }];
    }

    /// <summary>The workflow that causes most of what a figure tells: of which most is queued, or most faulted. Null when none does.</summary>
    /// <param name="metric">The figure, or null.</param>
    /// <param name="except">Workflows of remedies, which are never the cause.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<string?> FindBusiestAsync(string? metric, IReadOnlySet<string> except, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (metric is MetricCatalog.QueueDepth or MetricCatalog.QueueOldest)
        {
            var counts = await store.CountWorkAsync(now, cancellationToken);
            return counts.Where(count => count.DefinitionId is { } id && count.Due > 0 && !except.Contains(id))
                .GroupBy(count => count.DefinitionId, StringComparer.Ordinal).MaxBy(group => group.Sum(count => count.Due))?.Key;
        }

        if (metric is not (MetricCatalog.RunsSuccess or MetricCatalog.RunsError or MetricCatalog.RunsFaulted))
            return null;
        var filter = new InstanceFilter
        {
            SubStatuses = [nameof(WorkflowSubStatus.Faulted)],
            Timestamps = [new(nameof(StoredInstance.FinishedAt), TimestampOperator.GreaterThan, now - options.RunWindow)],
            Descending = true,
            Take = FaultsMax,
        };
        return (await store.ListInstancesAsync(filter, cancellationToken)).Items.Where(instance => !except.Contains(instance.DefinitionId))
            .GroupBy(instance => instance.DefinitionId, StringComparer.Ordinal).MaxBy(group => group.Count())?.Key;
    }
}
