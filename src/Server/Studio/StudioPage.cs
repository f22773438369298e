using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Platform.Server.Studio;

/// <summary>
/// The one HTML page of the web UI. Two things are filled in while it is served: the base address, which depends on the
/// path base, and one preload link per module that every page needs, so that they arrive together and not one after the other.
/// </summary>
static class StudioPage
{
    /// <summary>
    /// What the page may load. The two hashes are the inline scripts by which Elsa Studio 3.8.2 registers its hot keys
    /// (editor and instance list); styles are set inline all over it; WebAssembly needs its own word, which is not eval.
    /// </summary>
    internal const string ContentSecurityPolicy =
        "default-src 'self'; "
        + "script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='; "
        + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "worker-src 'self' blob:; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'none'";

    internal static Task SendAsync(HttpContext context, StudioFiles files)
    {
        var html = Compose(files, context.Request.PathBase + "/studio/");
        var content = Encoding.UTF8.GetBytes(html);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";
        var headers = context.Response.Headers;
        headers.ETag = tag;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (StudioHosting.Matches(context.Request.Headers.IfNoneMatch, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    static string Compose(StudioFiles files, string baseAddress)
    {
        var links = files.ImportedBy("shell/boot.js").Select(Preload);
        return File.ReadAllText(files.Find("index.html")!.FullName)
            .Replace("{{base}}", HtmlEncoder.Default.Encode(baseAddress), StringComparison.Ordinal)
            .Replace("{{modules}}", string.Join("\n  ", links), StringComparison.Ordinal);
    }

    static string Preload(string module) => $"<link rel=\"modulepreload\" href=\"{HtmlEncoder.Default.Encode(module)}\">";
}
