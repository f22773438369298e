using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Queued work by filter: what may be done now, lists and counts.</summary>
internal sealed class WorkQueries(Connection connection, WorkTable work)
{
    /// <summary>Two statements: with one comparison of both columns SQLite walks over all rows of the group that it comes from.</summary>
    private Statement NextDefinition => field ??= connection.Prepare(
        "SELECT kind, definition_id FROM work INDEXED BY work_groups WHERE kind = ? AND definition_id > ? ORDER BY definition_id LIMIT 1");

    private Statement NextKind => field ??= connection.Prepare(
        "SELECT kind, definition_id FROM work INDEXED BY work_groups WHERE kind > ? ORDER BY kind, definition_id LIMIT 1");

    private Statement FirstOfGroup => field ??= connection.Prepare(
        """
        SELECT number, priority, created_at FROM work INDEXED BY work_groups
        WHERE kind = ? AND definition_id = ? AND due_at <= ?
            AND (concurrency_key IS NULL OR concurrency_key NOT IN (SELECT value FROM json_each(?)))
        ORDER BY priority DESC, created_at, number LIMIT ?
        """);

    private Statement FindRow => field ??= connection.Prepare($"SELECT {WorkTable.Columns} FROM work WHERE number = ?");

    private Statement CountGroups => field ??= connection.Prepare(
        """
        SELECT kind, definition_id, SUM(due_at <= ?1), SUM(due_at > ?1), MIN(created_at) FROM work INDEXED BY work_groups
        GROUP BY kind, definition_id ORDER BY kind, definition_id
        """);

    /// <summary>
    /// Few due items are read and chosen from. Of many the first ones of each kind and definition are looked up, so that a million
    /// starts of a paused workflow are one step of the walk and not a million.
    /// </summary>
    public List<StoredWork> Due(WorkFilter filter, DateTimeOffset now, int max)
    {
        var match = new WorkMatch(filter);
        if (work.AreFewDue(now))
            return [.. work.Due(now, int.MaxValue).Where(match.Holds).Take(max)];
        var keys = Conditions.Json(filter.ExceptConcurrencyKeys);
        var entries = new List<Entry>();
        var (kind, definitionId) = ("", "");
        while (NextOf(ref kind, ref definitionId))
        {
            if (match.Holds(kind, definitionId.Length > 0 ? definitionId : null))
            {
                entries.AddRange(FirstOfGroup.Bind(kind).Bind(definitionId).Bind(now).Bind(keys).Bind(max)
                    .ToList(static row => new Entry((int)row.Number(1), row.Number(2), row.Number(0))));
            }
        }

        entries.Sort();
        var due = new List<StoredWork>();
        foreach (var entry in entries.Take(max))
        {
            if (FindRow.Bind(entry.Number).FirstOrNull(WorkTable.Read) is { } row)
                due.Add(row);
        }

        return due;
    }

    public Page<StoredWork> List(WorkFilter filter)
    {
        var conditions = new Conditions().Add("id = ?", filter.Id).Add("instance_id = ?", filter.InstanceId)
            .AddIn("kind", filter.Kinds).Add("definition_id = ?", filter.DefinitionId)
            .Add("due_at <= ?", filter.DueUntil?.UtcTicks).Add("due_at > ?", filter.DueAfter?.UtcTicks);
        if (filter.ExceptKinds.Count > 0)
            conditions.AddNotIn("kind", filter.ExceptKinds);
        if (filter.ExceptDefinitionIds.Count > 0)
            conditions.AddNotIn("definition_id", filter.ExceptDefinitionIds);
        if (filter.ExceptConcurrencyKeys.Count > 0)
            conditions.AddNotIn("COALESCE(concurrency_key, '')", filter.ExceptConcurrencyKeys);
        using var count = connection.PrepareOnce($"SELECT COUNT(*) FROM work{conditions.Where}");
        conditions.BindTo(count).Step();
        using var page = connection.PrepareOnce(
            $"SELECT {WorkTable.Columns} FROM work{conditions.Where} ORDER BY priority DESC, created_at, number LIMIT ? OFFSET ?");
        return new(conditions.BindTo(page).Bind(filter.Take ?? int.MaxValue).Bind(filter.Skip).ToList(WorkTable.Read), count.Number(0));
    }

    public List<WorkCount> Count(DateTimeOffset now) => CountGroups.Bind(now).ToList(static row => new WorkCount(
        row.Text(0), row.Text(1) is { Length: > 0 } definitionId ? definitionId : null, row.Number(2), row.Number(3), row.At(4)));

    private bool NextOf(ref string kind, ref string definitionId) =>
        Read(NextDefinition.Bind(kind).Bind(definitionId), ref kind, ref definitionId) || Read(NextKind.Bind(kind), ref kind, ref definitionId);

    private static bool Read(Statement next, ref string kind, ref string definitionId)
    {
        var isFound = next.Step();
        if (isFound)
            (kind, definitionId) = (next.Text(0), next.Text(1));
        next.Reset();
        return isFound;
    }

    /// <summary>Where an item stands in the queue.</summary>
    private readonly record struct Entry(int Priority, long CreatedAt, long Number) : IComparable<Entry>
    {
        public int CompareTo(Entry other)
        {
            var order = other.Priority.CompareTo(Priority);
            if (order == 0)
                order = CreatedAt.CompareTo(other.CreatedAt);
            return order != 0 ? order : Number.CompareTo(other.Number);
        }
    }
}
