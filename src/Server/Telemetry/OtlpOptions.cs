using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Telemetry;

/// <summary>How OTLP is spoken.</summary>
internal enum OtlpProtocol
{
    /// <summary>Protobuf over HTTP, usually port 4318.</summary>
    HttpProtobuf,

    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,
}

/// <summary>Export of traces, metrics and logs by OTLP, section <c>Telemetry:Otlp</c>.</summary>
internal sealed class OtlpOptions : IValidatableObject
{
    /// <summary>Address of the collector, for example http://localhost:4318; the paths of HTTP are added. Default: none, nothing is exported.</summary>
    [Url]
    public string? Endpoint { get; set; }

    /// <summary>How the collector is spoken to. Default: HttpProtobuf.</summary>
    public OtlpProtocol Protocol { get; set; }

    /// <summary>Headers of every request as <c>name=value,name=value</c>, for example with a key. A secret: it is never logged. Default: none.</summary>
    [DataType(DataType.Password)]
    public string? Headers { get; set; }

    /// <summary>Share of the traces that begin here that are exported, 0 to 1; a trace that comes from outside brings its own decision. Default: 1.</summary>
    [Range(0.0, 1.0)]
    public double SamplingRatio { get; set; } = 1;

    /// <summary>Whether traces are exported. Default: true.</summary>
    public bool Traces { get; set; } = true;

    /// <summary>Whether metrics are exported. Default: true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Whether log messages are exported. Default: false.</summary>
    public bool Logs { get; set; }

    /// <summary>How often metrics are exported. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MetricsInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an export may take before it counts as failed. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether anything is exported.</summary>
    internal bool IsOn => !string.IsNullOrEmpty(Endpoint);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The value is a secret, so only its form is told.
        if (!string.IsNullOrEmpty(Headers) && Headers.Split(',').Any(header => header.IndexOf('=') < 1))
            yield return new ValidationResult("Write name=value, several of them with a comma between, each with a name.", [nameof(Headers)]);
    }
}
