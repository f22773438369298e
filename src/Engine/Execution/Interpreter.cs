using System.Globalization;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <summary>
/// Runs bursts: takes the next scheduled activity, evaluates its inputs, executes it and applies what it asked for, until nothing is
/// runnable. First in, first out. This file is the loop; completion, faults and bookmarks have a file each.
/// </summary>
public static partial class Interpreter
{
    /// <summary>Begins a new instance and runs its first burst.</summary>
    /// <param name="workflow">An instance that has not begun.</param>
    public static ValueTask StartAsync(WorkflowExecutionContext workflow)
    {
        Begin(workflow);
        if (workflow.CommitStrategy != WorkflowCommitStrategy.WorkflowExecuting)
            return RunAsync(workflow);
        workflow.BeginBurst();
        return default;
    }

    private static void Begin(WorkflowExecutionContext workflow)
    {
        var root = ContextPool.Rent(workflow, workflow.Plan.Root, null, workflow.NextSequence++);
        workflow.Root = root;
        workflow.Enqueue(root);
    }

    /// <summary>Runs a burst: everything that is scheduled, and what it schedules.</summary>
    /// <param name="workflow">The instance.</param>
    public static ValueTask RunAsync(WorkflowExecutionContext workflow)
    {
        if (workflow.SubStatus != WorkflowSubStatus.Executing)
            workflow.BeginBurst();
        workflow.IsCheckpointRequested = false;
        workflow.CommittedAt = workflow.Host.Clock.GetUtcNow();
        return LoopAsync(workflow);
    }

    /// <summary>
    /// Asks a running burst to hand the instance back at the next step boundary, so that its progress can be stored. The driver then
    /// calls <see cref="RunAsync"/> again. Callable from any thread.
    /// </summary>
    /// <param name="workflow">The instance.</param>
    public static void RequestCheckpoint(WorkflowExecutionContext workflow)
    {
        workflow.IsCheckpointRequested = true;
        workflow.Pump.Wake();
    }

    internal static ActivityExecutionContext Schedule(
        ActivityExecutionContext owner,
        PlanNode node,
        ActivityCompletionCallback? callback,
        bool isBackward = false)
    {
        var workflow = owner.WorkflowExecutionContext;
        if (owner.CallDepth >= workflow.Host.Limits.NestingMax)
            throw LimitExceeded("NestingMax", workflow.Host.Limits.NestingMax, "Activities are nested too deep");
        if (workflow.LiveCount >= workflow.Host.Limits.LiveActivitiesMax)
            throw LimitExceeded("LiveActivitiesMax", workflow.Host.Limits.LiveActivitiesMax, "Too many activities are active at once");
        var child = ContextPool.Rent(workflow, node, owner, workflow.NextSequence++);
        child.CompletionCallback = callback;
        child.IsBackward = isBackward;
        child.ScheduledBy = workflow.CurrentSequence > 0 ? workflow.CurrentSequence : owner.Sequence;
        child.CallDepth = owner.CallDepth + 1;
        owner.Link(child);
        workflow.LiveCount++;
        workflow.Enqueue(child);
        return child;
    }

