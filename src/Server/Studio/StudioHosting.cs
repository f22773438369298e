using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Platform.Server.Studio;

/// <summary>
/// Serves the web UI under <c>/studio/</c>: one HTML page for all of its routes, and the files beside it. Everything else
/// that the UI needs (API, hub) comes from the same origin, so the page may talk to no other host.
/// </summary>
/// <remarks>
/// It stands before authentication on purpose: these files hold no data and signing in happens in the page. Only GET and
/// HEAD are answered; what it does not know under <c>/studio/</c> is 404 and never the page, since a script that arrives as
/// HTML is the error that nobody understands.
/// </remarks>
static partial class StudioHosting
{
    const string Prefix = "/studio";

    /// <summary>
    /// Adds the web UI. Call it after the path base and forwarded headers are applied and before authentication, sessions
    /// and rate limits. <c>Studio:Directory</c> overrides where the files lie. Default: <c>studio</c> beside the server.
    /// </summary>
    internal static IApplicationBuilder UseStudio(this WebApplication app)
    {
        var directory = app.Configuration["Studio:Directory"] ?? Path.Combine(AppContext.BaseDirectory, "studio");
        // The list is made at the first request: a server that nobody opens in a browser starts without it.
        var files = new Lazy<StudioFiles>(() => new StudioFiles(Path.GetFullPath(directory)));
        return app.Use((context, next) => ServeAsync(context, next, files));
    }

    static Task ServeAsync(HttpContext context, RequestDelegate next, Lazy<StudioFiles> files)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return next(context);

        var path = request.Path.Value ?? "";
        if (path is "" or "/" or Prefix) return Redirect(context, Prefix + "/" + request.QueryString);
        if (path.StartsWith(Prefix + "/", StringComparison.Ordinal))
            return ServeStudioAsync(context, path[(Prefix.Length + 1)..], files.Value);

        // Two links inside Elsa Studio lead to the root of the host, where workflows' own HTTP endpoints live.
        if (StudioLink().Match(path) is { Success: true } link && AcceptsHtml(request))
            return Redirect(context, $"{Prefix}/{link.Groups["kind"].Value}/{Uri.EscapeDataString(link.Groups["id"].Value)}");
        return next(context);
    }

    static Task ServeStudioAsync(HttpContext context, string path, StudioFiles files)
    {
        if (path != "index.html" && files.Find(path) is { } file) return SendAsync(context, file, files);
        if (IsRoute(path) && files.Present && AcceptsHtml(context.Request)) return StudioPage.SendAsync(context, files);

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        if (files.Present || !IsRoute(path)) return Task.CompletedTask;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"The web UI is not installed: {files.Root} is empty. Build src/Server once with Node.js on the path.");
    }

    static Task SendAsync(HttpContext context, StudioFile file, StudioFiles files)
    {
        var accepted = context.Request.Headers.AcceptEncoding;
        var (name, encoding) = file switch
        {
            { Brotli: { } brotli } when Accepts(accepted, "br") => (brotli, "br"),
            { Gzip: { } gzip } when Accepts(accepted, "gzip") => (gzip, "gzip"),
            _ => (file.FullName, null),
        };
        var info = new FileInfo(name);
        var tag = files.TagOf(info);
        var headers = context.Response.Headers;
        headers.ETag = tag;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = file.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        if (file.Brotli is not null || file.Gzip is not null) headers.Vary = HeaderNames.AcceptEncoding;
        if (Matches(context.Request.Headers.IfNoneMatch, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (encoding is null && Accepts(accepted, "br") && files.BrotliOf(file, info) is { } compressed)
        {
            headers.ContentEncoding = "br";
            headers.Vary = HeaderNames.AcceptEncoding;
            context.Response.ContentType = file.ContentType;
            context.Response.ContentLength = compressed.Length;
            return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(compressed, context.RequestAborted).AsTask();
        }

        if (encoding is not null) headers.ContentEncoding = encoding;
        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = info.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.SendFileAsync(name, 0, info.Length, context.RequestAborted);
    }

    static Task Redirect(HttpContext context, string target)
    {
        context.Response.Redirect(context.Request.PathBase + target);
        return Task.CompletedTask;
    }

    /// <summary>Routes are what the folders of files are not; an asset that is missing must stay missing.</summary>
    static bool IsRoute(string path) =>
        !path.StartsWith("_framework/", StringComparison.Ordinal) && !path.StartsWith("_content/", StringComparison.Ordinal)
        && !path.StartsWith("shell/", StringComparison.Ordinal) && !path.StartsWith("pages/", StringComparison.Ordinal)
        && !path.StartsWith("parts/", StringComparison.Ordinal);

    static bool AcceptsHtml(HttpRequest request) =>
        request.Headers.Accept.Any(value => value?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    internal static bool Accepts(StringValues header, string encoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(header, out var values)) return false;
        return values.Any(value => value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && value.Quality is not 0);
    }

    internal static bool Matches(StringValues header, string tag) =>
        EntityTagHeaderValue.TryParseList(header, out var values)
        && values.Any(value => value.Tag == "*" || value.Tag == tag);

    [GeneratedRegex("^/workflows/((?<kind>definitions)/(?<id>[^/]+)/edit|(?<kind>instances)/(?<id>[^/]+)/view)$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex StudioLink();
}
