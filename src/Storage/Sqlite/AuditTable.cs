using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>The audit log: rows are appended, and retention deletes the oldest.</summary>
internal sealed class AuditTable(Connection connection)
{
    private const string Columns =
        "id, at, actor_kind, actor_id, actor_name, address, action, target_kind, target_id, target_name, before, after, outcome, code, trace_id";

    private Statement Insert => field ??= connection.Prepare($"INSERT INTO audit ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM audit WHERE id = ?");

    private Statement FindOne => field ??= connection.Prepare($"SELECT {Columns} FROM audit WHERE id = ?");

    /// <summary>Only the oldest are ever deleted, so the numbers have no gaps and tell how many there are without counting.</summary>
    private Statement FindExpired => field ??= connection.Prepare(
        """
        SELECT id, at < ?1 OR number <= (SELECT MAX(number) FROM audit) - ?2 FROM audit ORDER BY number LIMIT ?3
        """);

    public void Add_InTransaction(AuditEntry entry) =>
        Insert.Bind(entry.Id).Bind(entry.At).Bind(entry.ActorKind).Bind(entry.ActorId).Bind(entry.ActorName).Bind(entry.Address)
            .Bind(entry.Action).Bind(entry.TargetKind).Bind(entry.TargetId).Bind(entry.TargetName).Bind(entry.Before).Bind(entry.After)
            .Bind(entry.Outcome).Bind(entry.Code).Bind(entry.TraceId).Run();

    public void Delete_InTransaction(string id) => Delete.Bind(id).Run();

    public AuditEntry? Find(string id) => FindOne.Bind(id).FirstOrNull(Read);

    public List<AuditEntry> List(AuditFilter filter)
    {
        var conditions = new Conditions()
            .Add("number < (SELECT number FROM audit WHERE id = ?)", filter.BeforeId)
            .Add("target_kind = ?", filter.TargetKind)
            .Add("target_id = ?", filter.TargetId)
            .Add("outcome = ?", filter.Outcome)
            .Add("at >= ?", filter.From?.UtcTicks)
            .Add("at < ?", filter.To?.UtcTicks);
        if (filter.Action is { } action && action.EndsWith(".*", StringComparison.Ordinal))
            conditions.Add("instr(action, ?) = 1", action[..^1]);
        else
            conditions.Add("action = ?", filter.Action);
        conditions.AddSame(["actor_id", "actor_name"], filter.Actor);
        if (filter.Search is { Length: > 0 } term)
            conditions.AddSearch(term, ["actor_id", "actor_name", "address", "action", "target_id", "target_name", "before", "after"]);
        return conditions.BindTo(connection.Shared($"SELECT {Columns} FROM audit{conditions.Where} ORDER BY number DESC LIMIT ?"))
            .Bind(filter.Take).ToList(Read);
    }

    public List<string> Expired(AuditExpiryFilter filter) =>
    [
        .. FindExpired.Bind(filter.Before).Bind(filter.Kept).Bind(filter.Max).ToList(static row => (Id: row.Text(0), IsExpired: row.Flag(1)))
            .TakeWhile(row => row.IsExpired).Select(row => row.Id),
    ];

    private static AuditEntry Read(Statement row) => new()
    {
        Id = row.Text(0),
        At = row.At(1),
        ActorKind = row.Text(2),
        ActorId = row.TextOrNull(3),
        ActorName = row.TextOrNull(4),
        Address = row.TextOrNull(5),
        Action = row.Text(6),
        TargetKind = row.TextOrNull(7),
        TargetId = row.TextOrNull(8),
        TargetName = row.TextOrNull(9),
        Before = row.TextOrNull(10),
        After = row.TextOrNull(11),
        Outcome = row.Text(12),
        Code = row.TextOrNull(13),
        TraceId = row.TextOrNull(14),
    };
}
