namespace Platform.CustomActivities.Services;

/// <summary>
/// Waits until a registered service is healthy, and what it needs as well if that is asked for. Between two probes the instance waits
/// without a thread, also over a restart of the server; the deadline is fixed when the wait begins. Ends with <c>Healthy</c> or
/// <c>TimedOut</c>. Faults only when the service is not registered.
/// </summary>
[Activity("Platform", "Services", "Wait until a registered service is healthy, or a deadline passes.", DisplayName = "Wait Until Healthy")]
[FlowNode("Healthy", "TimedOut")]
public sealed class WaitUntilHealthy : Activity
{
    private const string DeadlineKey = "Deadline";
    private const string GoodKey = "GoodInARow";
    private const string ProbesKey = "Probes";
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>Name of the service.</summary>
    [Input(Description = "The registered service to wait for.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string> Service { get; set; } = new("");

    /// <summary>Time between two probes, 100 ms or more. Default: 10 s.</summary>
    [Input(Description = "The time between two probes, as hours:minutes:seconds.", DefaultValue = "00:00:10")]
    public Input<TimeSpan> Interval { get; set; } = new(TimeSpan.FromSeconds(10));

    /// <summary>Longest wait; zero for no deadline. Default: 10 minutes.</summary>
    [Input(Description = "The longest wait, as hours:minutes:seconds; 00:00:00 waits for ever.", DefaultValue = "00:10:00")]
    public Input<TimeSpan> Deadline { get; set; } = new(TimeSpan.FromMinutes(10));

    /// <summary>Good probes in a row that are needed. Default: 1.</summary>
    [Input(DisplayName = "Good Probes", Description = "How many probes in a row must be good.", DefaultValue = 1)]
    public Input<int> GoodProbes { get; set; } = new(1);

    /// <summary>Whether a degraded service is good enough. Default: false.</summary>
    [Input(DisplayName = "Accept Degraded", Description = "Whether a degraded service is good enough.", UIHint = InputUIHints.Checkbox, DefaultValue = false)]
    public Input<bool> AcceptDegraded { get; set; } = new(false);

    /// <summary>Whether what the service needs must be healthy too. Default: false.</summary>
    [Input(DisplayName = "Include Dependencies", Description = "Wait also for the services that it depends on.", UIHint = InputUIHints.Checkbox, DefaultValue = false)]
    public Input<bool> IncludeDependencies { get; set; } = new(false);

    /// <summary>How long one probe may take. Default: 5 s.</summary>
    [Input(DisplayName = "Probe Timeout", Description = "How long a service may take to answer a probe.", DefaultValue = "00:00:05", Category = "Advanced")]
    public Input<TimeSpan> ProbeTimeout { get; set; } = new(TimeSpan.FromSeconds(5));

    /// <summary>Number of probes.</summary>
    [Output(Description = "How many probes were made.")]
    public Output<int>? Probes { get; set; }

    /// <summary>What the worst of the last answers said.</summary>
    [Output(Description = "What the last probe said.")]
    public Output<string>? Detail { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var deadline = context.Get(Deadline);
        context.SetProperty(GoodKey, 0);
        context.SetProperty(ProbesKey, 0);
        context.SetProperty(DeadlineKey, deadline > TimeSpan.Zero ? (object)(context.GetRequiredService<TimeProvider>().GetUtcNow() + deadline) : null);
        return ProbeAsync(context);
    }

    private async ValueTask ProbeAsync(ActivityExecutionContext context)
    {
        var registry = context.GetRequiredService<ServiceRegistry>();
        var clock = context.GetRequiredService<TimeProvider>();
        var service = registry.Get(context.Get(Service));
        var services = context.Get(IncludeDependencies) ? registry.Set.WithDependencies(service.Name).Select(registry.Get) : [service];
        var probe = new HealthProbe(clock, context.Get(ProbeTimeout) is var given && given > TimeSpan.Zero ? given : TimeSpan.FromSeconds(5));
        var answers = await Task.WhenAll(services.Select(other => probe.RunAsync(other, context.CancellationToken)));
        var worst = answers.MaxBy(answer => answer.Status)!;
        var isGood = worst.Status == HealthStatus.Healthy || (worst.Status == HealthStatus.Degraded && context.Get(AcceptDegraded));
        var good = isGood ? context.GetProperty<int>(GoodKey) + 1 : 0;
        var probes = context.GetProperty<int>(ProbesKey) + 1;
        context.SetProperty(GoodKey, good);
        context.SetProperty(ProbesKey, probes);
        context.Set(Probes, probes);
        context.Set(Detail, worst.Detail);
        context.AddExecutionLogEntry("Probe", $"The service '{worst.Service}' is {worst.Status}. {worst.Detail}");
        if (good >= Math.Max(context.Get(GoodProbes), 1))
        {
            await context.CompleteActivityWithOutcomesAsync("Healthy");
            return;
        }

        var now = clock.GetUtcNow();
        var deadline = context.GetProperty<DateTimeOffset?>(DeadlineKey);
        if (deadline <= now)
        {
            await context.CompleteActivityWithOutcomesAsync("TimedOut");
            return;
        }

        var interval = context.Get(Interval) is var wanted && wanted > _shortest ? wanted : _shortest;
        context.DelayFor(deadline is { } end && end - now < interval ? end - now : interval, ProbeAsync);
    }
}
