using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <summary>A definition filter as a predicate, with its lists as sets.</summary>
internal sealed class DefinitionMatch(DefinitionFilter filter)
{
    private readonly HashSet<string>? _ids = filter.Ids?.ToHashSet();
    private readonly HashSet<string>? _definitionIds = filter.DefinitionIds?.ToHashSet();

    public bool Holds(WorkflowDefinition definition) =>
        filter.Versions.Matches(definition)
        && _ids?.Contains(definition.Id) != false
        && _definitionIds?.Contains(definition.DefinitionId) != false
        && (filter.IsSystem is null || filter.IsSystem == definition.IsSystem)
        && (filter.IsUsableAsActivity is null || filter.IsUsableAsActivity == definition.IsUsableAsActivity)
        && (filter.Name is null || string.Equals(filter.Name.Trim(), definition.Name?.Trim(), StringComparison.OrdinalIgnoreCase))
        && SearchTerm.Holds(filter.SearchTerm, definition.Name, definition.Description, definition.Id, definition.DefinitionId);
}

/// <summary>An instance filter as a predicate, with its lists as sets.</summary>
internal sealed class InstanceMatch(InstanceFilter filter)
{
    private readonly HashSet<string>? _ids = SetOf(filter.Ids);
    private readonly HashSet<string>? _definitionIds = SetOf(filter.DefinitionIds);
    private readonly HashSet<string>? _versionIds = SetOf(filter.DefinitionVersionIds);
    private readonly HashSet<string>? _statuses = SetOf(filter.Statuses);
    private readonly HashSet<string>? _subStatuses = SetOf(filter.SubStatuses);

    public bool Holds(StoredInstance instance) =>
        _ids?.Contains(instance.Id) != false
        && _definitionIds?.Contains(instance.DefinitionId) != false
        && _versionIds?.Contains(instance.DefinitionVersionId) != false
        && _statuses?.Contains(instance.Status) != false
        && _subStatuses?.Contains(instance.SubStatus) != false
        && (filter.CorrelationId is null || filter.CorrelationId == instance.CorrelationId)
        && (filter.ParentInstanceId is null || filter.ParentInstanceId == instance.ParentInstanceId)
        && (filter.RerunOf is null || filter.RerunOf == instance.RerunOf)
        && (filter.Version is null || filter.Version == instance.Version)
        && (filter.HasIncidents is null || filter.HasIncidents == instance.IncidentCount > 0)
        && (filter.IsSystem is null || filter.IsSystem == instance.IsSystem)
        && (filter.Timestamps is null || filter.Timestamps.All(x => Holds(x, instance)))
        && SearchTerm.Holds(
            filter.SearchTerm, instance.Name, instance.Id, instance.DefinitionId, instance.DefinitionVersionId, instance.CorrelationId);

    private static HashSet<string>? SetOf(IReadOnlyCollection<string>? values) => values is { Count: > 0 } ? [.. values] : null;

    /// <summary>An instance that has not finished has no finishing time: no comparison holds for it, not even "is not".</summary>
    private static bool Holds(TimestampFilter condition, StoredInstance instance)
    {
        var at = condition.Column switch
        {
            nameof(StoredInstance.CreatedAt) => instance.CreatedAt,
            nameof(StoredInstance.UpdatedAt) => instance.UpdatedAt,
            _ => instance.FinishedAt,
        };
        return condition.Operator switch
        {
            TimestampOperator.Is => at == condition.Timestamp,
            TimestampOperator.IsNot => at is not null && at != condition.Timestamp,
            TimestampOperator.LessThan => at < condition.Timestamp,
            TimestampOperator.GreaterThan => at > condition.Timestamp,
            TimestampOperator.LessThanOrEqual => at <= condition.Timestamp,
            TimestampOperator.GreaterThanOrEqual => at >= condition.Timestamp,
        };
    }
}

/// <summary>The search of lists: contained in one of the texts, in any case. An empty term restricts nothing.</summary>
internal static class SearchTerm
{
    public static bool Holds(string? term, params ReadOnlySpan<string?> texts)
    {
        if (string.IsNullOrEmpty(term))
            return true;
        foreach (var text in texts)
        {
            if (text?.Contains(term, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }

        return false;
    }
}

/// <summary>Sorting by a further key in either direction.</summary>
internal static class Ordering
{
    public static IOrderedEnumerable<TRow> ThenByDirection<TRow, TKey>(
        this IOrderedEnumerable<TRow> rows, Func<TRow, TKey> key, IComparer<TKey>? comparer, bool descending) =>
        descending ? rows.ThenByDescending(key, comparer) : rows.ThenBy(key, comparer);
}
