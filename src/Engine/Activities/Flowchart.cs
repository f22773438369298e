using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Activities;

/// <summary>A connection of a flowchart, by activity ids.</summary>
/// <param name="Source">Id of the activity it leaves.</param>
/// <param name="SourcePort">Outcome it leaves by; null for <c>Done</c>.</param>
/// <param name="Target">Id of the activity it enters.</param>
/// <param name="TargetPort">Port it enters by; has no meaning for execution.</param>
public sealed record Connection(string Source, string? SourcePort, string Target, string? TargetPort);

/// <summary>
/// Runs activities along connections. Which arrows were visited how often is counted per execution: an activity with several inbound
/// arrows waits until each was visited as often as the others, an untaken arrow counts as visited without being followed, and arrows
/// that lead back run their target each time they are followed. Where the instance or the host chose tokens instead, each activity
/// says by its merge mode when it runs.
/// </summary>
[Activity("Elsa", "Flow", "A flowchart is a collection of activities and connections between them.")]
[Browsable(false)]
public sealed class Flowchart : Activity, IVariableContainer
{
    /// <summary>Property of an instance that chooses what its flowcharts run on: a <see cref="FlowchartExecutionMode"/>, by name or number.</summary>
    public const string ExecutionModeProperty = "Flowchart:ExecutionMode";

    private readonly ActivityCompletionCallback _onChildCompleted;

    /// <summary>Makes an empty flowchart.</summary>
    public Flowchart() => _onChildCompleted = OnChildCompletedAsync;

    /// <summary>The activities.</summary>
    [Port]
    public ICollection<IActivity> Activities { get; } = [];

    /// <summary>The connections between them, in the order in which they are followed.</summary>
    public IList<Connection> Connections { get; } = [];

    /// <summary>Variables that the activities see.</summary>
    public ICollection<Variable> Variables { get; } = [];

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var flow = context.Node.Flow!;
        if (flow.ActivityCount == 0)
            return context.CompleteActivityAsync();
        var start = FindStart(context, flow);
        context.Counters = IsTokenBased(context.WorkflowExecutionContext) ? TokenState.Create(flow, start) : FlowCounters.Create(flow, start);
        Interpreter.Schedule(context, flow.Children[start], _onChildCompleted);
        return default;
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        if (!TokenState.IsUsedBy(context))
            return FollowAsync(context, child, Outcomes.None);
        var tokens = new FlowTokens(context, _onChildCompleted);
        tokens.Forget(child);
        return CompleteWhenIdle(context);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onChildCompleted;

    /// <inheritdoc />
    internal override void Migrate(ActivityExecutionContext context, PlanNode from)
    {
        var migration = new FlowMigration(from.Flow!, context.Node.Flow!);
        if (TokenState.IsUsedBy(context))
            context.Counters = migration.MapTokens(context.Counters!);
        else if (FlowCounters.Fit(context.Counters!, from.Flow!))
            context.Counters = migration.MapCounters(context.Counters!);
    }

    private static bool IsTokenBased(WorkflowExecutionContext workflow)
    {
        var mode = FlowchartExecutionMode.Default;
        if (workflow.PropertiesOrNull is { } properties && properties.TryGetValue(ExecutionModeProperty, out var chosen))
            mode = ValueConverter.Convert<FlowchartExecutionMode>(chosen);
        if (mode == FlowchartExecutionMode.Default)
            mode = workflow.Host.DefaultExecutionMode;
        return mode == FlowchartExecutionMode.TokenBased;
    }

    private static int FindStart(ActivityExecutionContext context, FlowGraph flow)
    {
        var trigger = context.WorkflowExecutionContext.TriggerActivityId;
        return First(node => trigger is not null && node.Activity.Id == trigger)
            ?? First(node => node.Activity is IStartMarker)
            ?? First(node => node.Activity.CanStartWorkflow)
            ?? First(node => flow.Inbound[node.ChildIndex].Length == 0)
            ?? 0;

        int? First(Func<PlanNode, bool> isStart)
        {
            for (var i = 0; i < flow.Children.Count; i++)
            {
                if (isStart(flow.Children[i]))
                    return i;
            }

            return null;
        }
    }

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        var child = completed.ChildContext!;
        if (child.Node.IsTerminal || context.IsBreaking)
            return context.CompleteActivityAsync();
        return FollowAsync(context, child, (string[])completed.Outcomes);
    }

    private ValueTask FollowAsync(ActivityExecutionContext context, ActivityExecutionContext child, string[] outcomes)
    {
        var cancellation = TokenState.IsUsedBy(context)
            ? new FlowTokens(context, _onChildCompleted).Follow(child, outcomes)
            : new FlowRouting(context, _onChildCompleted).Follow(child, outcomes);
        if (!cancellation.IsCompletedSuccessfully)
            return CompleteWhenIdleAsync(cancellation, context);
        return CompleteWhenIdle(context);
    }

    private async ValueTask CompleteWhenIdleAsync(ValueTask pending, ActivityExecutionContext context)
    {
        await pending;
        await CompleteWhenIdle(context);
    }

    private ValueTask CompleteWhenIdle(ActivityExecutionContext context)
    {
        if (context.FirstChild is not null || context.Status != ActivityStatus.Running)
            return default;
        if (TokenState.IsUsedBy(context) && new FlowTokens(context, _onChildCompleted).DescribeStuck() is { } stuck)
        {
            // As in Elsa the flowchart stays open, but the journal says why.
            context.AddExecutionLogEntry("Stuck", stuck);
            return default;
        }

        return context.CompleteActivityAsync();
    }
}
