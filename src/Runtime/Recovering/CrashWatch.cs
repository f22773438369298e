using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Store;

namespace Platform.Runtime.Recovering;

/// <summary>
/// Finds the instances that end the process. Whatever executed when a process ended without stopping is suspect from then on; queued work
/// of suspects is done one after the other, beside all other work, so that at the next end only the guilty one has executed again. One
/// that executed at <see cref="RuntimeOptions.CrashesMax"/> ends is not executed any more but faulted. A suspect whose burst ends is none.
/// </summary>
/// <param name="recorder">Knows what executes.</param>
/// <param name="store">Where suspects are kept.</param>
/// <param name="options">How many ends are too many.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class CrashWatch(FlightRecorder recorder, IWorkflowStore store, RuntimeOptions options, TimeProvider clock, ILogger<CrashWatch> logger) : IHostedService
{
    /// <summary>Kind of the stored documents; the id is that of the instance.</summary>
    private const string Kind = "crash-suspect";

    /// <summary>A request that was cut off before anything was stored comes never again; nobody needs to suspect it for longer.</summary>
    private static readonly TimeSpan KeepTime = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<string, int> _suspects = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var leftBehind = recorder.Open();
        var commit = new Commit { Documents = [], DeletedDocuments = [] };
        var now = clock.GetUtcNow();
        foreach (var document in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            var suspect = JsonSerializer.Deserialize(document.Json, CrashSuspectJson.Default.CrashSuspect)!;
            if (suspect.LastAt + KeepTime < now && !leftBehind.Contains(document.Id))
                commit.DeletedDocuments.Add(new(Kind, document.Id));
            else
                _suspects[document.Id] = suspect.Ends;
        }

        foreach (var id in leftBehind)
        {
            var suspect = new CrashSuspect(_suspects.AddOrUpdate(id, 1, static (_, ends) => ends + 1), now);
            commit.Documents.Add(new(Kind, id, JsonSerializer.Serialize(suspect, CrashSuspectJson.Default.CrashSuspect)));
        }

        if (commit.Documents.Count + commit.DeletedDocuments.Count > 0)
            await store.CommitAsync(commit, cancellationToken);
        if (leftBehind.Count > 0)
            Log.CrashSuspected(logger, leftBehind.Count);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        recorder.Clear();
        return Task.CompletedTask;
    }

    /// <summary>Whether work of an instance is done one after the other.</summary>
    internal bool IsSuspect(string? instanceId) => !_suspects.IsEmpty && instanceId is not null && _suspects.ContainsKey(FlightRecorder.Cut(instanceId));

    /// <summary>Notes that an instance begins to execute, until the answer is given to <see cref="Leave"/>.</summary>
    internal int Enter(string instanceId) => recorder.Enter(instanceId);

    /// <summary>Notes that it has stopped executing.</summary>
    internal void Leave(int seat) => recorder.Leave(seat);

    /// <summary>Why an instance is not to be executed; null when it may be.</summary>
    internal QuarantinedException? Refusal(string instanceId) =>
        !_suspects.IsEmpty && _suspects.TryGetValue(FlightRecorder.Cut(instanceId), out var ends) && ends >= options.CrashesMax
            ? new QuarantinedException(ends)
            : null;

    /// <summary>Takes the suspicion from an instance whose burst has ended and is stored.</summary>
    internal async ValueTask ClearAsync(string instanceId)
    {
        if (_suspects.IsEmpty || !_suspects.TryRemove(FlightRecorder.Cut(instanceId), out var ends))
            return;
        await store.CommitAsync(new Commit { DeletedDocuments = [new(Kind, FlightRecorder.Cut(instanceId))] }, CancellationToken.None);
        if (ends >= options.CrashesMax)
            Log.InstanceQuarantined(logger, instanceId, ends);
    }
}

/// <summary>An instance executed whenever the process ended, so that it is executed no more.</summary>
/// <param name="ends">How often it did.</param>
public sealed class QuarantinedException(int ends) : Exception(
    $"WF2110: The server ended without stopping {ends} times while this instance was executing. It was set aside so that the others can go on. "
    + "Look at the server's log for the reason, mend the activity or its inputs, and retry it.");

/// <summary>An instance that executed when the process ended, as stored.</summary>
/// <param name="Ends">How often, 1 and more.</param>
/// <param name="LastAt">When the server was started after the last time, UTC.</param>
internal sealed record CrashSuspect(int Ends, DateTimeOffset LastAt);

/// <summary>The JSON of stored suspects.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CrashSuspect))]
internal sealed partial class CrashSuspectJson : JsonSerializerContext;
