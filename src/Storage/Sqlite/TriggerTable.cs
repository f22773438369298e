using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>What starts instances of published definitions.</summary>
internal sealed class TriggerTable(Connection connection)
{
    private const string Columns = "id, definition_id, version_id, activity_id, name, hash, payload, due_at";

    private Statement DeleteOfDefinition => field ??= connection.Prepare("DELETE FROM triggers WHERE definition_id = ?");

    private Statement Insert => field ??= connection.Prepare(
        $"INSERT OR REPLACE INTO triggers ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

    private Statement CountDueAt => field ??= connection.Prepare("SELECT 1 FROM triggers WHERE id = ? AND due_at = ?");

    private Statement SetDueAt => field ??= connection.Prepare("UPDATE triggers SET due_at = ?3 WHERE id = ?1 AND due_at = ?2");

    private Statement SoonestAfter => field ??= connection.Prepare(
        "SELECT due_at FROM triggers WHERE due_at > ? ORDER BY due_at LIMIT 1");

    public void Replace_InTransaction(TriggerSet set)
    {
        DeleteOfDefinition.Bind(set.DefinitionId).Run();
        foreach (var trigger in set.Triggers)
        {
            Insert.Bind(trigger.Id).Bind(trigger.DefinitionId).Bind(trigger.DefinitionVersionId).Bind(trigger.ActivityId)
                .Bind(trigger.Name).Bind(trigger.Hash).Bind(trigger.Payload).Bind(trigger.DueAt).Run();
        }
    }

    public bool IsDueAt_InTransaction(TriggerAdvance advance)
    {
        var isDue = CountDueAt.Bind(advance.TriggerId).Bind(advance.DueAt).Step();
        CountDueAt.Reset();
        return isDue;
    }

    public void Advance_InTransaction(TriggerAdvance advance) =>
        SetDueAt.Bind(advance.TriggerId).Bind(advance.DueAt).Bind(advance.NextDueAt).Run();

    public List<StoredTrigger> Find(TriggerFilter filter)
    {
        var conditions = new Conditions()
            .Add("id = ?", filter.Id)
            .Add("hash = ?", filter.Hash)
            .Add("definition_id = ?", filter.DefinitionId)
            .Add("name = ?", filter.Name)
            .Add("due_at <= ?", filter.DueUntil?.UtcTicks);
        var order = filter.DueUntil is null ? "number" : "due_at, number";
        var statement = connection.Shared($"SELECT {Columns} FROM triggers{conditions.Where} ORDER BY {order}");
        return conditions.BindTo(statement).ToList(Read);
    }

    public DateTimeOffset? NextDue(DateTimeOffset after) => SoonestAfter.Bind(after).FirstInstant();

    private static StoredTrigger Read(Statement row) =>
        new(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5))
        {
            Payload = row.TextOrNull(6),
            DueAt = row.AtOrNull(7),
        };
}
