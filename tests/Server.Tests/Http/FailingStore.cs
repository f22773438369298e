using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Http;

/// <summary>A store in memory whose disk fills up when a test says so.</summary>
internal sealed class FailingStore : IWorkflowStore
{
    private readonly InMemoryStore _inner = new();

    public bool FailsToCommit { get; set; }

    /// <summary>What commits wait for; null for nothing.</summary>
    public Task? Hold { get; set; }

    /// <summary>Commits that were asked for.</summary>
    public int Commits { get; private set; }

    public string Description => _inner.Description;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => _inner.InitializeAsync(cancellationToken);

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        Commits++;
        if (Hold is { } hold)
            await hold;
        return FailsToCommit && commit.Instances is not null ? throw new IOException("No space left on device.") : await _inner.CommitAsync(commit, cancellationToken);
    }

    public ValueTask<WorkflowDefinition?> FindDefinitionVersionAsync(string id, CancellationToken cancellationToken) =>
        _inner.FindDefinitionVersionAsync(id, cancellationToken);

    public ValueTask<WorkflowDefinition?> FindDefinitionAsync(string definitionId, VersionOptions options, CancellationToken cancellationToken) =>
        _inner.FindDefinitionAsync(definitionId, options, cancellationToken);

    public ValueTask<Page<WorkflowDefinition>> ListDefinitionsAsync(DefinitionFilter filter, CancellationToken cancellationToken) =>
        _inner.ListDefinitionsAsync(filter, cancellationToken);

    public ValueTask<StoredInstance?> FindInstanceAsync(string id, CancellationToken cancellationToken) => _inner.FindInstanceAsync(id, cancellationToken);

    public ValueTask<Page<StoredInstance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken) =>
        _inner.ListInstancesAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredInstance>> FindUnindexedAsync(int max, CancellationToken cancellationToken) => _inner.FindUnindexedAsync(max, cancellationToken);

    public ValueTask<long> CountUnindexedAsync(CancellationToken cancellationToken) => _inner.CountUnindexedAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ExpiredInstance>> FindExpiredAsync(ExpiryFilter filter, CancellationToken cancellationToken) =>
        _inner.FindExpiredAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(CancellationToken cancellationToken) =>
        _inner.CountInstancesAsync(cancellationToken);

    public ValueTask<AuditEntry?> FindAuditAsync(string id, CancellationToken cancellationToken) => _inner.FindAuditAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditFilter filter, CancellationToken cancellationToken) =>
        _inner.ListAuditAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindExpiredAuditAsync(AuditExpiryFilter filter, CancellationToken cancellationToken) =>
        _inner.FindExpiredAuditAsync(filter, cancellationToken);

    public ValueTask<StoreSize> MeasureAsync(CancellationToken cancellationToken) => _inner.MeasureAsync(cancellationToken);

    public ValueTask<IReadOnlyList<StoredBurst>> ReadBurstsAsync(string instanceId, CancellationToken cancellationToken) =>
        _inner.ReadBurstsAsync(instanceId, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBookmark>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken cancellationToken) =>
        _inner.FindBookmarksAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBookmark>> DueBookmarksAsync(DateTimeOffset until, int max, CancellationToken cancellationToken) =>
        _inner.DueBookmarksAsync(until, max, cancellationToken);

    public ValueTask<IReadOnlyList<StoredTrigger>> FindTriggersAsync(TriggerFilter filter, CancellationToken cancellationToken) =>
        _inner.FindTriggersAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        _inner.DueWorkAsync(now, max, cancellationToken);

    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(WorkFilter filter, DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        _inner.DueWorkAsync(filter, now, max, cancellationToken);

    public ValueTask<Page<StoredWork>> ListWorkAsync(WorkFilter filter, CancellationToken cancellationToken) => _inner.ListWorkAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<WorkCount>> CountWorkAsync(DateTimeOffset now, CancellationToken cancellationToken) => _inner.CountWorkAsync(now, cancellationToken);

    public ValueTask<StoredWork?> FindWorkByKeyAsync(string key, CancellationToken cancellationToken) => _inner.FindWorkByKeyAsync(key, cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset after, CancellationToken cancellationToken) => _inner.NextDueAsync(after, cancellationToken);

    public ValueTask<StoredDocument?> FindDocumentAsync(string kind, string id, CancellationToken cancellationToken) =>
        _inner.FindDocumentAsync(kind, id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredDocument>> ListDocumentsAsync(string kind, CancellationToken cancellationToken) =>
        _inner.ListDocumentsAsync(kind, cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
