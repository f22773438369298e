using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace Platform.Server.Operations;

/// <summary>Reads JSON bodies by the rules of their own type, so that one endpoint can be strict and another lenient.</summary>
internal static class JsonBody
{
    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">What it holds, and the rules.</param>
    /// <exception cref="BadHttpRequestException">It is not JSON, or not of this shape; <see cref="ErrorBoundary"/> tells where.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (!request.HasJsonContentType() || !HasKnownCharset(request))
            throw new BadHttpRequestException("The body is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await request.ReadFromJsonAsync(type, request.HttpContext.RequestAborted)
                ?? throw new BadHttpRequestException("The body is null.", StatusCodes.Status400BadRequest);
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <summary>The framework fails at a charset that it does not know, as if that were the server's fault.</summary>
    private static bool HasKnownCharset(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && (!type.Charset.HasValue || type.Charset.Length == 0 || type.Encoding is not null);
}
