namespace Platform.Runtime.Store;

/// <summary>Selects queued work. Unset members do not restrict; an empty list of what is wanted selects nothing.</summary>
public sealed record WorkFilter
{
    /// <summary>Only the work with this id.</summary>
    public string? Id { get; init; }

    /// <summary>Only work that concerns this instance.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Only of these kinds.</summary>
    public IReadOnlyCollection<string>? Kinds { get; init; }

    /// <summary>Not of these kinds.</summary>
    public IReadOnlyCollection<string> ExceptKinds { get; init; } = [];

    /// <summary>Only starts of this definition.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>No starts of these definitions.</summary>
    public IReadOnlyCollection<string> ExceptDefinitionIds { get; init; } = [];

    /// <summary>No starts with these concurrency keys.</summary>
    public IReadOnlyCollection<string> ExceptConcurrencyKeys { get; init; } = [];

    /// <summary>Only work that is due up to and including this moment, UTC.</summary>
    public DateTimeOffset? DueUntil { get; init; }

    /// <summary>Only work that is due after this moment, UTC.</summary>
    public DateTimeOffset? DueAfter { get; init; }

    /// <summary>Rows of a list to leave out at the start.</summary>
    public int Skip { get; init; }

    /// <summary>Most rows of a list; null for all.</summary>
    public int? Take { get; init; }
}

/// <summary>How much work of one kind, and for starts of one definition, is queued.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DefinitionId">For starts the definition; otherwise null.</param>
/// <param name="Due">How much of it is due.</param>
/// <param name="Delayed">How much of it waits for its time.</param>
/// <param name="OldestAt">When the oldest was accepted, UTC.</param>
public sealed record WorkCount(string Kind, string? DefinitionId, long Due, long Delayed, DateTimeOffset OldestAt);

/// <summary>A filter of work as a predicate, with its lists as sets. Both stores select with it.</summary>
public sealed class WorkMatch
{
    private readonly WorkFilter _filter;
    private readonly HashSet<string>? _kinds;
    private readonly HashSet<string> _exceptKinds;
    private readonly HashSet<string> _exceptDefinitions;
    private readonly HashSet<string> _exceptKeys;

    /// <summary>Makes the predicate.</summary>
    /// <param name="filter">The filter.</param>
    public WorkMatch(WorkFilter filter)
    {
        _filter = filter;
        _kinds = filter.Kinds?.ToHashSet();
        _exceptKinds = [.. filter.ExceptKinds];
        _exceptDefinitions = [.. filter.ExceptDefinitionIds];
        _exceptKeys = [.. filter.ExceptConcurrencyKeys];
    }

    /// <summary>Whether the filter selects work of a kind and definition at all.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="definitionId">The definition, or null.</param>
    public bool Holds(string kind, string? definitionId) =>
        _kinds?.Contains(kind) != false
        && !_exceptKinds.Contains(kind)
        && (_filter.DefinitionId is null || _filter.DefinitionId == definitionId)
        && (definitionId is null || !_exceptDefinitions.Contains(definitionId));

    /// <summary>Whether the filter selects an item.</summary>
    /// <param name="work">The item.</param>
    public bool Holds(StoredWork work) =>
        Holds(work.Kind, work.DefinitionId)
        && (work.ConcurrencyKey is null || !_exceptKeys.Contains(work.ConcurrencyKey))
        && (_filter.Id is null || _filter.Id == work.Id)
        && (_filter.InstanceId is null || _filter.InstanceId == work.InstanceId)
        && (_filter.DueUntil is null || work.DueAt <= _filter.DueUntil)
        && (_filter.DueAfter is null || work.DueAt > _filter.DueAfter);
}
