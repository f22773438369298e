using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Engine;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Server.Orchestration;

namespace Platform.Server.Monitoring.Activities;

/// <summary>
/// Opens or closes the circuit breaker of a registered service, as an operator does by hand: an open one keeps calls from being sent. Faults
/// only when the inputs cannot be used.
/// </summary>
[Activity("Platform", "Services", "Open or close the circuit breaker of a registered service.", DisplayName = "Set Circuit Breaker", Kind = ActivityKind.Task)]
public sealed class SetBreaker : Activity
{
    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices), Order = 0)]
    public Input<string> Service { get; set; } = new("");

    /// <summary>How it stands afterwards: Closed or Open. Default: Closed.</summary>
    [Input(Description = "How it stands afterwards.", UIHint = InputUIHints.DropDown, Options = new[] { "Closed", "Open" }, DefaultValue = "Closed", Order = 1)]
    public Input<string> State { get; set; } = new("Closed");

    /// <summary>How long it stays open; zero until somebody closes it. Default: 1 min.</summary>
    [Input(Description = "How long it stays open, as hours:minutes:seconds; 00:00:00 until somebody closes it.", DefaultValue = "00:01:00", Order = 2)]
    public Input<TimeSpan> Duration { get; set; } = new(TimeSpan.FromMinutes(1));

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var state = (State.GetOrDefault(context) ?? "").Trim().ToUpperInvariant() switch
        {
            "CLOSED" => BreakerState.Closed,
            "OPEN" => BreakerState.Open,
            var other => throw new FaultException("UnknownState", "Services", "System", $"WF4855: A circuit breaker cannot be set to '{other}'. Choose Closed or Open."),
        };
        var clock = context.GetRequiredService<TimeProvider>();
        var catalog = context.GetRequiredService<ServiceCatalog>();
        var service = catalog.Registry.Get(context.Get(Service));
        var now = clock.GetUtcNow();
        var duration = Duration.GetOrDefault(context);
        var by = PauseWorkflow.NameOf(context);
        var wanted = state == BreakerState.Closed
            ? new BreakerSnapshot(state, now, 0, null, by)
            : new BreakerSnapshot(state, now, service.Breaker.Snapshot.Failures, duration > TimeSpan.Zero ? now + duration : null, by);
        AuditScope.OfSystem(state == BreakerState.Closed ? "breaker.close" : "breaker.open", context.GetRequiredService<Ids>(), clock).Enter();
        await catalog.SetBreakerAsync(service, wanted);
        await context.CompleteActivityAsync();
    }
}
