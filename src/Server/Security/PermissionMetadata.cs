namespace Platform.Server.Security;

/// <summary>Says which permissions open an endpoint: any one of them. An empty list means any signed-in user.</summary>
/// <param name="anyOf">Permission names, for example <c>read:workflow-definitions</c>.</param>
internal sealed class PermissionMetadata(params string[] anyOf)
{
    /// <summary>The permissions, of which one is enough.</summary>
    public IReadOnlyList<string> AnyOf { get; } = anyOf;
}

/// <summary>Puts <see cref="PermissionMetadata"/> on endpoints.</summary>
internal static class PermissionMetadataRouting
{
    /// <summary>Demands one of these permissions; none at all demands only that somebody is signed in.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="anyOf">Permission names.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new PermissionMetadata(anyOf));
}
