using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Platform.CustomActivities.Resilience;
using Platform.Engine;
using Platform.Engine.Values;

namespace Platform.Server.Http.Activities;

/// <summary>What the activities that send an HTTP request have in common. They differ in how they go on after the response.</summary>
[Output(Description = "The response; it does not outlive the current burst.", IsSerializable = false)]
[ResilienceCategory("HTTP")]
public abstract class OutgoingHttpActivity : Activity<HttpResponseMessage>
{
    private const int RetriesMax = 8;

    /// <summary>Absolute address, http or https.</summary>
    [Input(DisplayName = "URL", Description = "The URL to send the request to.", Order = 0)]
    public Input<Uri?> Url { get; set; } = new((Uri?)null);

    /// <summary>Method. Default: GET.</summary>
    [Input(
        Description = "The HTTP method to use when sending the request.",
        Options = new[] { "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD" },
        DefaultValue = "GET",
        UIHint = InputUIHints.DropDown,
        Order = 1)]
    public Input<string> Method { get; set; } = new("GET");

    /// <summary>Body. Sent only when there is a content type too.</summary>
    [Input(Description = "The content to send with the request. Can be a string, an object, a byte array or a stream.", Order = 2)]
    public Input<object?> Content { get; set; } = new((object?)null);

    /// <summary>Media type of the body.</summary>
    [Input(
        Description = "The content type to use when sending the request.",
        UIHint = InputUIHints.DropDown,
        Options = new[] { "", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded" },
        Order = 3)]
    public Input<string?> ContentType { get; set; } = new((string?)null);

    /// <summary>Value of the Authorization header.</summary>
    [Input(Description = "The Authorization header value to send with the request, for example Bearer {token}.", Category = "Security", CanContainSecrets = true, Order = 4)]
    public Input<string?> Authorization { get; set; } = new((string?)null);

    /// <summary>Whether the Authorization header is sent as it is, without checking its form. Default: false.</summary>
    [Input(Description = "Whether to disable validation of the Authorization header.", Category = "Security", Order = 5)]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = new(false);

    /// <summary>Further headers.</summary>
    [Input(Description = "The headers to send along with the request.", UIHint = InputUIHints.JsonEditor, Category = "Advanced", Order = 6)]
    public Input<HttpHeaders?> RequestHeaders { get; set; } = new([]);

    /// <summary>Whether failures that may pass are tried again, up to 8 times with growing delays. Kept for old workflows; 'Call Service' does more.</summary>
    [Input(Description = "Obsolete: retry transient failures up to 8 times.", Category = "Resilience", Order = 7)]
    public Input<bool> EnableResiliency { get; set; } = new(false);

    /// <summary>Status code of the response.</summary>
    [Output(Description = "The HTTP response status code.")]
    public Output<int>? StatusCode { get; set; }

    /// <summary>Body of the response: JSON as object or list, anything else as text; nothing for an empty body.</summary>
    [Output(Description = "The parsed content, if any.")]
    public Output<object>? ParsedContent { get; set; }

    /// <summary>Headers of the response.</summary>
    [Output(Description = "The response headers that were received.")]
    public Output<HttpHeaders>? ResponseHeaders { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        try
        {
            var response = await SendAsync(context);
            var bytes = await response.Content.ReadAsByteArrayAsync(context.CancellationToken);
            context.Set(Result, response);
            context.Set(StatusCode, (int)response.StatusCode);
            context.Set(ResponseHeaders, HttpHeaders.From(response));
            context.Set(ParsedContent, Parse(response.Content.Headers.ContentType, bytes));
        }
        catch (AddressBlockedException exception)
        {
            throw OutgoingRequest.Blocked(context, exception);
        }
        catch (HttpRequestException exception)
        {
            context.AddExecutionLogEntry("Failed to connect", exception.Message);
            await HandleFailedToConnectAsync(context);
            return;
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !context.CancellationToken.IsCancellationRequested))
        {
            context.AddExecutionLogEntry("Timeout", exception.Message);
            await HandleTimeoutAsync(context);
            return;
        }

        await HandleResponseAsync(context, context.Get(StatusCode));
    }

