using Platform.Server.Api;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring;

/// <summary>
/// Looks at everything on its interval, and then has alerts and remedies look at what was found. The first round is a moment after the start.
/// </summary>
/// <param name="services">Looks at services.</param>
/// <param name="platform">Looks at the platform.</param>
/// <param name="history">Keeps figures.</param>
/// <param name="alerts">The alerts.</param>
/// <param name="remedies">The remedies.</param>
/// <param name="context">How often, and time.</param>
internal sealed class MonitorDuty(
    ServiceWatch services, PlatformWatch platform, SampleHistory history, AlertBook alerts, RemedyBook remedies, DutyContext context) : BackgroundService
{
    /// <summary>The first round waits until the start is over, so that it does not measure that.</summary>
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await history.LoadAsync(cancellationToken);
        await alerts.LoadAsync(cancellationToken);
        await remedies.LoadAsync(cancellationToken);
        platform.Expect();
        if (context.Options.Enabled)
            await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (context.Options.Enabled)
            await TryAsync(() => history.StoreAsync(isEnd: true), nameof(SampleHistory), cancellationToken);
    }

    /// <summary>Asks all services and looks at what follows.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    internal async Task CheckServicesAsync(CancellationToken cancellationToken)
    {
        await TryAsync(async () => await services.CheckAsync(cancellationToken), nameof(ServiceWatch), cancellationToken);
        await FollowAsync(cancellationToken);
    }

    /// <summary>Looks at the platform and at what follows, and stores the minutes that are over.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    internal async Task CheckPlatformAsync(CancellationToken cancellationToken)
    {
        await TryAsync(async () => await platform.CheckAsync(cancellationToken), nameof(PlatformWatch), cancellationToken);
        await FollowAsync(cancellationToken);
        await TryAsync(() => history.StoreAsync(isEnd: false), nameof(SampleHistory), cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(FirstAfter, context.Clock, stoppingToken);
            await Task.WhenAll(
                RepeatAsync(CheckServicesAsync, context.Options.ServiceInterval, stoppingToken),
                RepeatAsync(CheckPlatformAsync, context.Options.PlatformInterval, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> check, TimeSpan interval, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, context.Clock);
        do
            await check(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await TryAsync(alerts.EvaluateAsync, nameof(AlertBook), cancellationToken);
        await TryAsync(() => remedies.EvaluateAsync(cancellationToken), nameof(RemedyBook), cancellationToken);
        context.News.Tell(PageNews.Monitor);
    }

    private async Task TryAsync(Func<ValueTask> act, string what, CancellationToken cancellationToken)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
        // The loop of a background duty: what fails once must not end the watch.
        catch (Exception exception)
        {
            Log.MonitorRoundFailed(context.Logger, exception, what);
        }
    }
}

/// <summary>What the duty needs to know.</summary>
/// <param name="Options">How often.</param>
/// <param name="News">Tells pages that there is something new to see.</param>
/// <param name="Clock">Time.</param>
/// <param name="Logger">Log.</param>
internal sealed record DutyContext(MonitorOptions Options, PageNews News, TimeProvider Clock, ILogger<MonitorDuty> Logger);
