using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>The process has ended: nothing that it still does reaches the store or anybody else.</summary>
internal sealed class ProcessEndedException() : Exception("The process has ended.");

/// <summary>The disk takes no write at the moment.</summary>
internal sealed class DiskException() : StoreException("The disk takes no write.");

/// <summary>When a process ends.</summary>
internal enum EndPoint
{
    /// <summary>Before a commit is written.</summary>
    BeforeCommit,

    /// <summary>After it is written and before the answer comes.</summary>
    AfterCommit,

    /// <summary>At a read.</summary>
    AtRead,
}

/// <summary>
/// What one process sees of the store. It ends the process at a chosen point: from then on every call fails, as if nobody made it. The
/// store beneath outlives it. Chosen commits fail and write nothing.
/// </summary>
/// <param name="store">The store beneath.</param>
/// <param name="world">Hears of every commit that was written.</param>
internal sealed class SimulatedStore(InMemoryStore store, SimulatedWorld world) : IWorkflowStore
{
    private EndPoint _endPoint;
    private int _endAfter = -1;
    private int _failAfter = -1;
    private int _failures;

    public bool HasEnded { get; private set; }

    /// <summary>Sees each commit before it is written.</summary>
    public Action<Commit>? Writing { get; set; }

    public string Description => store.Description;

    /// <summary>Ends the process after so many more calls of the kind.</summary>
    public void EndAfter(int calls, EndPoint point) => (_endAfter, _endPoint) = (calls, point);

    /// <summary>Lets commits fail after so many more.</summary>
    public void FailAfter(int commits, int failures) => (_failAfter, _failures) = (commits, failures);

    public void Mend() => (_endAfter, _failAfter) = (-1, -1);

    public void End() => HasEnded = true;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        Live(EndPoint.BeforeCommit);
        if (_failAfter >= 0 && --_failAfter < 0 && --_failures >= 0)
        {
            _failAfter = 0;
            world.HasDiskFailed = true;
            throw new DiskException();
        }

        Writing?.Invoke(commit);
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome == CommitOutcome.Committed)
            world.Committed(commit);
        Live(EndPoint.AfterCommit);
        return outcome;
    }

    public ValueTask<WorkflowDefinition?> FindDefinitionVersionAsync(string id, CancellationToken cancellationToken) => Read().FindDefinitionVersionAsync(id, cancellationToken);

    public ValueTask<WorkflowDefinition?> FindDefinitionAsync(string definitionId, VersionOptions options, CancellationToken cancellationToken) =>
        Read().FindDefinitionAsync(definitionId, options, cancellationToken);

    public ValueTask<Page<WorkflowDefinition>> ListDefinitionsAsync(DefinitionFilter filter, CancellationToken cancellationToken) => Read().ListDefinitionsAsync(filter, cancellationToken);

    public ValueTask<StoredInstance?> FindInstanceAsync(string id, CancellationToken cancellationToken) => Read().FindInstanceAsync(id, cancellationToken);

    public ValueTask<Page<StoredInstance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken) => Read().ListInstancesAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredInstance>> FindUnindexedAsync(int max, CancellationToken cancellationToken) => Read().FindUnindexedAsync(max, cancellationToken);

    public ValueTask<long> CountUnindexedAsync(CancellationToken cancellationToken) => Read().CountUnindexedAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ExpiredInstance>> FindExpiredAsync(ExpiryFilter filter, CancellationToken cancellationToken) => Read().FindExpiredAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(CancellationToken cancellationToken) => Read().CountInstancesAsync(cancellationToken);

    public ValueTask<StoreSize> MeasureAsync(CancellationToken cancellationToken) => Read().MeasureAsync(cancellationToken);

    public ValueTask<IReadOnlyList<StoredBurst>> ReadBurstsAsync(string instanceId, CancellationToken cancellationToken) => Read().ReadBurstsAsync(instanceId, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBookmark>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken cancellationToken) => Read().FindBookmarksAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBookmark>> DueBookmarksAsync(DateTimeOffset until, int max, CancellationToken cancellationToken) => Read().DueBookmarksAsync(until, max, cancellationToken);

    public ValueTask<IReadOnlyList<StoredTrigger>> FindTriggersAsync(TriggerFilter filter, CancellationToken cancellationToken) => Read().FindTriggersAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) => Read().DueWorkAsync(now, max, cancellationToken);

    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(WorkFilter filter, DateTimeOffset now, int max, CancellationToken cancellationToken) => Read().DueWorkAsync(filter, now, max, cancellationToken);

    public ValueTask<Page<StoredWork>> ListWorkAsync(WorkFilter filter, CancellationToken cancellationToken) => Read().ListWorkAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<WorkCount>> CountWorkAsync(DateTimeOffset now, CancellationToken cancellationToken) => Read().CountWorkAsync(now, cancellationToken);

    public ValueTask<StoredWork?> FindWorkByKeyAsync(string key, CancellationToken cancellationToken) => Read().FindWorkByKeyAsync(key, cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset after, CancellationToken cancellationToken) => Read().NextDueAsync(after, cancellationToken);

    public ValueTask<StoredDocument?> FindDocumentAsync(string kind, string id, CancellationToken cancellationToken) => Read().FindDocumentAsync(kind, id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredDocument>> ListDocumentsAsync(string kind, CancellationToken cancellationToken) => Read().ListDocumentsAsync(kind, cancellationToken);

    public ValueTask<AuditEntry?> FindAuditAsync(string id, CancellationToken cancellationToken) => Read().FindAuditAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditFilter filter, CancellationToken cancellationToken) => Read().ListAuditAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindExpiredAuditAsync(AuditExpiryFilter filter, CancellationToken cancellationToken) =>
        Read().FindExpiredAuditAsync(filter, cancellationToken);

    private InMemoryStore Read()
    {
        Live(EndPoint.AtRead);
        return store;
    }

    private void Live(EndPoint point)
    {
        if (!HasEnded && _endAfter >= 0 && _endPoint == point && --_endAfter < 0)
            HasEnded = true;
        if (HasEnded)
            throw new ProcessEndedException();
    }
}
