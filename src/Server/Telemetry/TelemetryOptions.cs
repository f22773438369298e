using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Telemetry;

/// <summary>What the server tells about itself to monitoring, section <c>Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>What stands for the id of the trace in <see cref="TraceUrl"/>.</summary>
    public const string TraceIdMark = "{traceId}";

    /// <summary>Name of this server in what it exports. Default: platform.</summary>
    [Required, StringLength(100)]
    public string ServiceName { get; set; } = "platform";

    /// <summary>Where a trace is shown, with <c>{traceId}</c> for its id: https://jaeger.example/trace/{traceId}. Default: none, the id alone is told.</summary>
    [RegularExpression(@"https?://\S*\{traceId\}\S*", ErrorMessage = "Write an address that begins with http:// or https:// and has {traceId} in it.")]
    public string? TraceUrl { get; set; }

    /// <summary>The page for Prometheus, section <c>Telemetry:Metrics</c>.</summary>
    public MetricsOptions Metrics { get; set; } = new();

    /// <summary>Export by OTLP, section <c>Telemetry:Otlp</c>.</summary>
    public OtlpOptions Otlp { get; set; } = new();
}

/// <summary>The page <c>/metrics</c>, section <c>Telemetry:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Whether there is the page. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether everybody may read the page. Default: false, it needs the permission <c>read:metrics</c>.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Most definitions that have series of their own; runs of further ones count as <c>other</c>. Default: 100.</summary>
    [Range(0, 10_000)]
    public int DefinitionsMax { get; set; } = 100;

    /// <summary>How old the figures that are read from the store may be. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StoreInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one answer may take. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer, in bytes. Default: 16 MiB.</summary>
    [Range(1_024, 1_000_000_000)]
    public int BytesMax { get; set; } = 16 * 1024 * 1024;
}
