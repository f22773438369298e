using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Operations;

/// <summary>What counts as healthy, section <c>Health</c>.</summary>
internal sealed class HealthOptions
{
    /// <summary>How old an answer of <c>/health/ready</c> may be; so the store is written to at most this often by those who ask. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the store may take for the small write that asks whether it works. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long due work may wait while no worker takes anything, before the server is not ready. Default: 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QueueStuckAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Free space on the disk of the data below which the server is degraded, in bytes; 0 for no check. Default: 512 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long DiskFreeBytesMin { get; set; } = 512L * 1024 * 1024;

    /// <summary>Share of the memory it may have above which the server is degraded, in percent. Default: 90.</summary>
    [Range(1, 100)]
    public int MemoryPercentMax { get; set; } = 90;

    /// <summary>How long the process may do nothing of what it has to do every second, before it counts as stuck. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(30);
}
