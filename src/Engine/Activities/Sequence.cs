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
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => GoOnAsync(context, 0);

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        GoOnAsync(context, child.Node.ChildIndex + 1);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onChildCompleted;

    /// <summary>
    /// Where the sequence goes on follows from the child that ended, not from a counter: so it does after the instance moved to another
    /// version, and when somebody scheduled an activity besides the one whose turn it was.
    /// </summary>
    private ValueTask GoOnAsync(ActivityExecutionContext context, int index)
    {
        var children = context.Node.ChildList;
        if (index < children.Count)
            Interpreter.Schedule(context, children[index], _onChildCompleted);
        else if (context.FirstChild is null)
            return context.CompleteActivityAsync();
        return default;
    }

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        var child = completed.ChildContext!;
        return context.IsBreaking || child.Node.IsTerminal ? context.CompleteActivityAsync() : GoOnAsync(context, child.Node.ChildIndex + 1);
    }
}
