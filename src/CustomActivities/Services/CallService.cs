using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Calls a registered service under its policy: a time limit per attempt, repetition with growing delays, and a circuit breaker that all
/// workflows share. Ends with <c>Done</c> after a status of 200 to 299, <c>CircuitOpen</c> when the breaker let nothing through, and
/// <c>Failed</c> otherwise; the outputs say more. Every attempt is in the journal. Unsafe methods carry an <c>Idempotency-Key</c> that is
/// the same for all attempts, also after a crash. Faults only when the service or the path is wrong.
/// </summary>
[Activity("Platform", "Services", "Call a registered service with retries and a circuit breaker.", DisplayName = "Call Service")]
[FlowNode("Done", "Failed", "CircuitOpen")]
public sealed class CallService : Activity<object>
{
    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service to call.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string> Service { get; set; } = new("");

    /// <summary>Method. Default: GET.</summary>
    [Input(
        Description = "The HTTP method.",
        UIHint = InputUIHints.DropDown,
        Options = new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD" },
        DefaultValue = "GET")]
    public Input<string> Method { get; set; } = new("GET");

    /// <summary>Path below the service's base address, for example /items/5.</summary>
    [Input(Description = "The path below the base address of the service, for example /items/5.")]
    public Input<string> Path { get; set; } = new("");

