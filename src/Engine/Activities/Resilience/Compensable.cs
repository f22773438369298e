namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// A step of a saga with its undo. When <see cref="Body"/> has completed, the nearest enclosing <see cref="Saga"/> can undo it by
/// running <see cref="Compensation"/>; that is stored together with the step. A body that faults or is cancelled has not been done, and is
/// not undone. In a loop each iteration is a step of its own, undone with the values that it had. Outside of a saga it is its body only.
/// </summary>
[Activity("Platform", "Resilience", "A step of a saga together with what undoes it.")]
public sealed class Compensable : Activity
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes one without body.</summary>
    public Compensable() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>What is done.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>What undoes it. Must bear to run again when it failed before.</summary>
    [Port]
    public IActivity? Compensation { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, _onBodyCompleted);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => ReferenceEquals(child, Body) ? _onBodyCompleted : null;

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        if (SagaSteps.Enclosing(context) is not { } saga)
            context.AddExecutionLogEntry("NotInSaga", "It is not inside of a saga that runs, so nothing will undo it.");
        else if (Compensation is not null)
            new SagaSteps(saga).Add(UndoStep.Capture(context, saga));
        return context.CompleteActivityAsync();
    }
}
