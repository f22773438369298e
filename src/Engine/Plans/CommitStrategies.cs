namespace Platform.Engine.Plans;

/// <summary>
/// When the progress of a burst is committed besides its end. The names are Elsa's. What a strategy adds is durability of each step, at
/// the price of a write: without one, a crash makes the whole burst run again.
/// </summary>
public static class CommitStrategies
{
    /// <summary>Strategies of workflows: name, label, what it does.</summary>
    public static IReadOnlyList<(string Name, string DisplayName, string Description)> OfWorkflows { get; } =
    [
        (nameof(WorkflowCommitStrategy.WorkflowExecuting), "Workflow Executing", "Commits before the first activity of a new instance executes."),
        (nameof(WorkflowCommitStrategy.WorkflowExecuted), "Workflow Executed", "Commits at the end of each burst, as always."),
        (nameof(WorkflowCommitStrategy.ActivityExecuting), "Activity Executing", "Commits before each activity executes."),
        (nameof(WorkflowCommitStrategy.ActivityExecuted), "Activity Executed", "Commits after each activity executed."),
        (nameof(WorkflowCommitStrategy.Periodic), "Periodic", "Commits from time to time while activities execute."),
    ];

    /// <summary>Strategies of activities: name, label, what it does.</summary>
    public static IReadOnlyList<(string Name, string DisplayName, string Description)> OfActivities { get; } =
    [
        (nameof(ActivityCommitStrategy.CommitAlways), "Commit Always", "Commits before and after the activity executes."),
        (nameof(ActivityCommitStrategy.CommitNever), "Commit Never", "Does not commit around the activity, whatever the workflow says."),
        (nameof(ActivityCommitStrategy.Executing), "Executing", "Commits before the activity executes."),
        (nameof(ActivityCommitStrategy.Executed), "Executed", "Commits after the activity executed."),
    ];

    /// <summary>The strategy of that name; <see cref="WorkflowCommitStrategy.None"/> for another name, null for none.</summary>
    internal static WorkflowCommitStrategy? OfWorkflow(string? name) =>
        string.IsNullOrEmpty(name) ? null : Enum.TryParse<WorkflowCommitStrategy>(name, ignoreCase: true, out var strategy) ? strategy : WorkflowCommitStrategy.None;

    /// <summary>The strategy that an activity's custom properties name; the default when they name none or another.</summary>
    internal static ActivityCommitStrategy OfActivity(Activity activity) =>
        activity.CustomProperties.TryGetValue("commitStrategyName", out var name) || activity.CustomProperties.TryGetValue("CommitStrategyName", out name)
            ? Enum.TryParse<ActivityCommitStrategy>(name as string, ignoreCase: true, out var strategy) ? strategy : ActivityCommitStrategy.Default
            : ActivityCommitStrategy.Default;
}

/// <summary>When a workflow's progress is committed.</summary>
public enum WorkflowCommitStrategy
{
    /// <summary>At the end of each burst only.</summary>
    None,

    /// <summary>Before the first activity of a new instance.</summary>
    WorkflowExecuting,

    /// <summary>At the end of each burst; the same as <see cref="None"/>.</summary>
    WorkflowExecuted,

    /// <summary>Before each activity.</summary>
    ActivityExecuting,

    /// <summary>After each activity.</summary>
    ActivityExecuted,

    /// <summary>Between activities, when the last commit is longer ago than <see cref="EngineHost.CommitInterval"/>.</summary>
    Periodic,
}

/// <summary>When an activity's progress is committed.</summary>
internal enum ActivityCommitStrategy
{
    /// <summary>As the workflow says.</summary>
    Default,

    CommitAlways,

    CommitNever,

    Executing,

    Executed,
}
