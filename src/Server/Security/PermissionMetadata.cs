namespace Platform.Server.Security;

/// <summary>The permissions that open an endpoint: any one of them is enough.</summary>
/// <param name="anyOf">Permission names, for example <c>read:workflow-definitions</c>.</param>
internal sealed class PermissionMetadata(params string[] anyOf)
{
    /// <summary>Permission names; one of them is needed.</summary>
    public IReadOnlyList<string> AnyOf { get; } = anyOf;
}

/// <summary>Declares which permissions an endpoint needs.</summary>
internal static class PermissionEndpoints
{
    /// <summary>Requires any one of the permissions.</summary>
    /// <typeparam name="TBuilder">Kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="anyOf">Permission names.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new PermissionMetadata(anyOf)));
        return builder;
    }
}
