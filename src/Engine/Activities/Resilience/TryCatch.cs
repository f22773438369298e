namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// Runs <see cref="Try"/>. When something in it faults, everything in it ends and <see cref="Catch"/> runs, with the fault as the variable
/// <c>Exception</c>. <see cref="Finally"/> runs last in every case: after success, after a fault that was caught or not, and when the
/// activity is cancelled. Without a catch, or when the filters do not match, the fault goes on outwards after the finally.
/// </summary>
[Activity("Platform", "Resilience", "Run an activity and handle its fault.", DisplayName = "Try / Catch")]
public sealed class TryCatch : Activity
{
    private const string ErrorKey = "error";
    private const string CaughtKey = "caught";

    private readonly ActivityCompletionCallback _onPartCompleted;
    private readonly ActivityCompletionCallback _onFinallyCompleted;

    /// <summary>Makes one without parts.</summary>
    public TryCatch()
    {
        _onPartCompleted = OnPartCompletedAsync;
        _onFinallyCompleted = OnFinallyCompletedAsync;
    }

    /// <summary>Where an execution is. The numbers are stored.</summary>
    private enum Part
    {
        Try = 0,
        Catch = 1,
        Finally = 2,
        Failed = 3,
    }

    /// <summary>Exception types to catch. Default: all.</summary>
    [Input(
        DisplayName = "Error Types",
        Description = "Catch only these: names of exception types or of their base types, or the category or type of a Fault. Empty catches all.",
        UIHint = InputUIHints.MultiText,
        Category = "Filter")]
    public Input<ICollection<string>> ErrorTypes { get; set; } = new([]);

    /// <summary>Codes to catch. Default: all.</summary>
    [Input(DisplayName = "Error Codes", Description = "Catch only faults with one of these codes. Empty catches all.", UIHint = InputUIHints.MultiText, Category = "Filter")]
    public Input<ICollection<string>> ErrorCodes { get; set; } = new([]);

    /// <summary>Messages to catch: a part of the message, or a pattern with * and ?. Default: all.</summary>
    [Input(DisplayName = "Message", Description = "Catch only faults whose message contains this, or matches it as a pattern with * and ?. Empty catches all.", Category = "Filter")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <summary>Whether the fault goes on outwards after the catch. Default: false.</summary>
    [Input(Description = "Fault again with the same error after the catch (and the finally) have run.", UIHint = InputUIHints.Checkbox, DefaultValue = false)]
    public Input<bool> Rethrow { get; set; } = new(false);

    /// <summary>What is tried.</summary>
    [Port]
    public IActivity? Try { get; set; }

    /// <summary>Runs after a fault in <see cref="Try"/>, with the variable <c>Exception</c>.</summary>
    [Port]
    public IActivity? Catch { get; set; }

    /// <summary>Runs last in every case, with the variable <c>Exception</c>, which is null when nothing faulted.</summary>
    [Port]
    public IActivity? Finally { get; set; }

    /// <summary>The fault that was caught: type, message, code, activityId, activityName.</summary>
    [Output(Description = "The fault that was caught, with type, message, code, activityId and activityName; empty when there was none.")]
    public Output<object>? Error { get; set; }

    /// <inheritdoc />
    internal override bool MayCleanUp => Finally is not null;

    /// <summary>The fault that an execution is handling in its catch; null when it is elsewhere.</summary>
    internal static FaultDetails? Caught(ActivityExecutionContext context) =>
        context.Activity is TryCatch && PartOf(context) == Part.Catch ? FaultDetails.FromValue(context.GetProperty<object>(CaughtKey)) : null;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [(int)Part.Try];
        context.PropertiesOrNull?.Clear();
        return context.ScheduleActivityAsync(Try, _onPartCompleted);
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        PartOf(context) >= Part.Finally ? CompleteAsync(context) : RunFinallyAsync(context);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) =>
        ReferenceEquals(child, Finally) ? _onFinallyCompleted : _onPartCompleted;

