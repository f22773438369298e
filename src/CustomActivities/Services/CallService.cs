using Microsoft.Extensions.Primitives;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Calls a registered service under its policy: time limits, repetition with growing delays, a circuit breaker that all workflows share,
/// and what else the policy says. Ends with <c>Done</c> after a status of 200 to 299, <c>CircuitOpen</c> when the breaker let nothing through, and
/// <c>Failed</c> otherwise; the outputs say more. Every attempt is in the journal. Unsafe methods carry an <c>Idempotency-Key</c> that is
/// the same for all attempts, also after a crash. Faults only when the service or the path is wrong.
/// </summary>
[Activity("Platform", "Services", "Call a registered service with retries and a circuit breaker.", DisplayName = "Call Service")]
[FlowNode("Done", "Failed", "CircuitOpen")]
[ResilienceCategory("HTTP")]
public sealed class CallService : ServiceActivity
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

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        SendAsync(context, context.GetRequiredService<ServiceRegistry>().Get(context.Get(Service)), Prepare(context));

    private ServiceRequest Prepare(ActivityExecutionContext context)
    {
        var method = HttpMethod.Parse(context.Get(Method) is { Length: > 0 } given ? given.Trim() : "GET");
        var path = context.Get(Path) + QueryOf(context.Get(Path), context.Get(Query));
        var (body, mediaType) = ServiceJson.Write(context.Get(Body));
        var headers = new List<KeyValuePair<string, StringValues>>();
        foreach (var (name, value) in context.Get(Headers) ?? new Dictionary<string, object>(StringComparer.Ordinal))
            headers.Add(KeyValuePair.Create(name, ServiceJson.Texts(value)));
        return new ServiceRequest(method, path, headers, body, mediaType).WithKey(context.IdempotencyKey);
    }

    private static string QueryOf(string? path, IDictionary<string, object>? query)
    {
        if (query is not { Count: > 0 })
            return "";
        var pairs = query.SelectMany(entry => ServiceJson.Texts(entry.Value).Select(value => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(value ?? "")}"));
        return (path?.Contains('?', StringComparison.Ordinal) == true ? '&' : '?') + string.Join('&', pairs);
    }
}
