namespace Platform.CustomActivities.Services;

/// <summary>
/// Asks registered services how they are, all at once and outside their retries and breakers. Ends with the worst of their answers:
/// <c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>. Faults only when a named service is not registered.
/// </summary>
[Activity("Platform", "Services", "Check the health of one registered service or of all of them.", DisplayName = "Check Health")]
[FlowNode("Healthy", "Degraded", "Unhealthy")]
public sealed class CheckHealth : Activity
{
    /// <summary>Name of the service; empty for all.</summary>
    [Input(Description = "The registered service to check; empty checks all of them.", UIHint = InputUIHints.DropDown, UIHandler = typeof(ServiceChoices))]
    public Input<string?> Service { get; set; } = new((string?)null);

    /// <summary>Only services with this tag, when no service is named. Default: all.</summary>
    [Input(Description = "Check only services with this tag, when no service is chosen.")]
    public Input<string?> Tag { get; set; } = new((string?)null);

    /// <summary>Whether what the services need is checked too. Default: false.</summary>
    [Input(DisplayName = "Include Dependencies", Description = "Check also the services that the chosen ones depend on.", UIHint = InputUIHints.Checkbox, DefaultValue = false)]
    public Input<bool> IncludeDependencies { get; set; } = new(false);

    /// <summary>How long a service may take to answer. Default: 5 s.</summary>
    [Input(Description = "How long a service may take to answer, as hours:minutes:seconds.", DefaultValue = "00:00:05")]
    public Input<TimeSpan> Timeout { get; set; } = new(TimeSpan.FromSeconds(5));

    /// <summary>The answers by service name: name, status, statusCode, durationMs, detail.</summary>
    [Output(Description = "What each service answered: name, status, statusCode, durationMs and detail.")]
    public Output<object>? Report { get; set; }

    /// <summary>The worst status among them.</summary>
    [Output(Description = "The worst status: Healthy, Degraded or Unhealthy.")]
    public Output<string>? Status { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var registry = context.GetRequiredService<ServiceRegistry>();
        var services = Select(context, registry);
        var timeout = context.Get(Timeout) is var given && given > TimeSpan.Zero ? given : TimeSpan.FromSeconds(5);
        var probe = new HealthProbe(context.GetRequiredService<TimeProvider>(), timeout);
        var answers = await Task.WhenAll(services.Select(service => probe.RunAsync(service, context.CancellationToken)));
        var report = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var answer in answers)
            report[answer.Service] = answer.ToDictionary();
        var worst = answers.Select(answer => answer.Status).DefaultIfEmpty(HealthStatus.Healthy).Max().ToString();
        context.Set(Report, report);
        context.Set(Status, worst);
        await context.CompleteActivityWithOutcomesAsync(worst);
    }

    private List<ServiceClient> Select(ActivityExecutionContext context, ServiceRegistry registry)
    {
        List<ServiceClient> chosen = context.Get(Service) is { Length: > 0 } name ? [registry.Get(name)]
            : context.Get(Tag) is { Length: > 0 } tag ? [.. registry.Services.Where(service => service.Options.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))]
            : [.. registry.Services];
        return !context.Get(IncludeDependencies) ? chosen
            : [.. chosen.SelectMany(service => registry.Set.WithDependencies(service.Name)).Distinct(StringComparer.OrdinalIgnoreCase).Select(registry.Get)];
    }
}