    internal static InvalidOperationException LimitExceeded(string limit, long value, string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"{what}: the limit {limit} is {value}. Raise it in the engine's limits if this is intended."));

    /// <summary>
    /// Steps that complete synchronously run in this loop without an await. The first that has to wait moves the burst to its pump, where
    /// several activities may wait at once while the code of only one runs at a time.
    /// </summary>
    private static ValueTask LoopAsync(WorkflowExecutionContext workflow)
    {
        var pump = workflow.Pump;
        pump.Enter();
        try
        {
            pump.Drain();
            RunReady(workflow);
        }
        finally
        {
            pump.Exit();
        }

        return IsBurstOver(workflow) ? default : PumpAsync(workflow);
    }

    private static async ValueTask PumpAsync(WorkflowExecutionContext workflow)
    {
        var pump = workflow.Pump;
        do
        {
            await pump.WaitAsync();
            pump.Enter();
            try
            {
                pump.Drain();
                RunReady(workflow);
            }
            finally
            {
                pump.Exit();
            }
        }
        while (!IsBurstOver(workflow));
    }

    private static void RunReady(WorkflowExecutionContext workflow)
    {
        while (TakeNext(workflow) is { } context)
        {
            var node = context.Node;
            var step = StepAsync(context);
            if (step.IsCompletedSuccessfully)
            {
                if (CommitsAfter(workflow, node))
                    workflow.IsCheckpointRequested = true;
                if (workflow.InFlight == 0)
                    ContextPool.Release(workflow);
                continue;
            }

            context.IsInFlight = true;
            workflow.InFlight++;
            _ = TrackAsync(context, step);
        }
    }

    private static bool CommitsBefore(WorkflowExecutionContext workflow, PlanNode node) => node.CommitStrategy switch
    {
        ActivityCommitStrategy.CommitAlways or ActivityCommitStrategy.Executing => true,
        ActivityCommitStrategy.CommitNever => false,
        _ => workflow.CommitStrategy == WorkflowCommitStrategy.ActivityExecuting
            || (workflow.CommitStrategy == WorkflowCommitStrategy.Periodic
                && workflow.Host.Clock.GetUtcNow() - workflow.CommittedAt >= workflow.Host.CommitInterval),
    };

    private static bool CommitsAfter(WorkflowExecutionContext workflow, PlanNode node) => node.CommitStrategy switch
    {
        ActivityCommitStrategy.CommitAlways or ActivityCommitStrategy.Executed => true,
        ActivityCommitStrategy.CommitNever => false,
        _ => workflow.CommitStrategy == WorkflowCommitStrategy.ActivityExecuted,
    };

    /// <summary>Waits for a step on the burst's pump. Steps turn what activities throw into faults, so an exception here is our own bug.</summary>
    private static async Task TrackAsync(ActivityExecutionContext context, ValueTask step)
    {
        var workflow = context.WorkflowExecutionContext;
        try
        {
            await step;
        }
        catch (Exception exception)
        {
            workflow.Failure ??= exception;
        }

        context.IsInFlight = false;
        workflow.InFlight--;
        if (CommitsAfter(workflow, context.Node))
            workflow.IsCheckpointRequested = true;
    }

    /// <summary>Whether the driver gets the instance back: the burst ended, failed, or pauses at a checkpoint.</summary>
    private static bool IsBurstOver(WorkflowExecutionContext workflow)
    {
        if (workflow.Failure is { } failure)
            throw new InvalidOperationException($"The interpreter failed in instance '{workflow.Id}'.", failure);
        if (workflow.InFlight == 0 && !workflow.Pump.HasWork && (workflow.QueueHead is null || workflow.SubStatus != WorkflowSubStatus.Executing))
        {
            EndBurst(workflow);
            return true;
        }

        return workflow.IsCheckpointRequested && workflow.CallbacksInFlight == 0;
    }

    private static ActivityExecutionContext? TakeNext(WorkflowExecutionContext workflow)
    {
        var concurrentMax = workflow.Host.Limits.ConcurrentActivitiesMax;
        while (!workflow.IsCheckpointRequested && workflow.InFlight < concurrentMax && workflow.Dequeue() is { } context)
        {
            if (context.Status != ActivityStatus.Pending)
                continue;
            if (workflow.CancellationToken.IsCancellationRequested)
            {
                // The work stays queued: a cancelled run is ended by its owner, an interrupted one goes on later.
                workflow.Enqueue(context);
                workflow.SubStatus = WorkflowSubStatus.Interrupted;
                return null;
            }

            if (!context.IsCommitted && CommitsBefore(workflow, context.Node))
            {
                context.IsCommitted = true;
                workflow.PutBack(context);
                workflow.IsCheckpointRequested = true;
                return null;
            }

            return context;
        }

        return null;
    }

    private static ValueTask StepAsync(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        ValueTask execution;
        try
        {
            Begin(context);
            if (context.Node.HasAsynchronousInputs)
                return StepSlowlyAsync(context, default, evaluate: true);
            EvaluateInputs(context);
            if (workflow.HasEditedInputs)
                EditedInputs.Apply(context);
            var canExecute = context.Activity.InvokeCanExecuteAsync(context);
            if (!canExecute.IsCompletedSuccessfully)
                return StepSlowlyAsync(context, canExecute, evaluate: false);
            if (!canExecute.Result)
                return default;
            execution = ExecuteAsync(context);
        }
        catch (Exception exception)
        {
            return FaultAsync(context, exception);
        }

        return execution.IsCompletedSuccessfully ? ApplyAsync(context) : AwaitAndApplyAsync(context, execution);
    }

    private static ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (!context.Node.IsBackground || !context.WorkflowExecutionContext.HasBackground)
            return context.WorkflowExecutionContext.Log?.Observer is { } observer ? ExecuteObserved(context, observer) : context.Activity.InvokeAsync(context);
        SendToBackground(context);
        return default;
    }

    /// <summary>What the observer sets around the code (where a trace is, for example) goes along with it while it waits.</summary>
    private static ValueTask ExecuteObserved(ActivityExecutionContext context, ActivityObserver observer)
    {
        observer(context, ActivityMoment.Entering, null);
        try
        {
            return context.Activity.InvokeAsync(context);
        }
        finally
        {
            observer(context, ActivityMoment.Left, null);
        }
    }

    private static async ValueTask StepSlowlyAsync(ActivityExecutionContext context, ValueTask<bool> canExecute, bool evaluate)
    {
        try
        {
            if (evaluate)
            {
                await EvaluateInputsAsync(context);
                canExecute = context.Activity.InvokeCanExecuteAsync(context);
            }

            if (!await canExecute)
                return;
            await ExecuteAsync(context);
            context.WorkflowExecutionContext.CurrentSequence = context.Sequence;
        }
        // Activities are foreign code: whatever they throw is their fault, in the workflow's sense of the word.
        catch (Exception exception)
        {
            await FaultAsync(context, exception);
            return;
        }

        await ApplyAsync(context);
    }

    private static async ValueTask AwaitAndApplyAsync(ActivityExecutionContext context, ValueTask execution)
    {
        try
        {
            await execution;
            context.WorkflowExecutionContext.CurrentSequence = context.Sequence;
        }
        catch (Exception exception)
        {
            await FaultAsync(context, exception);
            return;
        }

        await ApplyAsync(context);
    }

    private static void Begin(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        workflow.CurrentSequence = context.Sequence;
        context.Status = ActivityStatus.Running;
        context.StartedAt = workflow.Host.Clock.GetUtcNow();
        DeclareVariables(context);
        workflow.Log?.Started(context);
        if (++workflow.StepsInBurst > workflow.Host.Limits.StepsPerBurstMax)
            throw LimitExceeded("StepsPerBurstMax", workflow.Host.Limits.StepsPerBurstMax, "The burst executes too many activities");
    }

    internal static void DeclareVariables(ActivityExecutionContext context)
    {
        var definitions = context.Node.VariableList;
        if (definitions.Length == 0)
            return;
        foreach (var definition in definitions)
            context.AddVariable(definition, ValueCopy.Of(definition.Value));
    }

    private static void EvaluateInputs(ActivityExecutionContext context)
    {
        var node = context.Node;
        if (node.EvaluatedInputs.Length == 0)
            return;
        var values = context.InputValues ??= new object?[node.Inputs.Length];
        foreach (var index in node.EvaluatedInputs)
        {
            var input = node.Inputs[index].Input!;
            try
            {
                values[index] = input.ConvertValue(input.Compiled?.Evaluate(context));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw InputFailed(context, index, exception);
            }
        }
    }

    private static async ValueTask EvaluateInputsAsync(ActivityExecutionContext context)
    {
        var node = context.Node;
        var values = context.InputValues ??= new object?[node.Inputs.Length];
        foreach (var index in node.EvaluatedInputs)
        {
            var input = node.Inputs[index].Input!;
            try
            {
                values[index] = input.Compiled is { } compiled ? input.ConvertValue(await compiled.EvaluateAsync(context)) : null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw InputFailed(context, index, exception);
            }
        }

        if (context.WorkflowExecutionContext.HasEditedInputs)
            EditedInputs.Apply(context);
    }

    private static InputEvaluationException InputFailed(ActivityExecutionContext context, int index, Exception exception) => new(
        $"The input '{context.Node.Inputs[index].Property.Name}' of '{context.Activity.Name ?? context.Activity.Id}' could not be evaluated: {exception.Message}",
        exception);

    private static void EndBurst(WorkflowExecutionContext workflow)
    {
        workflow.CurrentSequence = 0;
        ContextPool.Release(workflow);
        workflow.UpdatedAt = workflow.Host.Clock.GetUtcNow();
        if (workflow.SubStatus == WorkflowSubStatus.Executing)
        {
            workflow.SubStatus = workflow.IsFaulting ? WorkflowSubStatus.Faulted
                : workflow.Root is null ? (workflow.IsCancelling ? WorkflowSubStatus.Cancelled : WorkflowSubStatus.Finished)
                : WorkflowSubStatus.Suspended;
        }

        if (workflow.Status == WorkflowStatus.Finished)
        {
            workflow.FinishedAt ??= workflow.UpdatedAt;
            // A faulted instance may be retried: its other branches still wait where they waited.
            if (workflow.SubStatus != WorkflowSubStatus.Faulted)
                workflow.ClearBookmarks();
        }

        workflow.Log?.BurstEnded(workflow);
    }
}
