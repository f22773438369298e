namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// Runs <see cref="Body"/> for at most a time. When that is up, everything in the body ends (sagas in it are undone first), then
/// <see cref="OnTimeout"/> runs and the activity ends with the outcome <c>TimedOut</c>. The timer is durable: it runs on over restarts,
/// and fires at the start when its moment has passed.
/// </summary>
[Activity("Platform", "Resilience", "Run an activity for at most a given time.")]
[FlowNode("Done", "TimedOut")]
public sealed class Timeout : Activity
{
    /// <summary>Name of the bookmark at which the timer waits.</summary>
    public const string BookmarkName = "Platform.Timeout";

    private readonly ActivityCompletionCallback _onBodyCompleted;
    private readonly ActivityCompletionCallback _onTimeoutCompleted;

    /// <summary>Makes one without body.</summary>
    public Timeout()
    {
        _onBodyCompleted = OnBodyCompletedAsync;
        _onTimeoutCompleted = OnTimeoutCompletedAsync;
    }

    /// <summary>Longest time. Longer than zero. Default: 1 minute.</summary>
    [Input(Description = "The longest time that the body may take, as hours:minutes:seconds.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> Duration { get; set; } = new(TimeSpan.FromMinutes(1));

    /// <summary>Whether it faults when the time is up, so that a retry or a catch around it handles that. Default: false.</summary>
    [Input(
        DisplayName = "Fault On Timeout",
        Description = "Fault with the code WF4663 when the time is up, so that a Retry or a Try / Catch around it handles that.",
        UIHint = InputUIHints.Checkbox,
        DefaultValue = false)]
    public Input<bool> FaultOnTimeout { get; set; } = new(false);

    /// <summary>What has to be done in time.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>Runs when the time was up.</summary>
    [Port]
    public IActivity? OnTimeout { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var duration = Duration.Get(context);
        if (duration <= TimeSpan.Zero)
            throw new InvalidOperationException($"The duration is {duration}. It must be longer than zero, for example 00:01:00.");
        context.Counters = [0];
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = BookmarkName,
            DueAt = Waits.Until(context, duration),
            Callback = OnDueAsync,
        });
        return context.ScheduleActivityAsync(Body, _onBodyCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) =>
        ReferenceEquals(child, OnTimeout) ? _onTimeoutCompleted : _onBodyCompleted;

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        context.CompleteActivityAsync(context.Counters![0] == 0 ? null : "TimedOut");

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch) =>
        context.Counters![0] == 0 ? context.CompleteActivityAsync() : context.ScheduleActivityAsync(OnTimeout, _onTimeoutCompleted);

    private ValueTask OnDueAsync(ActivityExecutionContext context)
    {
        context.AddExecutionLogEntry("TimedOut", $"The time of {Duration.Get(context)} is up.");
        context.Counters![0] = 1;
        return context.FirstChild is { } body ? Interpreter.EndBranchAsync(context, body) : context.ScheduleActivityAsync(OnTimeout, _onTimeoutCompleted);
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();

    private ValueTask OnTimeoutCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        if (!FaultOnTimeout.Get(context))
            return context.CompleteActivityWithOutcomesAsync("TimedOut");
        throw new FaultException("WF4663", "Timeout", "TimeoutException", $"WF4663: '{Name ?? Id}' was not done within {Duration.Get(context)}.");
    }
}
