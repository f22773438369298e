using System.Text;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Telemetry;

/// <summary>The page that Prometheus reads. One answer is made at a time; who comes meanwhile waits for his turn.</summary>
/// <param name="host">Collects.</param>
/// <param name="gauges">Metrics of the store.</param>
/// <param name="options">Limits.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class MetricsPage(TelemetryHost host, StoreGauges gauges, TelemetryOptions options, TimeProvider clock, ILogger<MetricsPage> logger) : IDisposable
{
    /// <summary>Where it is.</summary>
    public const string Path = "/metrics";

    private static readonly Problem TooLarge = new(
        StatusCodes.Status503ServiceUnavailable, "WF4680", "The metrics are too large",
        "The metrics take more bytes than Telemetry:Metrics:BytesMax allows. Raise it, or lower Telemetry:Metrics:DefinitionsMax.");

    private static readonly Problem TooSlow = new(
        StatusCodes.Status503ServiceUnavailable, "WF4681", "The metrics are not ready",
        "The metrics could not be collected within Telemetry:Metrics:Timeout. The server is starting, stopping or too busy.");

    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Maps the page, unless it is turned off.</summary>
    /// <param name="routes">Where to.</param>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<TelemetryOptions>().Metrics;
        if (!options.Enabled)
            return;
        var page = routes.MapGet(Path, (MetricsPage metrics, HttpContext context) => metrics.AnswerAsync(context)).WithTags("Metrics").RequirePermission("read:metrics");
        if (options.AllowAnonymous)
            page.AllowAnonymous();
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        using var limit = new CancellationTokenSource(options.Metrics.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            await _gate.WaitAsync(either.Token);
            try
            {
                await RefreshAsync(either.Token);
                return await CollectAsync();
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return TooSlow;
        }
    }

    /// <summary>A store that fails has metrics of its own that tell so; they must come all the same.</summary>
    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await gauges.RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.StoreNotMeasured(logger, exception);
        }
    }

    private async Task<IResult> CollectAsync()
    {
        if (host.Page is not { Collect: { } collect } page)
            return TooSlow;
        // It blocks; the instruments are asked one after the other.
        if (!await Task.Run(() => collect((int)options.Metrics.Timeout.TotalMilliseconds)))
            return TooSlow;
        var bytes = Encoding.UTF8.GetBytes(page.Text);
        return bytes.Length > options.Metrics.BytesMax ? TooLarge : TypedResults.Bytes(bytes, PrometheusText.ContentType);
    }
}
