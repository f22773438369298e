using System.Globalization;
using System.Text;

namespace Platform.CustomActivities.Services;

/// <summary>How a service is. Ordered: the higher, the worse.</summary>
public enum HealthStatus
{
    /// <summary>It answered with a status of 200 to 299 and complained of nothing.</summary>
    Healthy,

    /// <summary>It answered with a status of 200 to 299 and said that it is degraded.</summary>
    Degraded,

    /// <summary>It answered with another status, said that it is unhealthy, or did not answer.</summary>
    Unhealthy,
}

/// <summary>What a service answered to a probe.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Status">How it is.</param>
/// <param name="StatusCode">Status of its answer; null when it did not answer.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Detail">What it said, or why there is no answer.</param>
public sealed record ServiceHealth(string Service, HealthStatus Status, int? StatusCode, TimeSpan Duration, string Detail)
{
    /// <summary>As workflows see it.</summary>
    public Dictionary<string, object?> ToDictionary() => new(StringComparer.Ordinal)
    {
        ["name"] = Service,
        ["status"] = Status.ToString(),
        ["statusCode"] = StatusCode,
        ["durationMs"] = Math.Round(Duration.TotalMilliseconds, 1),
        ["detail"] = Detail,
    };
}

/// <summary>Asks services for their health by their health paths. Understands plain words and JSON with a member <c>status</c>.</summary>
/// <param name="clock">Time.</param>
/// <param name="timeout">How long a service may take.</param>
public sealed class HealthProbe(TimeProvider clock, TimeSpan timeout)
{
    private const int DetailLengthMax = 500;

    /// <summary>
    /// Asks one service, at all its addresses. It is as well as the worst of them, but while one is well it is at least degraded. Never
    /// throws for what the service does.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ServiceHealth> RunAsync(ServiceClient service, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(service.Addresses.Select(entry =>
            AskAsync(service.Name, token => service.ProbeAsync(entry.Address, service.HealthPath, token), cancellationToken)));
        if (answers is [var only])
            return only;
        var worst = answers.MaxBy(answer => answer.Status)!;
        var status = worst.Status == HealthStatus.Unhealthy && answers.Any(answer => answer.Status != HealthStatus.Unhealthy) ? HealthStatus.Degraded : worst.Status;
        var detail = string.Join(' ', answers.Select((answer, i) => $"{service.Addresses[i].Address}: {answer.Status}."));
        return worst with { Status = status, Duration = answers.Max(answer => answer.Duration), Detail = detail };
    }

    /// <summary>Asks an address that no service need be registered for.</summary>
    /// <param name="registry">What calls services.</param>
    /// <param name="address">The address, with its path.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    public Task<ServiceHealth> RunAsync(ServiceRegistry registry, Uri address, CancellationToken cancellationToken) =>
        AskAsync(address.Authority, token => registry.Http.GetAsync(address, token), cancellationToken);

    private async Task<ServiceHealth> AskAsync(string name, Func<CancellationToken, Task<HttpResponseMessage>> ask, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await ask(either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            var (status, detail) = Judge((int)response.StatusCode, Encoding.UTF8.GetString(body), ServiceJson.Read(body, "application/json"));
            return new ServiceHealth(name, status, (int)response.StatusCode, clock.GetElapsedTime(startedAt), detail);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var late = string.Create(CultureInfo.InvariantCulture, $"No answer within {timeout.TotalSeconds:0.###} s.");
            return new ServiceHealth(name, HealthStatus.Unhealthy, null, clock.GetElapsedTime(startedAt), late);
        }
        catch (HttpRequestException exception)
        {
            return new ServiceHealth(name, HealthStatus.Unhealthy, null, clock.GetElapsedTime(startedAt), exception.Message);
        }
    }

    private static (HealthStatus Status, string Detail) Judge(int statusCode, string text, object? parsed)
    {
        var said = parsed is IDictionary<string, object?> members
            ? members.FirstOrDefault(member => member.Key.Equals("status", StringComparison.OrdinalIgnoreCase)).Value as string
            : text.Trim();
        var detail = text.Length <= DetailLengthMax ? text.Trim() : string.Concat(text.AsSpan(0, DetailLengthMax), "…");
        if (statusCode is < 200 or > 299)
            return (HealthStatus.Unhealthy, string.Create(CultureInfo.InvariantCulture, $"Status {statusCode}. {detail}").Trim());
        return (Enum.TryParse<HealthStatus>(said, ignoreCase: true, out var status) && Enum.IsDefined(status) ? status : HealthStatus.Healthy, detail);
    }
}
