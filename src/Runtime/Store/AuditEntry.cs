namespace Platform.Runtime.Store;

/// <summary>
/// One line of the audit log: who did what to which thing, and what came of it. Entries are appended and never changed; only retention
/// deletes the oldest ones.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>It was done.</summary>
    public const string Ok = "Ok";

    /// <summary>It was refused because of who asked.</summary>
    public const string Denied = "Denied";

    /// <summary>It was not done, for the reason that <see cref="Code"/> names.</summary>
    public const string Failed = "Failed";

    /// <summary>Id, ordered by time.</summary>
    public required string Id { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary><c>user</c>, <c>apiKey</c>, <c>system</c> or <c>anonymous</c>.</summary>
    public required string ActorKind { get; init; }

    /// <summary>Id of the user or key; null for the others.</summary>
    public string? ActorId { get; init; }

    /// <summary>Name of the user or key at that time.</summary>
    public string? ActorName { get; init; }

    /// <summary>The address that the request came from; null for the system.</summary>
    public string? Address { get; init; }

    /// <summary>What was done, in words that do not change: <c>workflow.publish</c>, <c>secret.rotate</c> ...</summary>
    public required string Action { get; init; }

    /// <summary>Kind of thing it was done to: <c>workflow</c>, <c>instance</c>, <c>secret</c> ...</summary>
    public string? TargetKind { get; init; }

    /// <summary>Id of the thing.</summary>
    public string? TargetId { get; init; }

    /// <summary>Name of the thing at that time.</summary>
    public string? TargetName { get; init; }

    /// <summary>The members that changed, as they were: a small JSON object, or null.</summary>
    public string? Before { get; init; }

    /// <summary>The members that changed, as they are now: a small JSON object, or null.</summary>
    public string? After { get; init; }

    /// <summary><see cref="Ok"/>, <see cref="Denied"/> or <see cref="Failed"/>.</summary>
    public string Outcome { get; init; } = Ok;

    /// <summary>The code of the refusal; null when it was done.</summary>
    public string? Code { get; init; }

    /// <summary>Id of the request's trace, which the log has too.</summary>
    public string? TraceId { get; init; }
}

/// <summary>Selects audit entries; members that are null do not narrow. The newest come first.</summary>
public sealed record AuditFilter
{
    /// <summary>Id or name of who did it, in any case.</summary>
    public string? Actor { get; init; }

    /// <summary>An action; with <c>.*</c> at its end all that begin like that.</summary>
    public string? Action { get; init; }

    /// <summary>Kind of the thing.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Id of the thing.</summary>
    public string? TargetId { get; init; }

    /// <summary>Outcome.</summary>
    public string? Outcome { get; init; }

    /// <summary>At this moment or later, UTC.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment, UTC.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text that names, ids, address, action or changes hold, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Id of an entry: only those that were written before it. An id that is not stored selects nothing.</summary>
    public string? BeforeId { get; init; }

    /// <summary>Most to return, 1 to 10,000.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Selects the entries that the audit log may forget, the oldest first.</summary>
/// <param name="Before">They were written before this moment, UTC ...</param>
/// <param name="Kept">... or there are more than this many newer ones.</param>
/// <param name="Max">Most to return, 1 to 10,000.</param>
public sealed record AuditExpiryFilter(DateTimeOffset Before, long Kept, int Max);
