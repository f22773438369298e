namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// Undoes steps of the enclosing saga now, the last one first, and goes on in its body afterwards. Steps that are not done, or undone
/// already, are nothing to undo. Outside of a saga it faults.
/// </summary>
[Activity("Platform", "Resilience", "Undo steps of the saga now.")]
public sealed class Compensate : Activity
{
    private readonly ActivityCompletionCallback _onUndoCompleted;

    /// <summary>Makes one that undoes all steps.</summary>
    public Compensate() => _onUndoCompleted = OnUndoCompletedAsync;

    /// <summary>Name or id of the <see cref="Compensable"/> to undo. Default: all steps of the saga.</summary>
    [Input(DisplayName = "Step", Description = "The name or id of the Compensable to undo; empty undoes all steps of the saga that are done.")]
    public Input<string?> Step { get; set; } = new((string?)null);

    /// <summary>Names of the steps that were undone, in that order.</summary>
    [Output(Description = "The names of the steps that were undone, in that order.")]
    public Output<ICollection<object>>? Undone { get; set; }

    /// <inheritdoc />
    internal override bool MayCleanUp => true;

    /// <summary>The saga whose steps an activity means; faults when there is none.</summary>
    internal static ActivityExecutionContext RequireSaga(ActivityExecutionContext context) => SagaSteps.Enclosing(context) ?? throw new FaultException(
        "WF4660", "Resilience", "System", $"WF4660: '{context.Activity.Name ?? context.Activity.Id}' is not inside of the body of a Saga. Put it into one.");

    /// <summary>The undoing that an execution runs; null when it runs none.</summary>
    internal static Undoing? UndoingOf(ActivityExecutionContext context) =>
        context is { Activity: Compensate, Status: ActivityStatus.Running } && SagaOf(context) is { } saga && new Undoing(context, saga) is { HasBegun: true } undoing ? undoing : null;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.PropertiesOrNull?.Clear();
        new Undoing(context, RequireSaga(context)).Begin(Step.GetOrDefault(context));
        return GoOnAsync(context);
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        Of(context).Skip();
        return GoOnAsync(context);
    }

    /// <inheritdoc />
    internal override FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception) =>
        Of(context).Decide(faulted, exception);

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch) =>
        Of(context).WaitsForAttempt(OnUndoDueAsync) ? default : GoOnAsync(context);

    /// <inheritdoc />
    internal override bool HasCleanup(ActivityExecutionContext context) => UndoingOf(context) is { IsBusy: true };

    /// <inheritdoc />
    internal override bool IsCleaningUp(ActivityExecutionContext context) => HasCleanup(context);

    /// <summary>The step that is being undone comes to its end; the rest is left to the saga.</summary>
    internal override bool CleanUp(ActivityExecutionContext context)
    {
        if (UndoingOf(context) is not { } undoing)
            return false;
        if (undoing.Current is not null)
            return undoing.Next(_onUndoCompleted);
        return false;
    }

    /// <inheritdoc />
    internal override VariableInstance[]? GivenVariables(ActivityExecutionContext context, ActivityExecutionContext child) => Of(context).VariablesOf(child);

    private static ActivityExecutionContext? SagaOf(ActivityExecutionContext context) => context.GetAncestors().FirstOrDefault(ancestor => ancestor.Activity is Saga);

    private static Undoing Of(ActivityExecutionContext context) => new(context, SagaOf(context)!);

    private ValueTask OnUndoCompletedAsync(ActivityCompletedContext completed)
    {
        Of(completed.TargetContext).Complete();
        return GoOnAsync(completed.TargetContext);
    }

    private ValueTask OnUndoDueAsync(ActivityExecutionContext context) => GoOnAsync(context);

    private ValueTask GoOnAsync(ActivityExecutionContext context)
    {
        if (context.IsUnwinding)
        {
            TellSaga(context);
            return default;
        }

        if (Of(context).Next(_onUndoCompleted))
            return default;
        TellSaga(context);
        context.Set(Undone, Of(context).Undone.ToList()!);
        return context.CompleteActivityAsync();
    }

    private static void TellSaga(ActivityExecutionContext context)
    {
        if (!Of(context).IsBusy && SagaOf(context) is { } saga)
            Saga.AddUndone(saga, Of(context).Undone);
    }
}

/// <summary>Gives up the ability to undo steps of the enclosing saga that are done. Outside of a saga it faults.</summary>
[Activity("Platform", "Resilience", "End the ability to undo steps of the saga.")]
public sealed class Confirm : CodeActivity
{
    /// <summary>Name or id of the <see cref="Compensable"/> to confirm. Default: all steps of the saga.</summary>
    [Input(DisplayName = "Step", Description = "The name or id of the Compensable to confirm; empty confirms all steps of the saga that are done.")]
    public Input<string?> Step { get; set; } = new((string?)null);

    /// <summary>Number of steps that cannot be undone any more.</summary>
    [Output(Description = "The number of steps that cannot be undone any more.")]
    public Output<int>? Confirmed { get; set; }

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        var confirmed = new SagaSteps(Compensate.RequireSaga(context)).Forget(Step.GetOrDefault(context));
        context.Set(Confirmed, confirmed);
        context.AddExecutionLogEntry("Confirmed", $"Steps that cannot be undone any more: {confirmed}.");
    }
}
