namespace Platform.Engine.Expressions;

/// <summary>What a delegate given in code as an input sees.</summary>
/// <param name="activityExecutionContext">The execution.</param>
public sealed class ExpressionExecutionContext(ActivityExecutionContext activityExecutionContext)
{
    /// <summary>The execution in whose scope the delegate runs.</summary>
    public ActivityExecutionContext ActivityExecutionContext { get; } = activityExecutionContext;

    /// <summary>Cancelled when the run is cancelled or the host stops.</summary>
    public CancellationToken CancellationToken => ActivityExecutionContext.CancellationToken;

    /// <summary>The execution in whose scope the delegate runs.</summary>
    public ActivityExecutionContext GetActivityExecutionContext() => ActivityExecutionContext;

    /// <summary>The instance.</summary>
    public WorkflowExecutionContext GetWorkflowExecutionContext() => ActivityExecutionContext.WorkflowExecutionContext;

    /// <summary>A service of the host.</summary>
    /// <typeparam name="T">Type of the service.</typeparam>
    public T GetRequiredService<T>()
        where T : notnull => ActivityExecutionContext.GetRequiredService<T>();

    /// <summary>A service of the host, or null.</summary>
    /// <typeparam name="T">Type of the service.</typeparam>
    public T? GetService<T>() => ActivityExecutionContext.GetService<T>();

    /// <summary>Current value of a variable by name.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name.</param>
    public T? GetVariable<T>(string name) => ActivityExecutionContext.GetVariable<T>(name);

    /// <summary>Sets a variable by name.</summary>
    /// <param name="name">Name.</param>
    /// <param name="value">The value; converted to the variable's type.</param>
    public void SetVariable(string name, object? value) => ActivityExecutionContext.SetVariable(name, value);

    /// <summary>Value of a workflow input by name.</summary>
    /// <param name="name">Name.</param>
    public object? GetInput(string name) => GetInput<object>(name);

    /// <summary>Value of a workflow input by name.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name.</param>
    public T? GetInput<T>(string name) => ActivityExecutionContext.GetWorkflowInput<T>(name);

    /// <summary>What an activity put out last in the current burst; null when it put out nothing.</summary>
    /// <param name="activityIdOrName">Id or name of the activity.</param>
    /// <param name="outputName">Name of the output. Default: <c>Result</c>.</param>
    public object? GetOutput(string activityIdOrName, string? outputName = null)
    {
        var plan = ActivityExecutionContext.WorkflowExecutionContext.Plan;
        var node = plan.FindByActivityId(activityIdOrName) ?? plan.Nodes.FirstOrDefault(candidate => candidate.Activity.Name == activityIdOrName);
        var index = Array.FindIndex(node?.Outputs ?? [], slot => slot.Name == (outputName ?? "Result"));
        return index < 0 ? null : ActivityExecutionContext.WorkflowExecutionContext.RegisteredOutput(node!, index);
    }

    /// <summary>The result of the activity that completed last in the current burst.</summary>
    public object? GetLastResult() => ActivityExecutionContext.WorkflowExecutionContext.LastResult;
}

internal sealed class DelegateExpression(Func<ExpressionExecutionContext, object?> function) : CompiledExpression
{
    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        function(new ExpressionExecutionContext(context));
}

/// <summary>A delegate that may wait.</summary>
internal sealed class WaitingDelegateExpression(Func<ExpressionExecutionContext, ValueTask<object?>> function) : CompiledExpression
{
    public override bool IsAsynchronous => true;

    public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        throw new ExpressionException($"An input of '{context.Activity.Id}' is given by a delegate that waits, which this input cannot. Use one that returns its value.");

    public override ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null) =>
        function(new ExpressionExecutionContext(context));
}
