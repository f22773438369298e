namespace Platform.Engine.Activities.Resilience;

/// <summary>Runs <see cref="Primary"/>; when that faults, ends everything in it and runs <see cref="Secondary"/> instead.</summary>
[Activity("Platform", "Resilience", "Run an activity, and another one instead when it faults.")]
public sealed class Fallback : Activity
{
    private const string FaultKey = "fault";

    private readonly ActivityCompletionCallback _onPartCompleted;

    /// <summary>Makes one without parts.</summary>
    public Fallback() => _onPartCompleted = OnPartCompletedAsync;

    /// <summary>Exception types that lead to the secondary. Default: all.</summary>
    [Input(
        DisplayName = "Error Types",
        Description = "Fall back only after these: names of exception types or of their base types, or the category or type of a Fault. Empty falls back after all.",
        UIHint = InputUIHints.MultiText,
        Category = "Filter")]
    public Input<ICollection<string>> ErrorTypes { get; set; } = new([]);

    /// <summary>Codes that lead to the secondary. Default: all.</summary>
    [Input(DisplayName = "Error Codes", Description = "Fall back only after faults with one of these codes. Empty falls back after all.", UIHint = InputUIHints.MultiText, Category = "Filter")]
    public Input<ICollection<string>> ErrorCodes { get; set; } = new([]);

    /// <summary>Messages that lead to the secondary: a part of the message, or a pattern with * and ?. Default: all.</summary>
    [Input(DisplayName = "Message", Description = "Fall back only after faults whose message contains this, or matches it as a pattern with * and ?. Empty falls back after all.", Category = "Filter")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <summary>What is tried first.</summary>
    [Port]
    public IActivity? Primary { get; set; }

    /// <summary>Runs instead after a fault, with the variable <c>Exception</c>. Its own fault goes on outwards.</summary>
    [Port]
    public IActivity? Secondary { get; set; }

    /// <summary>The fault of the primary: type, message, code, activityId, activityName.</summary>
    [Output(Description = "The fault of the primary, with type, message, code, activityId and activityName; empty when there was none.")]
    public Output<object>? Error { get; set; }

    /// <summary>Whether the secondary ran.</summary>
    [Output(DisplayName = "Used Secondary", Description = "Whether the secondary ran.")]
    public Output<bool>? UsedSecondary { get; set; }

    /// <summary>The fault for which the secondary of an execution runs; null when it does not.</summary>
    internal static FaultDetails? Caught(ActivityExecutionContext context) =>
        context.Activity is Fallback ? FaultDetails.FromValue(context.GetProperty<object>(FaultKey)) : null;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.PropertiesOrNull?.Clear();
        context.Set(UsedSecondary, false);
        return context.ScheduleActivityAsync(Primary, _onPartCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onPartCompleted;

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => context.CompleteActivityAsync();

    /// <inheritdoc />
    internal override FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        if (context.IsEnding || Secondary is null || Caught(context) is not null)
            return FaultDecision.PassOn;
        var fault = FaultDetails.Of(faulted, exception);
        if (!fault.Matches(ErrorTypes.GetOrDefault(context), ErrorCodes.GetOrDefault(context), Message.GetOrDefault(context)))
            return FaultDecision.PassOn;
        context.SetProperty(FaultKey, (object)fault.ToValue());
        context.Set(Error, fault.ToValue());
        context.Set(UsedSecondary, true);
        return FaultDecision.Handle;
    }

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch)
    {
        // Without a fault the primary ended itself.
        if (Caught(context) is null)
            return context.CompleteActivityAsync();
        FaultDetails.Schedule(context, Secondary!, context.GetProperty<object>(FaultKey), _onPartCompleted);
        return default;
    }

    private ValueTask OnPartCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}
