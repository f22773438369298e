using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Server.Tests.Security;

/// <summary>A real reverse proxy in front of the server: it names the server by its inner host, and may take a path away.</summary>
internal sealed class FrontProxy : IAsyncDisposable
{
    private static readonly HashSet<string> _hopByHop = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Upgrade" };
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    private FrontProxy(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>The path that it takes away; null to leave all.</summary>
    public string? Stripped { get; init; }

    /// <summary>Whether it says for whom it asks.</summary>
    public bool Tells { get; init; } = true;

    public static async Task<FrontProxy> StartAsync(Uri target, string? stripped = null, bool tells = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new FrontProxy(app) { Stripped = stripped, Tells = tells };
        app.Run(context => proxy.ForwardAsync(context, target));
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, Uri target)
    {
        var request = context.Request;
        var path = Stripped is not null && request.Path.StartsWithSegments(Stripped, out var rest) ? rest : request.Path;
        using var forwarded = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(target, path.ToUriComponent() + request.QueryString.ToUriComponent()));
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
            forwarded.Content = new StreamContent(request.Body);
        foreach (var (name, values) in request.Headers.Where(header => !_hopByHop.Contains(header.Key) && (!Tells || !header.Key.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))))
        {
            if (!forwarded.Headers.TryAddWithoutValidation(name, values.ToArray()))
                forwarded.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        if (request.Headers.Upgrade.Count > 0)
        {
            forwarded.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            forwarded.Headers.TryAddWithoutValidation("Upgrade", request.Headers.Upgrade.ToArray());
        }

        if (Tells)
        {
            forwarded.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
            forwarded.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            forwarded.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
        }

        using var answer = await _client.SendAsync(forwarded, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !_hopByHop.Contains(header.Key)))
            context.Response.Headers[name] = values.ToArray();
        if (answer.StatusCode != HttpStatusCode.NoContent)
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
