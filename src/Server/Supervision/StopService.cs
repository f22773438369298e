using Platform.CustomActivities.Services;
using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// Stops a registered service that has a start command: asks its processes to end, and kills what is left after its stop timeout. It stays
/// stopped, also over a restart of the server, until somebody starts it. Ends with <c>Done</c> or <c>TimedOut</c>; <c>Failed</c> when somebody
/// started it again in the meantime.
/// </summary>
[Activity("Platform", "Services", "Stop a registered service, and wait until all of its processes have ended.", DisplayName = "Stop Service")]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class StopService : ProcessActivity
{
    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service to stop.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string> Service { get; set; } = new("");

    /// <summary>Whether the services that need it are stopped too, before it. Default: false.</summary>
    [Input(DisplayName = "With Dependents", Description = "Stop also the services that depend on it, before it.", UIHint = InputUIHints.Checkbox, DefaultValue = false)]
    public Input<bool> WithDependents { get; set; } = new(false);

    /// <inheritdoc />
    private protected override Task AskAsync(ActivityExecutionContext context, Supervisor supervisor) =>
        supervisor.StopServicesAsync([Known(supervisor, context.Get(Service))], OrderMode.Parallel, context.Get(WithDependents));

    /// <inheritdoc />
    private protected override ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor)
    {
        var name = context.Get(Service)!.Trim();
        if (supervisor.DesiredOf(name) == DesiredState.Running)
            return new($"Somebody started the service '{name}' again.");
        return new(supervisor.IsAtRest(name) && supervisor.Find(name) is null or { State: ProcessState.Stopped } ? "" : null);
    }
}
