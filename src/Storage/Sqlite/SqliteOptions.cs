using System.ComponentModel.DataAnnotations;

namespace Platform.Storage.Sqlite;

/// <summary>Where and how <see cref="SqliteStore"/> keeps its database.</summary>
public sealed class SqliteOptions
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    /// <summary>
    /// Directory of the database; made with access for its owner only when it does not exist. It holds <c>platform.db</c> with its
    /// <c>-wal</c> and <c>-shm</c> files, and the lock that keeps a second process out. It must be a local disk.
    /// Default: <c>data</c>.
    /// </summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// The SQLite library: empty for the system's (when it is 3.35 or newer, else the bundled one), <c>bundled</c>, or a file path.
    /// The first store of a process decides.
    /// Default: empty.
    /// </summary>
    public string Library { get; set; } = "";

    /// <summary>
    /// Memory for pages of the writing connection, 1 MiB to 16 GiB. It is used as the database grows.
    /// Default: 32 MiB.
    /// </summary>
    [Range(MiB, 16 * 1024 * MiB)]
    public long WriteCacheBytes { get; set; } = 32 * MiB;

    /// <summary>
    /// Memory for pages of each reading connection, 256 KiB to 1 GiB. Every write empties it, so that more seldom helps.
    /// Default: 4 MiB.
    /// </summary>
    [Range(256 * KiB, 1024 * MiB)]
    public long ReadCacheBytes { get; set; } = 4 * MiB;

    /// <summary>
    /// Connections for reading, 2 to 64, and so the reads that run at once; others wait. Lists use at most half of them, so that
    /// a slow search never holds up the lookups of runs.
    /// Default: 8.
    /// </summary>
    [Range(2, 64)]
    public int ReadConnections { get; set; } = 8;

    /// <summary>
    /// How long to wait for a lock that another program (a backup, a command line) holds on the database, 0 s to 60 s.
    /// Default: 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Most commits that share one transaction, 1 to 10,000. Larger batches save disk flushes, smaller ones answer the first sooner.
    /// Default: 512.
    /// </summary>
    [Range(1, 10_000)]
    public int BatchCommitsMax { get; set; } = 512;

    /// <summary>
    /// Content after which a batch takes no more commits, 64 KiB to 1 GiB. A single larger commit is still written.
    /// Default: 8 MiB.
    /// </summary>
    [Range(64 * KiB, 1024 * MiB)]
    public long BatchBytesMax { get; set; } = 8 * MiB;

    /// <summary>
    /// Commits that wait for the writer, 1 to 1,000,000; a further one waits for room before it is queued.
    /// Default: 4096.
    /// </summary>
    [Range(1, 1_000_000)]
    public int QueuedCommitsMax { get; set; } = 4096;

    /// <summary>
    /// Size of the write-ahead log at which its content moves into the database file, 1 MiB to 1 GiB. The file itself is cut back to
    /// four times this size.
    /// Default: 16 MiB.
    /// </summary>
    [Range(MiB, 1024 * MiB)]
    public long CheckpointBytes { get; set; } = 16 * MiB;

    /// <summary>
    /// Largest size of the database file, 1 MiB to 256 TiB, or null for no limit but the disk. A commit that needs more fails, later
    /// ones that fit work.
    /// Default: null.
    /// </summary>
    [Range(MiB, 256L * 1024 * 1024 * MiB)]
    public long? DatabaseBytesMax { get; set; }

    internal string DatabasePath => Path.Combine(Path.GetFullPath(DataDirectory), "platform.db");

    /// <summary>The store may be built by hand, so it does not rely on the host's validation.</summary>
    internal void Check() => Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
}
