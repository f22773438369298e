using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// Stops all registered services that have a start command, or those with a tag, those that need others before them, and waits until all of
/// their processes have ended. They stay stopped until somebody starts them. Ends with <c>Done</c> or <c>TimedOut</c>; <c>Failed</c> when
/// somebody started one again in the meantime.
/// </summary>
[Activity("Platform", "Services", "Stop all services that have a start command, those that need others first.", DisplayName = "Stop All Services")]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class StopAllServices : ManyServicesActivity
{
    /// <inheritdoc />
    private protected override Task AskAsync(ActivityExecutionContext context, Supervisor supervisor) =>
        supervisor.StopServicesAsync(Chosen(context, supervisor), ModeOf(context), withDependents: false);

    /// <inheritdoc />
    private protected override ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor)
    {
        var names = Chosen(context, supervisor);
        if (names.FirstOrDefault(name => supervisor.DesiredOf(name) == DesiredState.Running) is { } again)
        {
            SetReport(context, supervisor);
            return new($"Somebody started the service '{again}' again.");
        }

        if (!names.All(name => supervisor.IsAtRest(name) && supervisor.Find(name) is { State: ProcessState.Stopped }))
            return default;
        SetReport(context, supervisor);
        return new("");
    }
}
