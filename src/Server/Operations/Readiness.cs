using Platform.Runtime.Telemetry;

namespace Platform.Server.Operations;

/// <summary>Whether to send requests to this server, and why not. The answer is kept for a moment, so asking often costs nothing.</summary>
/// <param name="store">Writes.</param>
/// <param name="work">Knows whether the queue moves.</param>
/// <param name="resources">Looks at the machine.</param>
/// <param name="history">Since when.</param>
/// <param name="options">What counts as healthy.</param>
/// <param name="clock">Time.</param>
internal sealed class Readiness(
    StoreProbe store, WorkProgress work, HostResources resources, CheckHistory history, HealthOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private IReadOnlyList<HealthCheck> _checks = [];
    private DateTimeOffset? _checkedAt;

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    /// <summary>Looks at everything, or at what was seen a moment ago.</summary>
    /// <param name="lifetime">Whether the server is starting or stopping.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HealthReport> ReportAsync(IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var start = OfStart(lifetime);
        IReadOnlyList<HealthCheck> all = [start, .. await ChecksAsync(cancellationToken)];
        var worst = all.Max(check => check.Status);
        return new HealthReport(worst switch { CheckStatus.Ok => "ready", CheckStatus.Degraded => "degraded", CheckStatus.Failed => "notReady" }, all);
    }

    /// <summary>Recovery is part of the start: the process has not started before every interrupted instance is queued again.</summary>
    private HealthCheck OfStart(IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return history.Note("start", CheckStatus.Failed, "The server is shutting down.");
        return lifetime.ApplicationStarted.IsCancellationRequested
            ? history.Note("start", CheckStatus.Ok, null)
            : history.Note("start", CheckStatus.Failed, "The server is starting: interrupted instances are not queued yet.");
    }

    private async ValueTask<IReadOnlyList<HealthCheck>> ChecksAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_checkedAt is { } at && clock.GetUtcNow() - at < options.CheckInterval)
                return _checks;
            var failure = await store.FailureAsync();
            _checks =
            [
                history.Note("store", failure is null ? CheckStatus.Ok : CheckStatus.Failed, failure),
                failure is null ? await OfQueueAsync() : history.Note("queue", CheckStatus.Failed, "The store fails, so nothing is known of the queue."),
                Warn("disk", resources.DiskWarning()),
                Warn("memory", resources.MemoryWarning()),
            ];
            _checkedAt = clock.GetUtcNow();
            return _checks;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<HealthCheck> OfQueueAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(options.StoreTimeout, clock);
            return await work.StuckSinceAsync(options.QueueStuckAfter, limit.Token) is { } since
                ? history.Note("queue", CheckStatus.Failed, $"Work has been due since {since:u}, and no worker has taken anything for {options.QueueStuckAfter}.")
                : history.Note("queue", CheckStatus.Ok, null);
        }
        // Whatever it is, the answer to the question is no.
        catch (Exception exception)
        {
            return history.Note("queue", CheckStatus.Failed, $"The queue cannot be read: {exception.Message}");
        }
    }

    private HealthCheck Warn(string name, string? warning) => history.Note(name, warning is null ? CheckStatus.Ok : CheckStatus.Degraded, warning);
}
