using Platform.CustomActivities.Services;
using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// Stops a registered service and starts it again, and waits until it is ready; one that does not run is started, and a quarantine ends.
/// Ends with <c>Done</c>, <c>Failed</c> or <c>TimedOut</c>. When the server dies in between, the service is restarted once all the same: what
/// counts is that it has another process than before.
/// </summary>
[Activity("Platform", "Services", "Restart a registered service, and wait until it is ready again.", DisplayName = "Restart Service")]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class RestartService : ProcessActivity
{
    private const string FormerKey = "FormerRun";

    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service to restart.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string> Service { get; set; } = new("");

    /// <inheritdoc />
    private protected override Task AskAsync(ActivityExecutionContext context, Supervisor supervisor)
    {
        var name = Known(supervisor, context.Get(Service));
        context.SetProperty(FormerKey, supervisor.Find(name)?.RunId);
        return supervisor.RestartServiceAsync(name);
    }

    /// <inheritdoc />
    private protected override async ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor)
    {
        var name = context.Get(Service)!.Trim();
        var result = WhyNotRunning(supervisor, name);
        if (result is not "" || context.GetProperty<string>(FormerKey) is not { } former || supervisor.Find(name)?.RunId != former)
            return result;
        // It still is the former one: it was asked before the server died, and not done.
        await supervisor.RestartServiceAsync(name, onlyRun: former);
        return null;
    }
}
