using Microsoft.AspNetCore.Authorization;
using Platform.Server.Audit;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>
/// Browsers send cookies with requests that other sites make them send. So a request that is signed in by its cookie must prove that it
/// comes from our own pages: unsafe methods carry the session's token in a header, sockets come from our own origin. Keys and tokens in
/// headers prove it by themselves.
/// </summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="origin">Knows where requests come from.</param>
/// <param name="logger">Log.</param>
internal sealed class CrossSiteCheck(RequestDelegate next, RequestOrigin origin, ILogger<CrossSiteCheck> logger)
{
    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        if (origin.IsProven(context, context.User))
            return next(context);
        // Where nobody needs to sign in, the request goes on as nobody's.
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            context.User = new();
            return next(context);
        }

        Log.CrossSiteRefused(logger, context.Request.Method, context.Request.Path, context.User.FindFirst("name")?.Value);
        return RefuseAsync(context);
    }

    private static async Task RefuseAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not null)
            await context.RequestServices.GetRequiredService<AuditTrail>().DeniedAsync(context, Problem.NotFromOwnPage.Code);
        await Problem.NotFromOwnPage.WriteAsync(context);
    }
}
