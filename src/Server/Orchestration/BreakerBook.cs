using System.Text.Json.Nodes;
using Platform.CustomActivities.Resilience;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Api;

namespace Platform.Server.Orchestration;

/// <summary>
/// Stores the circuit breakers that workflows name as they open, so that they outlive the process, and lets people set them. A closed one
/// is not stored: it is as if it had never been used.
/// </summary>
/// <param name="breakers">The breakers.</param>
/// <param name="store">Where they are kept.</param>
/// <param name="news">Tells pages of changes.</param>
/// <param name="logger">Log.</param>
internal sealed class BreakerBook(NamedBreakers breakers, IWorkflowStore store, PageNews news, ILogger<BreakerBook> logger) : IHostedService, IDisposable
{
    /// <summary>Kind of the documents; their id is the name.</summary>
    public const string Kind = "named-breaker";

    /// <summary>Kind of target in the audit log, and what pages listen for.</summary>
    private const string Topic = "breaker";

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var document in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (BreakerDocument.Read(document.Json) is not { } snapshot || !breakers.Restore(document.Id, snapshot))
                Log.NamedBreakerUnusable(logger, document.Id);
        }

        breakers.Changed = StoreAsync;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>Opens or closes one by hand.</summary>
    /// <param name="name">Its name, as it is known.</param>
    /// <param name="snapshot">How it stands from now on.</param>
    public async Task SetAsync(string name, BreakerSnapshot snapshot)
    {
        await _changing.WaitAsync();
        try
        {
            var commit = CommitOf(name, snapshot);
            AuditScope.Current?.AddTo(commit, new AuditChange(Topic, name, null) { Before = StateOf(breakers.Find(name)?.Snapshot), After = StateOf(snapshot) });
            await store.CommitAsync(commit, CancellationToken.None);
            breakers.Restore(name, snapshot);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static JsonObject? StateOf(BreakerSnapshot? breaker) => breaker is null ? null : new() { ["breaker"] = breaker.State.ToString() };

    private static Commit CommitOf(string name, BreakerSnapshot snapshot) => snapshot.State == BreakerState.Closed
        ? new Commit { DeletedDocuments = [new(Kind, name)] }
        : new Commit { Documents = [new(Kind, name, BreakerDocument.Write(snapshot))] };

    /// <summary>Stores how a breaker stands, whichever of several changes comes last. A store that fails does not keep workflows from going on.</summary>
    private async ValueTask StoreAsync(string name, BreakerSnapshot changed)
    {
        if (changed.State == BreakerState.Open)
            Log.NamedBreakerOpened(logger, name, changed.Failures, changed.NextProbeAt);
        else
            Log.NamedBreakerClosed(logger, name);
        news.Tell(Topic);
        await _changing.WaitAsync();
        try
        {
            if (breakers.Find(name) is var (known, snapshot))
                await store.CommitAsync(CommitOf(known, snapshot), CancellationToken.None);
        }
        catch (StoreException exception)
        {
            Log.NamedBreakerNotStored(logger, exception, name);
        }
        finally
        {
            _changing.Release();
        }
    }
}
