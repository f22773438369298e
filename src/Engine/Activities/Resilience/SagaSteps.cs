namespace Platform.Engine.Activities.Resilience;

/// <summary>The steps of one execution of a <see cref="Saga"/> that can be undone, in the order in which they completed. Stored with it.</summary>
/// <param name="saga">The saga's execution.</param>
internal readonly struct SagaSteps(ActivityExecutionContext saga)
{
    private const string StepsKey = "steps";

    /// <summary>Number of steps that can be undone.</summary>
    public int Count => ListOrNull?.Count ?? 0;

    private List<object?>? ListOrNull =>
        saga.PropertiesOrNull is { } properties && properties.TryGetValue(StepsKey, out var steps) ? (List<object?>?)steps : null;

    /// <summary>The saga that an execution is a part of: the nearest whose body runs; null for none.</summary>
    public static ActivityExecutionContext? Enclosing(ActivityExecutionContext context)
    {
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity is Saga)
                return Saga.IsInBody(ancestor) ? ancestor : null;
        }

        return null;
    }

    /// <summary>Number of steps that a name means; all for no name.</summary>
    public int CountOf(string? name) => string.IsNullOrEmpty(name) ? Count : All().Count(step => step.Is(name));

    /// <summary>The last step that a name means; null when there is none.</summary>
    public UndoStep? Last(string? name)
    {
        if (ListOrNull is not { } list)
            return null;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (UndoStep.FromValue(list[i]) is var step && step.Is(name))
                return step;
        }

        return null;
    }

    public UndoStep? Find(long number) => IndexOf(number) is >= 0 and var index ? UndoStep.FromValue(ListOrNull![index]) : null;

    public void Add(UndoStep step)
    {
        var stepsMax = saga.WorkflowExecutionContext.Host.Limits.SagaStepsMax;
        if (Count >= stepsMax)
            throw Interpreter.LimitExceeded("SagaStepsMax", stepsMax, $"The saga '{saga.Activity.Name ?? saga.Activity.Id}' has too many steps to undo");
        if (ListOrNull is not { } list)
            saga.SetProperty(StepsKey, (object)(list = []));
        list.Add(step.ToValue());
    }

    public void Remove(long number)
    {
        if (IndexOf(number) is >= 0 and var index)
            ListOrNull!.RemoveAt(index);
    }

    /// <summary>Gives up the ability to undo steps.</summary>
    /// <returns>How many.</returns>
    public int Forget(string? name) => ListOrNull?.RemoveAll(step => UndoStep.FromValue(step).Is(name)) ?? 0;

    /// <summary>What an ended saga can still undo belongs to the saga around it from now on.</summary>
    public void HandOver()
    {
        if (ListOrNull is not { Count: > 0 } list)
            return;
        if (Enclosing(saga) is { } outer)
        {
            foreach (var step in list)
                new SagaSteps(outer).Add(Widen(UndoStep.FromValue(step), outer));
        }

        list.Clear();
    }

    /// <summary>The variables between the two sagas, and those of the inner one, are captured as they are now.</summary>
    private UndoStep Widen(UndoStep step, ActivityExecutionContext outer)
    {
        var between = UndoStep.Capture(saga, outer).Variables.Where(variable => !step.Variables.Any(known => known.Id == variable.Id));
        return step with { Variables = [.. step.Variables, .. between] };
    }

    /// <summary>The last ones are asked for: they are undone first.</summary>
    private int IndexOf(long number) => ListOrNull?.FindLastIndex(step => UndoStep.NumberOf(step) == number) ?? -1;

    private IEnumerable<UndoStep> All() => (ListOrNull ?? []).Select(UndoStep.FromValue);
}
