using Platform.Engine.Values;

namespace Platform.Engine.Activities;

/// <summary>Variables that loops declare for their bodies.</summary>
internal static class LoopVariables
{
    public static readonly Variable CurrentValue = new("CurrentValue") { Id = "CurrentValue" };
    public static readonly Variable CurrentIndex = new("CurrentIndex") { Id = "CurrentIndex", Type = typeof(int) };

    /// <summary>Whether a variable was given to its execution by the owner: a loop, or a container that handled a fault.</summary>
    public static bool IsGiven(VariableInstance variable) =>
        variable.Definition.Id is "CurrentValue" or "CurrentIndex" or Resilience.FaultDetails.VariableName;
}

/// <summary>Runs its body while a condition holds. The condition is evaluated before each iteration.</summary>
[Activity("Elsa", "Looping", "Execute an activity while a given condition evaluates to true.")]
public sealed class While : Activity, ILoop
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes a loop without body.</summary>
    public While() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>The condition. Default: false.</summary>
    [Input(AutoEvaluate = false, UIHint = InputUIHints.Checkbox, Description = "The condition; evaluated before every iteration.", DefaultValue = false)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <summary>Runs at each iteration.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        // A loop without body could only spin; it ends at once.
        if (context.IsBreaking || Body is null)
            return context.CompleteActivityAsync();
        var condition = context.EvaluateAsync(Condition);
        return condition.IsCompletedSuccessfully ? IterateAsync(context, condition.Result) : AwaitAsync(context, condition);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    private async ValueTask AwaitAsync(ActivityExecutionContext context, ValueTask<bool> condition) => await IterateAsync(context, await condition);

    private ValueTask IterateAsync(ActivityExecutionContext context, bool condition) =>
        condition ? context.ScheduleActivityAsync(Body, _onBodyCompleted) : context.CompleteActivityAsync();

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => ExecuteAsync(completed.TargetContext);
}

/// <summary>Runs its body for each item of a list, one after the other.</summary>
[Activity("Elsa", "Looping", "Iterate over a set of values.")]
public sealed class ForEach : Activity, ILoop
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes a loop without body.</summary>
    public ForEach() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>The items. Evaluated once; changes to the list by the body are seen by index.</summary>
    [Input(Description = "The items to iterate over.")]
    public Input<ICollection<object>> Items { get; set; } = new([]);

    /// <summary>Runs for each item, with the variables CurrentValue and CurrentIndex.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>The current item.</summary>
    [Output(Description = "Assign the current value to the specified variable.")]
    public Output<object>? CurrentValue { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [0];
        return IterateAsync(context);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    private ValueTask IterateAsync(ActivityExecutionContext context)
    {
        if (context.IsBreaking || Body is null)
            return context.CompleteActivityAsync();
        var items = Items.GetOrDefault(context) ?? throw new InvalidOperationException("The items to iterate over are null. Give the input 'Items' a list.");
        var index = context.Counters![0];
        if (index >= items.Count)
            return context.CompleteActivityAsync();
        context.Counters[0] = index + 1;
        var value = items is IList<object> list ? list[index] : items.ElementAt(index);
        context.Set(CurrentValue, value);
        var child = Interpreter.Schedule(context, ((Activity)Body).PlanNode!, _onBodyCompleted);
        child.Variables = [new VariableInstance(LoopVariables.CurrentValue, value), new VariableInstance(LoopVariables.CurrentIndex, Boxes.Of(index))];
        return default;
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => IterateAsync(completed.TargetContext);
}

/// <summary>Runs its body for each item of a list, all side by side.</summary>
[Activity("Elsa", "Looping", "Schedule an activity for each item in parallel.")]
public sealed class ParallelForEach : Activity, ILoop
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes a loop without body.</summary>
    public ParallelForEach() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>The items.</summary>
    [Input(Description = "The items to iterate over.")]
    public Input<object> Items { get; set; } = new((object)null!);

    /// <summary>Runs for each item, with the variables CurrentValue and CurrentIndex.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var itemsMax = context.WorkflowExecutionContext.Host.Limits.LiveActivitiesMax;
        var items = await ItemSource.ReadAsync(Items.GetOrDefault(context), itemsMax, context.CancellationToken);
        if (items.Count == 0 || Body is null)
        {
            await context.CompleteActivityAsync();
            return;
        }

        for (var index = 0; index < items.Count; index++)
        {
            var child = Interpreter.Schedule(context, ((Activity)Body).PlanNode!, _onBodyCompleted);
            child.Variables = [new VariableInstance(LoopVariables.CurrentValue, items[index]), new VariableInstance(LoopVariables.CurrentIndex, Boxes.Of(index))];
        }
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.IsBreaking || completed.TargetContext.FirstChild is null ? completed.TargetContext.CompleteActivityAsync() : default;
}

/// <summary>Runs its body for each number of a range, upwards or downwards by the sign of the step.</summary>
[Activity("Elsa", "Looping", "Iterate over a sequence of steps between a start and an end number.")]
public sealed class For : Activity, ILoop
{
    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes a loop without body.</summary>
    public For() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>First number. Default: 0.</summary>
    [Input(Description = "The number to start at.", DefaultValue = 0)]
    public Input<int> Start { get; set; } = new(0);

    /// <summary>Last number. Default: 0.</summary>
    [Input(Description = "The number to end at.", DefaultValue = 0)]
    public Input<int> End { get; set; } = new(0);

    /// <summary>Added at each iteration; negative counts down. Default: 1.</summary>
    [Input(Description = "The step size.", DefaultValue = 1)]
    public Input<int> Step { get; set; } = new(1);

    /// <summary>Whether the last number is included. Default: true.</summary>
    [Input(Description = "Whether the end number is included.", DefaultValue = true)]
    public Input<bool> OuterBoundInclusive { get; set; } = new(true);

    /// <summary>Runs for each number, with the variable CurrentValue.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>The current number.</summary>
    [Output(Description = "Assign the current value to the specified variable.")]
    public Output<object>? CurrentValue { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [Start.Get(context)];
        return IterateAsync(context);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    private ValueTask IterateAsync(ActivityExecutionContext context)
    {
        var step = Step.Get(context);
        if (step == 0)
            throw new InvalidOperationException("The step is 0, so the loop would never end. Give the input 'Step' another number.");
        var current = context.Counters![0];
        var end = End.Get(context);
        var inclusive = OuterBoundInclusive.Get(context);
        var goesOn = step > 0 ? current < end || (inclusive && current == end) : current > end || (inclusive && current == end);
        if (context.IsBreaking || Body is null || !goesOn)
            return context.CompleteActivityAsync();
        context.Counters[0] = current + step;
        var value = Boxes.Of(current);
        context.Set(CurrentValue, value);
        var child = Interpreter.Schedule(context, ((Activity)Body).PlanNode!, _onBodyCompleted);
        child.Variables = [new VariableInstance(LoopVariables.CurrentValue, value)];
        return default;
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => IterateAsync(completed.TargetContext);
}

/// <summary>Ends the nearest enclosing loop.</summary>
[Activity("Elsa", "Looping", "Break out of a loop.")]
public sealed class Break : CodeActivity, ITerminalNode
{
    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity is IComposite)
                return;
            ancestor.IsBreaking = true;
            if (ancestor.Activity is ILoop)
                return;
        }
    }
}
