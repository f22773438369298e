using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Lists of instances, fast with a million rows. There are two kinds of filter. Over classes only (definition, status ...): the total
/// is known beforehand and tells which way to the page is the shorter one. With anything else (search, times, correlation ...): the
/// matches are collected, more of them where the index of variables and words leads to them; when they are too many to collect they are
/// frequent, and the page is soon found along the sort index.
/// </summary>
internal sealed class InstanceList(Connection connection, ClassTable classes, InstanceTable instances)
{
    /// <summary>Matches that are collected and sorted here: some milliseconds and some hundred kilobytes.</summary>
    private const int CollectedMax = 10_000;

    /// <summary>Index entries that are read class by class for a page: some ten milliseconds.</summary>
    private const long MergedMax = 100_000;

    /// <summary>Neighbours in a sort index mostly share their pages, rows of one class do not: measured with a million rows.</summary>
    private const double WalkedPerSorted = 4;

    public Page<StoredInstance> Read(InstanceFilter filter)
    {
        var selection = classes.Select(filter);
        if (selection.Selected == 0)
            return new([], 0);
        var search = new InstanceSearch(filter, selection, classes, new(connection, filter));
        if (search.IsNeeded)
            return ReadBySearch(filter, search);
        var isBeyond = filter.Take == 0 || filter.Skip >= selection.Selected;
        return new(isBeyond ? [] : instances.Read(PageOfClasses(filter, selection)), selection.Selected);
    }

    private Page<StoredInstance> ReadBySearch(InstanceFilter filter, InstanceSearch search)
    {
        var conditions = search.Conditions();
        var areAllRead = search.AreAllRead(conditions);
        using var collect = connection.PrepareOnce(
            $"SELECT {(conditions.IsLed ? "DISTINCT " : "")}number, {Column(filter.OrderBy)} FROM {conditions.Instances}{conditions.Where} LIMIT ?");
        conditions.BindTo(collect).Bind(areAllRead ? -1 : CollectedMax + 1);
        var matches = collect.ToList<Match>(filter.OrderBy == InstanceOrder.Name ? Match.ReadName : Match.ReadTime);
        if (areAllRead || matches.Count <= CollectedMax)
            return new(instances.Read(PageOf(matches, filter)), Math.Min(matches.Count, CollectedMax)) { IsTotalExact = matches.Count <= CollectedMax };

        if (!search.IsCounted)
            return new(instances.Read(WalkSortIndex(filter, search.ConditionsAlongSortIndex())), CollectedMax) { IsTotalExact = false };
        using var count = connection.PrepareOnce($"SELECT COUNT(*) FROM instances{conditions.Where}");
        conditions.BindTo(count).Step();
        return new(instances.Read(WalkSortIndex(filter, search.ConditionsAlongSortIndex())), count.Number(0));
    }

    private List<long> PageOfClasses(InstanceFilter filter, ClassSelection selection)
    {
        if (selection.IsEverything)
            return WalkSortIndex(filter, new());
        var wanted = Math.Min(selection.Selected, filter.Skip + (long)(filter.Take ?? int.MaxValue));
        if (filter.OrderBy == InstanceOrder.Created && selection.Ids.Count * wanted <= MergedMax)
            return MergeClasses(filter, selection.Ids, wanted);

        // Along the sort index most entries belong to other classes when the selected ones are rare: then it is shorter to sort these.
        var walked = wanted * (double)selection.Stored / selection.Selected;
        if (walked > selection.Selected * WalkedPerSorted)
            return SortClasses(filter, selection.Ids);
        var conditions = new Conditions();
        selection.AddTo(conditions);
        return WalkSortIndex(filter, conditions);
    }

    private List<long> WalkSortIndex(InstanceFilter filter, Conditions conditions)
    {
        var column = Column(filter.OrderBy);
        var direction = Direction(filter);
        using var page = connection.PrepareOnce(
            $"""
            SELECT number FROM instances INDEXED BY {Index(filter.OrderBy)}{conditions.Where}
            ORDER BY {column} {direction}, number {direction} LIMIT ? OFFSET ?
            """);
        return BindPage(conditions.BindTo(page), filter).ToList(static row => row.Number(0));
    }

    private List<long> SortClasses(InstanceFilter filter, List<long> ids)
    {
        var conditions = new Conditions().AddIn("class", ids);
        var direction = Direction(filter);
        using var page = connection.PrepareOnce(
            $"""
            SELECT number FROM instances INDEXED BY instances_class{conditions.Where}
            ORDER BY +{Column(filter.OrderBy)} {direction}, +number {direction} LIMIT ? OFFSET ?
            """);
        return BindPage(conditions.BindTo(page), filter).ToList(static row => row.Number(0));
    }

    /// <summary>The entries of each class are in order of creation, so the page is among the first ones of all classes.</summary>
    private List<long> MergeClasses(InstanceFilter filter, List<long> ids, long wanted)
    {
        var direction = Direction(filter);
        var firstOfClass = connection.Shared(
            $"""
            SELECT number, created_at FROM instances INDEXED BY instances_class
            WHERE class = ? ORDER BY created_at {direction}, number {direction} LIMIT ?
            """);
        var matches = new List<Match>();
        foreach (var id in ids)
            matches.AddRange(firstOfClass.Bind(id).Bind(wanted).ToList(Match.ReadTime));
        return PageOf(matches, filter);
    }

    private static List<long> PageOf(List<Match> matches, InstanceFilter filter)
    {
        matches.Sort(filter.Descending ? static (x, y) => y.CompareTo(x) : static (x, y) => x.CompareTo(y));
        return [.. matches.Skip(filter.Skip).Take(filter.Take ?? int.MaxValue).Select(x => x.Number)];
    }

    private static Statement BindPage(Statement statement, InstanceFilter filter) =>
        statement.Bind(filter.Take ?? int.MaxValue).Bind(filter.Skip);

    private static string Direction(InstanceFilter filter) => filter.Descending ? "DESC" : "ASC";

    private static string Column(InstanceOrder order) => order switch
    {
        InstanceOrder.Created => "created_at",
        InstanceOrder.Updated => "updated_at",
        InstanceOrder.Finished => "finished_at",
        InstanceOrder.Name => "name COLLATE NOCASE",
    };

    private static string Index(InstanceOrder order) => order switch
    {
        InstanceOrder.Created => "instances_created",
        InstanceOrder.Updated => "instances_updated",
        InstanceOrder.Finished => "instances_finished",
        InstanceOrder.Name => "instances_name",
    };

    /// <summary>A row number with its value in the sort column: a time, or a name.</summary>
    private readonly record struct Match(long Number, long? Time, string? Name) : IComparable<Match>
    {
        public static Match ReadTime(Statement row) => new(row.Number(0), row.IsNull(1) ? null : row.Number(1), null);

        public static Match ReadName(Statement row) => new(row.Number(0), null, row.TextOrNull(1));

        public int CompareTo(Match other)
        {
            var order = Nullable.Compare(Time, other.Time);
            if (order == 0)
                order = NameOrder.Instance.Compare(Name, other.Name);
            return order != 0 ? order : Number.CompareTo(other.Number);
        }
    }
}
