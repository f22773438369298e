using System.Text;
using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Values;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Starts the workflow when a request arrives at a path; inside a workflow, waits for one. The workflow answers with
/// <see cref="WriteHttpResponse"/>; when it answers nothing the caller gets an empty 200.
/// </summary>
[Activity("Elsa", "HTTP", "Wait for an inbound HTTP request that matches the specified path and methods.", DisplayName = "HTTP Endpoint")]
[Output(Description = "The request; it does not outlive the current burst.", IsSerializable = false)]
public sealed class HttpEndpoint : Trigger<HttpRequest>
{
    /// <summary>Path under the base path: a route template such as <c>orders/{id}</c>.</summary>
    [Input(Description = "The path to associate with the workflow, for example orders/{id}.")]
    public Input<string> Path { get; set; } = new("");

    /// <summary>Methods it answers. Default: GET.</summary>
    [Input(
        DisplayName = "Methods",
        Description = "The HTTP methods to accept.",
        Options = new[] { "GET", "POST", "PUT", "HEAD", "DELETE" },
        UIHint = InputUIHints.CheckList,
        DefaultValue = new[] { "GET" })]
    public Input<ICollection<string>> SupportedMethods { get; set; } = new(["GET"]);

    /// <summary>Whether callers must be signed in. Default: false.</summary>
    [Input(Description = "Allow authenticated requests only.", Category = "Security", DefaultValue = false)]
    public Input<bool> Authorize { get; set; } = new(false);

    /// <summary>Authorisation policy that callers must fulfil; none by default.</summary>
    [Input(Description = "Provide a policy to evaluate. If the policy fails, the request is forbidden.", Category = "Security")]
    public Input<string?> Policy { get; set; } = new((string?)null);

    /// <summary>
    /// Name of the secret with which callers sign by Standard Webhooks; then a request without a right signature gets 401, and one that
    /// comes twice starts one instance. None by default.
    /// </summary>
    [Input(
        DisplayName = "Webhook secret",
        Description = "The name of the secret with which callers sign their requests (Standard Webhooks). Requests without a right signature are refused.",
        Category = "Security")]
    public Input<string?> WebhookSecret { get; set; } = new((string?)null);

    /// <summary>How far the time of a signature may be from the server's, and how long ids are remembered. Default: 5 min, at most 1 day.</summary>
    [Input(DisplayName = "Webhook tolerance", Description = "How old a signed request may be, as hours:minutes:seconds; 5 minutes by default.", Category = "Security")]
    public Input<TimeSpan?> WebhookTolerance { get; set; } = new((TimeSpan?)null);

    /// <summary>How long the workflow may take to answer; then it is cancelled and the caller gets 408. Default: unlimited.</summary>
    [Input(Description = "The maximum time allowed to process the request, as hours:minutes:seconds.", Category = "Upload")]
    public Input<TimeSpan?> RequestTimeout { get; set; } = new((TimeSpan?)null);

    /// <summary>Largest request body in bytes. Default: the host's limit.</summary>
    [Input(Description = "The maximum request size allowed in bytes.", Category = "Upload")]
    public Input<long?> RequestSizeLimit { get; set; } = new((long?)null);

    /// <summary>Largest uploaded file in bytes. Default: unlimited within the request.</summary>
    [Input(Description = "The maximum file size allowed in bytes for an individual file.", Category = "Upload")]
    public Input<long?> FileSizeLimit { get; set; } = new((long?)null);

