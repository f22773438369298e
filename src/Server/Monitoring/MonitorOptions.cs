using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Monitoring;

/// <summary>What the health monitor looks at and how often, section <c>Monitor</c>.</summary>
internal sealed class MonitorOptions : IValidatableObject
{
    /// <summary>Whether anything is monitored. Without it there are no alerts and no remedies. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often every registered service is asked for its health. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ServiceInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the platform itself is looked at: database, memory, processor, disk, queue and runs. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PlatformInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a service may take to answer a probe before it counts as unhealthy. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most services that are asked at once. Default: 32.</summary>
    [Range(1, 1_000)]
    public int ProbesMax { get; set; } = 32;

    /// <summary>An answer to a probe that takes longer makes a service degraded. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan ServiceSlowAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many checks in a row must be worse before the status gets worse. Default: 2.</summary>
    [Range(1, 100)]
    public int WorseAfter { get; set; } = 2;

    /// <summary>How many checks in a row must be better before the status gets better, and before an alert is over. Default: 2.</summary>
    [Range(1, 100)]
    public int BetterAfter { get; set; } = 2;

    /// <summary>A write or read that takes longer makes the database degraded. Default: 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan DatabaseSlowAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A write or read that takes longer makes the database unhealthy. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan DatabaseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Share of the memory in use, in percent, from which on memory is degraded. Default: 80.</summary>
    [Range(1.0, 100.0)]
    public double MemoryDegradedPercent { get; set; } = 80;

    /// <summary>Share of the memory in use, in percent, from which on memory is unhealthy. Default: 90.</summary>
    [Range(1.0, 100.0)]
    public double MemoryUnhealthyPercent { get; set; } = 90;

    /// <summary>Share of the processors in use, in percent, from which on the processor is degraded. Default: 85.</summary>
    [Range(1.0, 100.0)]
    public double CpuDegradedPercent { get; set; } = 85;

    /// <summary>Share of the processors in use, in percent, from which on the processor is unhealthy. Default: 98.</summary>
    [Range(1.0, 100.0)]
    public double CpuUnhealthyPercent { get; set; } = 98;

    /// <summary>Share of the disk of the data in use, in percent, from which on the disk is degraded. Default: 85.</summary>
    [Range(1.0, 100.0)]
    public double DiskDegradedPercent { get; set; } = 85;

    /// <summary>Share of the disk of the data in use, in percent, from which on the disk is unhealthy. Default: 95.</summary>
    [Range(1.0, 100.0)]
    public double DiskUnhealthyPercent { get; set; } = 95;

    /// <summary>Queued work that is due, from which on the queue is degraded. Default: 1,000.</summary>
    [Range(1, 100_000_000)]
    public int QueueDegraded { get; set; } = 1_000;

    /// <summary>Queued work that is due, from which on the queue is unhealthy. Default: 10,000.</summary>
    [Range(1, 100_000_000)]
    public int QueueUnhealthy { get; set; } = 10_000;

    /// <summary>Share of the runs that faulted, in percent, from which on runs are degraded. Default: 5.</summary>
    [Range(0.001, 100.0)]
    public double ErrorDegradedPercent { get; set; } = 5;

    /// <summary>Share of the runs that faulted, in percent, from which on runs are unhealthy. Default: 25.</summary>
    [Range(0.001, 100.0)]
    public double ErrorUnhealthyPercent { get; set; } = 25;

    /// <summary>Over how long the share of faulted runs is taken. Default: 15 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "05:00:00")]
    public TimeSpan RunWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Fewer runs than this within the window say nothing about their share of faults. Default: 5.</summary>
    [Range(1, 1_000_000)]
    public int RunsMin { get; set; } = 5;

    /// <summary>From how much of the past a trend is taken. Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "06:00:00")]
    public TimeSpan TrendWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long figures of each minute are kept. Default: 2 days.</summary>
    [Range(typeof(TimeSpan), "06:00:00", "31.00:00:00")]
    public TimeSpan KeepMinutes { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How long figures of each hour are kept. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "1000.00:00:00")]
    public TimeSpan KeepHours { get; set; } = TimeSpan.FromDays(30);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, double Degraded, double Unhealthy)[] pairs =
        [
            (nameof(MemoryUnhealthyPercent), MemoryDegradedPercent, MemoryUnhealthyPercent),
            (nameof(CpuUnhealthyPercent), CpuDegradedPercent, CpuUnhealthyPercent),
            (nameof(DiskUnhealthyPercent), DiskDegradedPercent, DiskUnhealthyPercent),
            (nameof(QueueUnhealthy), QueueDegraded, QueueUnhealthy),
            (nameof(ErrorUnhealthyPercent), ErrorDegradedPercent, ErrorUnhealthyPercent),
        ];
        foreach (var (name, degraded, unhealthy) in pairs)
        {
            if (unhealthy < degraded)
                yield return new ValidationResult(FormattableString.Invariant($"It is {unhealthy}, which is reached before degraded, {degraded}."), [name]);
        }
    }
}
