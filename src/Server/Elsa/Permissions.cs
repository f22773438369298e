namespace Platform.Server.Elsa;

/// <summary>Asks about permissions that depend on what a request says, beyond those that its endpoint declares.</summary>
internal static class Permissions
{
    /// <summary>Whether the caller has a permission. A caller without an identity is let through: who may call at all is decided before.</summary>
    public static bool Has(HttpContext context, string permission) =>
        context.User.Identity is not { IsAuthenticated: true }
        || !context.User.HasClaim(claim => claim.Type == "permissions")
        || context.User.HasClaim(claim => claim.Type == "permissions" && (claim.Value == "*" || claim.Value == permission));
}
