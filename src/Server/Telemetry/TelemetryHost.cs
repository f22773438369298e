using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.Server.Telemetry;

/// <summary>
/// Collects and exports while the server runs. Register it before everything that does something: it starts first and stops last, so that
/// nothing is missed, and what was collected is exported at the end.
/// </summary>
/// <param name="services">Who has metrics.</param>
/// <param name="options">What is exported.</param>
/// <param name="gauges">Metrics of the store.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class TelemetryHost(IServiceProvider services, TelemetryOptions options, StoreGauges gauges, TimeProvider clock, ILogger<TelemetryHost> logger)
    : BackgroundService
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);
    private readonly Lock _sync = new();
    private MeterProvider? _meters;
    private TracerProvider? _tracer;
    private ExportProblems? _problems;
    private Task? _end;

    /// <summary>Collects for the page of Prometheus; null while there is none.</summary>
    public PrometheusExporter? Page { get; private set; }

    /// <summary>Who we are in what is exported.</summary>
    /// <param name="options">The name.</param>
    public static ResourceBuilder ResourceOf(TelemetryOptions options) =>
        ResourceBuilder.CreateDefault().AddService(options.ServiceName, serviceVersion: typeof(TelemetryHost).Assembly.GetName().Version?.ToString());

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceOf(options);
        if (options.Otlp.IsOn)
        {
            _problems = new ExportProblems(services.GetRequiredService<ILogger<ExportProblems>>(), clock);
            Log.Exporting(logger, new Uri(options.Otlp.Endpoint!).GetLeftPart(UriPartial.Authority), options.Otlp.Protocol.ToString());
        }

        if (options.Otlp is { IsOn: true, Traces: true })
            _tracer = OtlpExport.BuildTracer(options.Otlp, resource);
        if (options.Metrics.Enabled || options.Otlp is { IsOn: true, Metrics: true })
        {
            var exporter = options.Metrics.Enabled ? new PrometheusExporter() : null;
            _meters = MeterProviders.Build(services, options, exporter is null ? null : new BaseExportingMetricReader(exporter), resource);
            Page = exporter;
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A host may stop twice at once (its own wait for the end, and whoever ends it); both wait for the last export.
        Task end;
        lock (_sync)
            end = _end ??= Task.Run(End, CancellationToken.None);
        await end;
    }

    /// <summary>Who pushes metrics needs young figures of the store; the page asks for them itself.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Otlp is not { IsOn: true, Metrics: true })
            return;
        using var timer = new PeriodicTimer(options.Otlp.MetricsInterval, clock);
        try
        {
            do
                await TryRefreshAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Blocks until the last export has ended.</summary>
    private void End()
    {
        Page = null;
        _tracer?.ForceFlush((int)FlushTimeout.TotalMilliseconds);
        _tracer?.Dispose();
        _meters?.Dispose();
        _problems?.Dispose();
    }

    private async ValueTask TryRefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gauges.RefreshAsync(stoppingToken);
        }
        // The loop of a background duty: a failing store must not end it, and whoever looks at the metrics sees old figures.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.StoreNotMeasured(logger, exception);
        }
    }
}
