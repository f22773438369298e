using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// One connection to the database file, used by one thread at a time. It is a thin layer over SQLite's own functions: a commit costs a
/// few microseconds of SQL, of which an ADO.NET command per statement would take more than the database.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly sqlite3 _database;
    private readonly List<Statement> _statements = [];
    private readonly Dictionary<string, Statement> _shared = [];

    private Connection(sqlite3 database) => _database = database;

    public bool IsInTransaction => raw.sqlite3_get_autocommit(_database) == 0;

    public long LastNumber => raw.sqlite3_last_insert_rowid(_database);

    private Statement Begin => field ??= Prepare("BEGIN");

    private Statement BeginImmediate => field ??= Prepare("BEGIN IMMEDIATE");

    private Statement Commit => field ??= Prepare("COMMIT");

    private Statement Rollback => field ??= Prepare("ROLLBACK");

    public static Connection Open(string path, bool isReadOnly, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE);
        var code = raw.sqlite3_open_v2(path, out var database, flags, null);
        if (code != raw.SQLITE_OK)
        {
            database?.Dispose();
            throw new StorageException($"The database '{path}' cannot be opened: {raw.sqlite3_errstr(code).utf8_to_string()}.", code);
        }

        raw.sqlite3_extended_result_codes(database, 1);
        raw.sqlite3_busy_timeout(database, (int)busyTimeout.TotalMilliseconds);
        return new(database);
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = PrepareOnce(sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>A statement by its text, for texts of which there are few.</summary>
    public Statement Shared(string sql)
    {
        if (!_shared.TryGetValue(sql, out var statement))
            _shared[sql] = statement = Prepare(sql);
        return statement;
    }

    /// <summary>The texts of the shared statements, so that their plans can be looked at.</summary>
    public IReadOnlyCollection<string> SharedTexts => _shared.Keys;

    /// <summary>Prepares a statement that the caller disposes.</summary>
    public Statement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        return new(this, statement);
    }

    /// <summary>Runs one or more statements that return nothing and are needed once.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql));

    /// <summary>The first column of the only row of a query that is needed once.</summary>
    public string ReadText(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.TextOrNull(0) ?? "" : "";
    }

    public void BeginRead() => Begin.Run();

    /// <summary>Takes the write lock at once, so that no statement of the transaction can meet another writer.</summary>
    public void BeginWrite() => BeginImmediate.Run();

    public void CommitTransaction() => Commit.Run();

    /// <summary>Ends a failed transaction; SQLite has ended it already after some failures, a full disk for one.</summary>
    public void RollbackTransaction()
    {
        foreach (var statement in _statements)
            statement.Reset();
        if (IsInTransaction)
            Rollback.Run();
    }

    /// <summary>Makes the statement that runs now fail. The only member that other threads may call.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_database);

    /// <summary>Gives SQL a function over one text and one constant text that answers yes or no; null is no.</summary>
    public void AddPredicate(string name, Func<string, string, bool> predicate) => Check(raw.sqlite3_create_function(
        _database,
        name,
        2,
        raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC,
        null,
        (context, _, arguments) =>
        {
            var isNull = raw.sqlite3_value_type(arguments[0]) == raw.SQLITE_NULL;
            var holds = !isNull && predicate(
                raw.sqlite3_value_text(arguments[0]).utf8_to_string(), raw.sqlite3_value_text(arguments[1]).utf8_to_string());
            raw.sqlite3_result_int(context, holds ? 1 : 0);
        }));

    /// <summary>Moves the write-ahead log into the database file and empties it.</summary>
    public void Checkpoint() =>
        Check(raw.sqlite3_wal_checkpoint_v2(_database, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));

    /// <summary>The same without waiting for readers; false when one of them still needs the log.</summary>
    /// <param name="busyTimeout">How long later statements wait for a lock.</param>
    public bool TryCheckpoint(TimeSpan busyTimeout)
    {
        raw.sqlite3_busy_timeout(_database, 0);
        var code = raw.sqlite3_wal_checkpoint_v2(_database, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(_database, (int)busyTimeout.TotalMilliseconds);
        if ((code & 0xFF) == raw.SQLITE_BUSY)
            return false;
        Check(code);
        return true;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw Failure(code);
    }

    public StorageException Failure(int code) => new($"SQLite: {raw.sqlite3_errmsg(_database).utf8_to_string()} ({code}).", code);

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        raw.sqlite3_close_v2(_database);
        _database.Dispose();
    }
}
