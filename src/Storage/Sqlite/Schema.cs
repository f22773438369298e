using System.Globalization;

namespace Platform.Storage.Sqlite;

/// <summary>Settings of the database file and its tables: made at the first start, brought up to date at later ones, never back.</summary>
internal static class Schema
{
    /// <summary>Larger than the default: states and logs of some hundred bytes then fill their pages.</summary>
    private const int PageBytes = 4096;

    /// <summary>Freed pages that are given back to the disk at one start: 64 MiB, well under a second.</summary>
    private const int ReturnedPagesMax = 8192;

    private static readonly string[] Migrations =
    [
        .. typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(x => x.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Migrations.Length;

    public static void ConfigureWriter(Connection connection, SqliteOptions options)
    {
        // These two take effect only before the first table, and before the journal mode writes the first page.
        connection.Execute($"PRAGMA page_size = {PageBytes}; PRAGMA auto_vacuum = INCREMENTAL;");
        connection.ReadText("PRAGMA journal_mode = WAL");
        var pageBytes = ReadNumber(connection, "PRAGMA page_size");
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = FAST;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = {-options.WriteCacheBytes / 1024};
            PRAGMA wal_autocheckpoint = {options.CheckpointBytes / pageBytes};
            PRAGMA journal_size_limit = {options.CheckpointBytes * 4};
            """));
        if (options.DatabaseBytesMax is { } most)
            connection.ReadText(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {most / pageBytes}"));
        CheckDurability(connection, options.DatabasePath);
    }

    public static void ConfigureReader(Connection connection, SqliteOptions options)
    {
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = {-options.ReadCacheBytes / 1024};"));
        Conditions.AddFunctions(connection);
    }

    /// <summary>Runs the migrations that the database lacks, each in a transaction with its version number.</summary>
    public static void Migrate(Connection connection, string path, DateTimeOffset now)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)");
        var stored = ReadNumber(connection, "SELECT COALESCE(MAX(version), 0) FROM schema_version");
        if (stored > Version)
        {
            throw new StorageException(
                $"The database '{path}' has schema version {stored}, but this program knows only up to {Version}: a newer one wrote "
                + "it. Start that one, or restore a backup from before the upgrade.");
        }

        using var insert = connection.PrepareOnce("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)");
        for (var version = stored + 1; version <= Version; version++)
        {
            connection.BeginWrite();
            try
            {
                connection.Execute(ReadMigration(Migrations[version - 1]));
                insert.Bind(version).Bind(now).Run();
                connection.CommitTransaction();
            }
            catch
            {
                connection.RollbackTransaction();
                throw;
            }
        }
    }

    /// <summary>Drops classes without instances, and gives space back when retention has freed much of the file.</summary>
    public static void Tidy(Connection connection)
    {
        connection.Execute("DELETE FROM classes WHERE instances = 0");
        if (ReadNumber(connection, "PRAGMA freelist_count") > ReadNumber(connection, "PRAGMA page_count") / 4)
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({ReturnedPagesMax})"));
    }

    /// <summary>A network disk or a read-only file may refuse: better no start than commits that a power cut takes back.</summary>
    private static void CheckDurability(Connection connection, string path)
    {
        var journal = connection.ReadText("PRAGMA journal_mode");
        var synchronous = connection.ReadText("PRAGMA synchronous");
        if (journal != "wal" || synchronous != "2")
        {
            throw new StorageException(
                $"The database '{path}' cannot be written durably: its journal mode is '{journal}' instead of 'wal', or its synchronous "
                + $"setting {synchronous} instead of 2 (FULL). The data directory must be on a local disk and writable.");
        }
    }

    private static string ReadMigration(string name)
    {
        using var stream = typeof(Schema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The migration '{name}' is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static long ReadNumber(Connection connection, string sql) =>
        long.Parse(connection.ReadText(sql), CultureInfo.InvariantCulture);
}
