using Platform.Engine;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Instances;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Finds runs among very many.</summary>
internal static class RunSearch
{
    /// <summary>A search counts no further, and nobody reads further.</summary>
    private const int SkipMax = 10_000;

    /// <summary>Maps <c>/api/instances</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapRunSearch(this IEndpointRouteBuilder api) =>
        api.MapGet("/instances", ListAsync).WithTags("Instances").RequirePermission("read:workflow-instances")
            .WithSummary("Finds runs by id, name, correlation id, values of variables, words of faults, status and time; newest first.")
            .Produces<RunList>()
            .Takes("search", "name=value or name:\"some value\" for values of variables, inputs and outputs; the rest is the beginning of an id or correlation id, or words of a name or fault.")
            .Takes("status", "Only in this status or sub-status: Running, Finished, Faulted, Suspended ...")
            .Takes("incidents", "true for runs with incidents, false for those without.")
            .Takes("definitionId", "Only of this workflow.")
            .Takes("correlationId", "Only with exactly this correlation id.")
            .Takes("from", "Only created then or later.")
            .Takes("to", "Only created before that.")
            .Refuses(StatusCodes.Status400BadRequest, "WF4900");

    private static async Task<IResult> ListAsync(
        IWorkflowStore store, CancellationToken cancellationToken, string? search = null, string? status = null, bool? incidents = null,
        string? definitionId = null, string? correlationId = null, DateTimeOffset? from = null, DateTimeOffset? to = null, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        if (RunQuery.Read(search, out var query) is { } mistake)
            return Unusable(mistake);
        if (skip > SkipMax && query != RunQuery.Everything)
            return Unusable($"'skip' is at most {SkipMax:N0}. Narrow the search to see what is behind.");
        var isStatus = Enum.TryParse<WorkflowStatus>(status, ignoreCase: true, out var main) && Enum.IsDefined(main);
        var isSubStatus = Enum.TryParse<WorkflowSubStatus>(status, ignoreCase: true, out var sub) && Enum.IsDefined(sub);
        if (status is { Length: > 0 } && !isStatus && !isSubStatus)
            return Unusable($"'{status}' is no status. Use one of {string.Join(", ", Enum.GetNames<WorkflowStatus>().Union(Enum.GetNames<WorkflowSubStatus>()))}.");
        var filter = new InstanceFilter
        {
            Text = query.Text,
            Variables = query.Variables,
            SubStatuses = isSubStatus ? [sub.ToString()] : null,
            Statuses = isStatus && !isSubStatus ? [main.ToString()] : null,
            HasIncidents = incidents,
            DefinitionIds = string.IsNullOrEmpty(definitionId) ? null : [definitionId],
            CorrelationId = string.IsNullOrEmpty(correlationId) ? null : correlationId,
            Timestamps = [.. Times(from, to)],
            Descending = true,
            Skip = skip,
            Take = take,
        };
        var page = await store.ListInstancesAsync(filter, cancellationToken);
        var unindexed = query == RunQuery.Everything ? 0 : await store.CountUnindexedAsync(cancellationToken);
        return ApiJson.Reply(new RunList([.. page.Items.Select(InstanceSummary.Of)], page.TotalCount, page.IsTotalExact, unindexed));
    }

    private static IEnumerable<TimestampFilter> Times(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is { } first)
            yield return new(nameof(StoredInstance.CreatedAt), TimestampOperator.GreaterThanOrEqual, first.ToUniversalTime());
        if (to is { } end)
            yield return new(nameof(StoredInstance.CreatedAt), TimestampOperator.LessThan, end.ToUniversalTime());
    }

    private static Problem Unusable(string detail) => new(StatusCodes.Status400BadRequest, "WF4900", "Runs cannot be searched like this", detail);
}

/// <summary>One page of runs, newest first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="IsTotalExact">False when there are at least so many.</param>
/// <param name="Unindexed">How many runs the index of the search does not hold yet, about; they may be missing. 0 without a search.</param>
internal sealed record RunList(IReadOnlyList<InstanceSummary> Items, long TotalCount, bool IsTotalExact, long Unindexed);
