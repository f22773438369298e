using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Queued work.</summary>
internal sealed class WorkTable(Connection connection)
{
    internal const string Columns = "id, kind, payload, key, instance_id, priority, due_at, created_at, attempts, definition_id, concurrency_key";

    /// <summary>Due items that are sorted: well under a millisecond.</summary>
    private const int SortedMax = 500;

    private Statement Upsert => field ??= connection.Prepare(
        $"""
        INSERT INTO work ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, payload = excluded.payload, key = excluded.key,
            instance_id = excluded.instance_id, priority = excluded.priority, due_at = excluded.due_at,
            created_at = excluded.created_at, attempts = excluded.attempts,
            definition_id = excluded.definition_id, concurrency_key = excluded.concurrency_key
        """);

    private Statement Delete => field ??= connection.Prepare("DELETE FROM work WHERE id = ?");

    private Statement DeleteOfInstance => field ??= connection.Prepare("DELETE FROM work WHERE instance_id = ?");

    private Statement FindByKey => field ??= connection.Prepare($"SELECT {Columns} FROM work WHERE key = ?");

    private Statement CountDue => field ??= connection.Prepare(
        "SELECT COUNT(*) FROM (SELECT 1 FROM work INDEXED BY work_due WHERE due_at <= ? LIMIT ?)");

    private Statement SortFewDue => field ??= connection.Prepare(
        $"SELECT {Columns} FROM work INDEXED BY work_due WHERE due_at <= ? ORDER BY +priority DESC, +created_at, +number LIMIT ?");

    private Statement WalkManyDue => field ??= connection.Prepare(
        $"SELECT {Columns} FROM work INDEXED BY work_order WHERE due_at <= ? ORDER BY priority DESC, created_at, number LIMIT ?");

    private Statement SoonestAfter => field ??= connection.Prepare(
        "SELECT due_at FROM work INDEXED BY work_due WHERE due_at > ? ORDER BY due_at LIMIT 1");

    public void Put_InTransaction(StoredWork work) =>
        Upsert.Bind(work.Id).Bind(work.Kind).Bind(work.Payload).Bind(work.Key).Bind(work.InstanceId).Bind(work.Priority)
            .Bind(work.DueAt).Bind(work.CreatedAt).Bind(work.Attempts).Bind(work.DefinitionId ?? "").Bind(work.ConcurrencyKey).Run();

    public void Delete_InTransaction(string id) => Delete.Bind(id).Run();

    public void DeleteOfInstance_InTransaction(string instanceId) => DeleteOfInstance.Bind(instanceId).Run();

    public StoredWork? Find(string key) => FindByKey.Bind(key).FirstOrNull(Read);

    /// <summary>
    /// A long queue is read in its own order, without sorting it. But when most of the queue waits for a later attempt, that order leads
    /// past all of it, and sorting the few that are due is shorter.
    /// </summary>
    public List<StoredWork> Due(DateTimeOffset now, int max) => (AreFewDue(now) ? SortFewDue : WalkManyDue).Bind(now).Bind(max).ToList(Read);

    /// <summary>Whether so few items are due that they may all be read.</summary>
    public bool AreFewDue(DateTimeOffset now)
    {
        CountDue.Bind(now).Bind(SortedMax + 1).Step();
        var areFew = CountDue.Number(0) <= SortedMax;
        CountDue.Reset();
        return areFew;
    }

    public DateTimeOffset? NextDue(DateTimeOffset after) => SoonestAfter.Bind(after).FirstInstant();

    internal static StoredWork Read(Statement row) => new(row.Text(0), row.Text(1), row.Text(2))
    {
        Key = row.TextOrNull(3),
        InstanceId = row.TextOrNull(4),
        Priority = (int)row.Number(5),
        DueAt = row.At(6),
        CreatedAt = row.At(7),
        Attempts = (int)row.Number(8),
        DefinitionId = row.Text(9) is { Length: > 0 } definitionId ? definitionId : null,
        ConcurrencyKey = row.TextOrNull(10),
    };
}
