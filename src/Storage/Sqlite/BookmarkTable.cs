using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Where instances wait.</summary>
internal sealed class BookmarkTable(Connection connection)
{
    private const string Columns =
        "id, instance_id, name, hash, activity_instance_id, created_at, due_at, correlation_id, payload";

    private Statement Upsert => field ??= connection.Prepare(
        $"""
        INSERT INTO bookmarks ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET instance_id = excluded.instance_id, name = excluded.name, hash = excluded.hash,
            activity_instance_id = excluded.activity_instance_id, created_at = excluded.created_at, due_at = excluded.due_at,
            correlation_id = excluded.correlation_id, payload = excluded.payload
        """);

    private Statement Delete => field ??= connection.Prepare("DELETE FROM bookmarks WHERE id = ?");

    private Statement DeleteOfInstance => field ??= connection.Prepare("DELETE FROM bookmarks WHERE instance_id = ?");

    private Statement FindByHash => field ??= connection.Prepare(
        $"SELECT {Columns} FROM bookmarks WHERE hash = ? ORDER BY created_at, number");

    private Statement DueUntil => field ??= connection.Prepare(
        $"SELECT {Columns} FROM bookmarks INDEXED BY bookmarks_due WHERE due_at <= ? ORDER BY due_at, number LIMIT ?");

    private Statement SoonestAfter => field ??= connection.Prepare(
        "SELECT due_at FROM bookmarks WHERE due_at > ? ORDER BY due_at LIMIT 1");

    public void Put_InTransaction(StoredBookmark bookmark) =>
        Upsert.Bind(bookmark.Id).Bind(bookmark.InstanceId).Bind(bookmark.Name).Bind(bookmark.Hash).Bind(bookmark.ActivityInstanceId)
            .Bind(bookmark.CreatedAt).Bind(bookmark.DueAt).Bind(bookmark.CorrelationId).Bind(bookmark.Payload).Run();

    public void Delete_InTransaction(string id) => Delete.Bind(id).Run();

    public void DeleteOfInstance_InTransaction(string instanceId) => DeleteOfInstance.Bind(instanceId).Run();

    public List<StoredBookmark> Find(BookmarkFilter filter)
    {
        // The hot path: a stimulus looks for whoever waits for it.
        if (filter.Hash is not null && filter == new BookmarkFilter { Hash = filter.Hash })
            return FindByHash.Bind(filter.Hash).ToList(Read);

        // Only the most selective condition may use its index: without statistics SQLite would take them all for equally good.
        var conditions = new Conditions();
        Add("id", filter.Id);
        Add("instance_id", filter.InstanceId);
        var isByHash = conditions.IsEmpty && filter.Hash is not null;
        Add("hash", filter.Hash);
        if (isByHash)
            conditions.Add("correlation_id = ?", filter.CorrelationId);
        else
            Add("correlation_id", filter.CorrelationId);
        Add("name", filter.Name);
        Add("activity_instance_id", filter.ActivityInstanceId);
        var statement = connection.Shared(
            $"SELECT {Columns} FROM bookmarks{conditions.Where} ORDER BY +created_at, +number{(filter.Take is null ? "" : " LIMIT ?")}");
        var bound = conditions.BindTo(statement);
        return (filter.Take is { } take ? bound.Bind(take) : bound).ToList(Read);

        void Add(string column, string? value) => conditions.Add(conditions.IsEmpty ? $"{column} = ?" : $"+{column} = ?", value);
    }

    public List<StoredBookmark> Due(DateTimeOffset until, int max) => DueUntil.Bind(until).Bind(max).ToList(Read);

    public DateTimeOffset? NextDue(DateTimeOffset after) => SoonestAfter.Bind(after).FirstInstant();

    private static StoredBookmark Read(Statement row) => new(row.Text(0), row.Text(1), row.Text(2), row.Text(3))
    {
        ActivityInstanceId = row.Text(4),
        CreatedAt = row.At(5),
        DueAt = row.AtOrNull(6),
        CorrelationId = row.TextOrNull(7),
        Payload = row.TextOrNull(8),
    };
}
