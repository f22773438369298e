using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <summary>
/// Keeps everything in this process and loses it with the process: for tests and for trying things without a disk. It behaves as the
/// durable stores do, which the shared conformance suite holds; lookups walk over all rows of a table, so it is not for large data.
/// </summary>
public sealed partial class InMemoryStore : IWorkflowStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Row<WorkflowDefinition>> _definitions = [];
    private readonly Dictionary<string, InstanceRow> _instances = [];
    private readonly Dictionary<string, Row<StoredBookmark>> _bookmarks = [];
    private readonly Dictionary<string, Row<StoredTrigger>> _triggers = [];
    private readonly Dictionary<string, Row<StoredWork>> _work = [];
    private readonly Dictionary<string, string> _workByKey = [];
    private readonly Dictionary<DocumentKey, StoredDocument> _documents = [];
    private long _rows;
    private bool _isDisposed;

    /// <inheritdoc/>
    public string Description => "memory of this process: nothing survives a restart";

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        StoreArguments.Check(commit);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var outcome = CheckConditions_NeedsLock(commit);
            if (outcome == CommitOutcome.Committed)
                Apply_NeedsLock(commit);
            return ValueTask.FromResult(outcome);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
            _isDisposed = true;
        return ValueTask.CompletedTask;
    }

    private CommitOutcome CheckConditions_NeedsLock(Commit commit)
    {
        foreach (var instance in commit.Instances ?? [])
        {
            var stored = _instances.TryGetValue(instance.Id, out var row) ? row.Value.Revision : 0;
            if (stored != instance.Revision - 1)
                return CommitOutcome.InstanceConflict;
        }

        foreach (var advance in commit.TriggerAdvances ?? [])
        {
            if (!_triggers.TryGetValue(advance.TriggerId, out var trigger) || trigger.Value.DueAt != advance.DueAt)
                return CommitOutcome.TriggerConflict;
        }

        var keys = new HashSet<string>();
        foreach (var work in commit.Work ?? [])
        {
            if (work.Key is not null && (!keys.Add(work.Key) || IsTaken_NeedsLock(work, work.Key, commit)))
                return CommitOutcome.DuplicateKey;
        }

        foreach (var condition in commit.DocumentConditions ?? [])
        {
            if (_documents.GetValueOrDefault(new(condition.Kind, condition.Id))?.Json != condition.Json)
                return CommitOutcome.DocumentConflict;
        }

        CheckBursts_NeedsLock(commit);
        CheckAudit_NeedsLock(commit);
        return CommitOutcome.Committed;
    }

    private bool IsTaken_NeedsLock(StoredWork work, string key, Commit commit)
    {
        if (!_workByKey.TryGetValue(key, out var holder) || holder == work.Id || commit.DeletedWork?.Contains(holder) == true)
            return false;
        return _work[holder].Value.InstanceId is not { } instance || commit.DeletedInstances?.Contains(instance) != true;
    }

    private void CheckBursts_NeedsLock(Commit commit)
    {
        foreach (var burst in commit.Bursts ?? [])
        {
            var isStored = _instances.TryGetValue(burst.InstanceId, out var row);
            var isWritten = isStored || commit.Instances?.Exists(x => x.Id == burst.InstanceId) == true;
            if (!isWritten || commit.DeletedInstances?.Contains(burst.InstanceId) == true)
                throw new InvalidOperationException($"A burst was committed for instance '{burst.InstanceId}', which does not exist.");
            if (isStored && row!.Bursts.ContainsKey(burst.Revision))
                throw new InvalidOperationException($"Burst {burst.Revision} of instance '{burst.InstanceId}' exists already.");
        }
    }

    private void Apply_NeedsLock(Commit commit)
    {
        foreach (var definition in commit.Definitions ?? [])
            Put_NeedsLock(_definitions, definition.Id, definition with { CreatedAt = definition.CreatedAt.ToUniversalTime() });
        foreach (var id in commit.DeletedDefinitionVersions ?? [])
            _definitions.Remove(id);
        ApplyTriggers_NeedsLock(commit);
        ApplyInstances_NeedsLock(commit);
        ApplySearch_NeedsLock(commit);
        foreach (var id in commit.DeletedBookmarks ?? [])
            _bookmarks.Remove(id);
        foreach (var bookmark in commit.Bookmarks ?? [])
        {
            var utc = bookmark with { CreatedAt = bookmark.CreatedAt.ToUniversalTime(), DueAt = bookmark.DueAt?.ToUniversalTime() };
            Put_NeedsLock(_bookmarks, bookmark.Id, utc);
        }

        ApplyWork_NeedsLock(commit);
        foreach (var document in commit.Documents ?? [])
            _documents[new(document.Kind, document.Id)] = document;
        foreach (var key in commit.DeletedDocuments ?? [])
            _documents.Remove(key);
        ApplyAudit_NeedsLock(commit);
    }

    private void ApplyTriggers_NeedsLock(Commit commit)
    {
        foreach (var set in commit.Triggers ?? [])
        {
            foreach (var old in _triggers.Values.Where(x => x.Value.DefinitionId == set.DefinitionId).ToList())
                _triggers.Remove(old.Value.Id);
            foreach (var trigger in set.Triggers)
                Put_NeedsLock(_triggers, trigger.Id, trigger with { DueAt = trigger.DueAt?.ToUniversalTime() });
        }

        foreach (var advance in commit.TriggerAdvances ?? [])
        {
            // The same commit may just have replaced the triggers of this definition.
            if (_triggers.TryGetValue(advance.TriggerId, out var row) && row.Value.DueAt == advance.DueAt)
                _triggers[advance.TriggerId] = row with { Value = row.Value with { DueAt = advance.NextDueAt?.ToUniversalTime() } };
        }
    }

    private void ApplyInstances_NeedsLock(Commit commit)
    {
        foreach (var instance in commit.Instances ?? [])
        {
            if (!_instances.TryGetValue(instance.Id, out var row))
                _instances[instance.Id] = row = new(++_rows, instance);
            row.Value = instance with
            {
                CreatedAt = instance.CreatedAt.ToUniversalTime(),
                UpdatedAt = instance.UpdatedAt.ToUniversalTime(),
                FinishedAt = instance.FinishedAt?.ToUniversalTime(),
                State = instance.State.ToArray(),
            };
        }

        foreach (var id in commit.DeletedInstances ?? [])
            DeleteInstance_NeedsLock(id);
        foreach (var expired in commit.ExpiredInstances ?? [])
        {
            if (_instances.TryGetValue(expired.Id, out var row) && row.Value.Status == "Finished" && row.Value.Revision == expired.Revision)
                DeleteInstance_NeedsLock(expired.Id);
        }

        foreach (var burst in commit.Bursts ?? [])
        {
            var utc = burst with { CommittedAt = burst.CommittedAt.ToUniversalTime(), Log = burst.Log.ToArray() };
            _instances[burst.InstanceId].Bursts.Add(burst.Revision, utc);
        }
    }

    private void DeleteInstance_NeedsLock(string id)
    {
        _instances.Remove(id);
        foreach (var bookmark in _bookmarks.Values.Where(x => x.Value.InstanceId == id).ToList())
            _bookmarks.Remove(bookmark.Value.Id);
        foreach (var work in _work.Values.Where(x => x.Value.InstanceId == id).ToList())
            RemoveWork_NeedsLock(work.Value.Id);
    }

    private void ApplyWork_NeedsLock(Commit commit)
    {
        foreach (var id in commit.DeletedWork ?? [])
            RemoveWork_NeedsLock(id);
        foreach (var work in commit.Work ?? [])
        {
            if (_work.TryGetValue(work.Id, out var old) && old.Value.Key is { } oldKey)
                _workByKey.Remove(oldKey);
            Put_NeedsLock(_work, work.Id, work with { DueAt = work.DueAt.ToUniversalTime(), CreatedAt = work.CreatedAt.ToUniversalTime() });
            if (work.Key is { } key)
                _workByKey[key] = work.Id;
        }
    }

    private void RemoveWork_NeedsLock(string id)
    {
        if (_work.Remove(id, out var row) && row.Value.Key is { } key)
            _workByKey.Remove(key);
    }

    /// <summary>A replaced row keeps its number, and so its place among rows of the same age.</summary>
    private void Put_NeedsLock<T>(Dictionary<string, Row<T>> table, string id, T value) =>
        table[id] = table.TryGetValue(id, out var row) ? row with { Value = value } : new(++_rows, value);

    private sealed record Row<T>(long Number, T Value);

    private sealed class InstanceRow(long number, StoredInstance value)
    {
        public long Number { get; } = number;

        public StoredInstance Value { get; set; } = value;

        public SortedList<long, StoredBurst> Bursts { get; } = [];

        public long IndexedRevision { get; set; }

        public HashSet<long> Terms { get; set; } = [];

        public HashSet<string> Words { get; set; } = [];
    }
}
