namespace Platform.Server.Operations;

/// <summary>Does something small every second, where everything else is done too. When it does not, nothing else does.</summary>
/// <param name="clock">Time.</param>
internal sealed class Heartbeat(TimeProvider clock) : BackgroundService
{
    private const long NoBeat = -1;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private long _beatAt = NoBeat;

    /// <summary>How long ago the last beat was; zero before the first one, which comes when the server has started.</summary>
    public TimeSpan Silence => Volatile.Read(ref _beatAt) is var at && at == NoBeat ? TimeSpan.Zero : clock.GetElapsedTime(at);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Volatile.Write(ref _beatAt, clock.GetTimestamp());
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // While it stops, the process is alive until it is gone.
            Volatile.Write(ref _beatAt, NoBeat);
        }
    }
}
