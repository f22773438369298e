using System.Globalization;
using Platform.Engine;
using Platform.Runtime.Alterations;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Instances;

/// <summary>Selects instances to alter; unset members do not restrict.</summary>
internal sealed record AlterationFilterRequest
{
    /// <summary>Most values of one list; each correlation id and name is a question to the store.</summary>
    private const int ValuesMax = 100;

    private const int InstanceIdsMax = 10_000;

    /// <summary>Whether a filter without any condition selects everything rather than nothing.</summary>
    public bool? EmptyFilterSelectsAll { get; init; }

    /// <summary>These instances.</summary>
    public IReadOnlyList<string>? WorkflowInstanceIds { get; init; }

    /// <summary>Correlation ids.</summary>
    public IReadOnlyList<string>? CorrelationIds { get; init; }

    /// <summary>Names of instances.</summary>
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

    /// <summary>Activities that the instances are executing.</summary>
    public IReadOnlyList<ActivityFilterRequest>? ActivityFilters { get; init; }

    /// <summary>The filter as the runtime understands it; null when it selects nothing.</summary>
    /// <param name="refusal">The answer when a condition cannot be kept: then nothing may be changed.</param>
    /// <param name="alterations">
    /// What is to be done. Instances that cannot take it because they have ended are left out then, unless they are named by id: a plan
    /// over "everything" is not about them.
    /// </param>
    public AlterationFilter? ToFilter(ref IResult? refusal, IReadOnlyList<Alteration>? alterations = null)
    {
        CheckLengths(ref refusal);
        var activities = ReadActivities(ref refusal);
        var instances = new InstanceFilter
        {
            Ids = Given(WorkflowInstanceIds),
            SearchTerm = string.IsNullOrEmpty(SearchTerm) ? null : SearchTerm,
            Timestamps = TimestampRequest.ToFilters(TimestampFilters, ref refusal),
            DefinitionIds = Given(DefinitionIds),
            DefinitionVersionIds = Given(DefinitionVersionIds),
            HasIncidents = HasIncidents,
            Statuses = InstanceListRequest.Names<WorkflowStatus>(Given(Statuses), "filter.statuses", ref refusal),
            SubStatuses = InstanceListRequest.Names<WorkflowSubStatus>(Given(SubStatuses), "filter.subStatuses", ref refusal),
        };
        var hasLists = Given(CorrelationIds) is not null || Given(Names) is not null || activities.Count > 0;
        if (!hasLists && instances == new InstanceFilter() && EmptyFilterSelectsAll != true)
            return null;
        if (alterations is not null && instances.Ids is null)
        {
            var alterable = Alterable(alterations).Where(status => instances.SubStatuses is not { } wanted || wanted.Contains(status)).ToList();
            if (alterable.Count == 0)
                return null;
            instances = instances with { SubStatuses = alterable };
        }

        return new AlterationFilter
        {
            Instances = instances with { IsSystem = IsSystem },
            CorrelationIds = Given(CorrelationIds) ?? [],
            Names = Given(Names) ?? [],
            Activities = activities,
        };
    }

    private static IEnumerable<string> Alterable(IReadOnlyList<Alteration> alterations)
    {
        yield return nameof(WorkflowSubStatus.Pending);
        yield return nameof(WorkflowSubStatus.Executing);
        yield return nameof(WorkflowSubStatus.Suspended);
        yield return nameof(WorkflowSubStatus.Interrupted);
        if (alterations.Any(alteration => alteration is Alteration.ScheduleActivity))
            yield return nameof(WorkflowSubStatus.Faulted);
    }

    private static IReadOnlyList<string>? Given(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? texts : null;

    private void CheckLengths(ref IResult? refusal)
    {
        Check(WorkflowInstanceIds, "workflowInstanceIds", InstanceIdsMax, ref refusal);
        Check(CorrelationIds, "correlationIds", ValuesMax, ref refusal);
        Check(Names, "names", ValuesMax, ref refusal);
        Check(DefinitionIds, "definitionIds", ValuesMax, ref refusal);
        Check(DefinitionVersionIds, "definitionVersionIds", ValuesMax, ref refusal);
        Check(ActivityFilters, "activityFilters", ValuesMax, ref refusal);

        static void Check<T>(IReadOnlyList<T>? list, string member, int max, ref IResult? refusal)
        {
            if (list?.Count > max)
                refusal = Problems.Invalid("WF4022", "$.filter." + member, $"At most {max} values can be filtered by.");
            else if (list?.Any(item => item is null) ?? false)
                refusal = Problems.Invalid("WF4022", "$.filter." + member, "The list holds null. Leave it out.");
        }
    }

    private List<ActivityFilter> ReadActivities(ref IResult? refusal)
    {
        var filters = new List<ActivityFilter>();
        foreach (var request in ActivityFilters ?? [])
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"$.filter.activityFilters[{filters.Count}]");
            ActivityStatus? status = null;
            if (request?.Status is { Length: > 0 } name)
            {
                if (!Enum.TryParse<ActivityStatus>(name, ignoreCase: true, out var known) || known is not (ActivityStatus.Pending or ActivityStatus.Running or ActivityStatus.Faulted))
                    refusal = Problems.Invalid("WF4022", path + ".status", $"Executions that are '{name}' cannot be filtered by: only live ones can. Use Pending, Running or Faulted.");
                else
                    status = known;
            }

            var filter = new ActivityFilter(request?.ActivityId, request?.ActivityInstanceId, request?.NodeId, request?.Name, status);
            if (filter == new ActivityFilter(null, null, null, null, null))
                refusal ??= Problems.Invalid("WF4022", path, "Give it one of activityId, activityInstanceId, nodeId, name, status.");
            filters.Add(filter);
        }

        return filters;
    }
}

/// <summary>Selects activity executions; all members that are set must fit.</summary>
internal sealed record ActivityFilterRequest(string? ActivityId, string? ActivityInstanceId, string? NodeId, string? Name, string? Status);
