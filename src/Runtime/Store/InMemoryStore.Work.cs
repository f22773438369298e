namespace Platform.Runtime.Store;

/// <content>Lookups of queued work.</content>
public sealed partial class InMemoryStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        DueWorkAsync(new WorkFilter(), now, max, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> DueWorkAsync(WorkFilter filter, DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        var match = new WorkMatch(filter);
        return Read<IReadOnlyList<StoredWork>>(
            () => [.. InOrder(_work.Values.Where(x => x.Value.DueAt <= now && match.Holds(x.Value))).Take(max).Select(x => x.Value)], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Page<StoredWork>> ListWorkAsync(WorkFilter filter, CancellationToken cancellationToken)
    {
        var match = new WorkMatch(filter);
        return Read(
            () =>
            {
                var rows = _work.Values.Where(x => match.Holds(x.Value)).ToList();
                return new Page<StoredWork>([.. InOrder(rows).Skip(filter.Skip).Take(filter.Take ?? int.MaxValue).Select(x => x.Value)], rows.Count);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkCount>> CountWorkAsync(DateTimeOffset now, CancellationToken cancellationToken) => Read<IReadOnlyList<WorkCount>>(
        () =>
        [
            .. _work.Values.Select(x => x.Value).GroupBy(x => (x.Kind, x.DefinitionId))
                .Select(group => new WorkCount(
                    group.Key.Kind, group.Key.DefinitionId, group.LongCount(x => x.DueAt <= now), group.LongCount(x => x.DueAt > now), group.Min(x => x.CreatedAt)))
                .OrderBy(x => x.Kind, StringComparer.Ordinal).ThenBy(x => x.DefinitionId, StringComparer.Ordinal),
        ],
        cancellationToken);

    private static IOrderedEnumerable<Row<StoredWork>> InOrder(IEnumerable<Row<StoredWork>> rows) =>
        rows.OrderByDescending(x => x.Value.Priority).ThenBy(x => x.Value.CreatedAt).ThenBy(x => x.Number);
}
