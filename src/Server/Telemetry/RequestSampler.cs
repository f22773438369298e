using OpenTelemetry.Trace;

namespace Platform.Server.Telemetry;

/// <summary>Leaves out the requests of whoever watches the server: they come every few seconds and tell nothing.</summary>
/// <param name="inner">Decides over all others.</param>
internal sealed class RequestSampler(Sampler inner) : Sampler
{
    /// <inheritdoc />
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        foreach (var (name, value) in samplingParameters.Tags ?? [])
        {
            if (name == "url.path" && value is string path && IsWatching(path))
                return new SamplingResult(SamplingDecision.Drop);
        }

        return inner.ShouldSample(samplingParameters);
    }

    private static bool IsWatching(string path) =>
        path.StartsWith("/health/", StringComparison.OrdinalIgnoreCase) || path.Equals(MetricsPage.Path, StringComparison.OrdinalIgnoreCase);
}
