namespace Platform.Runtime.Scheduling;

/// <summary>What is due of a schedule at a moment: usually one tick, after a downtime many.</summary>
/// <param name="Latest">The latest ones, oldest first; at least one.</param>
/// <param name="Count">How many there are.</param>
/// <param name="IsCounted">False when there are more than were counted.</param>
internal sealed record DueTicks(IReadOnlyList<DateTimeOffset> Latest, long Count, bool IsCounted)
{
    /// <summary>A schedule of every second that slept for a day is counted to the end; one that slept for a year is not.</summary>
    private const int CountMax = 100_000;

    private static readonly TimeSpan FirstWindow = TimeSpan.FromMinutes(1);

    /// <summary>Finds what is due.</summary>
    /// <param name="ticks">The schedule.</param>
    /// <param name="due">The first tick that is due.</param>
    /// <param name="now">Now; not before <paramref name="due"/>.</param>
    /// <param name="most">Most ticks to give.</param>
    public static DueTicks Of(Func<DateTimeOffset, DateTimeOffset?> ticks, DateTimeOffset due, DateTimeOffset now, int most)
    {
        var latest = new Queue<DateTimeOffset>();
        long count = 0;
        for (DateTimeOffset? tick = due; tick <= now; tick = ticks(tick.Value))
        {
            if (count == CountMax)
                return new DueTicks(Backwards(ticks, due, now, most), count, IsCounted: false);
            latest.Enqueue(tick.Value);
            count++;
            if (latest.Count > most)
                latest.Dequeue();
        }

        return new DueTicks([.. latest], count, IsCounted: true);
    }

    /// <summary>Looks at the last minute, at the last two, four ... until enough ticks are found.</summary>
    private static List<DateTimeOffset> Backwards(Func<DateTimeOffset, DateTimeOffset?> ticks, DateTimeOffset due, DateTimeOffset now, int most)
    {
        for (var window = FirstWindow; ; window *= 2)
        {
            var from = window < now - due ? now - window : due;
            var found = new Queue<DateTimeOffset>();
            for (var tick = ticks(from); tick <= now; tick = ticks(tick.Value))
            {
                found.Enqueue(tick.Value);
                if (found.Count > most)
                    found.Dequeue();
            }

            if (found.Count == most || from == due)
                return [.. found];
        }
    }
}
