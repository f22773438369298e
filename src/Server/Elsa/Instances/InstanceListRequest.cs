using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Instances;

/// <summary>Asks for a page of instances; unset members do not restrict.</summary>
internal sealed record InstanceListRequest
{
    /// <summary>Most rows of one answer. There may be millions of instances, so "everything" has an end; the total count says how many there are.</summary>
    private const int RowsMax = 10_000;

    /// <summary>Page from 0.</summary>
    public int? Page { get; init; }

    /// <summary>Rows per page.</summary>
    public int? PageSize { get; init; }

    /// <summary>Contained in name, ids or correlation id.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>Only of this definition.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Only of these definitions.</summary>
    public IReadOnlyList<string>? DefinitionIds { get; init; }

    /// <summary>Only with this correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only of this version number.</summary>
    public int? Version { get; init; }

    /// <summary>Only with, or only without incidents.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>Only system instances, or only others.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>Only in this status.</summary>
    public string? Status { get; init; }

    /// <summary>Only in one of these statuses.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Only in this sub-status.</summary>
    public string? SubStatus { get; init; }

    /// <summary>Only in one of these sub-statuses.</summary>
    public IReadOnlyList<string>? SubStatuses { get; init; }

    /// <summary>Sort column: <c>Created</c>, <c>UpdatedAt</c> or <c>LastExecuted</c>, <c>Finished</c>, <c>Name</c>.</summary>
    public string? OrderBy { get; init; }

    /// <summary><c>Ascending</c> or <c>Descending</c>.</summary>
    public string? OrderDirection { get; init; }

    /// <summary>Time conditions.</summary>
    public IReadOnlyList<TimestampRequest>? TimestampFilters { get; init; }

    /// <summary>The request out of a query.</summary>
    public static InstanceListRequest Of(IQueryCollection query, ref IResult? refusal) => new()
    {
        Page = query.Number("page", ref refusal),
        PageSize = query.Number("pageSize", ref refusal),
        SearchTerm = query.Text("searchTerm"),
        DefinitionId = query.Text("definitionId"),
        DefinitionIds = query.Texts("definitionIds"),
        CorrelationId = query.Text("correlationId"),
        Version = query.Number("version", ref refusal),
        HasIncidents = query.Flag("hasIncidents"),
        IsSystem = query.Flag("isSystem"),
        Status = query.Text("status"),
        Statuses = query.Texts("statuses"),
        SubStatus = query.Text("subStatus"),
        SubStatuses = query.Texts("subStatuses"),
        OrderBy = query.Text("orderBy"),
        OrderDirection = query.Text("orderDirection"),
    };

    /// <summary>The request as the store understands it.</summary>
    /// <param name="refusal">The answer when it makes no sense.</param>
    public InstanceFilter ToFilter(ref IResult? refusal)
    {
        var (skip, take) = QueryText.Paging(Page, PageSize, ref refusal);
        if (take > RowsMax)
            refusal = Problems.Invalid("WF4005", "$.pageSize", $"A page holds {RowsMax} rows at most.");
        var orderBy = OrderOf(OrderBy, ref refusal);
        var isDescending = string.IsNullOrEmpty(OrderDirection)
            ? orderBy != InstanceOrder.Name
            : OrderDirection.StartsWith("D", StringComparison.OrdinalIgnoreCase);
        return new InstanceFilter
        {
            SearchTerm = Given(SearchTerm),
            DefinitionIds = Union(DefinitionIds, DefinitionId),
            CorrelationId = Given(CorrelationId),
            Version = Version,
            HasIncidents = HasIncidents,
            IsSystem = IsSystem,
            Statuses = Names<Engine.WorkflowStatus>(Union(Statuses, Status), "statuses", ref refusal),
            SubStatuses = Names<Engine.WorkflowSubStatus>(Union(SubStatuses, SubStatus), "subStatuses", ref refusal),
            Timestamps = TimestampRequest.ToFilters(TimestampFilters, ref refusal),
            OrderBy = orderBy,
            Descending = isDescending,
            Skip = skip,
            Take = take ?? RowsMax,
        };
    }

    /// <summary>Names of an enumeration in their own spelling; null when none is given.</summary>
    public static IReadOnlyCollection<string>? Names<T>(IReadOnlyCollection<string>? names, string member, ref IResult? refusal)
        where T : struct, Enum
    {
        if (names is null)
            return null;
        var known = new List<string>();
        foreach (var name in names)
        {
            if (Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value))
                known.Add(value.ToString());
            else
                refusal = Problems.Invalid("WF4005", "$." + member, $"'{name}' is not one of: {string.Join(", ", Enum.GetNames<T>())}.");
        }

        return known;
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static IReadOnlyCollection<string>? Union(IReadOnlyList<string>? many, string? one)
    {
        var all = (many ?? []).Append(one).OfType<string>().Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return all.Count > 0 ? all : null;
    }

    private static InstanceOrder OrderOf(string? name, ref IResult? refusal)
    {
        switch (name?.ToUpperInvariant())
        {
            case null or "" or "CREATED" or "CREATEDAT":
                return InstanceOrder.Created;
            case "UPDATED" or "UPDATEDAT" or "LASTEXECUTED":
                return InstanceOrder.Updated;
            case "FINISHED" or "FINISHEDAT":
                return InstanceOrder.Finished;
            case "NAME":
                return InstanceOrder.Name;
            default:
                refusal = Problems.Invalid("WF4005", "$.orderBy", $"'{name}' is no sort column. Use Created, UpdatedAt, Finished or Name.");
                return InstanceOrder.Created;
        }
    }
}

/// <summary>A time condition.</summary>
internal sealed record TimestampRequest
{
    /// <summary><c>CreatedAt</c>, <c>UpdatedAt</c> or <c>FinishedAt</c>.</summary>
    public string? Column { get; init; }

    /// <summary>How to compare.</summary>
    public string? Operator { get; init; }

    /// <summary>Compared with.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The conditions as the store understands them; null when there are none.</summary>
    public static IReadOnlyCollection<TimestampFilter>? ToFilters(IReadOnlyList<TimestampRequest?>? requests, ref IResult? refusal)
    {
        if (requests is not { Count: > 0 })
            return null;
        var filters = new List<TimestampFilter>();
        foreach (var request in requests)
        {
            var column = Array.Find(["CreatedAt", "UpdatedAt", "FinishedAt"], name => string.Equals(name, request?.Column, StringComparison.OrdinalIgnoreCase));
            if (request is null || column is null || !Enum.TryParse<TimestampOperator>(request.Operator, ignoreCase: true, out var comparison) || !Enum.IsDefined(comparison))
            {
                refusal = Problems.Invalid(
                    "WF4005", "$.timestampFilters", $"'{request?.Column} {request?.Operator}' is no time condition. Columns: CreatedAt, UpdatedAt, FinishedAt.");
            }
            else
            {
                filters.Add(new TimestampFilter(column, comparison, request.Timestamp.ToUniversalTime()));
            }
        }

        return filters;
    }
}
