using Platform.Engine.Execution;
using Platform.Engine.Plans;

namespace Platform.Engine;

/// <content>What begins in the middle: re-runs.</content>
public static partial class Interpreter
{
    /// <summary>
    /// Begins a new instance with the state that another one had when a step of it began, and runs the first burst from there. The state
    /// is built by following the record of the original: the engine's own activities decide again, what others did is taken from the
    /// record and not done again.
    /// </summary>
    /// <param name="workflow">An instance that has not begun, with the plan, the trigger and the inputs of the original.</param>
    /// <param name="point">Where to begin, and with what.</param>
    /// <exception cref="RerunRefusedException">The state cannot be built, or an edited value cannot be used. The instance is of no use any more.</exception>
    public static async ValueTask RerunAsync(WorkflowExecutionContext workflow, RerunPoint point)
    {
        workflow.BeginBurst();
        workflow.Root = ContextPool.Rent(workflow, workflow.Plan.Root, null, workflow.NextSequence++);
        workflow.Enqueue(workflow.Root);
        var replay = new StepReplay(workflow, point.History);
        var step = point.Step is { } target ? await replay.ReachAsync(target) : await replay.BeginAsync();
        workflow.Outbox.Clear();
        workflow.StepsInBurst = 0;
        workflow.CurrentSequence = 0;
        ContextPool.Release(workflow);
        if (point.Plan is { } plan && plan != workflow.Plan)
            step = MoveTo(workflow, plan, step);
        if (point.Input is { } input)
            workflow.Input = new(input, StringComparer.Ordinal);
        foreach (var (name, value) in point.Variables ?? new Dictionary<string, object?>())
            SetVariable(step, name, value);
        if (point.StepInput is { Count: > 0 } edited)
            EditedInputs.Set(step, edited);
        await RunAsync(workflow);
    }

    /// <summary>Begins an execution as the loop does, without executing it; the activities of the engine are invoked.</summary>
    /// <param name="context">The execution, taken out of the queue.</param>
    /// <param name="record">What the original recorded of it; null when nothing is taken from there.</param>
    /// <param name="invokes">Whether its code runs.</param>
    internal static async ValueTask ReplayAsync(ActivityExecutionContext context, ActivityExecutionRecord? record, bool invokes)
    {
        Begin(context);
        await EvaluateInputsAsync(context);
        if (record is not null)
            RecordedValues.SetPlainInputs(context, record);
        if (invokes && await context.Activity.InvokeCanExecuteAsync(context))
            await context.Activity.InvokeAsync(context);
        context.WorkflowExecutionContext.CurrentSequence = context.Sequence;
    }

    /// <summary>Ends an execution with a fault that the original recorded.</summary>
    internal static ValueTask ReplayFaultAsync(ActivityExecutionContext context, string message) => FaultAsync(context, new RecordedFaultException(message));

    private static ActivityExecutionContext MoveTo(WorkflowExecutionContext workflow, WorkflowPlan plan, ActivityExecutionContext step)
    {
        var (from, outputs, sequence) = (workflow.Plan, workflow.OutputRegister, step.Sequence);
        // Variables that live in memory only are not in the state that is read against the other plan.
        var variables = new Dictionary<(long Sequence, string Id), object?>();
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            foreach (var variable in context.Variables ?? [])
                variables[(context.Sequence, variable.Definition.Id)] = variable.Value;
        }

        try
        {
            Migration.Apply(workflow, plan);
            foreach (var context in workflow.ActivityExecutionContexts)
            {
                foreach (var variable in context.Variables ?? [])
                {
                    if (variables.TryGetValue((context.Sequence, variable.Definition.Id), out var value))
                        variable.Value = value;
                }
            }
        }
        catch (Exception exception) when (exception is AlterationRefusedException or StateMismatchException or Values.ValueConversionException)
        {
            throw new RerunRefusedException(RerunRefusal.VersionLacksStep, exception.Message);
        }

        workflow.WasLoaded = false;
        workflow.TakeOverOutputs(from, outputs);
        return workflow.ActivityExecutionContexts.First(context => context.Sequence == sequence);
    }

    private static void SetVariable(ActivityExecutionContext step, string name, object? value)
    {
        var scope = step.ParentActivityExecutionContext ?? step;
        if ((scope.FindVariableByName(name) ?? scope.FindVariable(name)) is not { } variable)
            throw new RerunRefusedException(RerunRefusal.WrongEdit, $"There is no variable '{name}' where the step '{step.Activity.Id}' begins. Give the name or the id of a variable in its scope.");
        if (!Values.ValueConverter.TryConvert(value, variable.Definition.Type, out var converted))
            throw new RerunRefusedException(RerunRefusal.WrongEdit, $"The value for the variable '{name}' cannot be converted to its type {variable.Definition.Type.Name}.");
        variable.Value = converted;
    }
}

/// <summary>What an activity threw in the instance that is run once more.</summary>
/// <param name="message">Its message.</param>
internal sealed class RecordedFaultException(string message) : Exception(message);
