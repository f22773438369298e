using System.ComponentModel.DataAnnotations;

namespace Platform.Runtime.Retention;

/// <summary>How long finished work is kept, section <c>Retention</c>. A workflow's own setting goes before it.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long instances are kept that finished as they should. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan Finished { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long instances are kept that faulted or were cancelled. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan Faulted { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most finished instances that are kept of each workflow, whatever their age; null for no limit. Default: null.</summary>
    [Range(0, int.MaxValue)]
    public int? InstancesMax { get; set; }

    /// <summary>
    /// Versions that are kept of each workflow in any case, the newest; older ones stay as long as they are published or something uses
    /// them: a run, a queued start, another workflow. Null keeps all. Default: 200.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? DefinitionVersions { get; set; } = 200;

    /// <summary>How long ended alteration plans are kept with their jobs. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan AlterationPlans { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long entries of the audit log are kept. Default: 365 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Most entries of the audit log, whatever their age; the oldest go first. Default: 1,000,000.</summary>
    [Range(1_000, int.MaxValue)]
    public int AuditMax { get; set; } = 1_000_000;

    /// <summary>How often what is too old is deleted. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows that one commit deletes; other commits wait for as long as that takes. Default: 100.</summary>
    [Range(1, 10_000)]
    public int ChunkMax { get; set; } = 100;

    /// <summary>Pause between two deleting commits. Default: 5 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(5);
}
