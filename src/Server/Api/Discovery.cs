using System.Net.Sockets;
using Platform.CustomActivities.Services;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Looks for services on a range of ports.</summary>
internal static class Discovery
{
    private const int PortsMax = 100;
    private static readonly TimeSpan _probeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Maps <c>/api/services/discover</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapDiscovery(this IEndpointRouteBuilder api) =>
        api.MapPost("/services/discover", DiscoverAsync).WithTags("Services").RequirePermission("manage:services").Audited("service.discover", "service")
            .WithSummary("Looks for services on a range of ports of a host; about four seconds at most.")
            .Reads<DiscoveryBody>()
            .Produces<DiscoveryList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4807");

    /// <summary>All ports at once, so that it takes hardly longer than the slowest of them may.</summary>
    private static async Task<IResult> DiscoverAsync(HttpRequest request, ServiceRegistry registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<DiscoveryBody>(request);
        if (Uri.CheckHostName(body.Host) == UriHostNameType.Unknown || body.From is < 1 or > 65_535 || body.To < body.From || body.To > 65_535 || body.To - body.From >= PortsMax)
        {
            return new Problem(
                StatusCodes.Status400BadRequest, "WF4807", "The range cannot be searched",
                $"'host' is a host name or address, 'from' and 'to' are ports from 1 to 65535, at most {PortsMax} of them.");
        }

        var probe = new HealthProbe(clock, _probeTimeout);
        var found = await Task.WhenAll(Enumerable.Range(body.From, body.To - body.From + 1).Select(port => AskAsync(port)));
        var open = found.OfType<DiscoveredService>().ToList();
        return ApiJson.Reply(new DiscoveryList(open, open.Count));

        async Task<DiscoveredService?> AskAsync(int port)
        {
            var address = new UriBuilder(Uri.UriSchemeHttp, body.Host, port, body.HealthPath.TrimStart('/')).Uri;
            if (!await IsOpenAsync(body.Host, port, clock, cancellationToken))
                return null;
            var health = await probe.RunAsync(registry, address, cancellationToken);
            var home = $"{address.Scheme}://{address.Authority}";
            var registered = registry.Services.FirstOrDefault(service => service.Addresses.Any(entry => entry.Address.Authority == address.Authority));
            return new DiscoveredService(home, port, health.Status, health.StatusCode, Math.Round(health.Duration.TotalMilliseconds, 1), health.Detail, registered?.Name);
        }
    }

    /// <summary>A port where nobody listens is no service; one that takes a connection and says nothing is a sick one.</summary>
    private static async Task<bool> IsOpenAsync(string host, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_probeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, either.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}

/// <summary>Where to look.</summary>
/// <param name="From">First port.</param>
/// <param name="To">Last port.</param>
/// <param name="Host">The host.</param>
/// <param name="HealthPath">Path of the health checks.</param>
internal sealed record DiscoveryBody(int From, int To, string Host = "localhost", string HealthPath = "/health");

/// <summary>Something that takes connections.</summary>
/// <param name="BaseAddress">Where it is.</param>
/// <param name="Port">Its port.</param>
/// <param name="Status">How it is.</param>
/// <param name="StatusCode">Status of its answer; null when it did not answer.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Detail">What it said.</param>
/// <param name="RegisteredAs">The service that is registered there, or null.</param>
internal sealed record DiscoveredService(string BaseAddress, int Port, HealthStatus Status, int? StatusCode, double DurationMs, string Detail, string? RegisteredAs);

/// <summary>What was found.</summary>
/// <param name="Items">What takes connections, by port.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record DiscoveryList(IReadOnlyList<DiscoveredService> Items, int TotalCount);
