using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Platform.Server.Audit;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Answers requests that may not go on: always with a problem, never with a redirect, which a program would follow.</summary>
internal sealed class AccessDenied : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc />
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // A path that nothing answers is unknown to everybody; only what exists asks who is there.
        if (authorizeResult.Succeeded || context.GetEndpoint() is null)
        {
            await next(context);
            return;
        }

        if (context.User.Identity?.IsAuthenticated != true)
        {
            // Not audited: nobody is there who could be named, and everybody who finds the server can cause it.
            await Problem.NotSignedIn.WriteAsync(context);
            return;
        }

        var wanted = context.GetEndpoint()?.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf ?? [Permissions.All];
        var detail = $"This needs the permission {string.Join(" or ", wanted)}, which '{context.User.FindFirst("name")?.Value}' does not have.";
        await context.RequestServices.GetRequiredService<AuditTrail>().DeniedAsync(context, Problem.NotPermitted.Code);
        await (Problem.NotPermitted with { Detail = detail }).WriteAsync(context);
    }
}
