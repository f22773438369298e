namespace Platform.Engine;

/// <content>
/// Ends by force that have to wait for steps: the undo steps of a saga, a finally. An execution that contains such steps is not
/// cancelled at once. It unwinds: what is in it ends first, then its own steps run, then it ends as cancelled and its owner goes on. All
/// of it is state of the instance, so it may wait, and survives a restart.
/// </content>
public static partial class Interpreter
{
    /// <summary>
    /// Cancels a whole instance: every activity, every bookmark. When steps have to run before (undo steps, a finally), the instance is
    /// marked and handed back to be stored; <see cref="RunAsync"/> then runs them, and the instance ends as cancelled after the last.
    /// </summary>
    /// <param name="workflow">The instance.</param>
    public static async ValueTask CancelAsync(WorkflowExecutionContext workflow)
    {
        if (workflow.Status == WorkflowStatus.Finished)
            return;
        if (workflow.IsCancelling)
        {
            // It is under way already, and goes on where it was cut off.
            await RunAsync(workflow);
            return;
        }

        workflow.BeginBurst();
        await CancelRootAsync(workflow);
        if (workflow.SubStatus == WorkflowSubStatus.Cancelled)
            EndBurst(workflow);
    }

    /// <summary>Ends the root, at once or by and by.</summary>
    internal static async ValueTask CancelRootAsync(WorkflowExecutionContext workflow)
    {
        workflow.IsCancelling = true;
        if (workflow.Root is { } root)
            await CancelAsync(root, notifyOwner: false);
        if (workflow.Root is not null)
            return;
        workflow.ClearQueue();
        workflow.ClearBookmarks();
        workflow.SubStatus = WorkflowSubStatus.Cancelled;
    }

    /// <summary>Ends a child of a container and tells the container when it has ended, which may be later.</summary>
    /// <param name="owner">The container.</param>
    /// <param name="branch">The child.</param>
    internal static async ValueTask EndBranchAsync(ActivityExecutionContext owner, ActivityExecutionContext branch)
    {
        if (HasCleanup(branch))
        {
            await UnwindAsync(branch, notifyOwner: false);
            return;
        }

        await CancelAsync(branch, notifyOwner: false);
        await TellOwnerAsync(owner, branch);
    }

    /// <summary>Whether ending an execution has to wait for steps of it or of its descendants.</summary>
    private static bool HasCleanup(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.Plan.MayCleanUp && FindCleanup(context);

    private static bool FindCleanup(ActivityExecutionContext context)
    {
        if (context.IsEnding || context.Activity.HasCleanup(context))
            return true;
        for (var child = context.FirstChild; child is not null; child = child.NextSibling)
        {
            if (FindCleanup(child))
                return true;
        }

        return false;
    }

    private static async ValueTask UnwindAsync(ActivityExecutionContext context, bool notifyOwner)
    {
        if (context.IsUnwinding)
            return;
        context.IsUnwinding = true;
        context.TellsOwner = notifyOwner;
        context.CompletingOutcomes = null;
        context.RequestedOutcomes = null;
        if (!context.Activity.IsCleaningUp(context))
        {
            RemoveBookmarks(context);
            await CancelEachChildAsync(context);
        }

        await AdvanceAsync(context);
    }

    /// <summary>Completes an execution whose other children have steps to run before they end.</summary>
    private static async ValueTask CompleteAfterCleanupAsync(ActivityExecutionContext context, string[] outcomes)
    {
        context.CompletingOutcomes = outcomes;
        RemoveBookmarks(context);
        await CancelEachChildAsync(context);
        await AdvanceAsync(context);
    }

    private static async ValueTask CancelEachChildAsync(ActivityExecutionContext context)
    {
        foreach (var child in context.GetChildren().ToList())
            await CancelAsync(child, notifyOwner: false);
    }

    /// <summary>Goes on with an execution that is being ended: its next step, or its end.</summary>
    private static ValueTask AdvanceAsync(ActivityExecutionContext context)
    {
        if (context.Status is ActivityStatus.Completed or ActivityStatus.Canceled || context.FirstChild is not null)
            return default;
        if (context.IsUnwinding)
            return CleansUp(context) ? default : EndUnwoundAsync(context);
        if (context.CompletingOutcomes is not { } outcomes)
            return default;
        context.CompletingOutcomes = null;
        return FinishCompletion(context, outcomes);
    }

    private static bool CleansUp(ActivityExecutionContext context)
    {
        try
        {
            return context.Activity.CleanUp(context);
        }
        // Whatever keeps a step from being scheduled must not keep the rest from ending.
        catch (Exception exception)
        {
            RecordIncident(context, exception);
            return false;
        }
    }

    private static async ValueTask EndUnwoundAsync(ActivityExecutionContext context)
    {
        var owner = context.ParentActivityExecutionContext;
        EndCanceled(context);
        if (owner is null)
            return;
        if (owner.IsEnding && !owner.Activity.IsCleaningUp(owner))
            await AdvanceAsync(owner);
        else
            await TellOwnerAsync(owner, context);
    }

    private static async ValueTask TellOwnerAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        try
        {
            await (child.TellsOwner ? owner.Activity.InvokeChildCanceledAsync(owner, child) : owner.Activity.OnBranchEndedAsync(owner, child));
        }
        catch (Exception exception)
        {
            await FaultAsync(owner, exception);
            return;
        }

        await ApplyAsync(owner);
    }

    /// <summary>
    /// What an activity completes that jumps out of its containers: sagas on the way keep what they did. Inside of cleanup steps it
    /// completes nothing but its own container, since the steps have to end.
    /// </summary>
    private static ActivityExecutionContext? LeaveFor(ActivityExecutionContext composite, ActivityExecutionContext context)
    {
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null && ancestor != composite; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity.IsCleaningUp(ancestor))
                return null;
        }

        if (composite.IsEnding)
            return null;
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null && ancestor != composite; ancestor = ancestor.ParentActivityExecutionContext)
            ancestor.Activity.Leave(ancestor);
        return composite;
    }
}
