using System.Text.Json.Serialization;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Activities;

/// <summary>A connection of a flowchart: by activity ids when it was read, by activities when it was made in code.</summary>
public sealed class Connection
{
    private readonly IActivity? _source;
    private readonly IActivity? _target;

    /// <summary>Connects activities by their ids.</summary>
    /// <param name="source">Id of the activity it leaves.</param>
    /// <param name="sourcePort">Outcome it leaves by; null for <c>Done</c>.</param>
    /// <param name="target">Id of the activity it enters.</param>
    /// <param name="targetPort">Port it enters by; has no meaning for execution.</param>
    public Connection(string source, string? sourcePort, string target, string? targetPort)
    {
        Source = source;
        SourcePort = sourcePort;
        Target = target;
        TargetPort = targetPort;
    }

    /// <summary>Connects the outcome <c>Done</c> of an activity to another one. Code-authored flowcharts only.</summary>
    /// <param name="source">The activity it leaves.</param>
    /// <param name="target">The activity it enters.</param>
    public Connection(IActivity source, IActivity target)
        : this(new Endpoint(source), new Endpoint(target))
    {
    }

    /// <summary>Connects an outcome of an activity to another one. Code-authored flowcharts only.</summary>
    /// <param name="source">The activity and outcome it leaves.</param>
    /// <param name="target">The activity it enters.</param>
    public Connection(Endpoint source, Endpoint target)
        : this("", source.Port, "", target.Port)
    {
        _source = source.Activity;
        _target = target.Activity;
    }

    /// <summary>Id of the activity it leaves.</summary>
    public string Source => _source?.Id ?? field;

    /// <summary>Outcome it leaves by; null for <c>Done</c>.</summary>
    public string? SourcePort { get; }

    /// <summary>Id of the activity it enters.</summary>
    public string Target => _target?.Id ?? field;

    /// <summary>Port it enters by; has no meaning for execution.</summary>
    public string? TargetPort { get; }
}

/// <summary>An end of a connection made in code.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Port">Outcome it leaves by; null for <c>Done</c>.</param>
public sealed record Endpoint(IActivity Activity, string? Port = null);

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
    public ICollection<IActivity> Activities { get; init; } = [];

    /// <summary>The connections between them, in the order in which they are followed.</summary>
    public IList<Connection> Connections { get; init; } = [];

    /// <summary>The activity to begin with, one of <see cref="Activities"/>; null to choose by their types and connections. Code-authored flowcharts only.</summary>
    [JsonIgnore]
    public IActivity? Start { get; set; }

    /// <summary>Variables that the activities see.</summary>
    public ICollection<Variable> Variables { get; init; } = [];

    /// <summary>
    /// Runs what is connected to outcomes of a child that goes on. It runs like the target of an arrow that leads back, so that it does not
    /// count when the child completes.
    /// </summary>
    internal void FollowWithoutCompletion(ActivityExecutionContext context, ActivityExecutionContext child, string[] outcomes)
    {
        var flow = context.Node.Flow!;
        foreach (var edge in flow.Outbound[child.Node.ChildIndex])
        {
            if (Array.IndexOf(outcomes, flow.Edges[edge].Port) >= 0)
                Interpreter.Schedule(context, flow.Children[flow.Edges[edge].Target], _onChildCompleted, isBackward: true);
        }
    }

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
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch) => CompleteWhenIdle(context);

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

    /// <summary>The activity at which the instance was started comes before every other start.</summary>
    private static int FindStart(ActivityExecutionContext context, FlowGraph flow)
    {
        if (context.WorkflowExecutionContext.TriggerActivityId is { } trigger)
        {
            for (var i = 0; i < flow.ActivityCount; i++)
            {
                if (flow.Children[i].Activity.Id == trigger)
                    return i;
            }
        }

        return flow.Start;
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
