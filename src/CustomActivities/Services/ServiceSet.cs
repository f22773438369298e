using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>All services and named policies, by name. Names are the same in upper and lower case.</summary>
/// <param name="Services">The services.</param>
/// <param name="Policies">The policies.</param>
public sealed record ServiceSet(IReadOnlyDictionary<string, ServiceOptions> Services, IReadOnlyDictionary<string, ServicePolicy> Policies)
{
    /// <summary>Nothing.</summary>
    public static ServiceSet Empty { get; } = new(
        new Dictionary<string, ServiceOptions>(StringComparer.OrdinalIgnoreCase), new Dictionary<string, ServicePolicy>(StringComparer.OrdinalIgnoreCase));

    /// <summary>What is wrong with how services and policies name one another: unknown names, and circles of dependencies.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        foreach (var (name, service) in Services)
        {
            if (service.PolicyName is { Length: > 0 } policy && !Policies.ContainsKey(policy))
                problems.Add($"The service '{name}' names the policy '{policy}', which is not there. {Hint(policy, Policies.Keys, "policy")}");
            if (service.Policy.Fallback?.Service is { Length: > 0 } other && !Services.ContainsKey(other))
                problems.Add($"The policy of the service '{name}' falls back to the service '{other}', which is not registered. {Hint(other, Services.Keys, "service")}");
            foreach (var dependency in service.Dependencies.Where(dependency => !Services.ContainsKey(dependency)))
                problems.Add($"The service '{name}' depends on the service '{dependency}', which is not registered. {Hint(dependency, Services.Keys, "service")}");
        }

        foreach (var (name, policy) in Policies)
        {
            if (policy.Fallback?.Service is { Length: > 0 } other && !Services.ContainsKey(other))
                problems.Add($"The policy '{name}' falls back to the service '{other}', which is not registered. {Hint(other, Services.Keys, "service")}");
        }

        if (Circle() is { } circle)
            problems.Add($"Services depend on one another in a circle: {string.Join(" -> ", circle)}. Take one of these dependencies out.");
        return problems;
    }

    /// <summary>The policy that a service follows: its own or the named one, with its own time limits.</summary>
    /// <param name="service">The service.</param>
    public ServicePolicy PolicyOf(ServiceOptions service) =>
        service.PolicyName is { Length: > 0 } name && Policies.TryGetValue(name, out var shared) ? shared : service.Policy;

    /// <summary>Names of the services that need one.</summary>
    /// <param name="name">The one.</param>
    public IReadOnlyList<string> DependentsOf(string name) => [.. Services
        .Where(service => service.Value.Dependencies.Contains(name, StringComparer.OrdinalIgnoreCase))
        .Select(service => service.Key).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>A service and all that it needs, those that are needed first.</summary>
    /// <param name="name">The service.</param>
    public IReadOnlyList<string> WithDependencies(string name)
    {
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Visit(name);
        return order;

        void Visit(string service)
        {
            if (!seen.Add(service) || !Services.TryGetValue(service, out var options))
                return;
            foreach (var dependency in options.Dependencies)
                Visit(dependency);
            order.Add(service);
        }
    }

    private static string Hint(string name, IEnumerable<string> known, string what) =>
        ConfigurationKeys.Nearest(name, known) is { } nearest ? $"Did you mean '{nearest}'?"
        : known.Any() ? $"There are: {string.Join(", ", known.Order(StringComparer.OrdinalIgnoreCase))}."
        : $"There is no {what} yet.";

    private List<string>? Circle()
    {
        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var path = new List<string>();
        return Services.Keys.Order(StringComparer.OrdinalIgnoreCase).Select(Follow).FirstOrDefault(circle => circle is not null);

        List<string>? Follow(string name)
        {
            var start = path.FindIndex(other => other.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (start >= 0)
                return [.. path[start..], path[start]];
            if (!done.Add(name) || !Services.TryGetValue(name, out var service))
                return null;
            path.Add(name);
            var found = service.Dependencies.Select(Follow).FirstOrDefault(circle => circle is not null);
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }
}
