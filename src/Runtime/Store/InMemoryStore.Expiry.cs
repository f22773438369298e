namespace Platform.Runtime.Store;

/// <content>Retention and sizes.</content>
public sealed partial class InMemoryStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ExpiredInstance>> FindExpiredAsync(ExpiryFilter filter, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(filter.Max);
        return Read<IReadOnlyList<ExpiredInstance>>(
            () =>
            {
                var busy = _work.Values.Select(x => x.Value.InstanceId).OfType<string>().ToHashSet();
                return
                [
                    .. _instances.Values
                        .Where(x => x.Value.DefinitionId == filter.DefinitionId && x.Value.Status == "Finished"
                            && filter.SubStatuses.Contains(x.Value.SubStatus) && x.Value.FinishedAt < filter.FinishedBefore
                            && !busy.Contains(x.Value.Id)
                            && (x.Value.ParentInstanceId is null || !busy.Contains(x.Value.ParentInstanceId)))
                        .OrderBy(x => x.Value.CreatedAt).ThenBy(x => x.Number).Take(filter.Max)
                        .Select(x => new ExpiredInstance(x.Value.Id, x.Value.Revision)),
                ];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(CancellationToken cancellationToken) => Read<IReadOnlyList<InstanceCount>>(
        () =>
        [
            .. _instances.Values.Select(x => x.Value)
                .GroupBy(x => (x.DefinitionId, x.DefinitionVersionId, x.Status, x.SubStatus))
                .Select(x => new InstanceCount(x.Key.DefinitionId, x.Key.DefinitionVersionId, x.Key.Status, x.Key.SubStatus, x.Count())),
        ],
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreSize> MeasureAsync(CancellationToken cancellationToken) => Read(
        () => new StoreSize(0, 0, 0,
        [
            .. _instances.Values.GroupBy(x => x.Value.DefinitionId).Select(x => new WorkflowSize(
                x.Key,
                x.Sum(row => StoreArguments.InstanceBytes + row.Value.State.Length + row.Bursts.Values.Sum(burst => (long)burst.Log.Length)),
                x.Min(row => row.Value.CreatedAt))),
        ])
        {
            Work = _work.Count,
            OldestWorkDueAt = _work.Count == 0 ? null : _work.Values.Min(x => x.Value.DueAt),
            Bookmarks = _bookmarks.Count,
        },
        cancellationToken);
}
