using System.Globalization;

namespace Platform.Heal7;

/// <summary>How a service misbehaves.</summary>
/// <param name="Kind">none, down, slow, error, hang or flap.</param>
/// <param name="LatencyMs">For slow: time added to every answer, in milliseconds.</param>
/// <param name="Times">For flap: how many further processes end as soon as they have begun.</param>
public sealed record Fault(string Kind, int LatencyMs = 2000, int Times = 10);

/// <summary>The fault that is switched on.</summary>
/// <param name="service">Name of the service.</param>
/// <param name="port">Where it listens.</param>
/// <param name="clock">Time.</param>
/// <param name="lifetime">Ends the process.</param>
public sealed class Faults(string service, int port, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly string[] _kinds = ["none", "down", "slow", "error", "hang", "flap"];

    // A process that flaps cannot remember by itself that it does.
    private readonly string _flapFile = Path.Combine(AppContext.BaseDirectory, $".flap-{service}-{port}");
    private volatile Fault _current = new("none");

    /// <summary>The fault.</summary>
    public Fault Current => _current;

    /// <summary>What the health check says.</summary>
    public string Health => _current.Kind is "slow" or "error" ? "Degraded" : "Healthy";

    /// <summary>The exit code of the process.</summary>
    public int ExitCode => _current.Kind == "flap" ? 3 : 0;

    /// <summary>Switches a fault on, in place of the former one.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public string? Set(Fault fault)
    {
        if (!_kinds.Contains(fault.Kind, StringComparer.Ordinal))
            return $"There is no fault '{fault.Kind}'. There are: {string.Join(", ", _kinds)}.";
        if (fault.LatencyMs is < 0 or > 600_000 || fault.Times is < 0 or > 1000)
            return "'latencyMs' lies between 0 and 600000, 'times' between 0 and 1000.";
        _current = fault;
        File.Delete(_flapFile);
        if (fault.Kind == "flap")
        {
            File.WriteAllText(_flapFile, fault.Times.ToString(CultureInfo.InvariantCulture));
            lifetime.StopApplication();
        }

        return null;
    }

    /// <summary>Whether this process is one of those that end as soon as they have begun.</summary>
    public bool IsToFlap()
    {
        if (!File.Exists(_flapFile) || !int.TryParse(File.ReadAllText(_flapFile), CultureInfo.InvariantCulture, out var times) || times <= 0)
        {
            File.Delete(_flapFile);
            return false;
        }

        File.WriteAllText(_flapFile, (times - 1).ToString(CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>Answers a request, or does what the fault says. Faults can be switched whatever is switched on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The service.</param>
    public async Task MisbehaveAsync(HttpContext context, RequestDelegate next)
    {
        var (kind, isHealth) = (_current.Kind, context.Request.Path == "/health");
        if (context.Request.Path == "/faults")
            kind = "none";
        switch (kind)
        {
            case "down":
                context.Abort();
                return;
            case "hang":
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, context.RequestAborted);
                return;
            case "slow":
                await Task.Delay(TimeSpan.FromMilliseconds(_current.LatencyMs), clock, context.RequestAborted);
                break;
            case "error" when !isHealth:
                await Results.Json(new { error = "switched fault", service }, statusCode: StatusCodes.Status500InternalServerError).ExecuteAsync(context);
                return;
        }

        await next(context);
    }
}