    /// <summary>File extensions that may be uploaded, with their dot; empty for all.</summary>
    [Input(Description = "The allowed file extensions.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>?> AllowedFileExtensions { get; set; } = new((ICollection<string>?)null);

    /// <summary>File extensions that may not be uploaded, with their dot.</summary>
    [Input(Description = "The blocked file extensions.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>?> BlockedFileExtensions { get; set; } = new((ICollection<string>?)null);

    /// <summary>Media types that may be uploaded; empty for all.</summary>
    [Input(DisplayName = "Allowed MIME Types", Description = "The allowed MIME types.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>?> AllowedMimeTypes { get; set; } = new((ICollection<string>?)null);

    /// <summary>Whether a too large request goes on with its own outcome instead of being answered with 413. Default: false.</summary>
    [Input(Description = "Expose the \"Request too large\" outcome.", Category = "Outcomes")]
    public bool ExposeRequestTooLargeOutcome { get; set; }

    /// <summary>Whether a too large file goes on with its own outcome instead of being answered with 413. Default: false.</summary>
    [Input(Description = "Expose the \"File too large\" outcome.", Category = "Outcomes")]
    public bool ExposeFileTooLargeOutcome { get; set; }

    /// <summary>Whether a file with a wrong extension goes on with its own outcome instead of being answered with 415. Default: false.</summary>
    [Input(Description = "Expose the \"Invalid file extension\" outcome.", Category = "Outcomes")]
    public bool ExposeInvalidFileExtensionOutcome { get; set; }

    /// <summary>Whether a file with a wrong media type goes on with its own outcome instead of being answered with 415. Default: false.</summary>
    [Input(Description = "Expose the \"Invalid file MIME type\" outcome.", Category = "Outcomes")]
    public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

    /// <summary>The body: JSON as object or list, a form as a dictionary, text and XML as text, anything else as a file; nothing for an empty body.</summary>
    [Output(Description = "The parsed request content, if any.")]
    public Output<object>? ParsedContent { get; set; }

    /// <summary>Uploaded files.</summary>
    [Output(Description = "The uploaded files, if any.", IsSerializable = false)]
    public Output<IFormFile[]>? Files { get; set; }

    /// <summary>The first uploaded file.</summary>
    [Output(Description = "The uploaded file, if any.", IsSerializable = false)]
    public Output<IFormFile>? File { get; set; }

    /// <summary>Values of the path's parameters; keys are lower-case.</summary>
    [Output(Description = "The parsed route data, if any.")]
    public Output<IDictionary<string, object>>? RouteData { get; set; }

    /// <summary>Values of the query string: one value as text, several as a list.</summary>
    [Output(Description = "The querystring data, if any.")]
    public Output<IDictionary<string, object>>? QueryStringData { get; set; }

    /// <summary>Headers by name: one value as text, several as a list. Masked in the journal, because they carry credentials.</summary>
    [Output(Description = "The headers, if any.", CanContainSecrets = true)]
    public Output<IDictionary<string, object>>? Headers { get; set; }

    /// <inheritdoc />
    public override string StimulusName => HttpEndpointPayload.StimulusName;

    /// <inheritdoc />
    public override bool NeedsRequest => true;

    /// <inheritdoc />
    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => Payloads(context.ActivityExecutionContext);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow() && context.GetService<WorkflowHttpContext>() is { } http)
            return ReceiveAsync(context, http, isTrigger: true);
        Wait(context);
        return default;
    }

    private static string[] Methods(ICollection<string>? methods) =>
        methods is { Count: > 0 } ? [.. methods.Where(method => !string.IsNullOrWhiteSpace(method)).Select(HttpPath.NormalizeMethod).Distinct(StringComparer.Ordinal)] : ["get"];

    private HttpEndpointPayload[] Payloads(ActivityExecutionContext context)
    {
        var path = HttpPath.Normalize(Path.GetOrDefault(context));
        var rules = new HttpEndpointRules(
            Authorize.Get(context),
            Policy.GetOrDefault(context) is { Length: > 0 } policy ? policy : null,
            ExposeRequestTooLargeOutcome ? null : BodyBytesMax(context),
            WebhookOf(context));
        return [.. Methods(SupportedMethods.GetOrDefault(context)).Select(method => new HttpEndpointPayload(path, method) { Rules = rules })];
    }

    private long BodyBytesMax(ActivityExecutionContext context) =>
        RequestSizeLimit.GetOrDefault(context) ?? context.GetRequiredService<HttpOptions>().RequestBodyBytesMax;

    private WebhookRule? WebhookOf(ActivityExecutionContext context) => WebhookSecret.GetOrDefault(context) is { Length: > 0 } secret
        ? new WebhookRule(secret, WebhookRule.Bound(WebhookTolerance.GetOrDefault(context)), BodyBytesMax(context))
        : null;

    private void Wait(ActivityExecutionContext context)
    {
        foreach (var payload in Payloads(context))
        {
            context.CreateBookmark(new CreateBookmarkArgs
            {
                BookmarkName = HttpEndpointPayload.StimulusName,
                Stimulus = payload,
                IncludeActivityInstanceId = false,
                Callback = OnRequestAsync,
            });
        }
    }

    private async ValueTask OnRequestAsync(ActivityExecutionContext context)
    {
        // A bookmark can be resumed through the API too; without a request there is nothing to read.
        if (context.GetService<WorkflowHttpContext>() is not { } http)
        {
            await context.CompleteActivityAsync();
            return;
        }

        if (!http.IsAuthorized && Authorize.Get(context) && !await HttpAuthorization.IsAllowedAsync(http.HttpContext, Policy.GetOrDefault(context)))
        {
            http.Response = new WorkflowHttpResponse(StatusCodes.Status401Unauthorized, null, default, null);
            WaitAgain(context);
            return;
        }

        if (WebhookOf(context) is { } webhook && await WhyNotAsync(context, http, webhook) is { } answer)
        {
            http.Response = answer;
            WaitAgain(context);
            return;
        }

        await ReceiveAsync(context, http, isTrigger: false);
    }

    /// <summary>Why a webhook does not go on with this instance; null when it does. The ids that did are part of its state.</summary>
    private static async ValueTask<WorkflowHttpResponse?> WhyNotAsync(ActivityExecutionContext context, WorkflowHttpContext http, WebhookRule webhook)
    {
        var check = context.GetRequiredService<WebhookCheck>();
        if (await check.RefusalAsync(http.HttpContext, webhook) is { } problem)
            return new WorkflowHttpResponse(problem.Status, "application/problem+json", problem.ToUtf8(), null);
        return check.IsRepeated(context.WorkflowExecutionContext.Properties, http.HttpContext, webhook)
            ? new WorkflowHttpResponse(StatusCodes.Status200OK, null, default, null)
            : null;
    }

    private ValueTask ReceiveAsync(ActivityExecutionContext context, WorkflowHttpContext http, bool isTrigger)
    {
        var request = http.HttpContext.Request;
        if (RequestTimeout.GetOrDefault(context) is { } timeout && timeout > TimeSpan.Zero)
            http.BeginTimeout(context, timeout);
        context.Set(Result, request);
        context.Set(RouteData, RouteDataOf(http));
        context.Set(QueryStringData, QueryOf(request));
        context.Set(Headers, HeadersOf(request));
        return http.CanHaveBody ? ReceiveBodyAsync(context, http, isTrigger) : context.CompleteActivityAsync();
    }

    private async ValueTask ReceiveBodyAsync(ActivityExecutionContext context, WorkflowHttpContext http, bool isTrigger)
    {
        var request = http.HttpContext.Request;
        var bytesMax = BodyBytesMax(context);
        try
        {
            if (ContentTypes.IsForm(ContentTypes.MediaTypeOf(request.ContentType)))
            {
                await ReceiveFormAsync(context, http, bytesMax, isTrigger);
                return;
            }

            context.Set(ParsedContent, await RequestBody.ReadAsync(request, bytesMax, context.CancellationToken));
            await context.CompleteActivityAsync();
        }
        catch (Exception exception) when (exception is BodyTooLargeException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            await RefuseAsync(context, http, isTrigger, ExposeRequestTooLargeOutcome ? "Request too large" : null, Rejection.TooLarge(bytesMax));
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, http, isTrigger, null, Rejection.InvalidJson(exception));
        }
        // A form that is cut off, and a text that is not in the encoding that it names, are the caller's mistakes as well.
        catch (Exception exception) when (exception is InvalidDataException or IOException or DecoderFallbackException or ValueTooDeepException or ValueTooLargeException)
        {
            await RefuseAsync(context, http, isTrigger, null, Rejection.Of(StatusCodes.Status400BadRequest, exception.Message));
        }
    }

    private async ValueTask ReceiveFormAsync(ActivityExecutionContext context, WorkflowHttpContext http, long bytesMax, bool isTrigger)
    {
        var form = await RequestBody.ReadFormAsync(http.HttpContext.Request, bytesMax, context.CancellationToken);
        context.Set(ParsedContent, RequestBody.FieldsOf(form));
        if (form.Files.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        if (Judge(context, form.Files) is var (outcome, rejection))
        {
            await RefuseAsync(context, http, isTrigger, outcome, rejection);
            return;
        }

        context.Set(Files, [.. form.Files]);
        context.Set(File, form.Files[0]);
        await context.CompleteActivityAsync();
    }

    /// <summary>The first rule that a file breaks: its outcome when the author exposed it, and the answer otherwise.</summary>
    private (string? Outcome, WorkflowHttpResponse Rejection)? Judge(ActivityExecutionContext context, IFormFileCollection files)
    {
        var bytesMax = FileSizeLimit.GetOrDefault(context);
        if (bytesMax is not null && files.Any(file => file.Length > bytesMax))
        {
            var message = $"The maximum file size allowed is {bytesMax} bytes.";
            return (ExposeFileTooLargeOutcome ? "File too large" : null, Rejection.Of(StatusCodes.Status413PayloadTooLarge, message));
        }

        var allowed = AllowedFileExtensions.GetOrDefault(context);
        var blocked = BlockedFileExtensions.GetOrDefault(context);
        if (files.Any(file => !IsAmong(allowed, System.IO.Path.GetExtension(file.FileName), whenEmpty: true)
            || IsAmong(blocked, System.IO.Path.GetExtension(file.FileName), whenEmpty: false)))
        {
            return (ExposeInvalidFileExtensionOutcome ? "Invalid file extension" : null, Unsupported("Only certain file extensions are allowed."));
        }

        var types = AllowedMimeTypes.GetOrDefault(context);
        return files.Any(file => !IsAmong(types, file.ContentType, whenEmpty: true))
            ? (ExposeInvalidFileMimeTypeOutcome ? "Invalid file MIME type" : null, Unsupported("Only certain MIME types are allowed."))
            : null;

        static WorkflowHttpResponse Unsupported(string message) => Rejection.Of(StatusCodes.Status415UnsupportedMediaType, message);

        static bool IsAmong(ICollection<string>? list, string value, bool whenEmpty) =>
            list is { Count: > 0 } ? list.Any(item => item.Trim().Equals(value, StringComparison.OrdinalIgnoreCase)) : whenEmpty;
    }

    /// <summary>Refuses a request: by an outcome, or with an answer. An instance that waited goes on waiting for a better one.</summary>
    private ValueTask RefuseAsync(ActivityExecutionContext context, WorkflowHttpContext http, bool isTrigger, string? outcome, WorkflowHttpResponse rejection)
    {
        if (outcome is not null)
            return context.CompleteActivityWithOutcomesAsync(outcome);
        http.Response = rejection;
        if (isTrigger)
            throw new FaultException("RequestRefused", "HTTP", "System", $"The request was refused with status {rejection.StatusCode}.");
        WaitAgain(context);
        return default;
    }

    private void WaitAgain(ActivityExecutionContext context)
    {
        context.ClearBookmarks();
        Wait(context);
    }

    private static Dictionary<string, object> RouteDataOf(WorkflowHttpContext http)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        if (http.RouteValues is { } values)
        {
            foreach (var (key, value) in values)
            {
                if (value is not null)
                    data[key] = value;
            }
        }

        return data;
    }

    private static Dictionary<string, object> QueryOf(HttpRequest request)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        if (!request.QueryString.HasValue)
            return data;
        foreach (var (key, values) in request.Query)
            data[key] = RequestBody.Single(values) ?? "";
        return data;
    }

    private static Dictionary<string, object> HeadersOf(HttpRequest request)
    {
        var data = new Dictionary<string, object>(request.Headers.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, values) in request.Headers)
            data[key] = RequestBody.Single(values) ?? "";
        return data;
    }
}
