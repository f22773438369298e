using System.Net;

namespace Platform.Server.Http;

/// <summary>
/// Where an answer sends a request on to, by the rules that browsers and .NET's own handler follow. Done here, because every address on
/// the way has to be judged, not only the first.
/// </summary>
internal static class Redirection
{
    /// <summary>The next request; null when the answer is none that sends on, or sends from https to http.</summary>
    /// <param name="request">The request that was sent. Its content is in memory and can be sent again.</param>
    /// <param name="response">The answer.</param>
    public static HttpRequestMessage? Next(HttpRequestMessage request, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (300 or 301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location || request.RequestUri is not { } from)
            return null;
        var to = location.IsAbsoluteUri ? location : new Uri(from, location);
        var isDowngrade = from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp;
        if (isDowngrade || (to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps))
            return null;
        if (from.Fragment.Length > 0 && to.Fragment.Length == 0)
            to = new UriBuilder(to) { Fragment = from.Fragment }.Uri;
        var method = request.Method;
        var becomesGet = response.StatusCode == HttpStatusCode.SeeOther
            ? method != HttpMethod.Get && method != HttpMethod.Head
            : response.StatusCode is HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found && method == HttpMethod.Post;
        var next = new HttpRequestMessage(becomesGet ? HttpMethod.Get : method, to)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = becomesGet ? null : request.Content,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            // Another place gets neither what proves who asks, nor a host name that is not its own.
            if (!name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                next.Headers.TryAddWithoutValidation(name, values);
        }

        return next;
    }
}
