using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>What retention and the size report ask for: along indexes, class by class, so that a million rows cost no more than a few.</summary>
internal sealed class ExpiryQueries(Connection connection)
{
    /// <summary>Instances of a class that are weighed for its size.</summary>
    private const int WeighedMax = 20;

    /// <summary>
    /// What finished before a moment was created before it, so the index that lists use serves here too; passed over are only those
    /// that ran across the moment. An index by finishing time cost every run a seventh of its throughput.
    /// </summary>
    private Statement FindOfClass => field ??= connection.Prepare(
        """
        SELECT i.id, i.revision, i.created_at, i.number FROM instances i INDEXED BY instances_class
        WHERE i.class = ?1 AND i.created_at < ?2 AND +i.finished_at < ?2
            AND NOT EXISTS (SELECT 1 FROM work w WHERE w.instance_id = i.id)
            AND NOT EXISTS (SELECT 1 FROM work w WHERE w.instance_id = i.parent_id)
        ORDER BY i.created_at, i.number LIMIT ?3
        """);

    private Statement Counts => field ??= connection.Prepare(
        """
        SELECT definition_id, version_id, status, sub_status, SUM(instances) FROM classes WHERE instances > 0
        GROUP BY definition_id, version_id, status, sub_status
        """);

    private Statement Classes => field ??= connection.Prepare("SELECT id, definition_id, instances FROM classes WHERE instances > 0");

    private Statement Weigh => field ??= connection.Prepare(
        """
        SELECT COUNT(*), SUM((SELECT LENGTH(state) FROM states WHERE instance = n.number)
            + (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM payloads WHERE instance = n.number)
            + (SELECT COALESCE(SUM(LENGTH(log)), 0) FROM bursts WHERE key BETWEEN n.number << 28 AND (n.number << 28) + 268435455))
        FROM (SELECT number FROM instances INDEXED BY instances_class WHERE class = ? ORDER BY created_at DESC LIMIT ?) n
        """);

    private Statement CountWaiting => field ??= connection.Prepare(
        "SELECT (SELECT COUNT(*) FROM work), (SELECT MIN(due_at) FROM work), (SELECT COUNT(*) FROM bookmarks)");

    private Statement OldestOfClass => field ??= connection.Prepare(
        "SELECT created_at FROM instances INDEXED BY instances_class WHERE class = ? ORDER BY created_at LIMIT 1");

    public List<ExpiredInstance> Find(ExpiryFilter filter)
    {
        var conditions = new Conditions().Add("definition_id = ?", filter.DefinitionId).Add("status = ?", "Finished")
            .AddIn("sub_status", filter.SubStatuses);
        var classes = conditions.BindTo(connection.Shared($"SELECT id FROM classes{conditions.Where} AND instances > 0"))
            .ToList(static row => row.Number(0));
        return
        [
            .. classes.SelectMany(id => FindOfClass.Bind(id).Bind(filter.FinishedBefore).Bind(filter.Max)
                    .ToList(static row => (Instance: new ExpiredInstance(row.Text(0), row.Number(1)), CreatedAt: row.Number(2), Number: row.Number(3))))
                .OrderBy(x => x.CreatedAt).ThenBy(x => x.Number).Take(filter.Max).Select(x => x.Instance),
        ];
    }

    public List<InstanceCount> Count() =>
        Counts.ToList(static row => new InstanceCount(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Number(4)));

    public StoreSize Measure(string path)
    {
        var pageBytes = Number("PRAGMA page_size");
        var workflows = Classes.ToList(static row => (Id: row.Number(0), Definition: row.Text(1), Instances: row.Number(2)))
            .GroupBy(x => x.Definition)
            .Select(x => new WorkflowSize(x.Key, x.Sum(y => BytesOf(y.Id, y.Instances)), x.Min(y => OldestOfClass.Bind(y.Id).FirstInstant())!.Value))
            .ToList();
        var (work, oldest, bookmarks) = CountWaiting.ToList(static row => (row.Number(0), row.AtOrNull(1), row.Number(2)))[0];
        return new(Number("PRAGMA page_count") * pageBytes, WalBytes(path), Number("PRAGMA freelist_count") * pageBytes, workflows)
        {
            Work = work,
            OldestWorkDueAt = oldest,
            Bookmarks = bookmarks,
        };
    }

    /// <summary>Bytes of the write-ahead log of a database file.</summary>
    public static long WalBytes(string path) => new FileInfo(path + "-wal") is { Exists: true } wal ? wal.Length : 0;

    private long BytesOf(long id, long instances)
    {
        Weigh.Bind(id).Bind(WeighedMax).Step();
        var (weighed, bytes) = (Weigh.Number(0), Weigh.Number(1));
        Weigh.Reset();
        return weighed == 0 ? 0 : instances * (StoreArguments.InstanceBytes + bytes / weighed);
    }

    private long Number(string pragma) => long.Parse(connection.ReadText(pragma), System.Globalization.CultureInfo.InvariantCulture);
}
