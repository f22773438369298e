using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>
/// The services that workflows call by name, and the policies that they share. Each service has one client with one circuit breaker, shared
/// by all workflows. The whole can be replaced while calls are under way: they end as they began. Thread-safe.
/// </summary>
public sealed class ServiceRegistry : IDisposable
{
    // Hosts that no service is registered for have breakers too, but not without end.
    private const int HostsMax = 1000;
    private const int ResponseBytesMax = 10 * 1024 * 1024;

    private readonly Lock _sync = new();
    private readonly ConditionalWeakTable<ServicePolicy, PolicyRunner> _runners = [];
    private readonly ConcurrentDictionary<(ServicePolicy Policy, string Authority), CallGuards> _hosts = [];
    private volatile Registered _now = new(ServiceSet.Empty, new(StringComparer.OrdinalIgnoreCase));

    /// <summary>Makes a registry.</summary>
    /// <param name="set">The services and policies, as <see cref="ServiceConfiguration"/> reads them.</param>
    /// <param name="clock">Time.</param>
    public ServiceRegistry(ServiceSet set, TimeProvider clock)
    {
        Clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            // Names are resolved anew from time to time, so that a moved service is found.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        };
        Http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = ResponseBytesMax };
        Replace(set);
    }

    /// <summary>What is registered.</summary>
    public ServiceSet Set => _now.Set;

    /// <summary>Names of the services, in order.</summary>
    public IReadOnlyList<string> Names => [.. Services.Select(client => client.Name)];

    /// <summary>All services, by name.</summary>
    public IReadOnlyList<ServiceClient> Services => [.. _now.Clients.Values.OrderBy(client => client.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Called when the breaker of a service opens or closes; the call that made it waits for it. Default: nobody.</summary>
    public Func<string, BreakerSnapshot, ValueTask>? BreakerChanged { get; set; }

    /// <summary>Called after the services were replaced. Default: nobody.</summary>
    public Action? Replaced { get; set; }

    /// <summary>Looks through the requests of calls before they are sent. Default: nobody does.</summary>
    public RequestGuard? Guard { get; init; }

    internal TimeProvider Clock { get; }

    internal HttpClient Http { get; }

    /// <summary>Registers these services and policies in place of the former ones. Circuit breakers go on.</summary>
    /// <param name="set">The services and policies; checked before.</param>
    public void Replace(ServiceSet set)
    {
        lock (_sync)
        {
            var clients = new Dictionary<string, ServiceClient>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, options) in set.Services)
            {
                var former = _now.Clients.GetValueOrDefault(name);
                var policy = set.PolicyOf(options);
                clients[name] = former is not null && ReferenceEquals(former.Options, options) && ReferenceEquals(former.SharedPolicy, policy) && former.Name == name
                    ? former
                    : new ServiceClient(name, options, policy, former, this);
            }

            _now = new Registered(set, clients);
            _hosts.Clear();
        }

        Replaced?.Invoke();
    }

    /// <summary>The service of this name; null when there is none.</summary>
    /// <param name="name">Name in any case.</param>
    public ServiceClient? Find(string name) => _now.Clients.GetValueOrDefault(name.Trim());

    /// <summary>The service of this name.</summary>
    /// <param name="name">Name in any case.</param>
    /// <exception cref="InvalidOperationException">There is none; the message names the nearest one.</exception>
    public ServiceClient Get(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InvalidOperationException("No service is chosen. Choose one in the input 'Service'.");
        if (Find(name) is { } client)
            return client;
        var hint = ConfigurationKeys.Nearest(name, _now.Clients.Keys) is { } nearest ? $"Did you mean '{nearest}'?"
            : _now.Clients.Count == 0 ? "None is registered."
            : $"Registered are: {string.Join(", ", Names)}.";
        throw new InvalidOperationException($"The service '{name}' is not registered. {hint} Services are registered in the configuration section 'Services'.");
    }

    /// <summary>Whether a host and port are an address of a registered service: who registered it allowed it to be reached.</summary>
    /// <param name="host">The host as a request names it.</param>
    /// <param name="port">The port.</param>
    public bool Includes(string host, int port) => _now.Clients.Values
        .SelectMany(client => client.Addresses)
        .Any(entry => entry.Address.Port == port && entry.Address.IdnHost.Trim('[', ']').Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));

    /// <summary>What makes calls under a policy.</summary>
    /// <param name="policy">The policy.</param>
    public PolicyRunner RunnerOf(ServicePolicy policy) => _runners.GetValue(policy, key => new PolicyRunner(key, Clock));

    /// <summary>
    /// What stands before calls of an address by activities that follow a policy: that of the registered service there, else that of the
    /// policy and the host. Null without an address.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="address">The address, or null.</param>
    public CallGuards? GuardsFor(ServicePolicy policy, Uri? address)
    {
        if (address is not { IsAbsoluteUri: true })
            return null;
        foreach (var client in _now.Clients.Values)
        {
            if (client.Addresses.Any(entry => entry.Address.Authority.Equals(address.Authority, StringComparison.OrdinalIgnoreCase)
                && address.AbsolutePath.StartsWith(entry.Address.AbsolutePath, StringComparison.Ordinal)))
                return client.Guards;
        }

        if (policy.IsInline)
            return null;
        if (_hosts.Count >= HostsMax)
            _hosts.Clear();
        return _hosts.GetOrAdd((policy, address.Authority), key => new CallGuards(key.Authority, key.Policy, null, Clock));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Http.Dispose();
        foreach (var client in _now.Clients.Values)
            client.Guards.Dispose();
    }

    internal ValueTask TellAsync(string name, BreakerSnapshot snapshot) => BreakerChanged?.Invoke(name, snapshot) ?? default;

    private sealed record Registered(ServiceSet Set, Dictionary<string, ServiceClient> Clients);
}

/// <summary>Puts the service activities into a host.</summary>
public static class ServiceActivities
{
    /// <summary>
    /// Adds the registry, read from the sections <c>Services</c> and <c>Policies</c> now, so that a mistake there keeps the host from starting.
    /// </summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="configuration">Configuration.</param>
    /// <exception cref="OptionsProblemException">Something is wrong with the sections.</exception>
    public static IServiceCollection AddServiceActivities(this IServiceCollection services, IConfiguration configuration)
    {
        var registered = ServiceConfiguration.ReadAll(configuration);
        return services.AddSingleton<Throttles>().AddSingleton<NamedBreakers>().AddSingleton(provider => new ServiceRegistry(registered, provider.GetRequiredService<TimeProvider>()));
    }
}

/// <summary>Offers the registered services as choices.</summary>
/// <param name="registry">The services.</param>
public sealed class ServiceChoices(ServiceRegistry registry) : DropDownOptionsProviderBase
{
    /// <inheritdoc />
    protected override bool RefreshOnChange => true;

    /// <inheritdoc />
    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) => new(
        [.. registry.Names.Select(name => new SelectListItem(name, name))]);
}
