using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Platform.Engine;
using Platform.Engine.Secrets;

namespace Platform.Server.Http;

/// <summary>
/// The HTTP client of activities, one per process: pooled connections, decompression, redirects, and a guard that checks every address
/// at the moment of connecting. Proxies are not used, because they would connect in the guard's stead.
/// </summary>
public sealed class OutgoingHttp : IDisposable
{
    private const int RedirectsMax = 10;
    private readonly AddressGuard _guard;
    private readonly HttpOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly SecretHosts _secrets;

    /// <summary>Makes the client.</summary>
    /// <param name="options">Options.</param>
    /// <param name="clock">Time.</param>
    /// <param name="secrets">Knows the secrets that may go to certain hosts only.</param>
    /// <param name="isRegistered">Whether a host and port belong to a registered service, which may be reached; null when there are none.</param>
    public OutgoingHttp(HttpOptions options, TimeProvider clock, SecretHosts secrets, Func<string, int, bool>? isRegistered = null)
    {
        _secrets = secrets;
        _guard = new AddressGuard(options, isRegistered);
        _options = options;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // Names are resolved anew from time to time, so that a moved service is found.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        };
        _client = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <summary>Sends a request and reads the whole response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The response, with its content in memory.</returns>
    /// <exception cref="AddressBlockedException">The host or one it redirects to has an address that is not allowed.</exception>
    /// <exception cref="HttpRequestException">The host cannot be reached, or the response is larger than the limit.</exception>
    /// <exception cref="FaultException">It would send a secret to a host that the secret does not name.</exception>
    /// <exception cref="TimeoutException">It took longer than the time limit.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => SendAsync(request, RedirectsMax, cancellationToken);

    /// <summary>Sends a request, following so many redirects, and reads the whole response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="redirectsMax">Most redirects to follow; a further one is the response.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The response, with its content in memory.</returns>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, int redirectsMax, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var response = await FollowAsync(request, redirectsMax, either.Token);
            await BufferAsync(response, either.Token);
            return response;
        }
        catch (HttpRequestException exception) when (FindBlocked(exception) is { } blocked)
        {
            ExceptionDispatchInfo.Throw(blocked);
            throw;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"There was no complete response within {_options.RequestTimeout}, the limit Http:RequestTimeout.", exception);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request, int redirectsMax, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            // For each address on the way: a redirect must not carry a secret off.
            await OutgoingSecrets.CheckAsync(_secrets, request, cancellationToken);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (redirects >= redirectsMax || Redirection.Next(request, response) is not { } next)
                return response;
            response.Dispose();
            request = next;
        }
    }

    private static AddressBlockedException? FindBlocked(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AddressBlockedException blocked)
                return new AddressBlockedException(blocked.Host, blocked.Reason);
        }

        return null;
    }

    private async Task BufferAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await ReadAsync(response.Content, cancellationToken);
            var buffered = new ByteArrayContent(bytes);
            foreach (var (name, values) in response.Content.Headers)
                buffered.Headers.TryAddWithoutValidation(name, values);
            response.Content.Dispose();
            response.Content = buffered;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var copy = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (copy.Length + read > _options.ResponseBodyBytesMax)
            {
                throw new HttpRequestException(
                    HttpRequestError.ConfigurationLimitExceeded,
                    $"The response is larger than {_options.ResponseBodyBytesMax} bytes, the limit Http:ResponseBodyBytesMax.");
            }

            copy.Write(buffer, 0, read);
        }

        return copy.ToArray();
    }

    /// <summary>Resolves the name once, checks every address and connects to those very addresses.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        foreach (var address in addresses)
        {
            // One forbidden address among several is enough: names are not allowed to have it both ways.
            if (_guard.RefusalOf(host, port, address) is { } reason)
                throw new AddressBlockedException(host, reason);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
