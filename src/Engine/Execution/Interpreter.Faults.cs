namespace Platform.Engine;

/// <content>What follows an exception.</content>
public static partial class Interpreter
{
    private static ValueTask FaultAsync(ActivityExecutionContext context, Exception exception)
    {
        var workflow = context.WorkflowExecutionContext;
        context.RequestedOutcomes = null;
        if (exception is OperationCanceledException && workflow.CancellationToken.IsCancellationRequested)
        {
            // The host stops or the run is cancelled: not the activity's failure. It is executed again, or cancelled, by whoever asked.
            context.Status = ActivityStatus.Pending;
            workflow.Enqueue(context);
            workflow.SubStatus = WorkflowSubStatus.Interrupted;
            return default;
        }

        context.Status = ActivityStatus.Faulted;
        RemoveBookmarks(context);
        workflow.Log?.Faulted(context, exception);
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity.InvokeHandleFault(ancestor, context, exception))
                return EndHandledAsync(ancestor, context);
        }

        AddIncident(context, exception);
        if (workflow.EffectiveIncidentStrategy == IncidentStrategy.Fault)
            workflow.IsFaulting = true;
        return default;
    }

    private static void AddIncident(ActivityExecutionContext context, Exception exception)
    {
        var workflow = context.WorkflowExecutionContext;
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            scope.AggregateFaultCount++;
        workflow.Incidents.Add(new Incident(
            context.Activity.Id,
            context.Node.NodeId,
            context.Activity.Type,
            context.Sequence,
            workflow.Host.Secrets.Apply(exception.Message),
            workflow.Host.Secrets.Apply(ExceptionState.From(exception)),
            workflow.Host.Clock.GetUtcNow()));
    }

    private static async ValueTask EndHandledAsync(ActivityExecutionContext handler, ActivityExecutionContext faulted)
    {
        // Everything between the handler and the faulted activity ends with it.
        var top = faulted;
        while (top.ParentActivityExecutionContext != handler && top.ParentActivityExecutionContext is { } parent)
            top = parent;
        await CancelAsync(top, notifyOwner: false);
        await ApplyAsync(handler);
    }

    /// <summary>
    /// Faults an instance without executing anything of it: the activity that would execute next gets the incident, whatever the incident
    /// strategy says, and can be retried like any other that faulted.
    /// </summary>
    /// <param name="workflow">The instance; one that has not begun too.</param>
    /// <param name="bookmarkId">The bookmark it would have been resumed at, or null.</param>
    /// <param name="reason">Why.</param>
    public static void Quarantine(WorkflowExecutionContext workflow, string? bookmarkId, Exception reason)
    {
        if (workflow.Root is null)
            Begin(workflow);
        workflow.BeginBurst();
        var context = bookmarkId is not null && FindWaiting(workflow, bookmarkId) is var (waiting, _) ? waiting : workflow.Dequeue() ?? workflow.Root!;
        if (context.Status == ActivityStatus.Pending)
        {
            context.StartedAt = workflow.Host.Clock.GetUtcNow();
            workflow.Log?.Started(context);
        }

        context.Status = ActivityStatus.Faulted;
        RemoveBookmarks(context);
        workflow.Log?.Faulted(context, reason);
        AddIncident(context, reason);
        workflow.IsFaulting = true;
        EndBurst(workflow);
    }

    /// <summary>Schedules faulted activities again, so that the next burst retries them.</summary>
    /// <param name="workflow">A faulted instance, or one suspended with incidents.</param>
    /// <param name="activityIds">Only these activities; null for all that faulted.</param>
    /// <returns>How many are retried.</returns>
    public static int RetryFaulted(WorkflowExecutionContext workflow, IReadOnlyCollection<string>? activityIds)
    {
        var faulted = workflow.ActivityExecutionContexts
            .Where(context => context.Status == ActivityStatus.Faulted && (activityIds is null || activityIds.Contains(context.Activity.Id)))
            .ToList();
        foreach (var context in faulted)
            Retry(context);
        if (faulted.Count > 0)
            workflow.SubStatus = WorkflowSubStatus.Suspended;
        return faulted.Count;
    }

    internal static void Retry(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            scope.AggregateFaultCount--;
        context.Status = ActivityStatus.Pending;
        context.Attempt++;
        context.InputValues = null;
        context.Variables = null;
        workflow.Incidents.RemoveAll(incident => incident.ActivitySequence == context.Sequence);
        workflow.Enqueue(context);
        workflow.IsFaulting = false;
        workflow.FinishedAt = null;
    }
}
