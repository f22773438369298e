namespace Platform.Runtime.Store;

/// <summary>Selects finished instances that may be deleted.</summary>
/// <param name="DefinitionId">Their definition.</param>
/// <param name="SubStatuses">Their sub statuses; an empty list selects nothing.</param>
/// <param name="FinishedBefore">They finished before this moment, UTC.</param>
/// <param name="Max">Most to return, 1 to 10,000.</param>
public sealed record ExpiryFilter(string DefinitionId, IReadOnlyCollection<string> SubStatuses, DateTimeOffset FinishedBefore, int Max);

/// <summary>A finished instance, as it was found.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Revision">Its revision: with another one it is not deleted, for somebody has changed it since.</param>
public sealed record ExpiredInstance(string Id, long Revision);

/// <summary>How many stored instances of a definition version have a status.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="DefinitionVersionId">The version.</param>
/// <param name="Status">Status.</param>
/// <param name="SubStatus">Sub status.</param>
/// <param name="Instances">How many, 1 or more.</param>
public sealed record InstanceCount(string DefinitionId, string DefinitionVersionId, string Status, string SubStatus, long Instances);

/// <summary>How much is stored.</summary>
/// <param name="DatabaseBytes">The database file; 0 in memory.</param>
/// <param name="WalBytes">The write-ahead log; 0 in memory.</param>
/// <param name="FreeBytes">Part of the database file that is free for new rows.</param>
/// <param name="Workflows">What each definition takes.</param>
public sealed record StoreSize(long DatabaseBytes, long WalBytes, long FreeBytes, IReadOnlyList<WorkflowSize> Workflows)
{
    /// <summary>Items of queued work, those that wait for a later attempt included.</summary>
    public long Work { get; init; }

    /// <summary>The soonest due time of queued work, past or to come, UTC; null when nothing is queued.</summary>
    public DateTimeOffset? OldestWorkDueAt { get; init; }

    /// <summary>Places where instances wait.</summary>
    public long Bookmarks { get; init; }
}

/// <summary>What the instances of a definition take.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="Bytes">States and logs, estimated from the newest instances of each kind.</param>
/// <param name="Oldest">When the oldest instance was created, UTC.</param>
public sealed record WorkflowSize(string DefinitionId, long Bytes, DateTimeOffset Oldest);
