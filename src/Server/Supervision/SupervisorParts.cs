using Platform.CustomActivities.Services;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Supervision;

/// <summary>What the supervision of services works with.</summary>
/// <param name="registry">The services.</param>
/// <param name="launcher">Starts processes.</param>
/// <param name="records">What is stored of them.</param>
/// <param name="logs">Their output.</param>
/// <param name="runtime">Tells workflows what happens.</param>
/// <param name="logger">Log.</param>
internal sealed class SupervisorParts(
    ServiceRegistry registry, Launcher launcher, ProcessRecords records, ServiceLogs logs, Lazy<WorkflowRuntime> runtime, ILogger<Supervisor> logger) : IDisposable
{
    /// <summary>Name of the event that workflows get when a service is quarantined.</summary>
    public const string QuarantinedEvent = "service.quarantined";

    private readonly CancellationTokenSource _hurry = new();

    /// <summary>The services.</summary>
    public ServiceRegistry Registry => registry;

    /// <summary>Starts processes.</summary>
    public Launcher Launcher => launcher;

    /// <summary>What is stored of them.</summary>
    public ProcessRecords Records => records;

    /// <summary>Their output.</summary>
    public ServiceLogs Logs => logs;

    /// <summary>Log.</summary>
    public ILogger Logger => logger;

    /// <summary>Time.</summary>
    public TimeProvider Clock => launcher.Clock;

    /// <summary>Waits until they are ready.</summary>
    public ReadyProbe Ready { get; } = new(registry, launcher.Clock);

    /// <summary>Told when a process changed its state. Default: nobody.</summary>
    public Action? StateChanged { get; init; }

    /// <summary>Cancelled when the server has no more time: processes that end are killed then.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>Gives processes no more time to end.</summary>
    public void HurryUp() => _hurry.Cancel();

    /// <inheritdoc />
    public void Dispose() => _hurry.Dispose();

    /// <summary>
    /// Tells workflows and the audit log that a service was quarantined, and stores it. A store that fails is logged; the service is
    /// quarantined all the same.
    /// </summary>
    /// <param name="name">The service.</param>
    /// <param name="quarantine">What happened.</param>
    public async Task QuarantinedAsync(string name, Quarantine quarantine)
    {
        var payload = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["service"] = quarantine.Service,
            ["restarts"] = quarantine.Restarts,
            ["exitCode"] = quarantine.ExitCode,
            ["error"] = quarantine.Error,
            ["at"] = quarantine.At,
        };
        try
        {
            // First the event: a crash between the two tells it once more, which is better than never.
            await runtime.Value.PublishAsync(EventStimulus.For(QuarantinedEvent, payload), CancellationToken.None);
        }
        catch (StoreException exception)
        {
            Log.ProcessNotStored(logger, exception, name);
        }

        await records.QuarantineAsync(name, quarantine.Error);
    }
}
