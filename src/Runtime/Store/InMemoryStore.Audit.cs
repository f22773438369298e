namespace Platform.Runtime.Store;

/// <content>The audit log.</content>
public sealed partial class InMemoryStore
{
    private readonly List<AuditEntry> _audit = [];

    /// <inheritdoc/>
    public ValueTask<AuditEntry?> FindAuditAsync(string id, CancellationToken cancellationToken) =>
        Read(() => _audit.Find(entry => entry.Id == id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Take);
        return Read<IReadOnlyList<AuditEntry>>(
            () =>
            {
                var end = filter.BeforeId is null ? _audit.Count : Math.Max(0, _audit.FindIndex(entry => entry.Id == filter.BeforeId));
                return [.. _audit.Take(end).Reverse().Where(entry => Holds(filter, entry)).Take(filter.Take)];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> FindExpiredAuditAsync(AuditExpiryFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Max);
        return Read<IReadOnlyList<string>>(
            () =>
            [
                .. _audit.TakeWhile((entry, index) => entry.At < filter.Before || _audit.Count - index > filter.Kept)
                    .Take(filter.Max).Select(entry => entry.Id),
            ],
            cancellationToken);
    }

    private static bool Holds(AuditFilter filter, AuditEntry entry) =>
        (filter.Actor is null || IsSame(entry.ActorId, filter.Actor) || IsSame(entry.ActorName, filter.Actor))
        && (filter.Action is null || (filter.Action.EndsWith(".*", StringComparison.Ordinal)
            ? entry.Action.StartsWith(filter.Action[..^1], StringComparison.Ordinal) : entry.Action == filter.Action))
        && (filter.TargetKind is null || entry.TargetKind == filter.TargetKind)
        && (filter.TargetId is null || entry.TargetId == filter.TargetId)
        && (filter.Outcome is null || entry.Outcome == filter.Outcome)
        && (filter.From is null || entry.At >= filter.From)
        && (filter.To is null || entry.At < filter.To)
        && (filter.Search is not { Length: > 0 } term || Array.Exists(
            [entry.ActorId, entry.ActorName, entry.Address, entry.Action, entry.TargetId, entry.TargetName, entry.Before, entry.After],
            text => text?.Contains(term, StringComparison.OrdinalIgnoreCase) == true));

    private static bool IsSame(string? text, string other) => string.Equals(text?.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);

    private void CheckAudit_NeedsLock(Commit commit)
    {
        foreach (var entry in commit.Audit ?? [])
        {
            if (_audit.Exists(stored => stored.Id == entry.Id))
                throw new InvalidOperationException($"The audit entry '{entry.Id}' exists already.");
        }
    }

    private void ApplyAudit_NeedsLock(Commit commit)
    {
        foreach (var entry in commit.Audit ?? [])
            _audit.Add(entry with { At = entry.At.ToUniversalTime() });
        if (commit.DeletedAudit is { } deleted)
            _audit.RemoveAll(entry => deleted.Contains(entry.Id));
    }
}
