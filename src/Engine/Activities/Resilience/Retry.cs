using System.Globalization;

namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// Runs <see cref="Body"/> again when it faults. Each attempt is an execution of its own in the journal. The waits between attempts are
/// durable. The fault of the last attempt goes on outwards as it is, so that an unhandled one names the activity that failed and can be
/// retried there by a person.
/// </summary>
[Activity("Platform", "Resilience", "Run an activity again when it faults.")]
public sealed class Retry : Activity
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes one without body.</summary>
    public Retry() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>Most attempts, the first included. Range: 1 to 1,000. Default: 3.</summary>
    [Input(DisplayName = "Attempts", Description = "The most attempts, the first one included: 1 to 1,000.", DefaultValue = 3)]
    public Input<int> MaxAttempts { get; set; } = new(3);

    /// <summary>Time before the second attempt. Default: 1 second.</summary>
    [Input(Description = "The time before the second attempt, as hours:minutes:seconds; zero repeats at once.", DefaultValue = "00:00:01")]
    public Input<TimeSpan> Delay { get; set; } = new(TimeSpan.FromSeconds(1));

    /// <summary>How the delays grow. Default: exponentially.</summary>
    [Input(DisplayName = "Back-Off", Description = "How the delays grow: Constant, Linear (1, 2, 3 times the first) or Exponential (1, 2, 4 times).", DefaultValue = Resilience.BackOff.Exponential)]
    public Input<BackOff> BackOff { get; set; } = new(Resilience.BackOff.Exponential);

    /// <summary>Longest delay; zero for no limit. Default: 5 minutes.</summary>
    [Input(DisplayName = "Longest Delay", Description = "The longest time between two attempts; zero for no limit.", DefaultValue = "00:05:00")]
    public Input<TimeSpan> MaxDelay { get; set; } = new(TimeSpan.FromMinutes(5));

    /// <summary>Share by which each delay is made longer or shorter, different for each instance. Range: 0 to 1. Default: 0.</summary>
    [Input(Description = "The share of each delay, 0 to 1, by which it is made longer or shorter, so that many instances do not repeat at the same moment.", DefaultValue = 0d)]
    public Input<double> Jitter { get; set; } = new(0d);

    /// <summary>Exception types to repeat after. Default: all.</summary>
    [Input(
        DisplayName = "Error Types",
        Description = "Repeat only after these: names of exception types or of their base types, or the category or type of a Fault. Empty repeats after all.",
        UIHint = InputUIHints.MultiText,
        Category = "Filter")]
    public Input<ICollection<string>> ErrorTypes { get; set; } = new([]);

    /// <summary>Codes to repeat after. Default: all.</summary>
    [Input(DisplayName = "Error Codes", Description = "Repeat only after faults with one of these codes. Empty repeats after all.", UIHint = InputUIHints.MultiText, Category = "Filter")]
    public Input<ICollection<string>> ErrorCodes { get; set; } = new([]);

    /// <summary>Messages to repeat after: a part of the message, or a pattern with * and ?. Default: all.</summary>
    [Input(DisplayName = "Message", Description = "Repeat only after faults whose message contains this, or matches it as a pattern with * and ?. Empty repeats after all.", Category = "Filter")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <summary>What is repeated.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>Number of attempts that were begun.</summary>
    [Output(Description = "The number of attempts.")]
    public Output<int>? Attempts { get; set; }

    /// <summary>The fault of the last attempt that failed: type, message, code, activityId, activityName.</summary>
    [Output(Description = "The fault of the last attempt that failed, with type, message, code, activityId and activityName; empty when there was none.")]
    public Output<object>? Error { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var attempts = MaxAttempts.Get(context);
        if (attempts is < 1 or > 1000)
            throw new InvalidOperationException($"The number of attempts is {attempts}. It must be between 1 and 1,000.");
        context.Counters = [0];
        return TryAsync(context);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => context.CompleteActivityAsync();

    /// <inheritdoc />
    internal override FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        if (context.IsEnding)
            return FaultDecision.PassOn;
        var fault = FaultDetails.Of(faulted, exception);
        context.Set(Error, fault.ToValue());
        var (attempt, attemptsMax) = (context.Counters![0], MaxAttempts.Get(context));
        if (!fault.Matches(ErrorTypes.GetOrDefault(context), ErrorCodes.GetOrDefault(context), Message.GetOrDefault(context)))
        {
            context.AddExecutionLogEntry("NotRepeated", Text($"Attempt {attempt} of {attemptsMax} failed with an error that is not repeated."));
            return FaultDecision.PassOn;
        }

        if (attempt < attemptsMax)
            return FaultDecision.Handle;
        context.AddExecutionLogEntry("AttemptsExhausted", Text($"Attempt {attempt} of {attemptsMax} failed; there is no other."));
        return FaultDecision.PassOn;
    }

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch)
    {
        var failed = context.Counters![0];
        var delay = Waits.After(Delay.Get(context), BackOff.Get(context), MaxDelay.Get(context), failed);
        delay = Waits.Jittered(delay, Jitter.Get(context), context, failed);
        if (delay <= TimeSpan.Zero)
            return TryAsync(context);
        context.AddExecutionLogEntry("RetryScheduled", Text($"Attempt {failed} of {MaxAttempts.Get(context)} failed; the next begins in {delay}."));
        context.CreateBookmark(new CreateBookmarkArgs { DueAt = Waits.Until(context, delay), Callback = TryAsync });
        return default;
    }

    private ValueTask TryAsync(ActivityExecutionContext context)
    {
        var attempt = ++context.Counters![0];
        context.Set(Attempts, attempt);
        if (attempt > 1)
            context.AddExecutionLogEntry("Attempt", Text($"Attempt {attempt} of {MaxAttempts.Get(context)} begins."));
        return context.ScheduleActivityAsync(Body, _onBodyCompleted);
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
