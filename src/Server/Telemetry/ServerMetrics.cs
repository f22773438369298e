using System.Diagnostics.Metrics;
using Platform.Runtime.Telemetry;

namespace Platform.Server.Telemetry;

/// <summary>The metrics of the server's own doors, beside those of the runtime. Every metric is described in <c>docs/telemetry.md</c>.</summary>
public sealed class ServerMetrics
{
    private static readonly KeyValuePair<string, object?> Aborted = new("status", "aborted");
    private static readonly KeyValuePair<string, object?>[] StatusClasses =
        [new("status", "0xx"), new("status", "1xx"), new("status", "2xx"), new("status", "3xx"), new("status", "4xx"), new("status", "5xx")];

    private readonly Histogram<double> _triggers;
    private readonly Counter<long> _blocked;
    private readonly Counter<long> _signInFailures;

    /// <summary>Adds the metrics.</summary>
    /// <param name="runtime">On whose meter they are.</param>
    public ServerMetrics(RuntimeMetrics runtime)
    {
        _triggers = runtime.Meter.CreateHistogram(
            "platform.http.trigger.duration", "s", "How long requests to workflows took, by the class of the answer.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });
        _blocked = runtime.Meter.CreateCounter<long>("platform.http.outgoing.blocked", "{request}", "Requests of activities that the address guard kept from being sent.");
        _signInFailures = runtime.Meter.CreateCounter<long>("platform.signin.failures", "{attempt}", "Attempts to sign in that were refused.");
    }

    internal bool TimesTriggers => _triggers.Enabled;

    internal void Triggered(TimeSpan elapsed, int status, bool isAborted) =>
        _triggers.Record(elapsed.TotalSeconds, isAborted ? Aborted : StatusClasses[Math.Clamp(status / 100, 0, StatusClasses.Length - 1)]);

    internal void Blocked() => _blocked.Add(1);

    internal void SignInFailed(string reason) => _signInFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
