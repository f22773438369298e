using System.Text.Json;
using Platform.Engine.Values;
using Platform.Runtime.Activities;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>What the outside world reports to waiting workflows: finished tasks and events.</summary>
internal static class StimulusRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void MapStimuli(this IEndpointRouteBuilder api)
    {
        api.MapPost("/tasks/{taskId}/complete", CompleteTaskAsync).RequirePermission("tasks:complete").NotAudited("Programs do it all the time; the journal of the instance that it reaches tells it.");
        api.MapPost("/events/{eventName}/trigger", TriggerEventAsync).RequirePermission("trigger:event").NotAudited("Programs do it all the time; the journal of the instance that it reaches tells it.");
        EventLinks.Map(api);
    }

    private static async Task<IResult> CompleteTaskAsync(
        string taskId, Body<CompleteTaskRequest> body, IWorkflowStore store, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var bookmarks = await store.FindBookmarksAsync(new BookmarkFilter { Id = taskId, Name = "Elsa.RunTask" }, cancellationToken);
        if (bookmarks is not [var bookmark, ..])
            return Problems.NotFound("waiting task", taskId);
        var input = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [RunTask.ResultInput] = body.Value.Result is { } result ? DynamicJson.FromElement(result) : null,
        };
        return await runtime.ResumeAsync(bookmark, input, null, cancellationToken) is ResumeResult.Resumed
            ? Results.Ok()
            : Problems.NotFound("waiting task", taskId);
    }

    private static async Task<IResult> TriggerEventAsync(
        string eventName, Body<TriggerEventRequest> body, WorkflowRuntime runtime, Intake intake, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var stimulus = EventStimulus.For(eventName, request.Input is { } input ? DynamicJson.FromElement(input) : null) with
        {
            CorrelationId = Given(request.CorrelationId),
            InstanceId = Given(request.WorkflowInstanceId),
            ActivityInstanceId = Given(request.ActivityInstanceId),
        };
        if (string.Equals(request.WorkflowExecutionMode, "Synchronous", StringComparison.OrdinalIgnoreCase))
            await runtime.DeliverAsync(stimulus, cancellationToken);
        else if (!intake.HasRoom(1))
            return Refusals.OfQueue(intake);
        else
            await runtime.PublishAsync(stimulus, cancellationToken);
        return Results.Ok();
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>Says that a task is done.</summary>
internal sealed record CompleteTaskRequest
{
    /// <summary>What came of it.</summary>
    public JsonElement? Result { get; init; }
}

/// <summary>Says that an event happened.</summary>
internal sealed record TriggerEventRequest
{
    /// <summary>Only this instance.</summary>
    public string? WorkflowInstanceId { get; init; }

    /// <summary>Only instances with this correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only this activity execution.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>Payload of the event.</summary>
    public JsonElement? Input { get; init; }

    /// <summary><c>Synchronous</c> answers after the workflows ran, <c>Asynchronous</c> as soon as the event is stored.</summary>
    public string? WorkflowExecutionMode { get; init; }
}
