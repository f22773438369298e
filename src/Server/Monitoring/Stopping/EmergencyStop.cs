using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Runtime.Audit;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring.Stopping;

/// <summary>That somebody stopped all work.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why, or null.</param>
internal sealed record StopState(string By, DateTimeOffset At, string? Reason);

/// <summary>What all work does.</summary>
[JsonConverter(typeof(StopPhaseConverter))]
internal enum StopPhase
{
    /// <summary>It goes on. The emergency stop ends it.</summary>
    Running,

    /// <summary>Nothing begins any more; what runs is brought to a place where it can go on later. It moves on by itself.</summary>
    Stopping,

    /// <summary>Nothing runs. The release ends it.</summary>
    Stopped,
}

/// <summary>Phases in camel case on the wire.</summary>
internal sealed class StopPhaseConverter() : JsonStringEnumConverter<StopPhase>(JsonNamingPolicy.CamelCase);

/// <summary>
/// Stops all work at once and lets it go on later. It is stored before it counts, so that it survives a restart; what is queued, waits or was
/// interrupted stays in the store and goes on after the release. Register it before the runtime: nothing must begin before this is read.
/// </summary>
/// <param name="store">Remembers it.</param>
/// <param name="stop">Stops the runtime.</param>
/// <param name="intake">Says no to new work.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class EmergencyStop(IWorkflowStore store, WorkStop stop, Intake intake, TimeProvider clock, ILogger<EmergencyStop> logger) : IHostedService, IDisposable
{
    private const string Kind = "emergency-stop";
    private const string Id = "now";
    private readonly SemaphoreSlim _turn = new(1);
    private volatile StopState? _state;

    /// <summary>Who stopped all work, when and why; null while it goes on.</summary>
    public StopState? State => _state;

    /// <summary>What all work does.</summary>
    public StopPhase Phase => _state is null ? StopPhase.Running : intake.IsClosed && stop.IsQuiet ? StopPhase.Stopped : StopPhase.Stopping;

    /// <summary>Instances that have not come to their place yet.</summary>
    public int BusyCount => stop.BusyCount;

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Kind, Id, cancellationToken) is not { } document)
            return;
        // What cannot be read was a stop all the same.
        _state = MonitorDocument.Read(document, MonitorJson.Readable.StopState, logger) ?? new StopState("somebody", clock.GetUtcNow(), null);
        intake.Close();
        Log.StartsStopped(logger, _state.By, _state.At, _state.Reason);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops all work. When it is stopped already nothing changes.</summary>
    /// <param name="by">Who.</param>
    /// <param name="reason">Why, or null.</param>
    public async ValueTask EngageAsync(string by, string? reason)
    {
        await _turn.WaitAsync();
        try
        {
            if (_state is not null)
            {
                AuditScope.Current?.Leave();
                return;
            }

            var state = new StopState(by, clock.GetUtcNow(), reason);
            // What arrives from here on is refused, also should the store fail: that is what a stop is for.
            intake.Close();
            _state = state;
            Log.Stopped(logger, by, reason);
            try
            {
                var commit = new Commit { Documents = [MonitorDocument.Of(Kind, Id, state, MonitorJson.Readable.StopState)] };
                Audit(commit, null, state);
                await store.CommitAsync(commit, CancellationToken.None);
            }
            finally
            {
                await stop.DrainAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets all work go on. When it does already nothing changes.</summary>
    /// <param name="by">Who.</param>
    public async ValueTask ReleaseAsync(string by)
    {
        await _turn.WaitAsync();
        try
        {
            if (_state is not { } state)
            {
                AuditScope.Current?.Leave();
                return;
            }

            var commit = new Commit { DeletedDocuments = [new DocumentKey(Kind, Id)] };
            Audit(commit, state, null);
            await store.CommitAsync(commit, CancellationToken.None);
            _state = null;
            intake.Open();
            Log.Released(logger, by, clock.GetUtcNow() - state.At);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Audit(Commit commit, StopState? before, StopState? after) =>
        AuditScope.Current?.AddTo(commit, new AuditChange(Kind, Id, null) { Before = ToJson(before), After = ToJson(after) });

    private static JsonObject? ToJson(StopState? state) => state is null ? null : JsonSerializer.SerializeToNode(state, MonitorJson.Readable.StopState) as JsonObject;
}
