using System.Security.Claims;
using Platform.Server.Http;

namespace Platform.Server.Security;

/// <summary>Where requests come from that a browser sends with the cookie of a session: our own pages, or another site's.</summary>
/// <param name="sessions">Knows the tokens.</param>
/// <param name="http">Knows the address that people use.</param>
internal sealed class RequestOrigin(Sessions sessions, HttpOptions http)
{
    /// <summary>
    /// Whether it is proven that a request comes from our own pages, if it has to be: only what a session signs in has to, keys and tokens
    /// in headers prove it by themselves.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who sends it, as its credentials say.</param>
    public bool IsProven(HttpContext context, ClaimsPrincipal user)
    {
        if (user.Identity?.AuthenticationType != Sessions.Scheme)
            return true;
        var request = context.Request;
        if (request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method))
            return IsSameOrigin(request);
        var isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return isSafe || sessions.HasToken(context, user);
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
