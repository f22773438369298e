using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Answers requests that may not go on: always with a problem, never with a redirect, which a program would follow.</summary>
internal sealed class AccessDenied : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc />
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // A path that nothing answers is unknown to everybody; only what exists asks who is there.
        if (authorizeResult.Succeeded || context.GetEndpoint() is null)
            return next(context);
        if (context.User.Identity?.IsAuthenticated != true)
            return Problem.NotSignedIn.WriteAsync(context);
        var wanted = context.GetEndpoint()?.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf ?? [Permissions.All];
        var detail = $"This needs the permission {string.Join(" or ", wanted)}, which '{context.User.FindFirst("name")?.Value}' does not have.";
        return (Problem.NotPermitted with { Detail = detail }).WriteAsync(context);
    }
}
