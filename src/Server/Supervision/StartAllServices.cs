using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// Starts all registered services that have a start command, or those with a tag and what they need, those that are needed first, and waits
/// until all are ready. Ends with <c>Done</c>, with <c>Failed</c> when one of them cannot be started, or with <c>TimedOut</c>.
/// </summary>
[Activity("Platform", "Services", "Start all services that have a start command, those that are needed first.", DisplayName = "Start All Services")]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class StartAllServices : ManyServicesActivity
{
    /// <inheritdoc />
    private protected override Task AskAsync(ActivityExecutionContext context, Supervisor supervisor) =>
        supervisor.StartServicesAsync(Chosen(context, supervisor), ModeOf(context));

    /// <inheritdoc />
    private protected override ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor)
    {
        var reasons = Chosen(context, supervisor).Select(name => WhyNotRunning(supervisor, name)).ToList();
        if (reasons.Contains(null))
            return default;
        SetReport(context, supervisor);
        return new(string.Join(' ', reasons.Where(reason => reason!.Length > 0)));
    }
}
