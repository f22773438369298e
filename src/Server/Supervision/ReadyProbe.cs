using System.Net.Sockets;
using Platform.CustomActivities.Services;

namespace Platform.Server.Supervision;

/// <summary>Waits until a service that was started is ready.</summary>
/// <param name="registry">What calls services.</param>
/// <param name="clock">Time.</param>
internal sealed class ReadyProbe(ServiceRegistry registry, TimeProvider clock)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits until it is ready. It is asked often at first, later once a second.</summary>
    /// <param name="service">The service; its first address is the one that is started.</param>
    /// <param name="ready">What it is to show.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task WaitAsync(ServiceClient service, Readiness ready, CancellationToken cancellationToken)
    {
        for (var pause = ShortestPause; !await IsReadyAsync(service, ready, cancellationToken); pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
            await Task.Delay(pause, clock, cancellationToken);
    }

    private async Task<bool> IsReadyAsync(ServiceClient service, Readiness ready, CancellationToken cancellationToken) => ready switch
    {
        Readiness.Started => true,
        Readiness.Port => await TakesConnectionsAsync(service.BaseAddress, cancellationToken),
        Readiness.Health => (await new HealthProbe(clock, AttemptTimeout).RunAsync(registry, service.AddressOf(service.HealthPath), cancellationToken)).Status != HealthStatus.Unhealthy,
    };

    private async Task<bool> TakesConnectionsAsync(Uri address, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.IdnHost.Trim('[', ']'), address.Port, either.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
