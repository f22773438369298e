using System.Net;
using Platform.Engine;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Answers the current HTTP request. The answer is sent when the burst is durable, so later activities of the burst delay it; a later
/// answer in the same burst replaces this one. Faults with the code <c>NoHttpContext</c> when there is no current request.
/// </summary>
[Activity("Elsa", "HTTP", "Write a response to the current HTTP response object.", DisplayName = "HTTP Response")]
public sealed class WriteHttpResponse : Activity
{
    /// <summary>Status code. Default: OK (200).</summary>
    [Input(Description = "The status code to return.", UIHint = InputUIHints.DropDown, DefaultValue = HttpStatusCode.OK)]
    public Input<HttpStatusCode> StatusCode { get; set; } = new(HttpStatusCode.OK);

    /// <summary>Body: text and bytes as they are, anything else as JSON or in the form that the content type names.</summary>
    [Input(Description = "The content to write back.")]
    public Input<object?> Content { get; set; } = new((object?)null);

    /// <summary>Media type. Default: text/plain for text, application/octet-stream for bytes, application/json for anything else.</summary>
    [Input(
        Description = "The content type to use when returning the response.",
        UIHint = InputUIHints.DropDown,
        Options = new[] { "", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded", "application/octet-stream" })]
    public Input<string?> ContentType { get; set; } = new((string?)null);

    /// <summary>Further headers.</summary>
    [Input(Description = "The headers to return along with the response.", UIHint = InputUIHints.JsonEditor, Category = "Advanced")]
    public Input<HttpHeaders?> ResponseHeaders { get; set; } = new([]);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var http = WorkflowHttpContext.Of(context);
        var written = ContentTypes.WriteAsync(
            Content.GetOrDefault(context),
            ContentType.GetOrDefault(context),
            context.GetRequiredService<HttpOptions>().ResponseLimit,
            context.CancellationToken);
        if (!written.IsCompletedSuccessfully)
            return AnswerSlowlyAsync(context, http, written);
        Answer(context, http, written.Result);
        return context.CompleteActivityAsync();
    }

    private async ValueTask AnswerSlowlyAsync(ActivityExecutionContext context, WorkflowHttpContext http, ValueTask<(ReadOnlyMemory<byte>, string?)> written)
    {
        Answer(context, http, await written);
        await context.CompleteActivityAsync();
    }

    private void Answer(ActivityExecutionContext context, WorkflowHttpContext http, (ReadOnlyMemory<byte> Body, string? ContentType) written)
    {
        var status = (int)StatusCode.Get(context);
        if (status is < 200 or > 599)
            throw new InvalidOperationException($"{status} is not the status of a response. Use 200 to 599.");
        var (body, contentType) = written;
        HttpHeaders? headers = null;
        if (ResponseHeaders.GetOrDefault(context) is { Count: > 0 } given)
        {
            headers = [];
            foreach (var (name, values) in given)
            {
                HttpHeaders.Check(name, values);
                if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                    contentType = values.Length > 0 ? values[^1] : contentType;
                else if (!IsFraming(name))
                    headers[name] = values;
            }
        }

        if (contentType is not null)
            HttpHeaders.Check("Content-Type", [contentType]);
        http.Response = new WorkflowHttpResponse(status, contentType, body, headers);
    }

    /// <summary>Headers that say where a message ends belong to the server.</summary>
    private static bool IsFraming(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection", StringComparison.OrdinalIgnoreCase);
}
