using System.Diagnostics.Tracing;
using System.Globalization;

namespace Platform.Server.Telemetry;

/// <summary>Tells in the log when the collector cannot be reached: exporters themselves are silent. At most once a minute.</summary>
internal sealed class ExportProblems : EventListener
{
    private const string SourceName = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Lock _sync = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private DateTimeOffset _quietUntil;

    /// <summary>Begins to listen.</summary>
    /// <param name="logger">Log.</param>
    /// <param name="clock">Time.</param>
    public ExportProblems(ILogger<ExportProblems> logger, TimeProvider clock)
    {
        _logger = logger;
        _clock = clock;
        // Sources that exist are announced before this constructor runs, when there is nobody to tell yet.
        foreach (var source in EventSource.GetSources())
            Listen(source);
    }

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (_logger is not null)
            Listen(eventSource);
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != SourceName || _logger is null)
            return;
        lock (_sync)
        {
            var now = _clock.GetUtcNow();
            if (now < _quietUntil)
                return;
            _quietUntil = now + Pause;
        }

        var message = eventData.Message is null ? eventData.EventName ?? "" : string.Format(CultureInfo.InvariantCulture, eventData.Message, [.. eventData.Payload ?? []]);
        Log.ExportFailed(_logger, message);
    }

    private void Listen(EventSource source)
    {
        if (source.Name == SourceName)
            EnableEvents(source, EventLevel.Error);
    }
}
