using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Platform.Server.Telemetry;

/// <summary>Writes what a reader collects as text for Prometheus, when it is asked.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    /// <inheritdoc />
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The text of the last collection.</summary>
    public string Text { get; private set; } = "";

    /// <inheritdoc />
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
            metrics.Add(metric);
        Text = PrometheusText.Write(metrics);
        return ExportResult.Success;
    }
}
