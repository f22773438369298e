using Platform.Engine;
using Platform.Runtime.Execution;

namespace Platform.Runtime.Activities;

/// <summary>What the completion of a task is matched by.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="TaskName">Its name.</param>
public sealed record RunTaskStimulus(string TaskId, string TaskName);

/// <summary>
/// Asks the outside world to do something and waits until it is reported as done through <c>POST /tasks/{taskId}/complete</c>.
/// </summary>
[Activity("Elsa", "Primitives", "Requests a given task to be run.")]
public sealed class RunTask : Activity<object>
{
    /// <summary>Input under which the result of a task travels.</summary>
    public const string ResultInput = "__RunTaskResult";

    /// <summary>Name of the task.</summary>
    [Input(Description = "The name of the task being requested.")]
    public Input<string> TaskName { get; set; } = new("");

    /// <summary>What the task needs to know.</summary>
    [Input(UIHint = InputUIHints.Dictionary, Description = "Any additional parameters to send to the task.")]
    public Input<IDictionary<string, object>?> Payload { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Id of the task: the same when a crash repeats the request.</summary>
    [Output(Description = "The ID of the task.")]
    public Output<string>? TaskId { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var name = TaskName.GetOrDefault(context) ?? "";
        var taskId = WorkflowRuntime.StableId(context.IdempotencyKey);
        context.Set(TaskId, taskId);
        context.CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = new RunTaskStimulus(taskId, name),
            BookmarkId = taskId,
            IncludeActivityInstanceId = false,
            Callback = OnCompletedAsync,
        });
        context.AddExecutionLogEntry("TaskRequested", $"The task '{name}' ({taskId}) was requested.");
        return default;
    }

    private ValueTask OnCompletedAsync(ActivityExecutionContext context)
    {
        context.Set(Result, context.GetWorkflowInput<object>(ResultInput));
        return context.CompleteActivityAsync();
    }
}
