using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// The part of an instance filter that classes cannot answer, as SQL. A plus before a column keeps SQLite from its index: without
/// statistics it cannot know that the index of another condition is the better one, but we do.
/// </summary>
internal sealed class InstanceSearch(InstanceFilter filter, ClassSelection selection, ClassTable classes, IndexedSearch indexed)
{
    /// <summary>Ids, correlation, parent or original: few rows, each with an index.</summary>
    private readonly bool _isSelective =
        filter.Ids is { Count: > 0 } || filter.CorrelationId is not null || filter.ParentInstanceId is not null || filter.RerunOf is not null;

    private readonly bool _hasTerm = !string.IsNullOrEmpty(filter.SearchTerm);
    private readonly bool _hasTimestamps = filter.Timestamps is { Count: > 0 };

    public bool IsNeeded => _isSelective || _hasTerm || _hasTimestamps || indexed.IsNeeded;

    /// <summary>Whether the total is told exactly however large it is; with the index of variables and words it ends at what is collected.</summary>
    public bool IsCounted => !indexed.IsNeeded;

    /// <summary>Whether matches are few enough for reading all of them, rather than those that are found first.</summary>
    public bool AreAllRead(Conditions conditions) => conditions.IsLed && !indexed.IsFrequent;

    /// <summary>The conditions for finding all matches.</summary>
    public Conditions Conditions() => Build(isAlongSortIndex: false);

    /// <summary>The conditions for testing rows in the order of the sort index.</summary>
    public Conditions ConditionsAlongSortIndex() => Build(isAlongSortIndex: true);

    private Conditions Build(bool isAlongSortIndex)
    {
        var plus = isAlongSortIndex ? "+" : "";
        var conditions = new Conditions()
            .AddIn($"{plus}id", ClassTable.NullIfEmpty(filter.Ids))
            .Add($"{plus}correlation_id = ?", filter.CorrelationId)
            .Add($"{plus}parent_id = ?", filter.ParentInstanceId)
            .Add($"{plus}rerun_of = ?", filter.RerunOf);
        foreach (var condition in filter.Timestamps ?? [])
            conditions.Add($"{(_isSelective ? "+" : "")}{Column(condition)} {Comparison(condition)}", condition.Timestamp.UtcTicks);
        var isByClass = !isAlongSortIndex && IsClassIndexBest();
        indexed.AddTo(conditions, leads: !isAlongSortIndex && !isByClass && !_isSelective && !(_hasTimestamps && indexed.IsFrequent));
        if (isByClass)
            conditions.AddIn("class", selection.Ids);
        else
            selection.AddTo(conditions);
        if (_hasTerm)
            conditions.AddSearch(filter.SearchTerm!, ["id", "name", "correlation_id"]).OrIn("+class", classes.Search(filter.SearchTerm!));
        return conditions;
    }

    /// <summary>The index of classes has the creation time too; other times have their own. A search reads the table as it lies.</summary>
    private bool IsClassIndexBest()
    {
        if (_isSelective || selection.IsEverything)
            return false;
        if (_hasTimestamps)
            return filter.Timestamps!.All(x => x.Column == nameof(StoredInstance.CreatedAt));
        return selection.Selected < selection.Stored / 5;
    }

    private static string Column(TimestampFilter condition) => condition.Column switch
    {
        nameof(StoredInstance.CreatedAt) => "created_at",
        nameof(StoredInstance.UpdatedAt) => "updated_at",
        _ => "finished_at",
    };

    private static string Comparison(TimestampFilter condition) => condition.Operator switch
    {
        TimestampOperator.Is => "= ?",
        TimestampOperator.IsNot => "<> ?",
        TimestampOperator.LessThan => "< ?",
        TimestampOperator.GreaterThan => "> ?",
        TimestampOperator.LessThanOrEqual => "<= ?",
        TimestampOperator.GreaterThanOrEqual => ">= ?",
    };
}
