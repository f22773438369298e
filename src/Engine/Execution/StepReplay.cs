using Platform.Engine.Activities;

namespace Platform.Engine.Execution;

/// <summary>
/// Brings a new instance to where another one was when a step of it began, by following the journal of the other: loops turn, branches
/// fork and joins count as they did. The engine's own activities only decide and compute, so they do it again; what any other activity
/// did is taken from its record. The journal is compared at every step, so a way that cannot be gone again is refused, not guessed.
/// </summary>
/// <param name="workflow">The new instance; its root is in the queue.</param>
/// <param name="history">What the original did.</param>
internal sealed class StepReplay(WorkflowExecutionContext workflow, ExecutionHistory history)
{
    private static readonly string[] AlterationEvents = ["VariableModified", "ActivityScheduled", "InstanceMigrated", "ActivityCanceled"];

    /// <summary>Executions here by the ids of those in the original.</summary>
    private readonly Dictionary<string, ActivityExecutionContext> _here = new(StringComparer.Ordinal);

    /// <summary>Executions that have begun and wait for the record of how they ended.</summary>
    private readonly HashSet<ActivityExecutionContext> _open = [];

    private readonly HashSet<string> _owners = [.. history.Executions.Select(record => record.ParentId).OfType<string>()];
    private readonly Dictionary<ActivityExecutionContext, Exception> _failed = [];

    /// <summary>Goes up to a step. It is the first in the queue then, and what ran beside it begins anew behind it.</summary>
    /// <param name="step">The execution in the original.</param>
    public async ValueTask<ActivityExecutionContext> ReachAsync(ActivityExecutionRecord step)
    {
        foreach (var entry in history.Journal)
        {
            if (entry.Kind == JournalEvent.Started && entry.Execution.Sequence == step.Sequence)
                return Arrive(Take(entry));
            await FollowAsync(entry);
        }

        throw Unknown($"The journal of the original does not show how the step '{step.ActivityId}' began.");
    }

    /// <summary>Begins at the start of the workflow. A trigger that needs its request gets its outputs from the record of the original.</summary>
    public async ValueTask<ActivityExecutionContext> BeginAsync()
    {
        var trigger = workflow.TriggerActivityId;
        var needsRecord = trigger is not null && workflow.Plan.FindByActivityId(trigger)?.Activity is Trigger { NeedsRequest: true };
        while (workflow.Dequeue() is { } context)
        {
            if (needsRecord && context.Activity.Id == trigger)
            {
                var record = history.Executions.FirstOrDefault(record => record.ActivityId == trigger && record.Status == ActivityStatus.Completed)
                    ?? throw new RerunRefusedException(RerunRefusal.ValueUnknown, $"The original did not get past its trigger '{trigger}', so its record does not hold what the request brought. Send the request again.");
                await Interpreter.ReplayAsync(context, null, invokes: false);
                await CompleteAsync(context, record);
                return workflow.QueueHead ?? workflow.Root ?? context;
            }

            if (context.Node.Parent is not null && !(needsRecord && Decides(context) && context.Node.ChildList.Count > 0))
            {
                if (needsRecord)
                    break;
                workflow.PutBack(context);
                return context;
            }

            await Interpreter.ReplayAsync(context, null, invokes: true);
            await Interpreter.ApplyAsync(context);
        }

        throw Unknown($"The workflow does not begin with the trigger '{trigger}', so what its request brought has no place.");
    }

