using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <summary>
/// The one storage seam: everything durable goes through it. Writes go only through <see cref="CommitAsync"/>, which is atomic per
/// <see cref="Commit"/> and returns after the data is on disk; an implementation may put many commits into one transaction.
/// Reads see every commit whose task has completed. All members are safe for concurrent use.
/// Both implementations pass the same conformance suite.
/// </summary>
public interface IWorkflowStore : IAsyncDisposable
{
    /// <summary>What stores, where and how durably, for the start-up report; available after <see cref="InitializeAsync"/>.</summary>
    string Description { get; }

    /// <summary>Creates or migrates the schema. Called once, before anything else.</summary>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes one commit: all of it or nothing, durable when the task completes. A commit whose conditions do not hold (instance
    /// revision, trigger due time, unique work key, text of a document) writes nothing and says which condition failed.
    /// Infrastructure failures throw; then nothing was written.
    /// </summary>
    ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken);

    /// <summary>The version with this version id, or null.</summary>
    ValueTask<WorkflowDefinition?> FindDefinitionVersionAsync(string id, CancellationToken cancellationToken);

    /// <summary>The version of a definition that the options select (the highest one when several match), or null.</summary>
    ValueTask<WorkflowDefinition?> FindDefinitionAsync(string definitionId, VersionOptions options, CancellationToken cancellationToken);

    /// <summary>Definition versions that match a filter, one page. Documents are included only when the filter asks for them.</summary>
    ValueTask<Page<WorkflowDefinition>> ListDefinitionsAsync(DefinitionFilter filter, CancellationToken cancellationToken);

    /// <summary>The instance with its state, or null.</summary>
    ValueTask<StoredInstance?> FindInstanceAsync(string id, CancellationToken cancellationToken);

    /// <summary>Instances that match a filter, one page, without their states.</summary>
    ValueTask<Page<StoredInstance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken);

    /// <summary>Instances that have changed since they were indexed for the search, or never were; without their states.</summary>
    /// <param name="max">Most rows to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<StoredInstance>> FindUnindexedAsync(int max, CancellationToken cancellationToken);

    /// <summary>How many instances the index of the search lacks, about: deleted ones may be counted too.</summary>
    ValueTask<long> CountUnindexedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finished instances of a definition that may be deleted, those that were created first in front. An instance for which work is queued
    /// is left out, and so is a child whose parent has queued work: it may be the news of this child.
    /// </summary>
    ValueTask<IReadOnlyList<ExpiredInstance>> FindExpiredAsync(ExpiryFilter filter, CancellationToken cancellationToken);

    /// <summary>How many instances are stored, by version and status. It does not read the instances.</summary>
    ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(CancellationToken cancellationToken);

    /// <summary>How much is stored, by definition.</summary>
    ValueTask<StoreSize> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>The logs of an instance's bursts in the order they were committed.</summary>
    ValueTask<IReadOnlyList<StoredBurst>> ReadBurstsAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Bookmarks that match a filter, oldest first.</summary>
    ValueTask<IReadOnlyList<StoredBookmark>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken cancellationToken);

    /// <summary>Bookmarks with a due time up to and including <paramref name="until"/>, soonest first.</summary>
    /// <param name="until">Latest due time to return, UTC.</param>
    /// <param name="max">Most rows to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<StoredBookmark>> DueBookmarksAsync(DateTimeOffset until, int max, CancellationToken cancellationToken);

    /// <summary>Triggers of published definitions that match a filter.</summary>
    ValueTask<IReadOnlyList<StoredTrigger>> FindTriggersAsync(TriggerFilter filter, CancellationToken cancellationToken);

    /// <summary>Queued work that is due at <paramref name="now"/>, highest priority first, then oldest first.</summary>
    /// <param name="now">Work with a later due time is left out, UTC.</param>
    /// <param name="max">Most rows to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(DateTimeOffset now, int max, CancellationToken cancellationToken);

    /// <summary>The same of the work that a filter selects. What the filter leaves out costs nothing, however much of it stands in front.</summary>
    /// <param name="filter">Which work: <see cref="WorkFilter.Kinds"/>, the definitions and the concurrency keys count, nothing else.</param>
    /// <param name="now">Work with a later due time is left out, UTC.</param>
    /// <param name="max">Most rows to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(WorkFilter filter, DateTimeOffset now, int max, CancellationToken cancellationToken);

    /// <summary>Queued work that matches a filter, one page: highest priority first, then oldest first.</summary>
    ValueTask<Page<StoredWork>> ListWorkAsync(WorkFilter filter, CancellationToken cancellationToken);

    /// <summary>How much work is queued, by kind and definition.</summary>
    /// <param name="now">Work with a later due time counts as delayed, UTC.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<WorkCount>> CountWorkAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The queued work with this unique key, or null.</summary>
    ValueTask<StoredWork?> FindWorkByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The soonest moment at which a bookmark, a trigger or queued work becomes due after <paramref name="after"/>; null when nothing is
    /// waiting for a time.
    /// </summary>
    ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset after, CancellationToken cancellationToken);

    /// <summary>A small configuration document (user, API key, service ...), or null.</summary>
    ValueTask<StoredDocument?> FindDocumentAsync(string kind, string id, CancellationToken cancellationToken);

    /// <summary>All configuration documents of a kind, by id.</summary>
    ValueTask<IReadOnlyList<StoredDocument>> ListDocumentsAsync(string kind, CancellationToken cancellationToken);

    /// <summary>The audit entry with this id, or null.</summary>
    ValueTask<AuditEntry?> FindAuditAsync(string id, CancellationToken cancellationToken);

    /// <summary>Audit entries that match a filter, those that were committed last in front.</summary>
    ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditFilter filter, CancellationToken cancellationToken);

    /// <summary>Ids of the audit entries that may be forgotten, the oldest first. Only these are ever deleted, so that the rest has no gaps.</summary>
    ValueTask<IReadOnlyList<string>> FindExpiredAuditAsync(AuditExpiryFilter filter, CancellationToken cancellationToken);
}
