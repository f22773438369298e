namespace Platform.Engine.Activities;

/// <summary>Runs activities one after the other. A terminal activity or a break ends it early.</summary>
[Activity("Elsa", "Workflows", "Execute a set of activities in sequence.")]
[Browsable(false)]
public sealed class Sequence : Activity, IVariableContainer
{
    private readonly ActivityCompletionCallback _onChildCompleted;

    /// <summary>Makes an empty sequence.</summary>
    public Sequence() => _onChildCompleted = OnChildCompletedAsync;

    /// <summary>The activities, in order.</summary>
    [Port]
    public ICollection<IActivity> Activities { get; init; } = [];

    /// <summary>Variables that the activities see.</summary>
    public ICollection<Variable> Variables { get; init; } = [];

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [0];
        return ScheduleNextAsync(context);
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => ScheduleNextAsync(context);

    private ValueTask ScheduleNextAsync(ActivityExecutionContext context)
    {
        var index = context.Counters![0]++;
        var children = context.Node.ChildList;
        if (index >= children.Count)
            return context.CompleteActivityAsync();
        Interpreter.Schedule(context, children[index], _onChildCompleted);
        return default;
    }

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        return context.IsBreaking || completed.ChildContext is { Node.IsTerminal: true } ? context.CompleteActivityAsync() : ScheduleNextAsync(context);
    }
}