    private static bool Decides(ActivityExecutionContext context) =>
        context.Activity is Composite
        || (context.Activity.GetType().Assembly == typeof(Interpreter).Assembly
            && context.Activity is not (WriteLine or ReadLine or Fault or NotFoundActivity or Inline)
            && !(context.Activity.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Inline<>)));

    private async ValueTask FollowAsync(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalEvent.Started:
                await StartAsync(entry);
                break;
            case JournalEvent.Completed:
                await EndAsync(entry);
                break;
            case JournalEvent.Faulted:
                await FaultAsync(entry);
                break;
            case JournalEvent.Canceled:
                if (_here.TryGetValue(entry.Execution.Id, out var cancelled) && cancelled.Status is not (ActivityStatus.Canceled or ActivityStatus.Completed))
                    throw Unknown($"'{cancelled.Activity.Id}' was cancelled from outside.");
                break;
            case JournalEvent.Custom:
                if (AlterationEvents.Contains(entry.EventName))
                    throw Unknown("The original was altered by hand before this step.");
                break;
            case JournalEvent.Suspended or JournalEvent.Resumed:
                break;
        }
    }

    private async ValueTask StartAsync(JournalEntry entry)
    {
        // After a crash an execution that was cut off begins a second time; here it was never cut off.
        if (_here.TryGetValue(entry.Execution.Id, out var known) && known.Status != ActivityStatus.Faulted)
            return;
        var context = Take(entry);
        var decides = Decides(context);
        if (!decides && _owners.Contains(entry.Execution.Id))
            throw Unknown($"'{context.Activity.Id}' ({context.Activity.Type}) runs activities of its own and is not known to do only that, so what is inside cannot be followed.");
        _failed.Remove(context);
        _open.Add(context);
        try
        {
            await Interpreter.ReplayAsync(context, decides ? entry.Execution : null, invokes: decides);
        }
        // Expressions and activities may throw what they like; whether that matters, the record says.
        catch (Exception exception) when (exception is not RerunRefusedException)
        {
            if (decides)
                _failed[context] = exception;
        }

        if (context.FirstChild is null && context.Node.ChildList.Count == 0)
            return;
        _open.Remove(context);
        if (!_failed.ContainsKey(context))
            await Interpreter.ApplyAsync(context);
    }

    private async ValueTask EndAsync(JournalEntry entry)
    {
        if (!_here.TryGetValue(entry.Execution.Id, out var context))
            throw Diverged(entry);
        if (context.Status is ActivityStatus.Completed or ActivityStatus.Canceled)
            return;
        if (!_open.Remove(context))
            throw Diverged(entry);
        if (_failed.TryGetValue(context, out var exception))
            throw Unknown($"'{context.Activity.Id}' decides or computes anew in a re-run, and that failed: {exception.Message}");
        await CompleteAsync(context, entry.Execution);
    }

    private async ValueTask CompleteAsync(ActivityExecutionContext context, ActivityExecutionRecord record)
    {
        context.RequestedOutcomes = null;
        RecordedValues.SetOutputs(context, record);
        if (!Decides(context))
            context.AddExecutionLogEntry("TakenOver", $"Not executed again: its result is that of '{record.Id}'.");
        workflow.CurrentSequence = context.Sequence;
        await Interpreter.CompleteAsync(context, record.Outcomes is ["Done"] ? Outcomes.Done : [.. record.Outcomes]);
    }

    private ValueTask FaultAsync(JournalEntry entry)
    {
        if (!_here.TryGetValue(entry.Execution.Id, out var context) || context.Status is ActivityStatus.Completed or ActivityStatus.Canceled)
            throw Diverged(entry);
        if (context.Status == ActivityStatus.Faulted)
            return default;
        _open.Remove(context);
        return Interpreter.ReplayFaultAsync(context, entry.Message ?? "");
    }

    /// <summary>Takes the execution that begins out of the queue: the same activity under the same owner, the first that was scheduled.</summary>
    private ActivityExecutionContext Take(JournalEntry entry)
    {
        var again = _here.GetValueOrDefault(entry.Execution.Id);
        if (again is not null)
            Interpreter.Retry(again);
        var owner = entry.Execution.ParentId is { } parent ? _here.GetValueOrDefault(parent) ?? throw Diverged(entry) : null;
        ActivityExecutionContext? found = null;
        var others = new List<ActivityExecutionContext>();
        while (found is null && workflow.Dequeue() is { } context)
        {
            if (again is not null ? context == again
                : context.Status == ActivityStatus.Pending && context.Node.NodeId == entry.Execution.NodeId && context.ParentActivityExecutionContext == owner)
                found = context;
            else
                others.Add(context);
        }

        for (var i = others.Count - 1; i >= 0; i--)
            workflow.PutBack(others[i]);
        return _here[entry.Execution.Id] = found ?? throw Diverged(entry);
    }

    private ActivityExecutionContext Arrive(ActivityExecutionContext step)
    {
        workflow.PutBack(step);
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            if (context.Status == ActivityStatus.Faulted)
                Interpreter.Retry(context);
            else if (_open.Contains(context) && context != step && context.Status == ActivityStatus.Running)
                BeginAnew(context);
        }

        return step;
    }

    /// <summary>What was going on beside the step, or waited, is not taken over half done.</summary>
    private void BeginAnew(ActivityExecutionContext context)
    {
        workflow.Bookmarks.RemoveAll(bookmark => bookmark.ActivitySequence == context.Sequence);
        context.BookmarkCount = 0;
        context.Status = ActivityStatus.Pending;
        context.RequestedOutcomes = null;
        context.InputValues = null;
        context.Variables = null;
        context.PropertiesOrNull = null;
        context.OutputValues = null;
        workflow.Enqueue(context);
    }

    private static RerunRefusedException Unknown(string why) =>
        new(RerunRefusal.StateUnknown, $"The state of this step cannot be built again. {why} Re-run from an earlier step, or from the start.");

    private static RerunRefusedException Diverged(JournalEntry entry) => Unknown(
        $"The workflow takes another way than the original did before '{entry.Execution.ActivityId}' ({entry.EventName}): something it decides by depends on time, chance or the outside.");
}
