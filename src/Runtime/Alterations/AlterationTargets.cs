using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Alterations;

/// <summary>Which instances to alter. Lists that are empty do not restrict.</summary>
public sealed record AlterationFilter
{
    /// <summary>What the store can answer. Its correlation id, sorting and paging are not used.</summary>
    public InstanceFilter Instances { get; init; } = new();

    /// <summary>Only with one of these correlation ids.</summary>
    public IReadOnlyList<string> CorrelationIds { get; init; } = [];

    /// <summary>Only with one of these names, case-sensitively.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Only those with a live activity execution that fits one of these.</summary>
    public IReadOnlyList<ActivityFilter> Activities { get; init; } = [];
}

/// <summary>Selects live activity executions; members that are null do not restrict.</summary>
/// <param name="ActivityId">Id of the activity.</param>
/// <param name="ActivityInstanceId">Id of the execution.</param>
/// <param name="NodeId">Path of ids of the activity.</param>
/// <param name="Name">Name of the activity.</param>
/// <param name="Status">State of the execution; what has ended is not live and never found.</param>
public sealed record ActivityFilter(string? ActivityId, string? ActivityInstanceId, string? NodeId, string? Name, ActivityStatus? Status)
{
    internal bool Fits(ActivityExecutionContext context) =>
        (ActivityId is null || context.Activity.Id == ActivityId)
        && (ActivityInstanceId is null || context.Id == ActivityInstanceId)
        && (NodeId is null || context.Activity.NodeId == NodeId)
        && (Name is null || context.Activity.Name == Name)
        && (Status is null || context.Status == Status);
}

/// <summary>Finds the instances that a filter selects, within a limit.</summary>
/// <param name="store">Knows the instances.</param>
/// <param name="runner">Reads their states.</param>
/// <param name="options">The limit.</param>
public sealed class AlterationTargets(IWorkflowStore store, InstanceRunner runner, RuntimeOptions options)
{
    private const int PageSize = 500;

    /// <summary>Most rows that are read to find those whose names fit.</summary>
    private const int RowsMax = 100_000;

    /// <summary>Ids of the instances that a filter selects, oldest first.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The ids; null when the filter selects too many, or would have to look at too many.</returns>
    public async ValueTask<IReadOnlyList<string>?> FindAsync(AlterationFilter filter, CancellationToken cancellationToken)
    {
        var search = new Search(filter);
        foreach (var query in Queries(filter))
        {
            if (!await FindAsync(query, search, cancellationToken))
                return null;
        }

        return search.Found;
    }

    /// <summary>The store knows one correlation id and one text at a time.</summary>
    private static IEnumerable<InstanceFilter> Queries(AlterationFilter filter)
    {
        foreach (var correlationId in filter.CorrelationIds.Cast<string?>().DefaultIfEmpty())
        {
            foreach (var name in filter.Names.Cast<string?>().DefaultIfEmpty())
                yield return filter.Instances with { CorrelationId = correlationId, SearchTerm = filter.Instances.SearchTerm ?? name, Take = PageSize };
        }
    }

    private async ValueTask<bool> FindAsync(InstanceFilter query, Search search, CancellationToken cancellationToken)
    {
        for (var skip = 0; ; skip += PageSize)
        {
            var page = await store.ListInstancesAsync(query with { Skip = skip }, cancellationToken);
            foreach (var instance in page.Items)
            {
                if (!search.Begin(instance) || (search.Filter.Activities.Count > 0 && !await HasActivityAsync(instance.Id, search, cancellationToken)))
                    continue;
                if (search.Found.Count >= options.AlterationInstancesMax)
                    return false;
                search.Found.Add(instance.Id);
            }

            if (page.Items.Count < PageSize)
                return true;
            if (skip > RowsMax || search.StatesRead > options.AlterationInstancesMax)
                return false;
        }
    }

    private async ValueTask<bool> HasActivityAsync(string instanceId, Search search, CancellationToken cancellationToken)
    {
        search.StatesRead++;
        try
        {
            return await runner.LoadAsync(instanceId, cancellationToken) is var (workflow, _)
                && workflow.ActivityExecutionContexts.Any(context => search.Filter.Activities.Any(activity => activity.Fits(context)));
        }
        // An instance whose definition is gone or cannot be read executes nothing that could be altered.
        catch (Exception exception) when (exception is StateMismatchException or InvalidOperationException or JsonException)
        {
            return false;
        }
    }

    private sealed class Search(AlterationFilter filter)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public AlterationFilter Filter { get; } = filter;

        public List<string> Found { get; } = [];

        public int StatesRead { get; set; }

        public bool Begin(StoredInstance instance) =>
            (Filter.Names.Count == 0 || (instance.Name is { } name && Filter.Names.Contains(name))) && _seen.Add(instance.Id);
    }
}
