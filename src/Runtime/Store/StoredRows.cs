namespace Platform.Runtime.Store;

/// <summary>An instance as stored: the header that lists need, and the state that only a run needs.</summary>
/// <param name="Id">Instance id, opaque text.</param>
/// <param name="DefinitionId">The definition it runs.</param>
/// <param name="DefinitionVersionId">The version it runs.</param>
/// <param name="Version">Number of that version.</param>
public sealed record StoredInstance(string Id, string DefinitionId, string DefinitionVersionId, int Version)
{
    /// <summary><c>Running</c> or <c>Finished</c>.</summary>
    public string Status { get; init; } = "Running";

    /// <summary><c>Pending</c>, <c>Executing</c>, <c>Suspended</c>, <c>Finished</c>, <c>Cancelled</c>, <c>Faulted</c> or <c>Interrupted</c>.</summary>
    public string SubStatus { get; init; } = "Pending";

    /// <summary>Correlation id, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name given to the instance, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The instance that started this one, or null.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>What it shares with other runs of its definition of which only so many may be in progress, or null.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>The instance that this one is a re-run of, or null.</summary>
    public string? RerunOf { get; init; }

    /// <summary>Number of incidents, 0 or more.</summary>
    public int IncidentCount { get; init; }

    /// <summary>True when ordinary lists leave it out.</summary>
    public bool IsSystem { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last committed, UTC.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it finished, UTC; null while running.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>
    /// Number of commits so far. A write carries the new number and holds only if the stored one is exactly one less (no row for 1).
    /// </summary>
    public long Revision { get; init; }

    /// <summary>The engine's serialised state. Empty in lists, which do not read it.</summary>
    public ReadOnlyMemory<byte> State { get; init; }
}

/// <summary>What one burst of an instance did: its journal entries and activity execution records in the engine's compact form.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Revision">The instance revision that this burst produced; unique per instance.</param>
/// <param name="CommittedAt">When it was committed, UTC.</param>
/// <param name="Log">The serialised log.</param>
public sealed record StoredBurst(string InstanceId, long Revision, DateTimeOffset CommittedAt, ReadOnlyMemory<byte> Log);

/// <summary>A place where an instance waits, as lookups need it.</summary>
/// <param name="Id">Bookmark id, opaque text.</param>
/// <param name="InstanceId">The waiting instance.</param>
/// <param name="Name">Stimulus name, for example <c>Elsa.Event</c>.</param>
/// <param name="Hash">Hash over name and payload by which a stimulus finds it.</param>
public sealed record StoredBookmark(string Id, string InstanceId, string Name, string Hash)
{
    /// <summary>Correlation id of the instance when the bookmark was stored, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Payload as JSON text, or null.</summary>
    public string? Payload { get; init; }

    /// <summary>The activity execution that waits.</summary>
    public string ActivityInstanceId { get; init; } = "";

    /// <summary>When it was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it resumes by itself, UTC; null when it waits for a stimulus only.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>What starts new instances of a published definition.</summary>
/// <param name="Id">Trigger id, opaque text.</param>
/// <param name="DefinitionId">The definition.</param>
/// <param name="DefinitionVersionId">The published version it was taken from.</param>
/// <param name="ActivityId">The trigger activity, where the new instance starts.</param>
/// <param name="Name">Stimulus name, for example <c>Elsa.HttpEndpoint</c>.</param>
/// <param name="Hash">Hash over name and payload by which a stimulus finds it.</param>
public sealed record StoredTrigger(string Id, string DefinitionId, string DefinitionVersionId, string ActivityId, string Name, string Hash)
{
    /// <summary>Payload as JSON text, or null.</summary>
    public string? Payload { get; init; }

    /// <summary>When it fires next by itself, UTC; null when it waits for a stimulus only.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>Durable work that waits for a worker: a start, a resume, a cancellation. It is deleted in the commit that does it.</summary>
/// <param name="Id">Work id, time-ordered, opaque text.</param>
/// <param name="Kind">What to do; the runtime's own words.</param>
/// <param name="Payload">The request as JSON text.</param>
public sealed record StoredWork(string Id, string Kind, string Payload)
{
    /// <summary>Unique key, or null: at most one queued item may have it.</summary>
    public string? Key { get; init; }

    /// <summary>The instance it concerns (also for a start: the id it will have), or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>For a start: the definition that it starts; null for other work.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>For a start: the concurrency key that the instance will have, or null.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Higher goes first. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this moment, UTC.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>How often it was begun before.</summary>
    public int Attempts { get; init; }
}

/// <summary>A small configuration document.</summary>
/// <param name="Kind">Kind, for example <c>user</c>.</param>
/// <param name="Id">Id within the kind.</param>
/// <param name="Json">Content as JSON text.</param>
public sealed record StoredDocument(string Kind, string Id, string Json);