    /// <inheritdoc />
    internal override FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        var part = PartOf(context);
        if (part == Part.Finally)
        {
            // Whoever ends the activity does not wait for it any more.
            context.Counters![0] = (int)Part.Failed;
            if (!context.IsUnwinding)
                return FaultDecision.PassOn;
            Interpreter.RecordIncident(faulted, exception);
            return FaultDecision.Handle;
        }

        if (context.IsEnding || part == Part.Failed)
            return FaultDecision.PassOn;
        var fault = FaultDetails.Of(faulted, exception);
        if (part == Part.Try && Catch is not null
            && fault.Matches(ErrorTypes.GetOrDefault(context), ErrorCodes.GetOrDefault(context), Message.GetOrDefault(context)))
        {
            context.Counters![0] = (int)Part.Catch;
            context.SetProperty(CaughtKey, (object)fault.ToValue());
            context.Set(Error, fault.ToValue());
            if (Rethrow.Get(context))
                context.SetProperty(ErrorKey, (object)fault.ToValue());
            return FaultDecision.Handle;
        }

        if (Finally is null)
            return FaultDecision.PassOn;
        context.Counters![0] = (int)Part.Finally;
        context.SetProperty(ErrorKey, (object)fault.ToValue());
        return FaultDecision.Handle;
    }

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch)
    {
        if (PartOf(context) == Part.Failed)
            return default;
        if (PartOf(context) != Part.Catch)
            return RunFinallyAsync(context);
        FaultDetails.Schedule(context, Catch!, context.GetProperty<object>(CaughtKey), _onPartCompleted);
        return default;
    }

    /// <inheritdoc />
    internal override bool HasCleanup(ActivityExecutionContext context) =>
        Finally is not null && context is { Status: ActivityStatus.Running, Counters: not null }
        && (PartOf(context) < Part.Finally || (PartOf(context) == Part.Finally && context.FirstChild is not null));

    /// <inheritdoc />
    internal override bool IsCleaningUp(ActivityExecutionContext context) => context.Counters is not null && PartOf(context) == Part.Finally;

    /// <inheritdoc />
    internal override bool CleanUp(ActivityExecutionContext context)
    {
        if (Finally is null || PartOf(context) >= Part.Finally)
            return false;
        ScheduleFinally(context);
        return true;
    }

    private static Part PartOf(ActivityExecutionContext context) => (Part)context.Counters![0];

    private ValueTask OnPartCompletedAsync(ActivityCompletedContext completed) => RunFinallyAsync(completed.TargetContext);

    private ValueTask OnFinallyCompletedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.IsEnding ? default : CompleteAsync(completed.TargetContext);

    private ValueTask RunFinallyAsync(ActivityExecutionContext context)
    {
        if (Finally is null)
            return CompleteAsync(context);
        ScheduleFinally(context);
        return default;
    }

    private void ScheduleFinally(ActivityExecutionContext context)
    {
        context.Counters![0] = (int)Part.Finally;
        FaultDetails.Schedule(context, Finally!, context.GetProperty<object>(ErrorKey) ?? context.GetProperty<object>(CaughtKey), _onFinallyCompleted);
    }

    private static ValueTask CompleteAsync(ActivityExecutionContext context) =>
        FaultDetails.FromValue(context.GetProperty<object>(ErrorKey)) is { } fault ? throw new RethrownException(fault) : context.CompleteActivityAsync();
}

/// <summary>Throws the fault again that the nearest enclosing catch, or secondary of a fallback, is handling.</summary>
[Activity("Platform", "Resilience", "Fault again with the error that is being handled.")]
public sealed class Rethrow : CodeActivity
{
    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        foreach (var ancestor in context.GetAncestors())
        {
            if ((TryCatch.Caught(ancestor) ?? Fallback.Caught(ancestor)) is { } fault)
                throw new RethrownException(fault);
        }

        throw new FaultException("WF4662", "Resilience", "System", "WF4662: There is no error to throw again here. Put Rethrow inside the Catch of a Try / Catch or the Secondary of a Fallback.");
    }
}
