using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Engine;
using Platform.Runtime.Store;
using Platform.Server.Operations;

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
            await TimedOut(instance.Id).WriteAsync(context);
        else if (instance.SubStatus == nameof(WorkflowSubStatus.Interrupted))
            await UnavailableAsync(context);
        else if (await http.SendAsync(context.RequestAborted))
            return;
        else if (workflow.Incidents.Count > 0)
            await Faulted(instance.Id, workflow.Incidents[0]).WriteAsync(context);
        else if (instance.SubStatus == nameof(WorkflowSubStatus.Cancelled))
            await TimedOut(instance.Id).WriteAsync(context);
    }

    /// <summary>503: the host stops, or the store failed.</summary>
    public static Task UnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return new Problem(
            StatusCodes.Status503ServiceUnavailable,
            "WF4104",
            "The workflow could not be run now",
            "The server is stopping or its database cannot be written. The request may be sent again.").WriteAsync(context);
    }

    /// <summary>404.</summary>
    public static Task NotFoundAsync(HttpContext context) => new Problem(
        StatusCodes.Status404NotFound,
        "WF4102",
        "No workflow answers here",
        "No published workflow has this path and method, and no instance waits for it.").WriteAsync(context);

    /// <summary>409.</summary>
    public static Task ConflictAsync(HttpContext context, string? instanceId) => new Problem(
        StatusCodes.Status409Conflict,
        "WF4103",
        "The workflow instance cannot take this request",
        $"The instance '{instanceId}' exists and does not wait for this request. Leave the instance id out to start a new one.").WriteAsync(context);

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

    private static Problem TimedOut(string instanceId) => new(
        StatusCodes.Status408RequestTimeout, "WF4105", "The workflow did not answer in time", $"The instance '{instanceId}' was cancelled.");

    private Problem Faulted(string instanceId, Incident incident)
    {
        var type = incident.Exception?.Type ?? "";
        if (Array.IndexOf(TimeoutTypes, type) >= 0)
            return TimedOut(instanceId) with { Detail = $"The instance '{instanceId}' faulted." };
        // Callers may be strangers: what went wrong inside is for the instance's journal.
        var detail = options.DetailedErrors ? $"The instance '{instanceId}' faulted at '{incident.ActivityId}': {incident.Message}" : $"The instance '{instanceId}' faulted.";
        return type == nameof(BadHttpRequestException)
            ? new Problem(StatusCodes.Status400BadRequest, "WF4106", "The workflow could not read the request", detail)
            : new Problem(StatusCodes.Status500InternalServerError, "WF4107", "The workflow faulted", detail);
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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RejectionAnswer))]
[JsonSerializable(typeof(AmbiguousAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext;
