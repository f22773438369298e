namespace Platform.Runtime.Store;

/// <content>What instances are found by besides their headers.</content>
public sealed partial class InMemoryStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredInstance>> FindUnindexedAsync(int max, CancellationToken cancellationToken)
    {
        StoreArguments.CheckMax(max);
        return Read<IReadOnlyList<StoredInstance>>(
            () => [.. _instances.Values.Where(IsUnindexed).OrderBy(x => x.Number).Take(max).Select(x => x.Value with { State = default })], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> CountUnindexedAsync(CancellationToken cancellationToken) => Read(() => _instances.Values.LongCount(IsUnindexed), cancellationToken);

    private static bool IsUnindexed(InstanceRow row) => row.IndexedRevision != row.Value.Revision;

    private static bool Finds(InstanceFilter filter, InstanceRow row)
    {
        foreach (var variable in filter.Variables ?? [])
        {
            if (!variable.SoughtHashes().Any(row.Terms.Contains))
                return false;
        }

        if (string.IsNullOrEmpty(filter.Text))
            return true;
        if (row.Value.Id.StartsWith(filter.Text, StringComparison.Ordinal) || row.Value.CorrelationId?.StartsWith(filter.Text, StringComparison.Ordinal) == true)
            return true;
        var words = SearchWords.Of(filter.Text);
        return words.Count > 0 && words.All(word => row.Words.Any(own => own.StartsWith(word, StringComparison.Ordinal)));
    }

    private void ApplySearch_NeedsLock(Commit commit)
    {
        foreach (var entry in commit.SearchEntries ?? [])
        {
            if (!_instances.TryGetValue(entry.InstanceId, out var row))
                continue;
            row.IndexedRevision = entry.Revision;
            row.Terms = [.. entry.Variables.Select(variable => variable.Hash())];
            row.Words = [.. entry.Words];
        }
    }
}