    /// <summary>Values of the query string by name; a list gives several values.</summary>
    [Input(Description = "Values for the query string.", UIHint = InputUIHints.Dictionary)]
    public Input<IDictionary<string, object>?> Query { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Headers by name. Masked in records.</summary>
    [Input(Description = "Headers to send.", UIHint = InputUIHints.Dictionary, CanContainSecrets = true, Category = "Advanced")]
    public Input<IDictionary<string, object>?> Headers { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Body: an object is sent as JSON; text is sent as it is, as JSON when it looks like it.</summary>
    [Input(Description = "The body to send; objects become JSON.", UIHint = InputUIHints.MultiLine)]
    public Input<object?> Body { get; set; } = new((object?)null);

    /// <summary>Longest time of the whole call, repetitions included. Default: only the limits of the service's policy.</summary>
    [Input(Description = "The longest time for the whole call with all its attempts, as hours:minutes:seconds.", Category = "Advanced")]
    public Input<TimeSpan?> Timeout { get; set; } = new((TimeSpan?)null);

    /// <summary>Status of the last response; 0 when there was none.</summary>
    [Output(Description = "The status code of the last response; 0 when there was none.")]
    public Output<int>? StatusCode { get; set; }

    /// <summary>Headers of the last response, by name in lower case.</summary>
    [Output(Description = "The headers of the last response.")]
    public Output<IDictionary<string, object>>? ResponseHeaders { get; set; }

    /// <summary>Number of requests that were sent.</summary>
    [Output(Description = "The number of requests that were sent.")]
    public Output<int>? Attempts { get; set; }

    /// <summary>Time that the call took with all its attempts.</summary>
    [Output(Description = "How long the call took with all its attempts.")]
    public Output<TimeSpan>? Duration { get; set; }

    /// <summary>Why the call failed, in a sentence; empty when it did not.</summary>
    [Output(Description = "Why the call failed; empty when it did not.")]
    public Output<string>? Error { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var service = context.GetRequiredService<ServiceRegistry>().Get(context.Get(Service));
        var clock = context.GetRequiredService<TimeProvider>();
        var prepared = Prepare(context, service);
        if (context.GetService<RequestGuard>() is { } guard)
            await guard.CheckAsync(prepared.ToRequest, context.CancellationToken);
        var call = new ServiceCall(prepared.ToRequest, (name, message, payload) => context.AddExecutionLogEntry(name, message, payload: payload));
        var startedAt = clock.GetTimestamp();
        using var limit = context.Get(Timeout) is { } timeout && timeout > TimeSpan.Zero ? new CancellationTokenSource(timeout, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        var outcome = await service.SendAsync(call, either.Token);
        context.Set(Attempts, call.Attempts);
        context.Set(Duration, clock.GetElapsedTime(startedAt));
        using var response = outcome.Result;
        if (response is not null)
            await CompleteAsync(context, service, response);
        else
            await FailAsync(context, service, outcome.Exception);
    }

    private async ValueTask CompleteAsync(ActivityExecutionContext context, ServiceClient service, HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync(context.CancellationToken);
        context.Set(Result, ServiceJson.Read(body, response.Content.Headers.ContentType?.MediaType));
        context.Set(StatusCode, (int)response.StatusCode);
        context.Set(ResponseHeaders, HeadersOf(response));
        if (response.IsSuccessStatusCode)
        {
            context.Set(Error, "");
            await context.CompleteActivityWithOutcomesAsync("Done");
            return;
        }

        context.Set(Error, string.Create(CultureInfo.InvariantCulture, $"The service '{service.Name}' answered with status {(int)response.StatusCode}."));
        await context.CompleteActivityWithOutcomesAsync("Failed");
    }

    private async ValueTask FailAsync(ActivityExecutionContext context, ServiceClient service, Exception? exception)
    {
        // The host stops or the run is cancelled: that is not the service's failure.
        context.CancellationToken.ThrowIfCancellationRequested();
        context.Set(StatusCode, 0);
        switch (exception)
        {
            case BrokenCircuitException open:
                var again = open.RetryAfter is { } after ? string.Create(CultureInfo.InvariantCulture, $" The next one is let through in {after.TotalSeconds:0.0} s.") : "";
                var refused = $"The service '{service.Name}' failed too often lately, so no call is sent to it.{again}";
                context.AddExecutionLogEntry("CircuitOpen", refused);
                context.Set(Error, refused);
                await context.CompleteActivityWithOutcomesAsync("CircuitOpen");
                break;
            case HttpRequestException or TimeoutRejectedException or OperationCanceledException:
                context.Set(Error, exception is HttpRequestException
                    ? $"The service '{service.Name}' could not be reached: {exception.Message}"
                    : $"The service '{service.Name}' gave no answer in time.");
                await context.CompleteActivityWithOutcomesAsync("Failed");
                break;
            default:
                throw new InvalidOperationException($"The call of the service '{service.Name}' could not be made: {exception?.Message}", exception);
        }
    }

    private PreparedRequest Prepare(ActivityExecutionContext context, ServiceClient service)
    {
        var method = HttpMethod.Parse(context.Get(Method) is { Length: > 0 } given ? given.Trim() : "GET");
        var address = service.AddressOf(context.Get(Path) + QueryOf(context.Get(Path), context.Get(Query)));
        var (body, mediaType) = ServiceJson.Write(context.Get(Body));
        var headers = new List<KeyValuePair<string, StringValues>>();
        foreach (var (name, value) in context.Get(Headers) ?? new Dictionary<string, object>(StringComparer.Ordinal))
            headers.Add(KeyValuePair.Create(name, ServiceJson.Texts(value)));
        var isSafe = method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options;
        if (!isSafe && !headers.Exists(header => header.Key.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase)))
            headers.Add(KeyValuePair.Create("Idempotency-Key", new StringValues(context.IdempotencyKey)));
        return new PreparedRequest(method, address, headers, body, mediaType);
    }

    private static string QueryOf(string? path, IDictionary<string, object>? query)
    {
        if (query is not { Count: > 0 })
            return "";
        var pairs = query.SelectMany(entry => ServiceJson.Texts(entry.Value).Select(value => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(value ?? "")}"));
        return (path?.Contains('?', StringComparison.Ordinal) == true ? '&' : '?') + string.Join('&', pairs);
    }

    private static Dictionary<string, object> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers[name.ToLowerInvariant()] = values.ToArray() is [var single] ? single : values.ToArray();
        return headers;
    }

    /// <summary>A request that can be sent several times.</summary>
    private sealed record PreparedRequest(HttpMethod Method, Uri Address, List<KeyValuePair<string, StringValues>> Headers, ReadOnlyMemory<byte>? Body, string? MediaType)
    {
        public HttpRequestMessage ToRequest()
        {
            var request = new HttpRequestMessage(Method, Address);
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
}