    /// <summary>Goes on after a response.</summary>
    /// <param name="context">The execution.</param>
    /// <param name="statusCode">Status of the response.</param>
    protected abstract ValueTask HandleResponseAsync(ActivityExecutionContext context, int statusCode);

    /// <summary>Goes on when no response came because the host could not be reached.</summary>
    /// <param name="context">The execution.</param>
    protected abstract ValueTask HandleFailedToConnectAsync(ActivityExecutionContext context);

    /// <summary>Goes on when no response came in time.</summary>
    /// <param name="context">The execution.</param>
    protected abstract ValueTask HandleTimeoutAsync(ActivityExecutionContext context);

    private async ValueTask<HttpResponseMessage> SendAsync(ActivityExecutionContext context)
    {
        var http = context.GetRequiredService<OutgoingHttp>();
        var clock = context.WorkflowExecutionContext.Host.Clock;
        var retries = EnableResiliency.Get(context) ? RetriesMax : 0;
        var order = new OutgoingRequest(Url.GetOrDefault(context), Method.GetOrDefault(context))
        {
            Content = Content.GetOrDefault(context),
            ContentType = ContentType.GetOrDefault(context),
            Authorization = Authorization.GetOrDefault(context),
            IsAuthorizationRaw = DisableAuthorizationHeaderValidation.Get(context),
            Headers = RequestHeaders.GetOrDefault(context),
        };
        if (retries == 0)
            return await SendAsync(context, http, order);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = await order.ToMessageAsync(context.CancellationToken);
                var response = await http.SendAsync(request, context.CancellationToken);
                if (attempt >= retries || !IsTransient((int)response.StatusCode))
                    return response;
                response.Dispose();
            }
            catch (HttpRequestException) when (attempt < retries)
            {
                // Tried again below, like a response that asks for it.
            }

            var delay = TimeSpan.FromSeconds(Math.Pow(2, attempt));
            context.AddExecutionLogEntry("Retry", $"Attempt {attempt + 1} failed; the next follows in {delay}.");
            await Task.Delay(delay, clock, context.CancellationToken);
        }
    }

    /// <summary>Sends under the resilience strategy of the activity; once, when it has none.</summary>
    private static async Task<HttpResponseMessage> SendAsync(ActivityExecutionContext context, OutgoingHttp http, OutgoingRequest order)
    {
        var isSafe = string.IsNullOrWhiteSpace(order.Method) || order.Method.Trim().ToUpperInvariant() is "GET" or "HEAD" or "OPTIONS";
        var result = await context.RunResilientlyAsync(AttemptAsync, order.Url, isSafe);
        return (HttpResponseMessage)result.Value!;

        async Task<AttemptResult> AttemptAsync(CancellationToken cancellationToken)
        {
            using var request = await order.ToMessageAsync(cancellationToken);
            var response = await http.SendAsync(request, cancellationToken);
            var header = response.Headers.RetryAfter;
            var retryAfter = header?.Delta ?? (header?.Date - context.WorkflowExecutionContext.Host.Clock.GetUtcNow());
            return new AttemptResult(response, (int)response.StatusCode, retryAfter);
        }
    }

    private static bool IsTransient(int status) => status is 408 or 409 or 429 or 500 or 502 or 503 or 504;

    private static object? Parse(MediaTypeHeaderValue? contentType, byte[] bytes)
    {
        if (bytes.Length == 0)
            return null;
        if (ContentTypes.IsJson(contentType?.MediaType))
        {
            try
            {
                return DynamicJson.Parse(bytes);
            }
            catch (Exception exception) when (exception is JsonException or ValueTooDeepException)
            {
                // Not the JSON it says it is; its text is still of use.
                return Encoding.UTF8.GetString(bytes);
            }
        }

        return EncodingOf(contentType?.CharSet).GetString(bytes);
    }

    private static Encoding EncodingOf(string? charset)
    {
        try
        {
            return charset is { Length: > 0 } ? Encoding.GetEncoding(charset.Trim('"')) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
