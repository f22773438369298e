using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.CustomActivities.Services;

/// <summary>
/// The services that workflows call by name. Each has one client with one circuit breaker, shared by all workflows. Thread-safe.
/// </summary>
public sealed class ServiceRegistry : IDisposable
{
    private readonly ConcurrentDictionary<string, ServiceClient> _clients;

    /// <summary>Makes a registry.</summary>
    /// <param name="services">The services by name, as <see cref="ServiceConfiguration"/> reads them.</param>
    /// <param name="clock">Time.</param>
    public ServiceRegistry(IReadOnlyDictionary<string, ServiceOptions> services, TimeProvider clock) => _clients = new(
        services.Select(service => KeyValuePair.Create(service.Key, new ServiceClient(service.Key, service.Value, clock))),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the services, in order.</summary>
    public IReadOnlyList<string> Names => [.. _clients.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>All services, by name.</summary>
    public IReadOnlyList<ServiceClient> Services => [.. _clients.Values.OrderBy(client => client.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The service of this name.</summary>
    /// <param name="name">Name in any case.</param>
    /// <exception cref="InvalidOperationException">There is none; the message names the nearest one.</exception>
    public ServiceClient Get(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InvalidOperationException("No service is chosen. Choose one in the input 'Service'.");
        if (_clients.TryGetValue(name.Trim(), out var client))
            return client;
        var hint = ConfigurationKeys.Nearest(name, _clients.Keys) is { } nearest ? $"Did you mean '{nearest}'?"
            : _clients.IsEmpty ? "None is registered."
            : $"Registered are: {string.Join(", ", Names)}.";
        throw new InvalidOperationException($"The service '{name}' is not registered. {hint} Services are registered in the configuration section 'Services'.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }
}

/// <summary>Puts the service activities into a host.</summary>
public static class ServiceActivities
{
    /// <summary>Adds the registry, read from the section <c>Services</c> now, so that a mistake there keeps the host from starting.</summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="configuration">Configuration.</param>
    /// <exception cref="OptionsProblemException">Something is wrong with the section.</exception>
    public static IServiceCollection AddServiceActivities(this IServiceCollection services, IConfiguration configuration)
    {
        var registered = ServiceConfiguration.Read(configuration);
        return services.AddSingleton(provider => new ServiceRegistry(registered, provider.GetRequiredService<TimeProvider>()));
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
