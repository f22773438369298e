using System.Collections.Concurrent;

namespace Platform.FlakyService;

/// <summary>How a service misbehaves.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="LatencyMs">Time added to every answer, in milliseconds.</param>
/// <param name="FailFirst">The next so many requests fail with 503, all later ones do not.</param>
/// <param name="FailureRate">Share of requests that fail with 500, evenly spread: 0.5 fails every second one.</param>
/// <param name="Down">Whether every request, also a probe, has its connection cut.</param>
/// <param name="Degraded">Whether probes say that the service is degraded.</param>
public sealed record Fault(string Service, int LatencyMs = 0, int FailFirst = 0, double FailureRate = 0, bool Down = false, bool Degraded = false);

/// <summary>The faults that are switched on. Deterministic: the same requests in the same order fail each time.</summary>
/// <param name="clock">Time.</param>
public sealed class Faults(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Counter> _byService = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The faults that are switched on.</summary>
    public IEnumerable<Fault> All => _byService.Values.Select(counter => counter.Fault);

    /// <summary>Makes the filter that lets a service misbehave.</summary>
    /// <param name="service">Name of the service.</param>
    public static Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> FilterFor(string service) => async (context, next) =>
    {
        var faults = context.HttpContext.RequestServices.GetRequiredService<Faults>();
        return await faults.FailAsync(service, context.HttpContext) ?? await next(context);
    };

    /// <summary>Switches a fault on, in place of the service's former one.</summary>
    /// <param name="fault">The fault.</param>
    public void Set(Fault fault) => _byService[fault.Service] = new Counter(fault);

    /// <summary>Mends everything.</summary>
    public void Clear() => _byService.Clear();

    /// <summary>The worst status among services.</summary>
    /// <param name="services">Their names.</param>
    public string WorstStatus(IEnumerable<string> services)
    {
        var found = services.Select(name => _byService.GetValueOrDefault(name)?.Fault).OfType<Fault>().ToList();
        return found.Exists(fault => fault.Down) ? "Unhealthy" : found.Exists(fault => fault.Degraded) ? "Degraded" : "Healthy";
    }

    /// <summary>Answers a probe of a service.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="cancellationToken">Ends the delay.</param>
    public async Task<IResult> HealthAsync(string service, CancellationToken cancellationToken)
    {
        var fault = _byService.GetValueOrDefault(service)?.Fault;
        if (fault is { LatencyMs: > 0 })
            await Task.Delay(TimeSpan.FromMilliseconds(fault.LatencyMs), clock, cancellationToken);
        return fault switch
        {
            { Down: true } => Results.Json(new { status = "Unhealthy", service }, statusCode: StatusCodes.Status503ServiceUnavailable),
            { Degraded: true } => Results.Json(new { status = "Degraded", service }),
            _ => Results.Json(new { status = "Healthy", service }),
        };
    }

    private async ValueTask<IResult?> FailAsync(string service, HttpContext context)
    {
        if (!_byService.TryGetValue(service, out var counter))
            return null;
        if (counter.Fault.LatencyMs > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(counter.Fault.LatencyMs), clock, context.RequestAborted);
        if (counter.Fault.Down)
        {
            context.Abort();
            return Results.Empty;
        }

        return counter.NextStatus() is { } status ? Results.Json(new { error = "switched fault", service }, statusCode: status) : null;
    }

    private sealed class Counter(Fault fault)
    {
        private int _requests;

        public Fault Fault { get; } = fault;

        /// <summary>The status to fail with; null to answer properly.</summary>
        public int? NextStatus()
        {
            var number = Interlocked.Increment(ref _requests);
            if (number <= Fault.FailFirst)
                return StatusCodes.Status503ServiceUnavailable;
            var ordinary = number - Fault.FailFirst;
            return Math.Floor(ordinary * Fault.FailureRate) > Math.Floor((ordinary - 1) * Fault.FailureRate)
                ? StatusCodes.Status500InternalServerError
                : null;
        }
    }
}
