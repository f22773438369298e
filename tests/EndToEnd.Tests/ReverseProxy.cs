using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.EndToEnd.Tests;

/// <summary>
/// A real reverse proxy in front of a server. One kind forwards sockets and the name of the host, as manuals say; the other one does
/// neither and collects every answer before it passes it on, as proxies do that nobody has set up.
/// </summary>
public sealed class ReverseProxy : IAsyncDisposable
{
    static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "TE", "Trailer", "Proxy-Connection", "Host",
    };

    readonly WebApplication app;
    readonly Uri target;
    readonly bool isSetUp;
    readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
    readonly List<string> requests = [];
    int sockets;

    ReverseProxy(WebApplication app, Uri target, bool isSetUp)
    {
        this.app = app;
        this.target = target;
        this.isSetUp = isSetUp;
    }

    /// <summary>Where the proxy listens, without a slash at the end.</summary>
    public string Address => app.Urls.First();

    /// <summary>How many sockets it has forwarded.</summary>
    public int Sockets => Volatile.Read(ref sockets);

    /// <summary>Methods and paths of the requests so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get { lock (requests) return [.. requests]; }
    }

    public static async Task<ReverseProxy> StartAsync(string target, bool isSetUp)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new ReverseProxy(app, new Uri(target), isSetUp);
        app.UseWebSockets();
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(impatient.Token);
        await app.DisposeAsync();
        client.Dispose();
    }

    async Task ForwardAsync(HttpContext context)
    {
        lock (requests) requests.Add($"{context.Request.Method} {context.Request.Path}");
        try
        {
            if (isSetUp && context.WebSockets.IsWebSocketRequest) await ForwardSocketAsync(context);
            else await ForwardRequestAsync(context);
        }
        catch (Exception exception) when (exception is HttpRequestException or WebSocketException or IOException)
        {
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    async Task ForwardRequestAsync(HttpContext context)
    {
        var request = context.Request;
        using var forwarded = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(target, request.Path.ToUriComponent() + request.QueryString.ToUriComponent()));
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0) forwarded.Content = new StreamContent(request.Body);
        foreach (var (name, values) in request.Headers)
        {
            if (!HopByHop.Contains(name) && !forwarded.Headers.TryAddWithoutValidation(name, values.ToArray())) forwarded.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        if (isSetUp) forwarded.Headers.Host = request.Host.Value;
        using var answer = await client.SendAsync(forwarded, context.RequestAborted);
        var body = isSetUp ? null : await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopByHop.Contains(name)) context.Response.Headers[name] = values.ToArray();
        }

        if (body is null) await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        else if (body.Length > 0) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    async Task ForwardSocketAsync(HttpContext context)
    {
        using var upstream = new ClientWebSocket();
        upstream.Options.Proxy = null;
        foreach (var name in (string[])["Cookie", "Origin", "Authorization", "Sec-Fetch-Site"])
        {
            if (context.Request.Headers.TryGetValue(name, out var values)) upstream.Options.SetRequestHeader(name, values.ToString());
        }

        upstream.Options.SetRequestHeader("Host", context.Request.Host.Value);
        var address = new UriBuilder(new Uri(target, context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent())) { Scheme = "ws" };
        await upstream.ConnectAsync(address.Uri, context.RequestAborted);
        using var downstream = await context.WebSockets.AcceptWebSocketAsync();
        Interlocked.Increment(ref sockets);
        await Task.WhenAny(PumpAsync(upstream, downstream, context.RequestAborted), PumpAsync(downstream, upstream, context.RequestAborted));
        // When one side is gone, the other one is told so by the loss of its connection.
        upstream.Abort();
        downstream.Abort();
    }

    static async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16_384];
        while (true)
        {
            var received = await from.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
        }
    }
}
