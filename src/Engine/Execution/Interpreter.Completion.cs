using Platform.Engine.Activities;
using Platform.Engine.Execution;

namespace Platform.Engine;

/// <content>What follows an execution: completion, outputs and cancellation.</content>
public static partial class Interpreter
{
    /// <summary>Applies what an activity asked for while it executed, resumed or handled a child.</summary>
    internal static ValueTask ApplyAsync(ActivityExecutionContext context)
    {
        if (context.Status != ActivityStatus.Running)
            return default;
        if (context.IsEnding)
            return AdvanceAsync(context);
        if (context.RequestedOutcomes is { } outcomes)
        {
            context.RequestedOutcomes = null;
            return CompleteAsync(context, outcomes);
        }

        if (context.Activity.AutoCompletes && context.BookmarkCount == 0 && context.FirstChild is null)
            return CompleteAsync(context, Outcomes.Done);
        return default;
    }

    internal static ValueTask CompleteAsync(ActivityExecutionContext context, string[] outcomes)
    {
        if (context.Status is ActivityStatus.Completed or ActivityStatus.Canceled || context.IsEnding)
            return default;
        if (context.FirstChild is not null)
        {
            if (HasCleanup(context))
                return CompleteAfterCleanupAsync(context, outcomes);
            var cancellation = CancelChildrenAsync(context);
            if (!cancellation.IsCompletedSuccessfully)
                return FinishCompletionAsync(cancellation, context, outcomes);
        }

        return FinishCompletion(context, outcomes);
    }

    /// <summary>
    /// Sets an output of what the execution is a part of: the nearest composite, workflow used as an activity, or the run.
    /// </summary>
    internal static void SetOutput(ActivityExecutionContext context, string name, object? value)
    {
        for (var owner = context.ParentActivityExecutionContext; owner is not null; owner = owner.ParentActivityExecutionContext)
        {
            if (owner.Activity is not (Composite or WorkflowDefinitionActivity))
                continue;
            var outputs = owner.Node.Type.Outputs;
            for (var i = 0; i < outputs.Count; i++)
            {
                if (string.Equals(outputs[i].SyntheticName ?? outputs[i].Name, name, StringComparison.Ordinal))
                    owner.SetOutput(i, owner.Node.Outputs[i].Output?.TargetId, value);
            }

            return;
        }

        context.WorkflowExecutionContext.Output[name] = value;
    }

    /// <summary>Ends an execution and its descendants: at once, or after the steps that have to run before.</summary>
    /// <param name="context">The execution.</param>
    /// <param name="notifyOwner">Whether the owner hears of it, as a flowchart must of a single cancelled child.</param>
    internal static async ValueTask CancelAsync(ActivityExecutionContext context, bool notifyOwner)
    {
        if (context.Status is ActivityStatus.Completed or ActivityStatus.Canceled)
            return;
        if (HasCleanup(context))
        {
            await UnwindAsync(context, notifyOwner);
            return;
        }

        await CancelChildrenAsync(context);
        EndCanceled(context);
        if (notifyOwner && context.ParentActivityExecutionContext is { } owner)
        {
            await owner.Activity.InvokeChildCanceledAsync(owner, context);
            await ApplyAsync(owner);
        }
    }


    private static async ValueTask FinishCompletionAsync(ValueTask cancellation, ActivityExecutionContext context, string[] outcomes)
    {
        await cancellation;
        await FinishCompletion(context, outcomes);
    }

    private static ValueTask FinishCompletion(ActivityExecutionContext context, string[] outcomes)
    {
        var workflow = context.WorkflowExecutionContext;
        context.Status = ActivityStatus.Completed;
        RemoveBookmarks(context);
        workflow.Log?.Completed(context, outcomes);
        if (workflow.TriggerActivityId is { } trigger && string.Equals(trigger, context.Activity.Id, StringComparison.Ordinal))
            workflow.IsTriggerConsumed = true;
        var composite = context.Activity.Completes(context);
        if (composite is not null && workflow.Plan.MayCleanUp)
            composite = LeaveFor(composite, context);
        Detach(context);
        if (composite is not null)
            return CompleteAsync(composite, outcomes);
        return context.ParentActivityExecutionContext is { } owner ? NotifyOwner(owner, context, outcomes) : default;
    }

    private static ValueTask NotifyOwner(ActivityExecutionContext owner, ActivityExecutionContext child, string[] outcomes)
    {
        ValueTask notification;
        try
        {
            var callback = child.CompletionCallback ?? Callbacks.Completion(owner, child.CompletionCallbackName);
            notification = callback is null ? default : callback(new ActivityCompletedContext(owner, child, outcomes));
        }
        catch (Exception exception)
        {
            return FaultAsync(owner, exception);
        }

        return notification.IsCompletedSuccessfully ? ApplyAsync(owner) : CountAsync(owner.WorkflowExecutionContext, AwaitAndApplyAsync(owner, notification));
    }

    private static async ValueTask CountAsync(WorkflowExecutionContext workflow, ValueTask callback)
    {
        workflow.CallbacksInFlight++;
        await callback;
        workflow.CallbacksInFlight--;
    }

    private static void EndCanceled(ActivityExecutionContext context)
    {
        context.Status = ActivityStatus.Canceled;
        try
        {
            context.Activity.InvokeOnCanceled(context);
        }
        // Foreign code that fails must not keep the rest from ending.
        catch (Exception exception)
        {
            RecordIncident(context, exception);
        }

        RemoveBookmarks(context);
        Detach(context);
        context.CancelBranch();
        // The journal has the fault of a handled one as its end.
        if (!context.IsFaultHandled)
            context.WorkflowExecutionContext.Log?.Canceled(context);
    }

    private static ValueTask CancelChildrenAsync(ActivityExecutionContext context)
    {
        while (context.FirstChild is { } child)
        {
            var cancellation = CancelAsync(child, notifyOwner: false);
            if (!cancellation.IsCompletedSuccessfully)
                return CancelRestAsync(cancellation, context);
        }

        return default;

        static async ValueTask CancelRestAsync(ValueTask pending, ActivityExecutionContext context)
        {
            await pending;
            while (context.FirstChild is { } child)
                await CancelAsync(child, notifyOwner: false);
        }
    }

    /// <summary>Takes an ended execution out of the live ones.</summary>
    private static void Detach(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        if (context.ParentActivityExecutionContext is { } owner)
        {
            owner.Unlink(context);
            workflow.LiveCount--;
        }
        else
        {
            workflow.Root = null;
        }

        workflow.Retire(context);
    }
}
