using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <summary>One page of a list, and how many rows there are in all.</summary>
/// <typeparam name="T">Row type.</typeparam>
/// <param name="Items">The rows of this page.</param>
/// <param name="TotalCount">Rows over all pages.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long TotalCount)
{
    /// <summary>False when there are at least so many rows: counting all of a frequent value or word would take longer than finding the page.</summary>
    public bool IsTotalExact { get; init; } = true;
}

/// <summary>Selects definition versions. Unset members do not restrict; an empty list selects nothing.</summary>
public sealed record DefinitionFilter
{
    /// <summary>Which versions. Default: all.</summary>
    public VersionOptions Versions { get; init; } = VersionOptions.AllVersions;

    /// <summary>Only these definitions.</summary>
    public IReadOnlyCollection<string>? DefinitionIds { get; init; }

    /// <summary>Only these version ids.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Contained in name or description (any case), or in id or definition id.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>Exactly this name, any case, trimmed.</summary>
    public string? Name { get; init; }

    /// <summary>Only system definitions, or only others.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>Only versions that are usable as activities, or only others.</summary>
    public bool? IsUsableAsActivity { get; init; }

    /// <summary>Sort column. Default: name.</summary>
    public DefinitionOrder OrderBy { get; init; } = DefinitionOrder.Name;

    /// <summary>Sorts downwards. Default: upwards.</summary>
    public bool Descending { get; init; }

    /// <summary>Rows to leave out at the start.</summary>
    public int Skip { get; init; }

    /// <summary>Most rows to return; null for all.</summary>
    public int? Take { get; init; }

    /// <summary>Whether <see cref="WorkflowDefinition.Document"/> is read. Default: no, it is "{}" then.</summary>
    public bool WithDocuments { get; init; }
}

/// <summary>Sort columns of definition lists.</summary>
public enum DefinitionOrder
{
    /// <summary>By name, any case; then by id.</summary>
    Name,

    /// <summary>By creation time.</summary>
    Created,

    /// <summary>By version number.</summary>
    Version,
}

/// <summary>
/// Selects instances. Unset members do not restrict; empty lists do not restrict either. Instances that are equal in the sort column
/// follow each other in the order in which they were first stored, so that pages neither overlap nor leave rows out.
/// </summary>
public sealed record InstanceFilter
{
    /// <summary>Only these instances.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Contained in name (any case), id, definition id, version id or correlation id.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>
    /// Beginning of the id or the correlation id; or words, each of which begins a word of the name or of what went wrong. Found by the
    /// index of the search, which follows some moments behind; the total is exact up to 10,000.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>Only with these values, all of them, of variables, inputs or outputs; see <see cref="Text"/>.</summary>
    public IReadOnlyCollection<VariableTerm>? Variables { get; init; }

    /// <summary>Only of these definitions.</summary>
    public IReadOnlyCollection<string>? DefinitionIds { get; init; }

    /// <summary>Only of these definition versions.</summary>
    public IReadOnlyCollection<string>? DefinitionVersionIds { get; init; }

    /// <summary>Only with this correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only children of this instance.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Only re-runs of this instance.</summary>
    public string? RerunOf { get; init; }

    /// <summary>Only of this version number.</summary>
    public int? Version { get; init; }

    /// <summary>Only with, or only without incidents.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>Only system instances, or only others.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>Only in one of these statuses.</summary>
    public IReadOnlyCollection<string>? Statuses { get; init; }

    /// <summary>Only in one of these sub-statuses.</summary>
    public IReadOnlyCollection<string>? SubStatuses { get; init; }

    /// <summary>Time conditions, all of which must hold.</summary>
    public IReadOnlyCollection<TimestampFilter>? Timestamps { get; init; }

    /// <summary>Sort column. Default: creation time.</summary>
    public InstanceOrder OrderBy { get; init; } = InstanceOrder.Created;

    /// <summary>Sorts downwards. Default: upwards.</summary>
    public bool Descending { get; init; }

    /// <summary>Rows to leave out at the start.</summary>
    public int Skip { get; init; }

    /// <summary>Most rows to return; null for all.</summary>
    public int? Take { get; init; }
}

/// <summary>Sort columns of instance lists.</summary>
public enum InstanceOrder
{
    /// <summary>By creation time.</summary>
    Created,

    /// <summary>By time of the last commit.</summary>
    Updated,

    /// <summary>By finishing time; what has not finished comes first.</summary>
    Finished,

    /// <summary>By name, any case (<see cref="NameOrder"/>); without a name first.</summary>
    Name,
}

/// <summary>Compares one of an instance's times. A time that is not set yet fulfils no comparison.</summary>
/// <param name="Column"><c>CreatedAt</c>, <c>UpdatedAt</c> or <c>FinishedAt</c>.</param>
/// <param name="Operator">How to compare.</param>
/// <param name="Timestamp">Compared with, UTC.</param>
public sealed record TimestampFilter(string Column, TimestampOperator Operator, DateTimeOffset Timestamp);

/// <summary>Comparisons of <see cref="TimestampFilter"/>, with Elsa's names.</summary>
public enum TimestampOperator
{
    /// <summary>Equal.</summary>
    Is,

    /// <summary>Not equal.</summary>
    IsNot,

    /// <summary>Before.</summary>
    LessThan,

    /// <summary>After.</summary>
    GreaterThan,

    /// <summary>Before or equal.</summary>
    LessThanOrEqual,

    /// <summary>After or equal.</summary>
    GreaterThanOrEqual,
}

/// <summary>Selects bookmarks; at least one member must be set.</summary>
public sealed record BookmarkFilter
{
    /// <summary>Only the bookmark with this id.</summary>
    public string? Id { get; init; }

    /// <summary>Only with this hash.</summary>
    public string? Hash { get; init; }

    /// <summary>Only with this stimulus name.</summary>
    public string? Name { get; init; }

    /// <summary>Only of this instance.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Only of instances with this correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only of this activity execution.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>Only so many, the oldest; null for all.</summary>
    public int? Take { get; init; }
}

/// <summary>Selects triggers. Unset members do not restrict.</summary>
public sealed record TriggerFilter
{
    /// <summary>Only the trigger with this id.</summary>
    public string? Id { get; init; }

    /// <summary>Only with this hash.</summary>
    public string? Hash { get; init; }

    /// <summary>Only with this stimulus name.</summary>
    public string? Name { get; init; }

    /// <summary>Only of this definition.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Only those that are due up to and including this moment, soonest first.</summary>
    public DateTimeOffset? DueUntil { get; init; }
}
