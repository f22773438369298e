using System.Globalization;
using Platform.Engine;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Downloads a file into memory, up to <c>Http:ResponseBodyBytesMax</c>. Ends with the outcome for the status: the code itself when it is
/// expected, <c>Unmatched status code</c> otherwise, both together with <c>Done</c>; <c>Failed to connect</c> or <c>Timeout</c> alone when no
/// complete response came. Keep the bytes in a variable when they are needed after a wait.
/// </summary>
[Activity("Elsa", "HTTP", "Download a file from a given URL.", DisplayName = "Download File", Kind = ActivityKind.Task)]
[FlowNode("Unmatched status code", "Failed to connect", "Timeout", "Done")]
public sealed class DownloadHttpFile : Activity<HttpFile>
{
    /// <summary>Absolute address, http or https.</summary>
    [Input(DisplayName = "URL", Description = "The URL to download the file from.")]
    public Input<Uri?> Url { get; set; } = new((Uri?)null);

    /// <summary>Method. Default: GET.</summary>
    [Input(
        Description = "The HTTP method to use when sending the request.",
        Options = new[] { "GET", "POST", "PUT" },
        DefaultValue = "GET",
        UIHint = InputUIHints.DropDown)]
    public Input<string> Method { get; set; } = new("GET");

    /// <summary>Status codes that have an outcome of their own. Default: 200.</summary>
    [Input(Description = "A list of expected status codes to handle.", UIHint = InputUIHints.MultiText, DefaultValue = new[] { 200 })]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = new([200]);

    /// <summary>Body of the request. Sent only when there is a content type too.</summary>
    [Input(DisplayName = "Content", Description = "The content to send with the request. Can be a string, an object, a byte array or a stream.")]
    public Input<object?> RequestContent { get; set; } = new((object?)null);

    /// <summary>Media type of the body of the request.</summary>
    [Input(
        DisplayName = "Content Type",
        Description = "The content type to use when sending the request.",
        UIHint = InputUIHints.DropDown,
        Options = new[] { "", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded" })]
    public Input<string?> RequestContentType { get; set; } = new((string?)null);

    /// <summary>Value of the Authorization header.</summary>
    [Input(Description = "The Authorization header value to send with the request, for example Bearer {token}.", Category = "Security", CanContainSecrets = true)]
    public Input<string?> Authorization { get; set; } = new((string?)null);

    /// <summary>Whether the Authorization header is sent as it is, without checking its form. Default: false.</summary>
    [Input(Description = "Whether to disable validation of the Authorization header.", Category = "Security")]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = new(false);

    /// <summary>Further headers.</summary>
    [Input(Description = "The headers to send along with the request.", UIHint = InputUIHints.JsonEditor, Category = "Advanced")]
    public Input<HttpHeaders?> RequestHeaders { get; set; } = new([]);

    /// <summary>The response; it does not outlive the current burst.</summary>
    [Output(Description = "The HTTP response.", IsSerializable = false)]
    public Output<HttpResponseMessage>? Response { get; set; }

    /// <summary>Status code of the response.</summary>
    [Output(Description = "The HTTP response status code.")]
    public Output<int>? StatusCode { get; set; }

    /// <summary>The file as a stream; nothing for an empty body. It does not outlive the current burst.</summary>
    [Output(Description = "The downloaded content stream, if any.", IsSerializable = false)]
    public Output<Stream>? ResponseContentStream { get; set; }

    /// <summary>The file as bytes; nothing for an empty body.</summary>
    [Output(Description = "The downloaded content bytes, if any.")]
    public Output<byte[]>? ResponseContentBytes { get; set; }

    /// <summary>Headers of the response.</summary>
    [Output(Description = "The response headers that were received.")]
    public Output<HttpHeaders>? ResponseHeaders { get; set; }

    /// <summary>Headers of its content.</summary>
    [Output(Description = "The response content headers that were received.")]
    public Output<HttpHeaders>? ResponseContentHeaders { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var order = new OutgoingRequest(Url.GetOrDefault(context), Method.GetOrDefault(context))
        {
            Content = RequestContent.GetOrDefault(context),
            ContentType = RequestContentType.GetOrDefault(context),
            Authorization = Authorization.GetOrDefault(context),
            IsAuthorizationRaw = DisableAuthorizationHeaderValidation.Get(context),
            Headers = RequestHeaders.GetOrDefault(context),
        };
        try
        {
            using var request = await order.ToMessageAsync(context.CancellationToken);
            var response = await context.GetRequiredService<OutgoingHttp>().SendAsync(request, context.CancellationToken);
            await ReceiveAsync(context, response, order.Url!);
        }
        catch (AddressBlockedException exception)
        {
            throw OutgoingRequest.Blocked(context, exception);
        }
        catch (HttpRequestException exception)
        {
            context.AddExecutionLogEntry("Failed to connect", exception.Message);
            await context.CompleteActivityWithOutcomesAsync("Failed to connect");
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !context.CancellationToken.IsCancellationRequested))
        {
            context.AddExecutionLogEntry("Timeout", exception.Message);
            await context.CompleteActivityWithOutcomesAsync("Timeout");
        }
    }

    private async ValueTask ReceiveAsync(ActivityExecutionContext context, HttpResponseMessage response, Uri url)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(context.CancellationToken);
        var status = (int)response.StatusCode;
        context.Set(Response, response);
        context.Set(StatusCode, status);
        context.Set(ResponseHeaders, HttpHeaders.From(response.Headers));
        context.Set(ResponseContentHeaders, HttpHeaders.From(response.Content.Headers));
        if (bytes.Length > 0)
        {
            var file = new HttpFile(new MemoryStream(bytes, writable: false), NameOf(response, url), response.Content.Headers.ContentType?.MediaType, response.Headers.ETag?.Tag);
            context.Set(Result, file);
            context.Set(ResponseContentStream, file.Stream);
            context.Set(ResponseContentBytes, bytes);
        }

        var isExpected = ExpectedStatusCodes.GetOrDefault(context)?.Contains(status) ?? false;
        await context.CompleteActivityWithOutcomesAsync(isExpected ? status.ToString(CultureInfo.InvariantCulture) : "Unmatched status code", "Done");
    }

    /// <summary>The name that the response gives, or the last part of the address. Never a path: the other side chose it.</summary>
    private static string NameOf(HttpResponseMessage response, Uri url)
    {
        var disposition = response.Content.Headers.ContentDisposition;
        var given = disposition?.FileNameStar ?? disposition?.FileName?.Trim('"') ?? Uri.UnescapeDataString(url.Segments[^1]);
        return FileContent.PlainName(given) is { Length: > 0 } name ? name : "file.dat";
    }
}
