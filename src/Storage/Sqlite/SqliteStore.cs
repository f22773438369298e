using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Keeps everything in one SQLite file: write-ahead log, a disk flush per group of commits, one writing thread, several readers.
/// One process at a time may have a data directory open.
/// </summary>
/// <param name="options">Where and how; not changed afterwards.</param>
/// <param name="timeProvider">Time for the record of schema changes.</param>
/// <param name="logger">Receives the start and failures of the store, or null for nobody.</param>
/// <param name="metrics">Counts and times commits, or null for nobody; whoever made it disposes it.</param>
public sealed class SqliteStore(SqliteOptions options, TimeProvider timeProvider, ILogger<SqliteStore>? logger = null, StorageMetrics? metrics = null) : IWorkflowStore
{
    private readonly ILogger _logger = logger ?? NullLogger<SqliteStore>.Instance;
    private OpenStore? _open;
    private bool _isDisposed;
    private Measured? _measured;

    /// <inheritdoc/>
    public string Description { get; private set; } = "SQLite, not opened yet";

    private OpenStore Store
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _open ?? throw new InvalidOperationException($"{nameof(InitializeAsync)} comes first.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">
    /// Another process has the directory open, the database is newer than the program, or it cannot be written durably.
    /// </exception>
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_open is not null)
            throw new InvalidOperationException("The store is open already.");
        options.Check();
        cancellationToken.ThrowIfCancellationRequested();
        var library = SqliteLibrary.Load(options.Library);
        PrivateFiles.CreateDirectory(Path.GetFullPath(options.DataDirectory));
        var directoryLock = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
        Session? writer = null;
        try
        {
            PrivateFiles.CreateFile(options.DatabasePath);
            writer = new(Connection.Open(options.DatabasePath, isReadOnly: false, options.BusyTimeout));
            Schema.ConfigureWriter(writer.Connection, options);
            Schema.Migrate(writer.Connection, options.DatabasePath, timeProvider.GetUtcNow());
            Schema.Tidy(writer.Connection);
            Description = Describe(writer.Connection, library);
            _open = new(directoryLock, writer, new(writer, options, _logger, timeProvider, metrics), new(OpenReader, options.ReadConnections));
        }
        catch
        {
            writer?.Dispose();
            directoryLock.Dispose();
            throw;
        }

