
namespace Platform.Engine;

/// <content>What an activity asks for. The calls record; the interpreter applies them after the activity returned.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>Completes this execution with the outcome <c>Done</c>, or with given outcomes.</summary>
    /// <param name="result">Null, an outcome, several outcomes or an <see cref="Outcomes"/>.</param>
    public ValueTask CompleteActivityAsync(object? result = null)
    {
        RequestedOutcomes = Outcomes.From(result);
        return default;
    }

    /// <summary>Completes this execution with outcomes.</summary>
    /// <param name="outcomes">Outcome names.</param>
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes)
    {
        RequestedOutcomes = outcomes;
        return default;
    }

    /// <summary>Schedules an embedded activity of this one.</summary>
    /// <param name="activity">The activity; null runs the callback at once.</param>
    /// <param name="completionCallback">Instance method of this activity to call when the child completed; null for none.</param>
    /// <param name="tag">Passed along to the child's context.</param>
    /// <param name="variables">Variables that only the child and its descendants see.</param>
    public ValueTask ScheduleActivityAsync(
        IActivity? activity,
        ActivityCompletionCallback? completionCallback = null,
        object? tag = null,
        IEnumerable<Variable>? variables = null)
    {
        if (activity is null)
            return completionCallback is null ? default : completionCallback(new ActivityCompletedContext(this, null, Outcomes.Done));
        var node = ((Activity)activity).PlanNode ?? throw new InvalidOperationException(
            $"Activity '{Activity.Id}' schedules an activity that is not part of its workflow. Only activities held by a port can be scheduled.");
        var child = Interpreter.Schedule(this, node, completionCallback);
        child.Tag = tag;
        if (variables is not null)
        {
            foreach (var variable in variables)
                child.AddVariable(variable, variable.Value);
        }

        return default;
    }

    /// <summary>Waits: this execution goes on when a stimulus with the same name and payload arrives, or at the due time.</summary>
    /// <param name="args">What to wait for; null waits for this very bookmark only.</param>
    public Bookmark CreateBookmark(CreateBookmarkArgs? args = null) => Interpreter.CreateBookmark(this, args ?? new CreateBookmarkArgs());

    /// <summary>Waits for a stimulus.</summary>
    /// <param name="stimulus">Payload that the stimulus must equal.</param>
    /// <param name="callback">Instance method of this activity to call on resuming; null completes it.</param>
    /// <param name="includeActivityInstanceId">Whether only a stimulus for this execution matches. Default: true.</param>
    public Bookmark CreateBookmark(object stimulus, ExecuteActivityDelegate? callback = null, bool includeActivityInstanceId = true) =>
        CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = stimulus,
            Callback = callback,
            IncludeActivityInstanceId = includeActivityInstanceId,
        });

    /// <summary>Waits for this very bookmark.</summary>
    /// <param name="callback">Instance method of this activity to call on resuming; null completes it.</param>
    public Bookmark CreateBookmark(ExecuteActivityDelegate? callback) => CreateBookmark(new CreateBookmarkArgs { Callback = callback });

    /// <summary>Removes this execution's bookmarks.</summary>
    public void ClearBookmarks() => Interpreter.RemoveBookmarks(this);

    /// <summary>Cancels this execution and its descendants without calling the owner's completion callback.</summary>
    public ValueTask CancelActivityAsync() => Interpreter.CancelAsync(this, notifyOwner: false);

    /// <summary>Asks the host for something that is committed together with this burst: a published event, a dispatched workflow ...</summary>
    /// <param name="message">The request; the runtime knows the type.</param>
    public void Send(object message) => WorkflowExecutionContext.AddToOutbox(this, message);
}

/// <summary>A child completed.</summary>
/// <param name="TargetContext">The execution of the owner, which scheduled the child.</param>
/// <param name="ChildContext">The child; null when a null activity was scheduled.</param>
/// <param name="Outcomes">The child's outcomes.</param>
public readonly record struct ActivityCompletedContext(
    ActivityExecutionContext TargetContext,
    ActivityExecutionContext? ChildContext,
    IReadOnlyList<string> Outcomes)
{
    /// <summary>The owner's execution; the same as <see cref="TargetContext"/>.</summary>
    public ActivityExecutionContext Context => TargetContext;

    /// <summary>The child's outcomes, as Elsa names them.</summary>
    public object Result => Outcomes;
}

/// <summary>Names of outcomes.</summary>
/// <param name="names">The names.</param>
public sealed class Outcomes(params string[] names)
{
    /// <summary>The outcome of an activity that has no others.</summary>
    internal static readonly string[] Done = ["Done"];

    internal static readonly string[] None = [];

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    internal static string[] From(object? result) => result switch
    {
        null => Done,
        Outcomes outcomes => [.. outcomes.Names],
        string name => [name],
        IEnumerable<string> several => [.. several],
        _ => Done,
    };
}
