using Microsoft.AspNetCore.Authorization;
using Platform.Server.Audit;
using Platform.Server.Http;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>
/// Browsers send cookies with requests that other sites make them send. So a request that is signed in by its cookie must prove that it
/// comes from our own pages: unsafe methods carry the session's token in a header, sockets come from our own origin. Keys and tokens in
/// headers prove it by themselves.
/// </summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="sessions">Knows the tokens.</param>
/// <param name="http">Knows the address that people use.</param>
/// <param name="logger">Log.</param>
internal sealed class CrossSiteCheck(RequestDelegate next, Sessions sessions, HttpOptions http, ILogger<CrossSiteCheck> logger)
{
    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity?.AuthenticationType != Sessions.Scheme || IsProven(context))
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

    private bool IsProven(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method))
            return IsSameOrigin(request);
        var isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return isSafe || sessions.HasToken(context);
    }

    private bool IsSameOrigin(HttpRequest request)
    {
        // Behind a proxy the host may be another than the browser's; what the browser says of itself holds there too.
        if (request.Headers["Sec-Fetch-Site"] is [{ } site])
            return site is "same-origin";
        if (request.Headers.Origin is not [{ } origin])
            return request.Headers.Origin.Count == 0;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (IsAuthority(uri, $"{uri.Scheme}://{request.Host.Value}") || (http.PublicUrl is { } known && IsAuthority(uri, known) && known.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether two addresses name the same host and port; the port that a scheme has anyway may be left out.</summary>
    private static bool IsAuthority(Uri origin, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var other) && string.Equals(origin.Authority, other.Authority, StringComparison.OrdinalIgnoreCase);
}
