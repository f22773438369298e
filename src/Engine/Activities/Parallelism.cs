namespace Platform.Engine.Activities;

/// <summary>When a <see cref="Fork"/> goes on.</summary>
public enum ForkJoinMode
{
    /// <summary>When all branches completed.</summary>
    WaitAll,

    /// <summary>When the first branch completed; the others are cancelled.</summary>
    WaitAny,
}

/// <summary>Runs embedded activities side by side and goes on with the first or after all.</summary>
[Activity("Elsa", "Control Flow", "Branch execution into multiple branches.")]
[Browsable(false)]
public sealed class Fork : Activity
{
    private readonly ActivityCompletionCallback _onBranchCompleted;

    /// <summary>Makes a fork without branches.</summary>
    public Fork() => _onBranchCompleted = OnBranchCompletedAsync;

    /// <summary>When the fork goes on. Default: WaitAll.</summary>
    [Input(Description = "Whether to continue after all branches or after the first.", DefaultValue = ForkJoinMode.WaitAll)]
    public ForkJoinMode JoinMode { get; set; } = ForkJoinMode.WaitAll;

    /// <summary>The branches.</summary>
    [Port]
    public ICollection<IActivity> Branches { get; init; } = [];

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Branches.Count == 0)
            await context.CompleteActivityAsync();
        foreach (var branch in Branches)
            await context.ScheduleActivityAsync(branch, _onBranchCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBranchCompleted;

    private ValueTask OnBranchCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        return context.IsBreaking || JoinMode == ForkJoinMode.WaitAny || context.FirstChild is null ? context.CompleteActivityAsync() : default;
    }
}

/// <summary>Runs embedded activities side by side and goes on after all.</summary>
[Activity("Elsa", "Workflows", "Execute a set of activities in parallel.")]
[Browsable(false)]
public sealed class Parallel : Activity, IVariableContainer
{
    private readonly ActivityCompletionCallback _onChildCompleted;

    /// <summary>Makes an empty container.</summary>
    public Parallel() => _onChildCompleted = OnChildCompletedAsync;

    /// <summary>The activities.</summary>
    [Port]
    public ICollection<IActivity> Activities { get; init; } = [];

    /// <summary>Variables that the activities see.</summary>
    public ICollection<Variable> Variables { get; init; } = [];

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0)
            await context.CompleteActivityAsync();
        foreach (var activity in Activities)
            await context.ScheduleActivityAsync(activity, _onChildCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onChildCompleted;

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.FirstChild is null ? completed.TargetContext.CompleteActivityAsync() : default;
}
