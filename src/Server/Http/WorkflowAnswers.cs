using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Engine;
using Platform.Runtime.Store;

namespace Platform.Server.Http;

/// <summary>What callers of workflow endpoints get: the workflow's own answer, or what became of it.</summary>
/// <param name="options">Options.</param>
internal sealed class WorkflowAnswers(HttpOptions options)
{
    private static readonly string[] TimeoutTypes = [nameof(OperationCanceledException), nameof(TaskCanceledException), nameof(TimeoutException)];

    /// <summary>Answers after a burst that is durable now.</summary>
    public async Task SendAsync(HttpContext context, WorkflowHttpContext http, StoredInstance instance, WorkflowExecutionContext workflow)
    {
        if (await http.EndTimeoutAsync())
            await ProblemAsync(context, StatusCodes.Status408RequestTimeout, "The workflow did not answer in time.", null, instance.Id);
        else if (instance.SubStatus == nameof(WorkflowSubStatus.Interrupted))
            await UnavailableAsync(context);
        else if (await http.SendAsync(context.RequestAborted))
            return;
        else if (workflow.Incidents.Count > 0)
            await FaultedAsync(context, instance, workflow.Incidents[0]);
        else if (instance.SubStatus == nameof(WorkflowSubStatus.Cancelled))
            await ProblemAsync(context, StatusCodes.Status408RequestTimeout, "The workflow was cancelled.", null, instance.Id);
    }

    /// <summary>503: the host stops, or the store failed.</summary>
    public Task UnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return ProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "The workflow could not be run now.", "Nothing was stored. Try again.", null);
    }

    /// <summary>404.</summary>
    public static Task NotFoundAsync(HttpContext context) => ProblemAsync(
        context,
        StatusCodes.Status404NotFound,
        "No workflow answers here.",
        "No published workflow has this path and method, and no instance waits for it.",
        null);

    /// <summary>409.</summary>
    public static Task ConflictAsync(HttpContext context, string detail) =>
        ProblemAsync(context, StatusCodes.Status409Conflict, "The workflow instance cannot take this request.", detail, null);

    /// <summary>413, in Elsa's form.</summary>
    public static Task TooLargeAsync(HttpContext context, long bytesMax)
    {
        var rejection = Rejection.TooLarge(bytesMax);
        context.Response.StatusCode = rejection.StatusCode;
        context.Response.ContentType = rejection.ContentType;
        return context.Response.Body.WriteAsync(rejection.Body, context.RequestAborted).AsTask();
    }

    /// <summary>500, in Elsa's form.</summary>
    public static Task AmbiguousAsync(HttpContext context, IEnumerable<string> workflows)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(
            new AmbiguousAnswer("The call is ambiguous and matches multiple workflows.", [.. workflows]),
            HttpJson.Default.AmbiguousAnswer,
            "application/json",
            context.RequestAborted);
    }

    private Task FaultedAsync(HttpContext context, StoredInstance instance, Incident incident)
    {
        var type = incident.Exception?.Type ?? "";
        var (status, title) = Array.IndexOf(TimeoutTypes, type) >= 0 ? (StatusCodes.Status408RequestTimeout, "The workflow did not answer in time.")
            : type == nameof(BadHttpRequestException) ? (StatusCodes.Status400BadRequest, "The workflow could not read the request.")
            : (StatusCodes.Status500InternalServerError, "The workflow faulted.");
        var detail = options.DetailedErrors ? $"{incident.Message} (activity '{incident.ActivityId}')" : null;
        return ProblemAsync(context, status, title, detail, instance.Id);
    }

    private static Task ProblemAsync(HttpContext context, int status, string title, string? detail, string? instanceId)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemAnswer(title, status, detail, instanceId),
            HttpJson.Default.ProblemAnswer,
            "application/problem+json",
            context.RequestAborted);
    }
}

/// <summary>A request that an endpoint refuses: status and message, in Elsa's form <c>{"Message":"..."}</c>.</summary>
internal static class Rejection
{
    public static WorkflowHttpResponse TooLarge(long bytesMax) =>
        Of(413, string.Create(CultureInfo.InvariantCulture, $"The maximum request size allowed is {bytesMax} bytes."));

    public static WorkflowHttpResponse InvalidJson(JsonException exception) => Make(
        400,
        new RejectionAnswer(exception.Message, exception.Path, exception.LineNumber));

    public static WorkflowHttpResponse Of(int status, string message) => Make(status, new RejectionAnswer(message, null, null));

    private static WorkflowHttpResponse Make(int status, RejectionAnswer answer) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(answer, HttpJson.Default.RejectionAnswer), null);
}

internal sealed record RejectionAnswer(
    [property: JsonPropertyName("Message")] string Message,
    [property: JsonPropertyName("Path")] string? Path,
    [property: JsonPropertyName("LineNumber")] long? LineNumber);

internal sealed record AmbiguousAnswer(string ErrorMessage, IReadOnlyList<string> Workflows);

internal sealed record ProblemAnswer(string Title, int Status, string? Detail, string? WorkflowInstanceId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RejectionAnswer))]
[JsonSerializable(typeof(AmbiguousAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext;
