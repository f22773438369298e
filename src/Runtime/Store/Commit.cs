using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <summary>
/// One atomic set of changes. A burst's commit holds everything the burst did: instance, log, bookmarks, outgoing work. Lists that
/// are not needed stay null and cost nothing. Changes apply in the order of the members below; conditions are checked first.
/// One commit says one thing about each instance, burst, trigger advance and work item; it is not changed while it is being written.
/// </summary>
public sealed class Commit
{
    /// <summary>Definition versions to insert or replace by <see cref="WorkflowDefinition.Id"/>.</summary>
    public List<WorkflowDefinition>? Definitions { get; set; }

    /// <summary>Ids of definition versions to delete.</summary>
    public List<string>? DeletedDefinitionVersions { get; set; }

    /// <summary>Definitions whose triggers are replaced, all at once.</summary>
    public List<TriggerSet>? Triggers { get; set; }

    /// <summary>Schedules that fire: each moves one trigger from its due time to the next one.</summary>
    public List<TriggerAdvance>? TriggerAdvances { get; set; }

    /// <summary>Instances to insert or replace, each under the condition of its revision.</summary>
    public List<StoredInstance>? Instances { get; set; }

    /// <summary>Ids of instances to delete with their bursts, bookmarks and work.</summary>
    public List<string>? DeletedInstances { get; set; }

    /// <summary>Instances to delete in the same way, but only those that are finished and still have this revision; others stay.</summary>
    public List<ExpiredInstance>? ExpiredInstances { get; set; }

    /// <summary>Burst logs to append. Their instance must be stored, or be written by this commit.</summary>
    public List<StoredBurst>? Bursts { get; set; }

    /// <summary>What instances are found by, for those that are still there.</summary>
    public List<SearchEntry>? SearchEntries { get; set; }

    /// <summary>Ids of bookmarks to delete; unknown ids are ignored.</summary>
    public List<string>? DeletedBookmarks { get; set; }

    /// <summary>Bookmarks to insert or replace by id.</summary>
    public List<StoredBookmark>? Bookmarks { get; set; }

    /// <summary>Ids of queued work that is done; unknown ids are ignored.</summary>
    public List<string>? DeletedWork { get; set; }

    /// <summary>
    /// Work to queue, or to replace by id (for a later attempt). A taken <see cref="StoredWork.Key"/> fails the commit; a key whose
    /// holder this commit deletes is free.
    /// </summary>
    public List<StoredWork>? Work { get; set; }

    /// <summary>What documents must be as they stand before this commit, for it to be written.</summary>
    public List<DocumentCondition>? DocumentConditions { get; set; }

    /// <summary>Configuration documents to insert or replace.</summary>
    public List<StoredDocument>? Documents { get; set; }

    /// <summary>Configuration documents to delete.</summary>
    public List<DocumentKey>? DeletedDocuments { get; set; }

    /// <summary>Audit entries to append: they describe the other changes of this commit and are stored exactly when these are.</summary>
    public List<AuditEntry>? Audit { get; set; }

    /// <summary>Ids of the oldest audit entries, which retention deletes; unknown ids are ignored.</summary>
    public List<string>? DeletedAudit { get; set; }
}

/// <summary>What became of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>Everything is written and on disk.</summary>
    Committed,

    /// <summary>Nothing is written: an instance has another revision than expected, so somebody else wrote it first.</summary>
    InstanceConflict,

    /// <summary>Nothing is written: a trigger is gone or no longer due at the expected time, so the tick was already taken.</summary>
    TriggerConflict,

    /// <summary>Nothing is written: work with the same unique key is already queued or recorded.</summary>
    DuplicateKey,

    /// <summary>Nothing is written: a document is another one than expected, so somebody else changed what it stands for.</summary>
    DocumentConflict,
}

/// <summary>All triggers of one definition: replaces what was stored for it. An empty list removes them.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="Triggers">Its triggers from now on.</param>
public sealed record TriggerSet(string DefinitionId, IReadOnlyList<StoredTrigger> Triggers);

/// <summary>A schedule fires once: the trigger's due time must still be <paramref name="DueAt"/>, and becomes <paramref name="NextDueAt"/>.</summary>
/// <param name="TriggerId">The trigger.</param>
/// <param name="DueAt">The due time that is taken, as stored.</param>
/// <param name="NextDueAt">The next due time; null when it never fires again.</param>
public sealed record TriggerAdvance(string TriggerId, DateTimeOffset DueAt, DateTimeOffset? NextDueAt);

/// <summary>Names a configuration document.</summary>
/// <param name="Kind">Kind, for example <c>user</c>.</param>
/// <param name="Id">Id within the kind.</param>
public sealed record DocumentKey(string Kind, string Id);

/// <summary>A document must be exactly this text for the commit to be written.</summary>
/// <param name="Kind">Kind of the document.</param>
/// <param name="Id">Id within the kind.</param>
/// <param name="Json">Its text; null when there must be none.</param>
public sealed record DocumentCondition(string Kind, string Id, string? Json);
