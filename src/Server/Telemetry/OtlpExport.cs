using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Platform.Runtime.Telemetry;

namespace Platform.Server.Telemetry;

/// <summary>Sends traces and log messages to a collector.</summary>
internal static class OtlpExport
{
    /// <summary>Begins to export traces.</summary>
    /// <param name="options">Where to, and which.</param>
    /// <param name="resource">Who we are.</param>
    public static TracerProvider BuildTracer(OtlpOptions options, ResourceBuilder resource) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .AddSource(RuntimeTrace.SourceName, "Microsoft.AspNetCore", "System.Net.Http")
        .SetSampler(new RequestSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SamplingRatio))))
        .AddOtlpExporter(exporter => options.Configure(exporter, "traces"))
        .Build();

    /// <summary>Exports log messages beside writing them.</summary>
    /// <param name="logging">The log.</param>
    /// <param name="options">Where to.</param>
    /// <param name="resource">Who we are.</param>
    public static void AddOtlp(this ILoggingBuilder logging, OtlpOptions options, ResourceBuilder resource) => logging.AddOpenTelemetry(log =>
    {
        log.IncludeFormattedMessage = true;
        log.SetResourceBuilder(resource);
        log.AddOtlpExporter(exporter => options.Configure(exporter, "logs"));
    });

    /// <summary>Says where an exporter sends one kind of data.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="exporter">The exporter.</param>
    /// <param name="signal">The kind of data, as it stands in the path.</param>
    public static void Configure(this OtlpOptions options, OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = options.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = options.Protocol == OtlpProtocol.Grpc
            ? new Uri(options.Endpoint!)
            : new Uri($"{options.Endpoint!.TrimEnd('/')}/v1/{signal}");
        exporter.TimeoutMilliseconds = (int)options.Timeout.TotalMilliseconds;
        if (!string.IsNullOrEmpty(options.Headers))
            exporter.Headers = options.Headers;
    }
}
