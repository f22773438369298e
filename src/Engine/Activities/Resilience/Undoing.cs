using System.Globalization;

namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// Undoes steps of a saga, the last one first, one after the other. A step counts as undone when its undo activity has completed; that is
/// committed before the next one begins, so that none runs again after a crash. The state belongs to the owner: the saga itself, or a
/// <see cref="Compensate"/> in its body.
/// </summary>
/// <param name="owner">The execution that runs the undo activities as its children.</param>
/// <param name="saga">The saga's execution.</param>
internal readonly struct Undoing(ActivityExecutionContext owner, ActivityExecutionContext saga)
{
    private const string NameKey = "undoing";
    private const string CurrentKey = "current";
    private const string AttemptKey = "attempt";
    private const string TotalKey = "total";
    private const string UndoneKey = "undone";
    private const string FailedKey = "failed";

    /// <summary>Whether it has begun.</summary>
    public bool HasBegun => owner.PropertiesOrNull?.ContainsKey(TotalKey) ?? false;

    /// <summary>Whether an undo activity runs, or waits for its next attempt.</summary>
    public bool IsBusy => HasBegun && (owner.FirstChild is not null || owner.BookmarkCount > 0);

    /// <summary>Number of steps that are to be undone in all.</summary>
    public int Total => owner.GetProperty<int>(TotalKey);

    /// <summary>Names of the steps that were undone, in that order.</summary>
    public List<object?> Undone => Names(UndoneKey);

    /// <summary>Steps that could not be undone, each with the reason.</summary>
    public List<object?> Failed => Names(FailedKey);

    /// <summary>The step whose undo runs; null between two.</summary>
    public UndoStep? Current => owner.PropertiesOrNull is { } properties && properties.TryGetValue(CurrentKey, out var number) && number is not null
        ? new SagaSteps(saga).Find(Convert.ToInt64(number, CultureInfo.InvariantCulture))
        : null;

    private Saga Policy => (Saga)saga.Activity;

    /// <summary>Begins. The state is committed before the first undo activity runs.</summary>
    /// <param name="name">Undoes only steps of this name; null for all.</param>
    public void Begin(string? name)
    {
        var total = new SagaSteps(saga).CountOf(name);
        owner.SetProperty(NameKey, (object?)name);
        owner.SetProperty(TotalKey, (object)total);
        owner.AddExecutionLogEntry("UndoStarted", Text($"{total} {(total == 1 ? "step is" : "steps are")} undone, the last one first."));
        if (total > 0)
            owner.WorkflowExecutionContext.IsCheckpointRequested = true;
    }

    /// <summary>Schedules the undo activity of the next step, unless one runs or waits.</summary>
    /// <returns>False when no step is left.</returns>
    public bool Next(ActivityCompletionCallback callback)
    {
        if (IsBusy)
            return true;
        while ((Current ?? new SagaSteps(saga).Last(owner.GetProperty<string>(NameKey))) is { } step)
        {
            owner.SetProperty(CurrentKey, (object)step.Number);
            if (owner.WorkflowExecutionContext.Plan.FindByNodeId(step.NodeId)?.Activity is Compensable { Compensation: Activity { PlanNode: { } undo } })
            {
                Interpreter.Schedule(owner, undo, callback).Variables = step.ToVariables(undo);
                return true;
            }

            var gone = new FaultException("WF4661", "Resilience", "System", $"WF4661: The step '{step.Name}' cannot be undone: the workflow no longer has it, or its undo.");
            Interpreter.RecordIncident(owner, gone);
            Fail(step, gone.Message);
        }

        return false;
    }

    /// <summary>Takes the current step as undone. That is committed before anything else runs.</summary>
    public void Complete()
    {
        if (Current is not { } step)
            return;
        Undone.Add(step.Name);
        owner.AddExecutionLogEntry("StepUndone", Text($"'{step.Name}' was undone: {Undone.Count} of {Total}."));
        End(step);
    }

    /// <summary>Takes the current step as one that a person took out.</summary>
    public void Skip()
    {
        if (Current is { } step)
            Fail(step, "its undo was cancelled");
    }

    /// <summary>An undo activity faulted: it is repeated, given up, or left for a person, as the saga says.</summary>
    public FaultDecision Decide(ActivityExecutionContext faulted, Exception exception)
    {
        if (Current is not { } step)
            return FaultDecision.Record;
        var attempt = owner.GetProperty<int>(AttemptKey) + 1;
        var attemptsMax = Math.Max(1, Policy.UndoAttempts.Get(saga));
        owner.SetProperty(AttemptKey, (object)attempt);
        if (attempt < attemptsMax)
        {
            owner.AddExecutionLogEntry("UndoFailed", Text($"Attempt {attempt} of {attemptsMax} to undo '{step.Name}' failed."));
            return FaultDecision.Handle;
        }

        owner.AddExecutionLogEntry("UndoFailed", Text($"'{step.Name}' could not be undone after {attempt} {(attempt == 1 ? "attempt" : "attempts")}."));
        owner.SetProperty(AttemptKey, (object)0);
        if (Policy.OnUndoFailure.Get(saga) == UndoFailure.Stop)
            return FaultDecision.Record;
        Interpreter.RecordIncident(faulted, exception);
        Fail(step, exception.Message);
        return FaultDecision.Handle;
    }

    /// <summary>After the execution that failed has ended: waits for the next attempt, or goes on at once.</summary>
    /// <param name="onDue">Instance method of the owner's activity to call after the wait.</param>
    /// <returns>Whether it waits.</returns>
    public bool WaitsForAttempt(ExecuteActivityDelegate onDue)
    {
        var delay = Policy.UndoDelay.Get(saga);
        if (Current is null || delay <= TimeSpan.Zero)
            return false;
        owner.CreateBookmark(new CreateBookmarkArgs { DueAt = Waits.Until(owner, delay), Callback = onDue });
        return true;
    }

    /// <summary>The captured variables of the current step, for a repetition of its undo activity by a person.</summary>
    public VariableInstance[]? VariablesOf(ActivityExecutionContext child) => Current?.ToVariables(child.Node);

    private void Fail(UndoStep step, string reason)
    {
        Failed.Add($"{step.Name} ({reason})");
        End(step);
    }

    private void End(UndoStep step)
    {
        new SagaSteps(saga).Remove(step.Number);
        owner.SetProperty(CurrentKey, (object?)null);
        owner.SetProperty(AttemptKey, (object)0);
        owner.WorkflowExecutionContext.IsCheckpointRequested = true;
    }

    private List<object?> Names(string key)
    {
        if (owner.PropertiesOrNull is { } properties && properties.TryGetValue(key, out var known) && known is List<object?> names)
            return names;
        names = [];
        owner.SetProperty(key, (object)names);
        return names;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
