namespace Platform.Engine.Activities.Resilience;

/// <summary>How far a saga is that undoes its steps.</summary>
/// <param name="ActivityId">The saga, or the <see cref="Compensate"/> that undoes now.</param>
/// <param name="Undone">Number of steps that were undone.</param>
/// <param name="Total">Number of steps that are undone in all.</param>
/// <param name="Failed">Number of steps that could not be undone and were passed over.</param>
/// <param name="Current">Name of the step whose undo runs or waits; null between two.</param>
/// <param name="Cause">Message of the fault that led to it; null when there was none.</param>
public sealed record UndoProgress(string ActivityId, int Undone, int Total, int Failed, string? Current, string? Cause)
{
    /// <summary>The sagas of an instance that undo steps now, the innermost first.</summary>
    /// <param name="workflow">The instance.</param>
    public static IReadOnlyList<UndoProgress> Of(WorkflowExecutionContext workflow)
    {
        if (!workflow.Plan.MayCleanUp)
            return [];
        var found = new List<UndoProgress>();
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            if (Saga.IsUndoing(context))
                found.Add(Read(context, new Undoing(context, context)));
            else if (Compensate.UndoingOf(context) is { } undoing)
                found.Add(Read(context, undoing));
        }

        found.Reverse();
        return found;
    }

    private static UndoProgress Read(ActivityExecutionContext context, Undoing undoing) => new(
        context.Activity.Id, undoing.Undone.Count, undoing.Total, undoing.Failed.Count, undoing.Current?.Name, Saga.CauseOf(context)?.Message);
}
