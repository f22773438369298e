namespace Platform.Server.Monitoring.Series;

/// <summary>
/// Counts durations in classes of which each is a fifth wider than the one before, from a tenth of a millisecond to weeks; so percentiles
/// are at most a tenth off, whatever they are of, and counts of several times can be added. Counting is thread-safe.
/// </summary>
internal sealed class DurationCounts
{
    private const double FirstMilliseconds = 0.1;
    private const double Growth = 1.2;
    private const int Classes = 130;
    private static readonly double _logGrowth = Math.Log(Growth);
    private readonly long[] _counts = new long[Classes];

    /// <summary>How many were counted.</summary>
    public long Total => _counts.Sum();

    /// <summary>The classes that are not empty: their number and their count.</summary>
    public IEnumerable<(int Class, long Count)> Filled => _counts.Select((count, i) => (i, count)).Where(item => item.count > 0);

    /// <summary>Counts a duration.</summary>
    /// <param name="milliseconds">The duration.</param>
    public void Add(double milliseconds) => Add(ClassOf(milliseconds), 1);

    /// <summary>Counts several durations of one class.</summary>
    /// <param name="number">The class.</param>
    /// <param name="count">How many.</param>
    public void Add(int number, long count) => Interlocked.Add(ref _counts[Math.Clamp(number, 0, Classes - 1)], count);

    /// <summary>Adds the counts of another time.</summary>
    /// <param name="other">The counts.</param>
    public void Add(DurationCounts other)
    {
        foreach (var (number, count) in other.Filled)
            Add(number, count);
    }

    /// <summary>Takes all counts out.</summary>
    public DurationCounts Take()
    {
        var taken = new DurationCounts();
        for (var i = 0; i < Classes; i++)
            taken._counts[i] = Interlocked.Exchange(ref _counts[i], 0);
        return taken;
    }

    /// <summary>The duration in milliseconds that so much of all is not longer than; null when nothing was counted.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double? Percentile(double share)
    {
        var total = Total;
        if (total == 0)
            return null;
        var rank = Math.Max(1, Math.Ceiling(total * share));
        double passed = 0;
        for (var i = 0; i < Classes; i++)
        {
            if (passed + _counts[i] < rank)
            {
                passed += _counts[i];
                continue;
            }

            var from = i == 0 ? 0 : BoundOf(i - 1);
            return Math.Round(from + ((BoundOf(i) - from) * (rank - passed) / _counts[i]), 3);
        }

        return BoundOf(Classes - 1);
    }

    private static double BoundOf(int number) => FirstMilliseconds * Math.Pow(Growth, number);

    private static int ClassOf(double milliseconds) => milliseconds <= FirstMilliseconds
        ? 0
        : Math.Min(Classes - 1, (int)Math.Ceiling(Math.Log(milliseconds / FirstMilliseconds) / _logGrowth));
}
