using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Supervision;

/// <summary>What is stored of a service that the server starts.</summary>
/// <param name="Desired">What somebody wants of it; null when nobody has said so, and its start command does.</param>
/// <param name="Quarantine">Why it is quarantined; null while it is not.</param>
/// <param name="Pid">Its process, while it has one.</param>
/// <param name="StartedAt">When that began.</param>
internal sealed record ProcessRecord(DesiredState? Desired, string? Quarantine = null, int? Pid = null, DateTimeOffset? StartedAt = null);

/// <summary>
/// What has to outlive the server about the services that it starts: what somebody wants of each, whether it is quarantined, and the process
/// that it has. A wish is stored before anything is done for it. All of it is held in memory.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class ProcessRecords(IWorkflowStore store, Ids ids, TimeProvider clock, ILogger<ProcessRecords> logger) : IDisposable
{
    /// <summary>Kind of the documents; their id is the service.</summary>
    public const string Kind = "process";

    private readonly ConcurrentDictionary<string, ProcessRecord> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>What is stored, by service.</summary>
    public IReadOnlyDictionary<string, ProcessRecord> All => _records;

    /// <inheritdoc />
    public void Dispose() => _writing.Dispose();

    /// <summary>Reads what is stored.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var document in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (Read(document.Json) is { } record)
                _records[document.Id] = record;
        }
    }

    /// <summary>What is stored of a service; null when nothing is.</summary>
    /// <param name="name">The service.</param>
    public ProcessRecord? Find(string name) => _records.GetValueOrDefault(name);

    /// <summary>Stores what somebody wants of services, and that somebody did so. It ends a quarantine.</summary>
    /// <param name="names">The services.</param>
    /// <param name="desired">What is wanted.</param>
    public async Task WishAsync(IReadOnlyList<string> names, DesiredState desired)
    {
        if (names.Count == 0)
            return;
        await _writing.WaitAsync();
        try
        {
            var commit = new Commit { Documents = [] };
            var changed = names.Select(name => (Name: name, Record: (Find(name) ?? new ProcessRecord(desired)) with { Desired = desired, Quarantine = null })).ToList();
            foreach (var (name, record) in changed)
            {
                commit.Documents.Add(new StoredDocument(Kind, name, Write(record)));
                AuditScope.Current?.AddTo(commit, new AuditChange("service", name, null) { After = new JsonObject { ["desired"] = desired.ToString() } });
            }

            await store.CommitAsync(commit, CancellationToken.None);
            foreach (var (name, record) in changed)
                _records[name] = record;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Stores which process a service has. A store that fails does not keep the service from running: its mark is found too.</summary>
    /// <param name="name">The service.</param>
    /// <param name="pid">The process; null when it has ended.</param>
    public Task SetProcessAsync(string name, int? pid) => ChangeAsync(
        name, record => record with { Pid = pid, StartedAt = pid is null ? null : clock.GetUtcNow() }, null);

    /// <summary>Stores that a service is quarantined, in the audit log too: the server did it by itself.</summary>
    /// <param name="name">The service.</param>
    /// <param name="reason">Why.</param>
    public Task QuarantineAsync(string name, string reason)
    {
        var entry = AuditScope.OfSystem("service.quarantine", ids, clock).ToEntry();
        return ChangeAsync(name, record => record with { Quarantine = reason, Pid = null, StartedAt = null }, entry with
        {
            TargetKind = "service",
            TargetId = name,
            After = new JsonObject { ["state"] = nameof(ProcessState.Quarantined), ["reason"] = reason }.ToJsonString(),
        });
    }

    /// <summary>Forgets a service that is not there any more.</summary>
    /// <param name="name">The service.</param>
    public async Task ForgetAsync(string name)
    {
        await _writing.WaitAsync();
        try
        {
            if (_records.ContainsKey(name))
                await store.CommitAsync(new Commit { DeletedDocuments = [new(Kind, name)] }, CancellationToken.None);
            _records.TryRemove(name, out _);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ChangeAsync(string name, Func<ProcessRecord, ProcessRecord> change, AuditEntry? entry)
    {
        await _writing.WaitAsync();
        try
        {
            var record = change(Find(name) ?? new ProcessRecord((DesiredState?)null));
            var commit = new Commit { Documents = [new StoredDocument(Kind, name, Write(record))], Audit = entry is null ? null : [entry] };
            await store.CommitAsync(commit, CancellationToken.None);
            _records[name] = record;
        }
        catch (StoreException exception)
        {
            Log.ProcessNotStored(logger, exception, name);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static string Write(ProcessRecord record) => JsonSerializer.Serialize(record, ProcessRecordJson.Default.ProcessRecord);

    private static ProcessRecord? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProcessRecordJson.Default.ProcessRecord);
        }
        catch (JsonException)
        {
            // As if nobody had ever wanted anything of it.
            return null;
        }
    }
}

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProcessRecord))]
internal sealed partial class ProcessRecordJson : JsonSerializerContext;
