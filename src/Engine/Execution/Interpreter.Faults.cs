namespace Platform.Engine;

/// <content>What follows an exception.</content>
public static partial class Interpreter
{
    /// <summary>Of a handled fault a part of the message is kept with the instance; the journal has it whole.</summary>
    private const int HandledMessageLengthMax = 500;

    /// <summary>
    /// The one place where a fault goes. Every enclosing activity that runs is asked, innermost first. The first that handles it ends its
    /// child that contains the faulted execution, with everything in it and after the cleanup in it, and then goes on; children beside
    /// that one are not touched. A fault that nobody handles becomes an incident and follows the incident strategy.
    /// </summary>
    private static async ValueTask FaultAsync(ActivityExecutionContext context, Exception exception)
    {
        var workflow = context.WorkflowExecutionContext;
        context.RequestedOutcomes = null;
        // It was ended while its code still waited for something; what that code does is of no interest any more.
        if (context.Status == ActivityStatus.Canceled)
            return;
        if (exception is OperationCanceledException && workflow.CancellationToken.IsCancellationRequested)
        {
            // The host stops or the run is cancelled: not the activity's failure. It is executed again, or cancelled, by whoever asked.
            context.Status = ActivityStatus.Pending;
            workflow.Enqueue(context);
            workflow.SubStatus = WorkflowSubStatus.Interrupted;
            return;
        }

        context.Status = ActivityStatus.Faulted;
        RemoveBookmarks(context);
        workflow.Log?.Faulted(context, exception);
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Status != ActivityStatus.Running)
                continue;
            FaultDecision decision;
            try
            {
                decision = ancestor.Activity.DecideFault(ancestor, context, exception);
                if (decision == FaultDecision.Ask)
                    decision = await ancestor.Activity.InvokeHandleFaultAsync(ancestor, context, exception) ? FaultDecision.Handle : FaultDecision.PassOn;
            }
            // A handler may be foreign code. When it fails itself, that fault takes the place of the one it was asked about.
            catch (Exception failure)
            {
                await FaultAsync(ancestor, failure);
                return;
            }

            if (decision == FaultDecision.Handle)
            {
                await EndHandledAsync(ancestor, context, exception);
                return;
            }

            if (decision == FaultDecision.Record)
                break;
        }

        AddIncident(context, exception);
        if (workflow.EffectiveIncidentStrategy == IncidentStrategy.Fault)
            workflow.IsFaulting = true;
    }

    private static void AddIncident(ActivityExecutionContext context, Exception exception)
    {
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            scope.AggregateFaultCount++;
        RecordIncident(context, exception);
    }

    /// <summary>Records a fault that nobody handled.</summary>
    internal static void RecordIncident(ActivityExecutionContext context, Exception exception)
    {
        var mask = context.WorkflowExecutionContext.Host.Secrets;
        context.WorkflowExecutionContext.Incidents.Add(ToIncident(context, mask.Apply(exception.Message), mask.Apply(ExceptionState.From(exception))));
    }

    private static Incident ToIncident(ActivityExecutionContext context, string message, ExceptionState? exception) => new(
        context.Activity.Id,
        context.Node.NodeId,
        context.Activity.Type,
        context.Sequence,
        message,
        exception,
        context.WorkflowExecutionContext.Host.Clock.GetUtcNow());

    private static async ValueTask EndHandledAsync(ActivityExecutionContext handler, ActivityExecutionContext faulted, Exception exception)
    {
        var workflow = handler.WorkflowExecutionContext;
        var message = workflow.Host.Secrets.Apply(exception.Message);
        faulted.IsFaultHandled = true;
        workflow.AddHandledIncident(ToIncident(faulted, Shortened(message), null) with { HandledBy = handler.Activity.Id });
        handler.AddExecutionLogEntry("FaultHandled", $"'{faulted.Activity.Name ?? faulted.Activity.Id}' failed: {message}");
        var branch = faulted;
        while (branch.ParentActivityExecutionContext != handler && branch.ParentActivityExecutionContext is { } parent)
            branch = parent;
        await EndBranchAsync(handler, branch);
    }

    private static string Shortened(string message) =>
        message.Length <= HandledMessageLengthMax ? message : string.Concat(message.AsSpan(0, HandledMessageLengthMax), "…");

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
        context.Variables = context.ParentActivityExecutionContext is { } owner ? owner.Activity.GivenVariables(owner, context) : null;
        workflow.Incidents.RemoveAll(incident => incident.ActivitySequence == context.Sequence);
        workflow.Enqueue(context);
        workflow.IsFaulting = false;
        workflow.FinishedAt = null;
    }
}

/// <summary>What becomes of a fault as far as one enclosing activity is concerned.</summary>
internal enum FaultDecision
{
    /// <summary>The next enclosing activity is asked.</summary>
    PassOn,

    /// <summary>The activity says itself, and may have to wait for it.</summary>
    Ask,

    /// <summary>It is handled: the branch that faulted ends, and the activity goes on.</summary>
    Handle,

    /// <summary>It becomes an incident, and nobody else is asked: somebody has to look at it.</summary>
    Record,
}
