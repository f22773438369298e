using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Server.Monitoring.Series;
using ServiceState = Platform.CustomActivities.Services.HealthStatus;

namespace Platform.Server.Monitoring.Health;

/// <summary>Asks every registered service for its health, all at once, outside their retries and breakers.</summary>
/// <param name="registry">The services.</param>
/// <param name="monitor">Is told what was found.</param>
/// <param name="options">How often, and what is slow.</param>
/// <param name="clock">Time.</param>
internal sealed class ServiceWatch(ServiceRegistry registry, HealthMonitor monitor, MonitorOptions options, TimeProvider clock)
{
    private readonly HealthProbe _probe = new(clock, options.ProbeTimeout);

    /// <summary>Whether a service is being started for the first time and may still take its start time. Default: none is.</summary>
    public Func<string, bool> IsStarting { get; init; } = _ => false;

    /// <summary>From where on the response time of a service is too long.</summary>
    public Thresholds Thresholds { get; } = new(options.ServiceSlowAfter.TotalMilliseconds, options.ProbeTimeout.TotalMilliseconds);

    /// <summary>The subject that a service is.</summary>
    /// <param name="service">Its name.</param>
    public static string IdOf(string service) => Subject.ServicePrefix + service;

    /// <summary>Asks all of them.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var services = registry.Services;
        monitor.KeepServices(services.Select(service => IdOf(service.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase));
        foreach (var service in services)
            monitor.Expect(IdOf(service.Name), Thresholds);
        await Parallel.ForEachAsync(
            services,
            new ParallelOptions { MaxDegreeOfParallelism = options.ProbesMax, CancellationToken = cancellationToken },
            async (service, token) => monitor.Take(IdOf(service.Name), Judge(await _probe.RunAsync(service, token), service), Thresholds));
    }

    private Observation Judge(ServiceHealth health, ServiceClient service)
    {
        // Nobody has to be woken because a service takes the time to start that it is given.
        if (health.Status == ServiceState.Unhealthy && IsStarting(service.Name))
            return new Observation(SubjectStatus.Unknown, "It is starting.", []);
        var isSlow = health.Status == ServiceState.Healthy && health.Duration >= options.ServiceSlowAfter;
        var status = health.Status switch
        {
            ServiceState.Unhealthy => SubjectStatus.Unhealthy,
            ServiceState.Degraded => SubjectStatus.Degraded,
            ServiceState.Healthy => isSlow ? SubjectStatus.Degraded : SubjectStatus.Healthy,
        };
        var milliseconds = Math.Round(health.Duration.TotalMilliseconds, 1);
        var detail = isSlow
            ? FormattableString.Invariant($"It answered after {milliseconds} ms; from {options.ServiceSlowAfter.TotalMilliseconds} ms on it is slow.")
            : status == SubjectStatus.Healthy ? null : health.Detail;
        var breaker = service.Breaker.Snapshot.State switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, BreakerState.Open => 2 };
        return new Observation(
            status,
            detail,
            [
                new(MetricCatalog.ServiceResponse, milliseconds),
                new(MetricCatalog.ServiceBreaker, breaker),
            ]);
    }
}
