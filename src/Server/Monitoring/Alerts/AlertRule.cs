using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>How urgent an alert is.</summary>
[JsonConverter(typeof(SeverityConverter))]
internal enum Severity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Somebody should look at it today.</summary>
    Warning,

    /// <summary>Somebody should look at it now.</summary>
    Critical,
}

/// <summary>Severities in camel case on the wire.</summary>
internal sealed class SeverityConverter() : JsonStringEnumConverter<Severity>(JsonNamingPolicy.CamelCase);

/// <summary>When to tell whom.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'.</param>
/// <param name="Description">What it is for, or null.</param>
/// <param name="Metric">Name of the figure.</param>
/// <param name="Subject"><c>*</c>, <c>service:*</c> or one subject.</param>
/// <param name="Comparison">How the figure compares with the threshold.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="For">For how long the condition must hold.</param>
/// <param name="Severity">How urgent it is.</param>
/// <param name="IsEnabled">Whether it counts.</param>
/// <param name="Channels">Channels that are told; empty for all.</param>
internal sealed record AlertRule(
    string Name,
    string? Description,
    string Metric,
    string Subject,
    Comparison Comparison,
    double Threshold,
    TimeSpan For,
    Severity Severity,
    bool IsEnabled,
    IReadOnlyList<string> Channels)
{
    /// <summary>The rules that every server has.</summary>
    public static IReadOnlyList<AlertRule> BuiltIn { get; } =
    [
        Of("service-down", "A service does not answer, or says that it is unhealthy.", MetricCatalog.Status, Alerts.Condition.AnyService, 2, TimeSpan.Zero, Severity.Critical),
        Of("service-degraded", "A service is slow, or says that it is degraded.", MetricCatalog.Status, Alerts.Condition.AnyService, 1, TimeSpan.FromMinutes(5), Severity.Warning),
        Of("breaker-open", "Calls of a service are not sent, because too many failed.", MetricCatalog.ServiceBreaker, Alerts.Condition.AnyService, 2, TimeSpan.Zero, Severity.Warning),
        Of("database-down", "The database does not write or read.", MetricCatalog.Status, PlatformSubjects.Database, 2, TimeSpan.Zero, Severity.Critical),
        Of("database-slow", "Writes or reads of the database take long.", MetricCatalog.Status, PlatformSubjects.Database, 1, TimeSpan.FromMinutes(2), Severity.Warning),
        Of("memory-high", "This process uses much of the memory it may have.", MetricCatalog.Memory, PlatformSubjects.Memory, 80, TimeSpan.FromMinutes(1), Severity.Warning),
        Of("machine-memory-high", "The machine has little memory left.", MetricCatalog.MachineMemory, PlatformSubjects.Memory, 95, TimeSpan.FromMinutes(5), Severity.Warning),
        Of("cpu-high", "This process keeps the processors busy.", MetricCatalog.Cpu, PlatformSubjects.Cpu, 85, TimeSpan.FromMinutes(5), Severity.Warning),
        Of("disk-full", "The disk of the data is almost full.", MetricCatalog.DiskUsed, PlatformSubjects.Disk, 90, TimeSpan.FromMinutes(1), Severity.Critical),
        Of("queue-backlog", "Much queued work is due.", MetricCatalog.QueueDepth, PlatformSubjects.Queue, 1000, TimeSpan.FromMinutes(2), Severity.Warning),
        Of("success-rate-low", "Many runs fault.", MetricCatalog.RunsSuccess, PlatformSubjects.Runs, 95, TimeSpan.FromMinutes(1), Severity.Warning) with { Comparison = Comparison.Below },
    ];

    /// <summary>Its condition.</summary>
    [JsonIgnore]
    public Condition Condition => new(Metric, Subject, Comparison, Threshold, For);

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="channels">The channels that there are.</param>
    public IEnumerable<string> Mistakes(IReadOnlyCollection<string> channels)
    {
        foreach (var mistake in Condition.Mistakes())
            yield return mistake;
        if (Description is { Length: > 500 })
            yield return "'description' has at most 500 characters.";
        foreach (var channel in Channels.Where(channel => !channels.Contains(channel, StringComparer.OrdinalIgnoreCase)))
            yield return $"There is no channel '{channel}'. There are: {string.Join(", ", channels)}.";
    }

    private static AlertRule Of(string name, string description, string metric, string subject, double threshold, TimeSpan span, Severity severity) =>
        new(name, description, metric, subject, Comparison.AtLeast, threshold, span, severity, true, []);
}
