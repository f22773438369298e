using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Platform.Runtime.Dispatching;
using Platform.Server.Http;
using Platform.Storage;

namespace Platform.Server.Operations;

/// <summary>
/// The HTTP boundary: whatever fails beneath becomes a problem that tells the client what to do and nothing about our insides; and an
/// error status without a body gets one.
/// </summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="workflows">Where workflows answer.</param>
/// <param name="logger">Log.</param>
internal sealed class ErrorBoundary(RequestDelegate next, HttpOptions workflows, ILogger<ErrorBoundary> logger)
{
    /// <summary>What nginx logs for a client that did not wait; nobody receives it.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        // The HTTP boundary: one failed request must not end the process, and its cause must not reach the client.
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
            return;
        }

        if (IsBareError(context))
            await Problem.Of(context.Response.StatusCode).WriteAsync(context);
    }

    private bool IsBareError(HttpContext context) =>
        context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 } && IsOurs(context.Request.Path);

    /// <summary>Workflows answer as they please, an error without a body included; so do the files of the web UI.</summary>
    private bool IsOurs(PathString path) =>
        !path.StartsWithSegments(workflows.BasePath, StringComparison.OrdinalIgnoreCase)
        && !path.StartsWithSegments("/studio", StringComparison.OrdinalIgnoreCase);

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        context.Response.Clear();
        if (exception is BadHttpRequestException bad)
            return Explain(bad, context).WriteAsync(context);
        if (exception is IntakeClosedException)
            return Refusals.Stopped.ExecuteAsync(context);
        var errorId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        Log.EndpointFailed(logger, exception, context.Request.Method, context.Request.Path, errorId);
        return (exception is StorageException ? Problem.StoreFailed : Problem.Failed).WriteAsync(context, errorId);
    }

    private static Problem Explain(BadHttpRequestException exception, HttpContext context)
    {
        if (exception.InnerException is JsonException json)
            return Problem.Unreadable with { Detail = Describe(json) };
        if (exception.StatusCode == StatusCodes.Status413PayloadTooLarge && context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } max)
            return Problem.TooLarge with { Detail = string.Create(CultureInfo.InvariantCulture, $"The body of the request is larger than {max:N0} bytes, which is the most that this address allows.") };
        // The framework's own words name parameters of ours; they help whoever wrote the request.
        return exception.StatusCode == StatusCodes.Status400BadRequest ? Problem.Unreadable with { Detail = exception.Message } : Problem.Of(exception.StatusCode);
    }

    private static string Describe(JsonException exception)
    {
        var place = exception is { LineNumber: { } line, BytePositionInLine: { } position }
            ? string.Create(CultureInfo.InvariantCulture, $" in line {line + 1} at position {position + 1}")
            : "";
        var member = exception.Path is { Length: > 1 } path ? $", at {path}" : "";
        return $"The JSON cannot be read{place}{member}.";
    }
}
