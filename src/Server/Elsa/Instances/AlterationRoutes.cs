using System.Text.Json;
using Platform.Runtime;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Alterations, as far as Studio uses them: cancelling all instances that match the filter of its list.</summary>
internal static class AlterationRoutes
{
    /// <summary>Maps the route.</summary>
    public static void MapAlterations(this IEndpointRouteBuilder api) =>
        api.MapPost("/alterations/submit", SubmitAsync).RequirePermission("run:alterations");

    private static async Task<IResult> SubmitAsync(
        Body<AlterationRequest> body, IWorkflowStore store, WorkflowRuntime runtime, Ids ids, CancellationToken cancellationToken)
    {
        if (body.Value.Alterations is not [{ Type: "Cancel" }])
            return Problems.Invalid("WF4011", "$.alterations", "The only alteration that this server knows is one {\"type\":\"Cancel\"}.");
        IResult? refusal = null;
        var filter = (body.Value.Filter ?? new AlterationFilter()).ToFilter(ref refusal);
        if (refusal is not null)
            return refusal;
        if (filter is not null)
            await InstanceBulk.CancelAllAsync(await InstanceBulk.RunningAsync(store, filter, cancellationToken), runtime, cancellationToken);
        return Wire.Json(new AlterationReply(string.IsNullOrEmpty(body.Value.Id) ? ids.New() : body.Value.Id));
    }
}

/// <summary>Asks for a change of instances.</summary>
internal sealed record AlterationRequest
{
    /// <summary>Id of the plan.</summary>
    public string? Id { get; init; }

    /// <summary>The changes.</summary>
    public IReadOnlyList<Alteration>? Alterations { get; init; }

    /// <summary>Which instances.</summary>
    public AlterationFilter? Filter { get; init; }
}

/// <summary>A change.</summary>
internal sealed record Alteration
{
    /// <summary>Kind of change.</summary>
    public string? Type { get; init; }
}

/// <summary>The plan that was carried out.</summary>
internal sealed record AlterationReply(string PlanId);

/// <summary>Selects instances to change; unset members do not restrict.</summary>
internal sealed record AlterationFilter
{
    /// <summary>Whether a filter without any condition selects everything rather than nothing.</summary>
    public bool? EmptyFilterSelectsAll { get; init; }

    /// <summary>These instances.</summary>
    public IReadOnlyList<string>? WorkflowInstanceIds { get; init; }

    /// <summary>Correlation ids; one at most.</summary>
    public IReadOnlyList<string>? CorrelationIds { get; init; }

    /// <summary>Names; not supported.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Contained in name, ids or correlation id.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>Time conditions.</summary>
    public IReadOnlyList<TimestampRequest>? TimestampFilters { get; init; }

    /// <summary>Definitions.</summary>
    public IReadOnlyList<string>? DefinitionIds { get; init; }

    /// <summary>Definition versions.</summary>
    public IReadOnlyList<string>? DefinitionVersionIds { get; init; }

    /// <summary>With or without incidents.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>System instances or others.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>Statuses.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Sub-statuses.</summary>
    public IReadOnlyList<string>? SubStatuses { get; init; }

    /// <summary>Activities; not supported.</summary>
    public IReadOnlyList<JsonElement>? ActivityFilters { get; init; }

    /// <summary>The filter as the store understands it; null when it selects nothing.</summary>
    /// <param name="refusal">The answer when a condition cannot be kept: then nothing may be changed.</param>
    public InstanceFilter? ToFilter(ref IResult? refusal)
    {
        if (Names is { Count: > 0 } || ActivityFilters is { Count: > 0 } || CorrelationIds is { Count: > 1 })
            refusal = Problems.Invalid("WF4011", "$.filter", "Names, activities and several correlation ids cannot be filtered by.");
        var statuses = InstanceListRequest.Names<Engine.WorkflowStatus>(Given(Statuses), "filter.statuses", ref refusal);
        var filter = new InstanceFilter
        {
            Ids = Given(WorkflowInstanceIds),
            CorrelationId = CorrelationIds is [var correlationId, ..] ? correlationId : null,
            SearchTerm = string.IsNullOrEmpty(SearchTerm) ? null : SearchTerm,
            Timestamps = TimestampRequest.ToFilters(TimestampFilters, ref refusal),
            DefinitionIds = Given(DefinitionIds),
            DefinitionVersionIds = Given(DefinitionVersionIds),
            HasIncidents = HasIncidents,
            IsSystem = IsSystem,
            SubStatuses = InstanceListRequest.Names<Engine.WorkflowSubStatus>(Given(SubStatuses), "filter.subStatuses", ref refusal),
        };
        if (statuses is not null && !statuses.Contains(nameof(Engine.WorkflowStatus.Running)))
            return null;
        var isEmpty = statuses is null && filter with { IsSystem = null } == new InstanceFilter();
        return isEmpty && EmptyFilterSelectsAll != true ? null : filter;
    }

    private static IReadOnlyList<string>? Given(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? texts : null;
}
