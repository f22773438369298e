using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>A request to a service that can be sent several times, and to another service as well.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path below the base address, with its query.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Body">Body, or null.</param>
/// <param name="MediaType">Media type of the body, or null.</param>
internal sealed record ServiceRequest(HttpMethod Method, string Path, IReadOnlyList<KeyValuePair<string, StringValues>> Headers, ReadOnlyMemory<byte>? Body, string? MediaType)
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Whether sending it twice changes nothing.</summary>
    public bool IsSafe => Method == HttpMethod.Get || Method == HttpMethod.Head || Method == HttpMethod.Options;

    /// <summary>What makes two requests the same question: method, path and headers; null for one whose answer is not kept.</summary>
    public string? Question => Method != HttpMethod.Get && Method != HttpMethod.Head ? null
        : $"{Method} {Path}\n{string.Join('\n', Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal))}";

    /// <summary>The same with an idempotency key, when it changes something and has none.</summary>
    public ServiceRequest WithKey(string key) => IsSafe || Headers.Any(header => header.Key.Equals(KeyHeader, StringComparison.OrdinalIgnoreCase))
        ? this
        : this with { Headers = [.. Headers, KeyValuePair.Create(KeyHeader, new StringValues(key))] };

    /// <summary>The request as it is sent.</summary>
    /// <param name="address">Where to.</param>
    public HttpRequestMessage ToMessage(Uri address)
    {
        var request = new HttpRequestMessage(Method, address);
        if (Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType ?? "application/json");
        }

        foreach (var (name, values) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values) && request.Content is not null)
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }
}

/// <summary>An answer of a service, read to its end.</summary>
/// <param name="StatusCode">Status.</param>
/// <param name="Headers">Headers by name in lower case; several values are a list.</param>
/// <param name="Body">Body.</param>
/// <param name="MediaType">Media type of the body, or null.</param>
internal sealed record ServiceResponse(int StatusCode, IReadOnlyDictionary<string, object> Headers, byte[] Body, string? MediaType)
{
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>Reads a response to its end.</summary>
    public static async Task<ServiceResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers[name.ToLowerInvariant()] = values.ToArray() is [var single] ? single : values.ToArray();
        return new ServiceResponse(
            (int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Content.Headers.ContentType?.MediaType);
    }
}

/// <summary>What came of a call.</summary>
/// <param name="Response">The answer; null when there is none.</param>
/// <param name="Exception">Why there is none; null when there is one.</param>
/// <param name="AnsweredBy"><c>service</c>, <c>cache</c>, or <c>fallback</c>.</param>
internal sealed record ServiceReply(ServiceResponse? Response, Exception? Exception, string AnsweredBy = "service")
{
    /// <summary>What the policy says about a workflow that answers in place of the service, which has failed; null when no workflow does.</summary>
    public FallbackPolicy? StandIn { get; init; }

    /// <summary>The fixed answer of a policy.</summary>
    /// <param name="value">JSON or text.</param>
    public static ServiceReply Fixed(string value)
    {
        var (body, mediaType) = ServiceJson.Write(value);
        return new ServiceReply(new ServiceResponse(200, new Dictionary<string, object>(StringComparer.Ordinal), body?.ToArray() ?? [], mediaType), null, "fallback");
    }

    /// <summary>Whether the service failed, rather than refused a wrong question.</summary>
    public bool IsFailure => Response is null || Response.StatusCode is >= 500 or 408 or 429;
}
