namespace Platform.Server.Security;

/// <summary>The permissions that there are: those that an endpoint asks for, and Elsa's, which clients of Elsa grant.</summary>
/// <param name="services">Knows the endpoints, which are mapped after this is made.</param>
internal sealed class PermissionNames(IServiceProvider services)
{
    /// <summary>Names of Elsa's that no endpoint of this server asks for. Roles that were made for Elsa may hold them.</summary>
    private static readonly string[] _ofElsa =
    [
        "actions:workflow-definitions:refresh", "actions:workflow-definitions:reload", "create:application", "create:labels", "create:role", "create:user",
        "delete:labels", "delete:role", "delete:user", "delete:workflow-definitions", "delete:workflow-instances", "exec:csharp-expressions",
        "exec:python-expressions", "exec:tests", "exec:workflow-definitions", "publish:workflow-definitions", "read:labels", "read:resilience",
        "read:resilience:retries", "read:resilience:strategies", "read:role", "read:tenants", "read:user", "read:workflow-definition-labels",
        "retract:workflow-definitions", "update:labels", "update:role", "update:user", "update:workflow-definition-labels", "write:workflow-definitions",
        "write:workflow-instances",
    ];

    /// <summary>All names without wildcards, in order.</summary>
    public IReadOnlyCollection<string> All
    {
        get
        {
            var names = new SortedSet<string>(_ofElsa, StringComparer.Ordinal);
            foreach (var endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints)
                names.UnionWith(endpoint.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf ?? []);
            names.Remove(Permissions.All);
            return names;
        }
    }

    /// <summary>Why a role or key cannot have these permissions; null when it can. A mistyped one would permit nothing and tell nobody.</summary>
    /// <param name="permissions">The permissions, wildcards included.</param>
    public string? WhyNot(IReadOnlyList<string> permissions)
    {
        if (permissions.Count > RoleStore.PermissionsMax)
            return $"There are {permissions.Count} permissions; {RoleStore.PermissionsMax} are the most. Use a wildcard, for example read:*.";
        var all = All;
        var unknown = permissions.Where(wanted => !IsKnown(all, wanted)).Select(wanted => $"'{wanted}'").ToList();
        return unknown.Count == 0
            ? null
            : $"There is no permission {string.Join(", ", unknown.Take(10))}. GET /api/permissions lists them; * is all, and read:* is all that begin with read:.";
    }

    private static bool IsKnown(IReadOnlyCollection<string> all, string wanted) =>
        wanted == Permissions.All
        || all.Contains(wanted)
        || (wanted.EndsWith(":*", StringComparison.Ordinal) && all.Any(name => name.StartsWith(wanted[..^1], StringComparison.Ordinal)));
}
