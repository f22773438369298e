namespace Platform.Server.Monitoring.Series;

/// <summary>A kind of figure that is kept.</summary>
/// <param name="Name">Its name, which does not change.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Description">What it says.</param>
/// <param name="Subject">The part of the platform that it belongs to; null for those of services, which have one each, and of everything.</param>
/// <param name="Sentence">A sentence without its end that tells a figure: {0} is the figure with its unit, {1} the name of the service.</param>
internal sealed record MetricKind(string Name, string Unit, string Description, string? Subject, string Sentence);

/// <summary>Every figure that the monitor keeps, by name.</summary>
internal static class MetricCatalog
{
    public const string DatabaseWrite = "database.write_ms";
    public const string DatabaseRead = "database.read_ms";
    public const string DatabaseBytes = "database.bytes";
    public const string Memory = "memory.percent";
    public const string MachineMemory = "memory.machine_percent";
    public const string MemoryBytes = "memory.process_bytes";
    public const string Cpu = "cpu.percent";
    public const string MachineCpu = "cpu.machine_percent";
    public const string DiskUsed = "disk.used_percent";
    public const string DiskFree = "disk.free_bytes";
    public const string QueueDepth = "queue.depth";
    public const string QueueOldest = "queue.oldest_s";
    public const string RunsStarted = "runs.started";
    public const string RunsFinished = "runs.finished";
    public const string RunsFaulted = "runs.faulted";
    public const string RunsSuccess = "runs.success_percent";
    public const string RunsError = "runs.error_percent";
    public const string RunsP50 = "runs.p50_ms";
    public const string RunsP95 = "runs.p95_ms";
    public const string RunsP99 = "runs.p99_ms";
    public const string ServiceResponse = "service.response_ms";
    public const string ServiceBreaker = "service.breaker";
    public const string Status = "status";

    private static readonly MetricKind[] _all =
    [
        new(RunsStarted, "run/min", "Runs that started, per minute.", PlatformSubjects.Runs, "Runs start at a rate of {0}"),
        new(RunsFinished, "run/min", "Runs that ended well, per minute.", PlatformSubjects.Runs, "Runs end well at a rate of {0}"),
        new(RunsFaulted, "run/min", "Runs that faulted, per minute.", PlatformSubjects.Runs, "Runs fault at a rate of {0}"),
        new(RunsSuccess, "%", "Share of the runs of the last while (Monitor:RunWindow) that did not fault.", PlatformSubjects.Runs, "{0} of the latest runs did not fault"),
        new(RunsError, "%", "Share of the runs of the last while (Monitor:RunWindow) that faulted.", PlatformSubjects.Runs, "{0} of the latest runs faulted"),
        new(RunsP50, "ms", "Half of the runs took at most so long from their creation to their end.", PlatformSubjects.Runs, "Half of the runs take up to {0}"),
        new(RunsP95, "ms", "95 of 100 runs took at most so long.", PlatformSubjects.Runs, "95 of 100 runs take up to {0}"),
        new(RunsP99, "ms", "99 of 100 runs took at most so long.", PlatformSubjects.Runs, "99 of 100 runs take up to {0}"),
        new(QueueDepth, "item", "Queued work that is due.", PlatformSubjects.Queue, "The queue has {0} due"),
        new(QueueOldest, "s", "How long the oldest queued work has been due.", PlatformSubjects.Queue, "The oldest queued work has been due for {0}"),
        new(Cpu, "%", "Share of the machine's processors that this process uses.", PlatformSubjects.Cpu, "The server uses {0} of the machine's processors"),
        new(MachineCpu, "%", "Share of the machine's processors that is in use. Linux only.", PlatformSubjects.Cpu, "{0} of the machine's processors are in use"),
        new(Memory, "%", "Share of the memory it may have that this process uses.", PlatformSubjects.Memory, "The server uses {0} of the memory it may have"),
        new(MachineMemory, "%", "Share of the machine's memory that is in use.", PlatformSubjects.Memory, "{0} of the machine's memory is in use"),
        new(MemoryBytes, "byte", "Memory that this process uses.", PlatformSubjects.Memory, "The server uses {0} of memory"),
        new(DiskUsed, "%", "Share of the disk of the data that is in use.", PlatformSubjects.Disk, "{0} of the disk of the data is in use"),
        new(DiskFree, "byte", "Free space on the disk of the data.", PlatformSubjects.Disk, "The disk of the data has {0} of free space"),
        new(DatabaseWrite, "ms", "How long a small write took until it was on the disk.", PlatformSubjects.Database, "A small write to the database took {0}"),
        new(DatabaseRead, "ms", "How long a small read took.", PlatformSubjects.Database, "A small read from the database took {0}"),
        new(DatabaseBytes, "byte", "Size of the database and of its write-ahead log.", PlatformSubjects.Database, "The database takes up {0}"),
        new(ServiceResponse, "ms", "How long a service took to answer its probe.", null, "The service '{1}' took {0} to answer"),
        new(ServiceBreaker, "", "How the circuit breaker of a service stands: 0 closed, 1 half open, 2 open.", null, "The circuit breaker of the service '{1}' stands at {0}"),
        new(Status, "", "How anything monitored is: 0 healthy, 1 degraded, 2 unhealthy.", null, "'{1}' stands at {0}"),
    ];

    private static readonly Dictionary<string, string> _main = new(StringComparer.Ordinal)
    {
        [PlatformSubjects.Database] = DatabaseWrite,
        [PlatformSubjects.Queue] = QueueDepth,
        [PlatformSubjects.Runs] = RunsError,
        [PlatformSubjects.Memory] = Memory,
        [PlatformSubjects.Cpu] = Cpu,
        [PlatformSubjects.Disk] = DiskUsed,
    };

    private static readonly Dictionary<string, MetricKind> _byName = _all.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>All of them, those of the platform first.</summary>
    public static IReadOnlyList<MetricKind> All => _all;

    /// <summary>The kind with this name, or null.</summary>
    /// <param name="name">The name.</param>
    public static MetricKind? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The figure that says most about a subject.</summary>
    /// <param name="subject">The subject.</param>
    public static string MainOf(string subject) => _main.GetValueOrDefault(subject, ServiceResponse);

    /// <summary>The unit of a figure; empty when it has none.</summary>
    /// <param name="name">Name of the figure.</param>
    public static string UnitOf(string name) => Find(name)?.Unit ?? "";
}

/// <summary>The parts of the platform that are monitored.</summary>
internal static class PlatformSubjects
{
    public const string Database = "database";
    public const string Memory = "memory";
    public const string Cpu = "cpu";
    public const string Disk = "disk";
    public const string Queue = "queue";
    public const string Runs = "runs";

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [Database, Queue, Runs, Memory, Cpu, Disk];
}
