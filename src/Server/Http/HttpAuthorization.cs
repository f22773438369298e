using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Platform.Server.Security;

namespace Platform.Server.Http;

/// <summary>Who may call an endpoint of a workflow.</summary>
internal static class HttpAuthorization
{
    /// <summary>
    /// Whether the caller is signed in and fulfils the policy. Most endpoints are open to everybody, so only here it is found out who
    /// calls; a session whose request did not prove where it comes from is nobody's.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="policy">Name of a policy; null or empty when being signed in is enough.</param>
    public static async ValueTask<bool> IsAllowedAsync(HttpContext context, string? policy)
    {
        var found = await context.AuthenticateAsync();
        if (found.Principal is not { Identity.IsAuthenticated: true } user || !context.RequestServices.GetRequiredService<RequestOrigin>().IsProven(context, user))
            return false;
        context.User = user;
        if (string.IsNullOrWhiteSpace(policy))
            return true;
        var authorization = context.RequestServices.GetService<IAuthorizationService>();
        return authorization is not null && (await authorization.AuthorizeAsync(user, null, policy)).Succeeded;
    }
}
