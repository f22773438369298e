using System.Net.Http.Headers;
using Platform.Engine;
using Platform.Server.Telemetry;

namespace Platform.Server.Http;

/// <summary>A request as the inputs of an activity describe it.</summary>
/// <param name="Url">Absolute address, http or https.</param>
/// <param name="Method">Method; empty for GET.</param>
internal sealed record OutgoingRequest(Uri? Url, string? Method)
{
    // What memory holds: the other side says what it takes.
    private static ByteLimit RequestLimit => new(int.MaxValue, "of what a request can hold");

    /// <summary>Body; sent only when there is a content type too.</summary>
    public object? Content { get; init; }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Value of the Authorization header.</summary>
    public string? Authorization { get; init; }

    /// <summary>Whether that value is sent as it is, without checking its form.</summary>
    public bool IsAuthorizationRaw { get; init; }

    /// <summary>Further headers.</summary>
    public HttpHeaders? Headers { get; init; }

    /// <summary>The request as the client sends it.</summary>
    /// <param name="cancellationToken">Ends the reading of a body that is a stream.</param>
    /// <exception cref="InvalidOperationException">It cannot be sent.</exception>
    public async ValueTask<HttpRequestMessage> ToMessageAsync(CancellationToken cancellationToken)
    {
        if (Url is not { IsAbsoluteUri: true } || (Url.Scheme != Uri.UriSchemeHttp && Url.Scheme != Uri.UriSchemeHttps))
            throw new InvalidOperationException($"The URL '{Url}' cannot be requested. Give an absolute address that begins with http:// or https://.");
        var request = new HttpRequestMessage(HttpMethod.Parse(string.IsNullOrWhiteSpace(Method) ? "GET" : Method.Trim()), Url);
        if (!string.IsNullOrEmpty(Authorization))
        {
            if (IsAuthorizationRaw)
                request.Headers.TryAddWithoutValidation("Authorization", Authorization);
            else
                request.Headers.Authorization = AuthenticationHeaderValue.Parse(Authorization);
        }

        if (Content is not null && !string.IsNullOrWhiteSpace(ContentType))
        {
            var (body, written) = await ContentTypes.WriteAsync(Content, ContentType, RequestLimit, cancellationToken);
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", written);
        }

        foreach (var (name, values) in Headers ?? [])
        {
            HttpHeaders.Check(name, values);
            if (!request.Headers.TryAddWithoutValidation(name, values))
                request.Content?.Headers.TryAddWithoutValidation(name, values);
        }

        return request;
    }

    /// <summary>The fault of an activity that wanted to reach an address that is not allowed.</summary>
    public static FaultException Blocked(ActivityExecutionContext context, AddressBlockedException exception)
    {
        (context.WorkflowExecutionContext.Host.Services.GetService(typeof(ServerMetrics)) as ServerMetrics)?.Blocked();
        Log.OutgoingBlocked(
            context.GetRequiredService<ILogger<OutgoingHttp>>(), context.Activity.Id, context.WorkflowExecutionContext.Id, exception.Host, exception.Reason);
        return new FaultException("AddressBlocked", "HTTP", "System", exception.Message, exception);
    }
}
