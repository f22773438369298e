using Platform.Engine.Definitions;

namespace Platform.Runtime.Store;

/// <content>The reads: each takes the lock, walks and copies.</content>
public sealed partial class InMemoryStore
{
    /// <inheritdoc/>
    public ValueTask<WorkflowDefinition?> FindDefinitionVersionAsync(string id, CancellationToken cancellationToken) =>
        Read(() => _definitions.GetValueOrDefault(id)?.Value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WorkflowDefinition?> FindDefinitionAsync(
        string definitionId, VersionOptions options, CancellationToken cancellationToken) =>
        Read(
            () => _definitions.Values.Select(x => x.Value)
                .Where(x => x.DefinitionId == definitionId && options.Matches(x))
                .MaxBy(x => x.Version),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<WorkflowDefinition>> ListDefinitionsAsync(DefinitionFilter filter, CancellationToken cancellationToken) => Read(
        () =>
        {
            var match = new DefinitionMatch(filter);
            var rows = _definitions.Values.Where(x => match.Holds(x.Value)).ToList();
            var ordered = filter.OrderBy switch
            {
                DefinitionOrder.Name => Sort(rows, x => x.Value.Name, NameOrder.Instance, filter.Descending)
                    .ThenByDirection(x => x.Value.Id, StringComparer.Ordinal, filter.Descending),
                DefinitionOrder.Created => Sort(rows, x => x.Value.CreatedAt, null, filter.Descending),
                DefinitionOrder.Version => Sort(rows, x => x.Value.Version, null, filter.Descending),
            };
            var page = ordered.ThenByDirection(x => x.Number, null, filter.Descending)
                .Skip(filter.Skip).Take(filter.Take ?? int.MaxValue)
                .Select(x => filter.WithDocuments ? x.Value : x.Value with { Document = "{}" });
            return new Page<WorkflowDefinition>([.. page], rows.Count);
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredInstance?> FindInstanceAsync(string id, CancellationToken cancellationToken) =>
        Read(() => _instances.GetValueOrDefault(id)?.Value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<StoredInstance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.Check(filter);
        return Read(
            () =>
            {
                var match = new InstanceMatch(filter);
                var rows = _instances.Values.Where(x => match.Holds(x.Value) && Finds(filter, x)).ToList();
                var ordered = filter.OrderBy switch
                {
                    InstanceOrder.Created => Sort(rows, x => x.Value.CreatedAt, null, filter.Descending),
                    InstanceOrder.Updated => Sort(rows, x => x.Value.UpdatedAt, null, filter.Descending),
                    InstanceOrder.Finished => Sort(rows, x => x.Value.FinishedAt, null, filter.Descending),
                    InstanceOrder.Name => Sort(rows, x => x.Value.Name, NameOrder.Instance, filter.Descending),
                };
                var page = ordered.ThenByDirection(x => x.Number, null, filter.Descending)
                    .Skip(filter.Skip).Take(filter.Take ?? int.MaxValue)
                    .Select(x => x.Value with { State = default });
                return new Page<StoredInstance>([.. page], rows.Count);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBurst>> ReadBurstsAsync(string instanceId, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredBurst>>(
            () => _instances.TryGetValue(instanceId, out var row) ? [.. row.Bursts.Values] : [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBookmark>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.Check(filter);
        return Read<IReadOnlyList<StoredBookmark>>(
            () =>
            [
                .. _bookmarks.Values.Where(x => Matches(filter, x.Value))
                    .OrderBy(x => x.Value.CreatedAt).ThenBy(x => x.Number).Select(x => x.Value).Take(filter.Take ?? int.MaxValue),
            ],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredBookmark>> DueBookmarksAsync(DateTimeOffset until, int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Read<IReadOnlyList<StoredBookmark>>(
            () =>
            [
                .. _bookmarks.Values.Where(x => x.Value.DueAt <= until)
                    .OrderBy(x => x.Value.DueAt).ThenBy(x => x.Number).Take(max).Select(x => x.Value),
            ],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredTrigger>> FindTriggersAsync(TriggerFilter filter, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredTrigger>>(
            () =>
            {
                var rows = _triggers.Values.Where(x => Matches(filter, x.Value)).OrderBy(x => x.Number);
                return [.. (filter.DueUntil is null ? rows : rows.OrderBy(x => x.Value.DueAt)).Select(x => x.Value)];
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredWork?> FindWorkByKeyAsync(string key, CancellationToken cancellationToken) =>
        Read(() => _workByKey.TryGetValue(key, out var id) ? _work[id].Value : null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset after, CancellationToken cancellationToken) => Read(
        () => _bookmarks.Values.Select(x => x.Value.DueAt)
            .Concat(_triggers.Values.Select(x => x.Value.DueAt))
            .Concat(_work.Values.Select(x => (DateTimeOffset?)x.Value.DueAt))
            .Where(x => x > after)
            .Min(),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredDocument?> FindDocumentAsync(string kind, string id, CancellationToken cancellationToken) =>
        Read(() => _documents.GetValueOrDefault(new(kind, id)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredDocument>> ListDocumentsAsync(string kind, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredDocument>>(
            () => [.. _documents.Values.Where(x => x.Kind == kind).OrderBy(x => x.Id, StringComparer.Ordinal)], cancellationToken);

    private static IOrderedEnumerable<TRow> Sort<TRow, TKey>(
        IEnumerable<TRow> rows, Func<TRow, TKey> key, IComparer<TKey>? comparer, bool descending) =>
        descending ? rows.OrderByDescending(key, comparer) : rows.OrderBy(key, comparer);

    private static bool Matches(BookmarkFilter filter, StoredBookmark bookmark) =>
        (filter.Id is null || filter.Id == bookmark.Id)
        && (filter.Hash is null || filter.Hash == bookmark.Hash)
        && (filter.Name is null || filter.Name == bookmark.Name)
        && (filter.InstanceId is null || filter.InstanceId == bookmark.InstanceId)
        && (filter.CorrelationId is null || filter.CorrelationId == bookmark.CorrelationId)
        && (filter.ActivityInstanceId is null || filter.ActivityInstanceId == bookmark.ActivityInstanceId);

    private static bool Matches(TriggerFilter filter, StoredTrigger trigger) =>
        (filter.Id is null || filter.Id == trigger.Id)
        && (filter.Hash is null || filter.Hash == trigger.Hash)
        && (filter.Name is null || filter.Name == trigger.Name)
        && (filter.DefinitionId is null || filter.DefinitionId == trigger.DefinitionId)
        && (filter.DueUntil is null || trigger.DueAt <= filter.DueUntil);

    private ValueTask<T> Read<T>(Func<T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return ValueTask.FromResult(read());
        }
    }
}
