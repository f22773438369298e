using Platform.Server.Http;

namespace Platform.Server.Operations;

/// <summary>Headers that keep browsers from doing with an answer what it is not for. What an endpoint sets itself stays.</summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="workflows">Where workflows answer.</param>
internal sealed class ResponseHeaders(RequestDelegate next, HttpOptions workflows)
{
    private const string NothingLoads = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>
    /// A workflow may answer with HTML, and it stands on the same origin as the web UI: without this its scripts could act as whoever is
    /// signed in. In the sandbox they run as nobody's.
    /// </summary>
    private const string SandboxPolicy = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments(workflows.BasePath, StringComparison.OrdinalIgnoreCase))
            context.Response.OnStarting(SetForWorkflows, context.Response);
        // The web UI sets what its pages and workers may load.
        else if (!path.StartsWithSegments("/studio", StringComparison.OrdinalIgnoreCase))
            context.Response.OnStarting(SetForApi, context.Response);
        return next(context);
    }

    /// <summary>Puts an answer that a workflow wrote to a request of the API into the sandbox, whatever it says itself.</summary>
    /// <param name="response">The response.</param>
    public static void Sandbox(HttpResponse response) => response.OnStarting(
        static state =>
        {
            ((HttpResponse)state).Headers.ContentSecurityPolicy = SandboxPolicy;
            return Task.CompletedTask;
        },
        response);

    private static Task SetForApi(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Content-Security-Policy", NothingLoads);
        headers.TryAdd("Cache-Control", "no-store");
        return Task.CompletedTask;
    }

    private static Task SetForWorkflows(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Content-Security-Policy", SandboxPolicy);
        return Task.CompletedTask;
    }
}
