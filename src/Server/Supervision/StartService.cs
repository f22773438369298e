using Platform.CustomActivities.Services;
using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// Starts a registered service that has a start command, and what it needs before it, and waits until it is ready. Ends with <c>Done</c>, also
/// when it ran already, with <c>Failed</c> when it cannot be started or is quarantined, or with <c>TimedOut</c>. Faults only when the service
/// is not registered or has no start command.
/// </summary>
[Activity("Platform", "Services", "Start a registered service, and what it needs, and wait until it is ready.", DisplayName = "Start Service")]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class StartService : ProcessActivity
{
    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service to start.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string> Service { get; set; } = new("");

    /// <inheritdoc />
    private protected override Task AskAsync(ActivityExecutionContext context, Supervisor supervisor) =>
        supervisor.StartServicesAsync([Known(supervisor, context.Get(Service))], OrderMode.Parallel);

    /// <inheritdoc />
    private protected override ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor) =>
        new(WhyNotRunning(supervisor, context.Get(Service)!.Trim()));
}
