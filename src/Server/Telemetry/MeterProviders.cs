using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Platform.Runtime.Telemetry;
using Platform.Storage.Sqlite;

namespace Platform.Server.Telemetry;

/// <summary>Collects metrics: ours, and those of the framework. Several servers may share a process, so each hears its own meters only.</summary>
internal static class MeterProviders
{
    private static readonly string[] FrameworkMeters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Net.NameResolution", "System.Runtime"];

    /// <summary>Begins to collect.</summary>
    /// <param name="services">Who has metrics.</param>
    /// <param name="options">Where they go.</param>
    /// <param name="page">Receives them for Prometheus, or null.</param>
    /// <param name="resource">Who we are.</param>
    public static MeterProvider Build(IServiceProvider services, TelemetryOptions options, MetricReader? page, ResourceBuilder resource)
    {
        Meter[] own = [services.GetRequiredService<RuntimeMetrics>().Meter, services.GetRequiredService<StorageMetrics>().Meter];
        var factory = services.GetService<IMeterFactory>();
        services.GetRequiredService<ServerMetrics>();
        services.GetRequiredService<StoreGauges>();
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([RuntimeMetrics.MeterName, StorageMetrics.MeterName, .. FrameworkMeters])
            .AddView(instrument => IsHeard(instrument.Meter) ? null : MetricStreamConfiguration.Drop);
        if (page is not null)
            builder.AddReader(page);
        if (options.Otlp is { IsOn: true, Metrics: true } otlp)
        {
            builder.AddOtlpExporter((exporter, reader) =>
            {
                otlp.Configure(exporter, "metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)otlp.MetricsInterval.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = (int)otlp.Timeout.TotalMilliseconds;
            });
        }

        return builder.Build();

        bool IsHeard(Meter meter) => meter.Name is RuntimeMetrics.MeterName or StorageMetrics.MeterName
            ? own.Contains(meter)
            : meter.Scope is null || ReferenceEquals(meter.Scope, factory);
    }
}
