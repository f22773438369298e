using Microsoft.Net.Http.Headers;
using Platform.Engine;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Answers the current HTTP request with a file: nothing gives 204, one file is sent as it is, several in a zip archive. Like every answer
/// of a workflow it is sent when the burst is durable. Faults with the code <c>NoHttpContext</c> when there is no current request.
/// </summary>
[Activity("Elsa", "HTTP", "Send one or more files (zipped) to the HTTP response.", DisplayName = "HTTP File Response")]
public sealed class WriteFileHttpResponse : Activity
{
    /// <summary>Media type. Default: the file's own, or what its name suggests; application/zip for several files.</summary>
    [Input(Description = "The content type of the file to serve. Leave empty to let the system determine the content type.")]
    public Input<string?> ContentType { get; set; } = new((string?)null);

    /// <summary>Name under which it is saved. Default: the file's own; download.zip for several files.</summary>
    [Input(Description = "The name of the file to serve. Leave empty to let the system determine the file name.")]
    public Input<string?> Filename { get; set; } = new((string?)null);

    /// <summary>Entity tag, with or without quotes. Default: the file's own; with resumable downloads one that changes with the content.</summary>
    [Input(Description = "The Entity Tag of the file to serve. Leave empty to let the system determine the Entity Tag.")]
    public Input<string?> EntityTag { get; set; } = new((string?)null);

    /// <summary>Bytes, a stream, a text, an object, an http address to fetch it from, a file of a request or download; or a list of these.</summary>
    [Input(Description = "The file content to serve: bytes, a stream, a text, a URL, a file of a request or download, or a list of these.")]
    public Input<object?> Content { get; set; } = new((object?)null);

    /// <summary>Whether callers may ask for a part, so that a download that was cut off goes on. Default: false.</summary>
    [Input(Description = "Whether to enable resumable downloads. When enabled, the client can resume a download if the connection is lost.")]
    public Input<bool> EnableResumableDownloads { get; set; } = new(false);

    /// <summary>
    /// Names the download, for example by an order number: while the server keeps it (<c>Http:KeptDownloadsFor</c>), whoever resumes it gets
    /// the rest of the file that was sent first. Whoever may run the workflow with the same id gets that file. Default: nothing is kept.
    /// </summary>
    [Input(Description = "The correlation ID of the download, used to resume it with the same content.")]
    public Input<string?> DownloadCorrelationId { get; set; } = new((string?)null);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var http = WorkflowHttpContext.Of(context);
        var isResumable = EnableResumableDownloads.Get(context);
        var file = await FindAsync(context, isResumable);
        http.Response = file is null ? new WorkflowHttpResponse(StatusCodes.Status204NoContent, null, default, null) : Answer(context, http, file, isResumable);
        await context.CompleteActivityAsync();
    }

    private async ValueTask<FileContent?> FindAsync(ActivityExecutionContext context, bool isResumable)
    {
        var id = DownloadCorrelationId.GetOrDefault(context);
        if (!isResumable || string.IsNullOrWhiteSpace(id))
            return await MakeAsync(context);
        // The same id in another step or workflow is another download.
        var key = $"{context.WorkflowExecutionContext.Plan.Definition.DefinitionId}|{context.Activity.NodeId}|{id}";
        var downloads = context.GetRequiredService<KeptDownloads>();
        if (downloads.Find(key) is { } kept)
            return kept;
        var file = await MakeAsync(context);
        if (file is not null)
            downloads.Keep(key, file);
        return file;
    }

    private async ValueTask<FileContent?> MakeAsync(ActivityExecutionContext context)
    {
        var limit = context.GetRequiredService<HttpOptions>().ResponseLimit;
        var files = await FileContent.ReadAllAsync(context, Content.GetOrDefault(context), limit);
        return files switch
        {
            [] => null,
            [var only] => only,
            _ => FileContent.Zip(files, Filename.GetOrDefault(context)),
        };
    }

    private WorkflowHttpResponse Answer(ActivityExecutionContext context, WorkflowHttpContext http, FileContent file, bool isResumable)
    {
        var name = file.NameOr(Filename.GetOrDefault(context));
        var contentType = file.ContentTypeOr(ContentType.GetOrDefault(context), name);
        HttpHeaders.Check(HeaderNames.ContentType, [contentType]);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        var headers = new HttpHeaders { [HeaderNames.ContentDisposition] = [disposition.ToString()] };
        var given = EntityTag.GetOrDefault(context) is { Length: > 0 } tag ? tag : file.EntityTag;
        if (isResumable)
            return ByteRanges.Answer(http.HttpContext.Request, file.Bytes, contentType, given is null ? ByteRanges.TagOf(file.Bytes) : ByteRanges.TagOf(given), headers);
        if (given is not null)
            headers[HeaderNames.ETag] = [ByteRanges.TagOf(given).ToString()];
        return new WorkflowHttpResponse(StatusCodes.Status200OK, contentType, file.Bytes, headers);
    }
}
