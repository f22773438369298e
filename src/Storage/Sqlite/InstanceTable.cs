using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Instances with their states and bursts: the rows of the hot path.</summary>
internal sealed class InstanceTable(Connection connection, ClassTable classes, PayloadTable payloads)
{
    /// <summary>Revisions of one instance: a commit per second for eight years. It leaves room for 34 billion instances in a key.</summary>
    public const long RevisionMax = (1L << RevisionBits) - 1;

    private const int RevisionBits = 28;

    private const string Header =
        "i.id, c.definition_id, c.version_id, c.version, c.status, c.sub_status, c.is_system, i.correlation_id, i.name, i.parent_id, "
        + "i.incidents, i.created_at, i.updated_at, i.finished_at, i.revision, i.concurrency_key, i.rerun_of";

    private Statement FindRow => field ??= connection.Prepare("SELECT number, class, revision FROM instances WHERE id = ?");

    private Statement Insert => field ??= connection.Prepare(
        """
        INSERT INTO instances (id, class, revision, incidents, created_at, updated_at, finished_at, name, correlation_id, parent_id, concurrency_key,
            rerun_of)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private Statement InsertState => field ??= connection.Prepare("INSERT OR REPLACE INTO states (instance, state) VALUES (?, ?)");

    private Statement Update => field ??= connection.Prepare(
        "UPDATE instances SET revision = ?2, incidents = ?3, updated_at = ?4 WHERE number = ?1");

    /// <summary>Apart because SQLite rewrites the index entries of every column that is set, changed or not.</summary>
    private Statement UpdateRarelyChanged => field ??= connection.Prepare(
        """
        UPDATE instances SET class = ?2, created_at = ?3, finished_at = ?4, name = ?5, correlation_id = ?6, parent_id = ?7, concurrency_key = ?8,
            rerun_of = ?9
        WHERE number = ?1 AND (class <> ?2 OR created_at <> ?3 OR finished_at IS NOT ?4
            OR name IS NOT ?5 OR correlation_id IS NOT ?6 OR parent_id IS NOT ?7 OR concurrency_key IS NOT ?8
            OR rerun_of IS NOT ?9)
        """);

    private Statement UpdateState => field ??= connection.Prepare("UPDATE states SET state = ?2 WHERE instance = ?1");

    private Statement InsertBurst => field ??= connection.Prepare("INSERT INTO bursts (key, committed_at, log) VALUES (?, ?, ?)");

    private Statement FindFinished => field ??= connection.Prepare(
        """
        SELECT 1 FROM instances i JOIN classes c ON c.id = i.class WHERE i.id = ? AND i.revision = ? AND c.status = 'Finished'
        """);

    private Statement DeleteBursts => field ??= connection.Prepare("DELETE FROM bursts WHERE key BETWEEN ? AND ?");

    private Statement DeleteState => field ??= connection.Prepare("DELETE FROM states WHERE instance = ?");

    private Statement DeleteRow => field ??= connection.Prepare("DELETE FROM instances WHERE number = ?");

    private Statement FindWithState => field ??= connection.Prepare(
        $"""
        SELECT {Header}, s.state FROM instances i
        JOIN classes c ON c.id = i.class JOIN states s ON s.instance = i.number WHERE i.id = ?
        """);

    private Statement FindHeader => field ??= connection.Prepare(
        $"SELECT {Header} FROM instances i JOIN classes c ON c.id = i.class WHERE i.number = ?");

    private Statement ReadLogs => field ??= connection.Prepare(
        "SELECT key, committed_at, log FROM bursts WHERE key BETWEEN ? AND ? ORDER BY key");

    /// <summary>Where an instance is stored; <see cref="InstanceRow.None"/> when it is not.</summary>
    public InstanceRow Locate(string id)
    {
        var row = FindRow.Bind(id).Step() ? new InstanceRow(FindRow.Number(0), FindRow.Number(1), FindRow.Number(2)) : InstanceRow.None;
        FindRow.Reset();
        return row;
    }

    /// <summary>Writes an instance over its row, or a new one, and returns the row's number.</summary>
    public long Put_InTransaction(StoredInstance instance, InstanceRow row)
    {
        if (instance.Revision > RevisionMax)
            throw new InvalidOperationException($"Instance '{instance.Id}' has reached {RevisionMax} commits, the most there can be.");
        var classId = classes.IdOf_InTransaction(instance);
        if (row == InstanceRow.None)
        {
            Insert.Bind(instance.Id).Bind(classId).Bind(instance.Revision).Bind(instance.IncidentCount).Bind(instance.CreatedAt)
                .Bind(instance.UpdatedAt).Bind(instance.FinishedAt).Bind(instance.Name).Bind(instance.CorrelationId)
                .Bind(instance.ParentInstanceId).Bind(instance.ConcurrencyKey).Bind(instance.RerunOf).Run();
            var number = connection.LastNumber;
            InsertState.Bind(number).Bind(WithoutPayloads_InTransaction(number, instance, isNew: true).Span).Run();
            classes.Count(classId, 1);
            return number;
        }

        Update.Bind(row.Number).Bind(instance.Revision).Bind(instance.IncidentCount).Bind(instance.UpdatedAt).Run();
        UpdateRarelyChanged.Bind(row.Number).Bind(classId).Bind(instance.CreatedAt).Bind(instance.FinishedAt).Bind(instance.Name)
            .Bind(instance.CorrelationId).Bind(instance.ParentInstanceId).Bind(instance.ConcurrencyKey).Bind(instance.RerunOf).Run();
        UpdateState.Bind(row.Number).Bind(WithoutPayloads_InTransaction(row.Number, instance, isNew: false).Span).Run();
        if (row.Class != classId)
        {
            classes.Count(row.Class, -1);
            classes.Count(classId, 1);
        }

        return row.Number;
    }

    public void AddBurst_InTransaction(long number, StoredBurst burst) =>
        InsertBurst.Bind((number << RevisionBits) + burst.Revision).Bind(burst.CommittedAt).Bind(burst.Log.Span).Run();

    public bool IsFinishedAt_InTransaction(ExpiredInstance expired)
    {
        var isFinished = FindFinished.Bind(expired.Id).Bind(expired.Revision).Step();
        FindFinished.Reset();
        return isFinished;
    }

    /// <summary>Deletes an instance and returns the number its row had; 0 when there was none.</summary>
    public long Delete_InTransaction(string id)
    {
        var row = Locate(id);
        if (row == InstanceRow.None)
            return row.Number;
        DeleteBursts.Bind(row.Number << RevisionBits).Bind((row.Number << RevisionBits) + RevisionMax).Run();
        DeleteState.Bind(row.Number).Run();
        payloads.Delete_InTransaction(row.Number);
        DeleteRow.Bind(row.Number).Run();
        classes.Count(row.Class, -1);
        return row.Number;
    }

    public StoredInstance? Find(string id)
    {
        var found = FindRowWithState(id);
        if (found is null || !SplitState.IsSplit(found.State.Span))
            return found;
        // From one snapshot: a commit between the two reads may have replaced the values.
        connection.BeginRead();
        if (FindRowWithState(id) is { } again)
            found = SplitState.IsSplit(again.State.Span) ? again with { State = SplitState.Join(again.State.Span, payloads.Read(Locate(id).Number)) } : again;
        connection.CommitTransaction();
        return found;
    }

    /// <summary>Headers by row number, in the order of the numbers.</summary>
    public List<StoredInstance> Read(IEnumerable<long> numbers)
    {
        var instances = new List<StoredInstance>();
        foreach (var number in numbers)
        {
            if (FindHeader.Bind(number).FirstOrNull(Read) is { } instance)
                instances.Add(instance);
        }

        return instances;
    }

    public List<StoredBurst> Bursts(string instanceId)
    {
        var number = Locate(instanceId).Number;
        return ReadLogs.Bind(number << RevisionBits).Bind((number << RevisionBits) + RevisionMax)
            .ToList(row => new StoredBurst(instanceId, row.Number(0) & RevisionMax, row.At(1), row.Bytes(2)));
    }

    private StoredInstance? FindRowWithState(string id) => FindWithState.Bind(id).FirstOrNull(static row => Read(row) with { State = row.Bytes(17) });

    private ReadOnlyMemory<byte> WithoutPayloads_InTransaction(long number, StoredInstance instance, bool isNew)
    {
        var split = SplitState.Of(instance.State);
        if (!isNew || split.Payloads.Count > 0)
            payloads.Replace_InTransaction(number, split.Payloads, isNew);
        return split.Bytes;
    }

    private static StoredInstance Read(Statement row) => new(row.Text(0), row.Text(1), row.Text(2), (int)row.Number(3))
    {
        Status = row.Text(4),
        SubStatus = row.Text(5),
        IsSystem = row.Flag(6),
        CorrelationId = row.TextOrNull(7),
        Name = row.TextOrNull(8),
        ParentInstanceId = row.TextOrNull(9),
        IncidentCount = (int)row.Number(10),
        CreatedAt = row.At(11),
        UpdatedAt = row.At(12),
        FinishedAt = row.AtOrNull(13),
        Revision = row.Number(14),
        ConcurrencyKey = row.TextOrNull(15),
        RerunOf = row.TextOrNull(16),
    };
}

/// <summary>An instance's row as the writer needs it.</summary>
/// <param name="Number">Row number, from 1.</param>
/// <param name="Class">Class id.</param>
/// <param name="Revision">Stored revision.</param>
internal readonly record struct InstanceRow(long Number, long Class, long Revision)
{
    /// <summary>No row: its revision is the one that a first write expects.</summary>
    public static InstanceRow None => default;
}
