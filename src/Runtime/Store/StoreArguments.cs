namespace Platform.Runtime.Store;

/// <summary>What callers of the store must keep to. Every store checks with these, so that misuse fails alike everywhere.</summary>
public static class StoreArguments
{
    /// <summary>Most rows that one lookup of due items may ask for.</summary>
    public const int DueRowsMax = 10_000;

    /// <summary>What an instance takes besides its state and logs, about: header, index entries and row overhead.</summary>
    public const int InstanceBytes = 400;

    /// <summary>Checks the row limit of a lookup of due items.</summary>
    /// <param name="max">Most rows to return.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not 1 to 10,000.</exception>
    public static void CheckMax(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, DueRowsMax);
    }

    /// <summary>Checks that a bookmark filter selects by something.</summary>
    /// <param name="filter">The filter.</param>
    /// <exception cref="ArgumentException">No member is set.</exception>
    public static void Check(BookmarkFilter filter)
    {
        if (filter with { Take = null } == new BookmarkFilter())
            throw new ArgumentException("A bookmark filter needs at least one member.", nameof(filter));
    }

    /// <summary>Checks the time columns of an instance filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <exception cref="ArgumentException">A column or an operator does not exist.</exception>
    public static void Check(InstanceFilter filter)
    {
        foreach (var condition in filter.Timestamps ?? [])
        {
            if (condition.Column is not (nameof(StoredInstance.CreatedAt) or nameof(StoredInstance.UpdatedAt)
                or nameof(StoredInstance.FinishedAt)))
                throw new ArgumentException($"Instances have no time column '{condition.Column}'.", nameof(filter));
            if (!Enum.IsDefined(condition.Operator))
                throw new ArgumentException($"There is no comparison '{condition.Operator}'.", nameof(filter));
        }
    }

    /// <summary>Checks that a commit says one thing about each row: no instance, burst, trigger advance or work item twice.</summary>
    /// <param name="commit">The commit.</param>
    /// <exception cref="ArgumentException">Something is named twice, or a revision is below 1.</exception>
    public static void Check(Commit commit)
    {
        foreach (var instance in commit.Instances ?? [])
            CheckRevision(instance.Id, instance.Revision);
        foreach (var burst in commit.Bursts ?? [])
            CheckRevision(burst.InstanceId, burst.Revision);

        CheckOnce(commit.Instances, static x => x.Id, "Instance");
        CheckOnce(commit.Bursts, static x => (x.InstanceId, x.Revision), "Burst");
        CheckOnce(commit.TriggerAdvances, static x => x.TriggerId, "Advance of trigger");
        CheckOnce(commit.Work, static x => x.Id, "Work");
    }

    private static void CheckRevision(string instanceId, long revision)
    {
        if (revision < 1)
            throw new ArgumentException($"Revision {revision} of instance '{instanceId}': the first one is 1.", nameof(revision));
    }

    private static void CheckOnce<T, TKey>(List<T>? rows, Func<T, TKey> key, string what)
    {
        if (rows is null || rows.Count < 2)
            return;
        var seen = new HashSet<TKey>(rows.Count);
        foreach (var row in rows)
        {
            if (!seen.Add(key(row)))
                throw new ArgumentException($"{what} '{key(row)}' stands twice in one commit.", nameof(rows));
        }
    }
}
