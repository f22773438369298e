using Platform.Engine.Definitions;
using Platform.Engine.Plans;

namespace Platform.Engine.Activities;

/// <summary>
/// A workflow used as an activity. It runs inside the instance of the workflow that uses it: one state, one journal. Its inputs
/// become variables of its scope; its outputs are set by <see cref="SetOutput"/> or by outputs of its activities that are bound to them.
/// </summary>
[Browsable(false)]
public sealed class WorkflowDefinitionActivity : Activity
{
    private readonly ActivityCompletionCallback _onWorkflowCompleted;
    private readonly Variable[] _inputVariables;

    internal WorkflowDefinitionActivity(WorkflowDefinition definition, ActivityType describedBy, IReadOnlyList<ParameterDefinition> inputs)
    {
        _onWorkflowCompleted = OnWorkflowCompletedAsync;
        Definition = definition;
        DescribedBy = describedBy;
        _inputVariables = [.. inputs.Select(input => new Variable(input.Name) { Id = input.Name, Type = input.Type })];
    }

    /// <summary>The version that runs.</summary>
    public WorkflowDefinition Definition { get; }

    /// <summary>Why the workflow cannot run here; null when it can.</summary>
    public string? Failure { get; internal set; }

    internal ActivityType DescribedBy { get; }

    /// <summary>Inputs by their names.</summary>
    internal Dictionary<string, Input> Inputs { get; } = new(StringComparer.Ordinal);

    /// <summary>Outputs by their names.</summary>
    internal Dictionary<string, Output> Outputs { get; } = new(StringComparer.Ordinal);

    /// <summary>The workflow, with its variables and its root.</summary>
    internal Workflow? Root { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Failure is not null)
            throw new InvalidOperationException(Failure);
        // The inputs of the type stand in the order of the workflow's inputs.
        for (var i = 0; i < _inputVariables.Length; i++)
        {
            var input = context.Node.Inputs[i].Input;
            context.AddVariable(_inputVariables[i], input is null or { IsConstant: true } ? input?.ConstantValue : context.InputValueOf(input));
        }

        return context.ScheduleActivityAsync(Root, _onWorkflowCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onWorkflowCompleted;

    /// <summary>The nearest enclosing execution of a workflow used as an activity; null for none.</summary>
    internal static ActivityExecutionContext? Enclosing(ActivityExecutionContext context)
    {
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity is WorkflowDefinitionActivity)
                return ancestor;
        }

        return null;
    }

    private ValueTask OnWorkflowCompletedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.CompleteActivityWithOutcomesAsync([.. completed.Outcomes]);
}