        Log.StoreOpened(_logger, Description);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        StoreArguments.Check(commit);
        return Store.Queue.CommitAsync(commit, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WorkflowDefinition?> FindDefinitionVersionAsync(string id, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(id, static (x, id) => x.Definitions.Find(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WorkflowDefinition?> FindDefinitionAsync(
        string definitionId, VersionOptions options, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(
            (definitionId, options), static (x, key) => x.Definitions.Find(key.definitionId, key.options), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<WorkflowDefinition>> ListDefinitionsAsync(DefinitionFilter filter, CancellationToken cancellationToken) =>
        Store.Reads.ListAsync(filter, static (x, filter) => x.Definitions.List(filter), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredInstance?> FindInstanceAsync(string id, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(id, static (x, id) => x.Instances.Find(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<StoredInstance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.Check(filter);
        return Store.Reads.ListAsync(filter, static (x, filter) => x.InstanceList.Read(filter), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredInstance>> FindUnindexedAsync(int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Store.Reads.FindAsync<int, IReadOnlyList<StoredInstance>>(max, static (x, max) => x.Search.Unindexed(max), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> CountUnindexedAsync(CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(0, static (x, _) => x.Search.CountUnindexed(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ExpiredInstance>> FindExpiredAsync(ExpiryFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Max);
        return Store.Reads.ListAsync<ExpiryFilter, IReadOnlyList<ExpiredInstance>>(
            filter, static (x, filter) => x.Expiry.Find(filter), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(CancellationToken cancellationToken) =>
        Store.Reads.ListAsync<int, IReadOnlyList<InstanceCount>>(0, static (x, _) => x.Expiry.Count(), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StoreSize> MeasureAsync(CancellationToken cancellationToken)
    {
        // It reads some pages of each workflow, and is asked for on intervals: a store that nobody writes to is as large as it was.
        var state = (Store.Queue.Changes, new FileInfo(options.DatabasePath).Length, ExpiryQueries.WalBytes(options.DatabasePath));
        if (_measured is { } measured && measured.State == state)
            return measured.Size;
        var size = await Store.Reads.ListAsync(options.DatabasePath, static (x, path) => x.Expiry.Measure(path), cancellationToken);
        _measured = new Measured(state, size);
        return size;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBurst>> ReadBurstsAsync(string instanceId, CancellationToken cancellationToken) =>
        Store.Reads.ListAsync<string, IReadOnlyList<StoredBurst>>(
            instanceId, static (x, id) => x.Instances.Bursts(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBookmark>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.Check(filter);
        return Store.Reads.FindAsync<BookmarkFilter, IReadOnlyList<StoredBookmark>>(
            filter, static (x, filter) => x.Bookmarks.Find(filter), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBookmark>> DueBookmarksAsync(DateTimeOffset until, int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Store.Reads.FindAsync<(DateTimeOffset Until, int Max), IReadOnlyList<StoredBookmark>>(
            (until, max), static (x, key) => x.Bookmarks.Due(key.Until, key.Max), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredTrigger>> FindTriggersAsync(TriggerFilter filter, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync<TriggerFilter, IReadOnlyList<StoredTrigger>>(
            filter, static (x, filter) => x.Triggers.Find(filter), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Store.Reads.FindAsync<(DateTimeOffset Now, int Max), IReadOnlyList<StoredWork>>(
            (now, max), static (x, key) => x.Work.Due(key.Now, key.Max), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(WorkFilter filter, DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Store.Reads.FindAsync<(WorkFilter Filter, DateTimeOffset Now, int Max), IReadOnlyList<StoredWork>>(
            (filter, now, max), static (x, key) => x.WorkQueries.Due(key.Filter, key.Now, key.Max), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Page<StoredWork>> ListWorkAsync(WorkFilter filter, CancellationToken cancellationToken) =>
        Store.Reads.ListAsync(filter, static (x, filter) => x.WorkQueries.List(filter), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkCount>> CountWorkAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.Reads.ListAsync<DateTimeOffset, IReadOnlyList<WorkCount>>(now, static (x, now) => x.WorkQueries.Count(now), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredWork?> FindWorkByKeyAsync(string key, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(key, static (x, key) => x.Work.Find(key), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset after, CancellationToken cancellationToken) => Store.Reads.FindAsync(
        after, static (x, after) => x.NextDue(after), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredDocument?> FindDocumentAsync(string kind, string id, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync((kind, id), static (x, key) => x.Documents.Find(key.kind, key.id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredDocument>> ListDocumentsAsync(string kind, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync<string, IReadOnlyList<StoredDocument>>(kind, static (x, kind) => x.Documents.List(kind), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuditEntry?> FindAuditAsync(string id, CancellationToken cancellationToken) =>
        Store.Reads.FindAsync(id, static (x, id) => x.Audit.Find(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Take);
        return Store.Reads.ListAsync<AuditFilter, IReadOnlyList<AuditEntry>>(filter, static (x, filter) => x.Audit.List(filter), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> FindExpiredAuditAsync(AuditExpiryFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Max);
        return Store.Reads.ListAsync<AuditExpiryFilter, IReadOnlyList<string>>(filter, static (x, filter) => x.Audit.Expired(filter), cancellationToken);
    }

    /// <summary>Writes what is queued, lets reads end, empties the write-ahead log and frees the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_open is not { } open)
            return;
        await open.Queue.StopAsync();
        await open.Reads.CloseAsync();
        open.Reads.Dispose();
        try
        {
            open.Writer.Connection.Checkpoint();
        }
        catch (StorageException e)
        {
            Log.CheckpointFailed(_logger, e);
        }

        open.Writer.Dispose();
        open.DirectoryLock.Dispose();
    }

    private string Describe(Connection connection, string library)
    {
        var version = connection.ReadText("SELECT sqlite_version()");
        var journal = connection.ReadText("PRAGMA journal_mode").ToUpperInvariant();
        var synchronous = connection.ReadText("PRAGMA synchronous") == "2" ? "FULL" : "not full";
        return $"SQLite {version} ({library}) in {options.DatabasePath}, schema {Schema.Version}, "
            + $"journal {journal}, synchronous {synchronous}";
    }

    private Session OpenReader()
    {
        var connection = Connection.Open(options.DatabasePath, isReadOnly: true, options.BusyTimeout);
        try
        {
            Schema.ConfigureReader(connection, options);
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A size, and the state of the file that it was taken of: changes, bytes of the file and of its log.</summary>
    private sealed record Measured((long Changes, long FileBytes, long WalBytes) State, StoreSize Size);

    private sealed record OpenStore(DirectoryLock DirectoryLock, Session Writer, CommitQueue Queue, ReadPool Reads);
}
