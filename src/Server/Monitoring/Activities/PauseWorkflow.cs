using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring.Activities;

/// <summary>
/// Keeps a workflow from starting, while what runs of it goes on: load is shed. Ends with <c>Done</c>, with <c>AlreadyPaused</c> when somebody
/// has paused it, which stays as it is, or with <c>NotFound</c>. Done again after a crash it finds its own pause and is done.
/// </summary>
[Activity("Platform", "Operations", "Keep a workflow from starting, while what runs of it goes on.", DisplayName = "Pause Workflow", Kind = ActivityKind.Task)]
[FlowNode("Done", "AlreadyPaused", "NotFound")]
public sealed class PauseWorkflow : Activity
{
    /// <summary>Definition id of the workflow.</summary>
    [Input(Description = "The definition id of the workflow.", Order = 0)]
    public Input<string?> Workflow { get; set; } = new((string?)null);

    /// <summary>What becomes of its starts: Queue, they wait; or Drop, they are refused. Default: Queue.</summary>
    [Input(Description = "What becomes of its starts: they wait, or they are refused.", UIHint = InputUIHints.DropDown, Options = new[] { "Queue", "Drop" }, DefaultValue = "Queue", Order = 1)]
    public Input<string> Mode { get; set; } = new("Queue");

    /// <summary>Who an instance is, for those who see a pause.</summary>
    internal static string NameOf(ActivityExecutionContext context) => $"instance {context.WorkflowExecutionContext.Id}";

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var mode = (Mode.GetOrDefault(context) ?? "").Trim().ToUpperInvariant() switch
        {
            "QUEUE" => PauseMode.Queue,
            "DROP" => PauseMode.Drop,
            var other => throw new FaultException("UnknownMode", "Operations", "System", $"WF4854: The mode '{other}' of a pause is not known. Choose Queue or Drop."),
        };
        var workflow = Workflow.GetOrDefault(context)?.Trim() ?? "";
        var store = context.GetRequiredService<IWorkflowStore>();
        if (workflow.Length == 0 || await store.FindDefinitionAsync(workflow, VersionOptions.Latest, context.CancellationToken) is null)
        {
            context.AddExecutionLogEntry("NotFound", workflow.Length == 0 ? "No workflow is named." : $"There is no workflow '{workflow}'.");
            await context.CompleteActivityWithOutcomesAsync("NotFound");
            return;
        }

        var rules = context.GetRequiredService<DispatchRules>();
        if (rules.Find(workflow)?.Pause is { } pause)
        {
            await context.CompleteActivityWithOutcomesAsync(pause.By == NameOf(context) ? "Done" : "AlreadyPaused");
            return;
        }

        AuditScope.OfSystem("workflow.pause", context.GetRequiredService<Ids>(), context.GetRequiredService<TimeProvider>()).Enter();
        await rules.PauseAsync(workflow, mode, NameOf(context), CancellationToken.None);
        await context.CompleteActivityWithOutcomesAsync("Done");
    }
}

/// <summary>
/// Lets a workflow start again that the same instance has paused; what waited begins at once. A pause that somebody else made stays, unless
/// it is told otherwise. Ends with <c>Done</c>, also when there is nothing to resume.
/// </summary>
[Activity("Platform", "Operations", "Let a paused workflow start again.", DisplayName = "Resume Workflow", Kind = ActivityKind.Task)]
public sealed class ResumeWorkflow : Activity
{
    /// <summary>Definition id of the workflow.</summary>
    [Input(Description = "The definition id of the workflow.", Order = 0)]
    public Input<string?> Workflow { get; set; } = new((string?)null);

    /// <summary>Whether a pause ends that somebody else made. Default: false.</summary>
    [Input(DisplayName = "Any Pause", Description = "Whether a pause ends that somebody else made.", UIHint = InputUIHints.Checkbox, DefaultValue = false, Order = 1)]
    public Input<bool> AnyPause { get; set; } = new(false);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var workflow = Workflow.GetOrDefault(context)?.Trim() ?? "";
        var rules = context.GetRequiredService<DispatchRules>();
        var by = PauseWorkflow.NameOf(context);
        if (rules.Find(workflow)?.Pause is { } pause && (pause.By == by || AnyPause.GetOrDefault(context)))
        {
            AuditScope.OfSystem("workflow.resume", context.GetRequiredService<Ids>(), context.GetRequiredService<TimeProvider>()).Enter();
            await rules.ResumeAsync(workflow, by, CancellationToken.None);
        }
        else
        {
            context.AddExecutionLogEntry("NotResumed", "It is not paused, or somebody else has paused it.");
        }

        await context.CompleteActivityAsync();
    }
}
