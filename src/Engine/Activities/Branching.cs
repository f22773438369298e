using Platform.Engine.Expressions;

namespace Platform.Engine.Activities;

/// <summary>Runs one of two embedded activities.</summary>
[Activity("Elsa", "Branching", "Evaluate a condition and run one of two activities.")]
public sealed class If : Activity<bool>
{
    /// <summary>The condition. Default: false.</summary>
    [Input(UIHint = InputUIHints.Checkbox, Description = "The condition to evaluate.", DefaultValue = false)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <summary>Runs when the condition is true.</summary>
    [Port]
    public IActivity? Then { get; set; }

    /// <summary>Runs when the condition is false.</summary>
    [Port]
    public IActivity? Else { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var condition = Condition.Get(context);
        context.Set(Result, condition);
        return context.ScheduleActivityAsync(condition ? Then : Else, OnChildCompletedAsync);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => OnChildCompletedAsync;

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext context) => context.TargetContext.CompleteActivityAsync();
}

/// <summary>Ends with one of two outcomes.</summary>
[Activity("Elsa", "Branching", "Evaluate a condition and continue along one of two connections.", DisplayName = "Decision")]
[FlowNode("True", "False")]
public sealed class FlowDecision : Activity
{
    private static readonly string[] True = ["True"];
    private static readonly string[] False = ["False"];

    /// <summary>The condition. Default: false.</summary>
    [Input(UIHint = InputUIHints.Checkbox, Description = "The condition to evaluate.", DefaultValue = false)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(Condition.Get(context) ? True : False);
}

/// <summary>Which of several true cases count.</summary>
public enum SwitchMode
{
    /// <summary>The first one.</summary>
    MatchFirst,

    /// <summary>All of them.</summary>
    MatchAny,
}

/// <summary>A case of <see cref="Switch"/>.</summary>
public sealed class SwitchCase : IActivityHolder
{
    /// <summary>Name of the case.</summary>
    public string Label { get; set; } = "";

    /// <summary>Whether the case applies.</summary>
    public Expression? Condition { get; set; }

    /// <summary>Runs when it applies.</summary>
    public IActivity? Activity { get; set; }

    IEnumerable<HeldActivity> IActivityHolder.HeldActivities => [new(Label, Activity)];
}

/// <summary>Runs the embedded activities of the cases that apply.</summary>
[Activity("Elsa", "Branching", "Evaluate a set of cases and run the activity of the first or of every one that matches.")]
public sealed class Switch : Activity
{
    private readonly ActivityCompletionCallback _onChildCompleted;

    /// <summary>Makes a switch without cases.</summary>
    public Switch() => _onChildCompleted = OnChildCompletedAsync;

    /// <summary>The cases, in order.</summary>
    [Input(UIHint = InputUIHints.SwitchEditor, Description = "The cases to evaluate, in order.")]
    public ICollection<SwitchCase> Cases { get; set; } = [];

    /// <summary>Which of several true cases count. Default: the first.</summary>
    [Input(Description = "Run the first matching case only, or every matching case.", DefaultValue = SwitchMode.MatchFirst)]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    /// <summary>Runs when no case applies.</summary>
    [Port]
    public IActivity? Default { get; set; }

    /// <summary>Not used; kept because documents name it.</summary>
    [Output(Description = "Not used.")]
    public Output<object>? Output { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matchAll = Mode.Get(context) == SwitchMode.MatchAny;
        var matches = new List<SwitchCase>();
        foreach (var candidate in Cases)
        {
            if (!await context.EvaluateAsync<bool>(candidate.Condition))
                continue;
            matches.Add(candidate);
            if (!matchAll)
                break;
        }

        var activities = matches.Count > 0 ? matches.ConvertAll(match => match.Activity) : [Default];
        activities.RemoveAll(activity => activity is null);
        if (activities.Count == 0)
            await context.CompleteActivityAsync();
        foreach (var activity in activities)
            await context.ScheduleActivityAsync(activity, _onChildCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onChildCompleted;

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.FirstChild is null ? completed.TargetContext.CompleteActivityAsync() : default;
}

/// <summary>A case of <see cref="FlowSwitch"/>.</summary>
public sealed class FlowSwitchCase
{
    /// <summary>Name of the case, and of its outcome.</summary>
    public string Label { get; set; } = "";

    /// <summary>Whether the case applies.</summary>
    public Expression? Condition { get; set; }
}

/// <summary>Ends with the labels of the cases that apply.</summary>
[Activity("Elsa", "Branching", "Evaluate a set of cases and continue along the connections of those that match.", DisplayName = "Switch (flow)")]
[FlowNode("Default")]
public sealed class FlowSwitch : Activity
{
    private static readonly string[] Default = ["Default"];

    /// <summary>The cases, in order.</summary>
    [Input(UIHint = InputUIHints.FlowSwitchEditor, Description = "The cases to evaluate, in order.")]
    public ICollection<FlowSwitchCase> Cases { get; set; } = [];

    /// <summary>Which of several true cases count. Default: the first.</summary>
    [Input(Description = "Continue with the first matching case only, or with every matching case.", DefaultValue = SwitchMode.MatchFirst)]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matchAll = Mode.Get(context) == SwitchMode.MatchAny;
        var matches = new List<string>();
        foreach (var candidate in Cases)
        {
            if (!await context.EvaluateAsync<bool>(candidate.Condition))
                continue;
            matches.Add(candidate.Label);
            if (!matchAll)
                break;
        }

        await context.CompleteActivityWithOutcomesAsync(matches.Count > 0 ? [.. matches] : Default);
    }
}

/// <summary>Ends with all of its branch names as outcomes, so that they run side by side.</summary>
[Activity("Elsa", "Branching", "Branch execution into several branches.", DisplayName = "Fork (flow)")]
public sealed class FlowFork : Activity
{
    /// <summary>Names of the branches.</summary>
    [Input(UIHint = InputUIHints.DynamicOutcomes, Description = "The names of the branches; each becomes an outcome.")]
    public Input<ICollection<string>> Branches { get; set; } = new([]);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var branches = Branches.GetOrDefault(context);
        return context.CompleteActivityWithOutcomesAsync(branches is { Count: > 0 } ? [.. branches] : Outcomes.Done);
    }
}

/// <summary>Runs an embedded activity as one step of a flowchart.</summary>
[Activity("Elsa", "Flow", "Run an embedded activity as one step of a flowchart.", DisplayName = "Container")]
public sealed class FlowNode : Activity
{
    /// <summary>The embedded activity.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => OnBodyCompletedAsync;

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => context.TargetContext.CompleteActivityAsync();
}
