namespace Platform.Server.Monitoring.Series;

/// <summary>A series of figures: one metric of one subject.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Subject">The subject.</param>
internal readonly record struct SeriesKey(string Metric, string Subject);

/// <summary>Several figures of a series as one.</summary>
/// <param name="Count">How many.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Last">The last one.</param>
internal readonly record struct Aggregate(long Count, double Sum, double Minimum, double Maximum, double Last)
{
    /// <summary>Their mean.</summary>
    public double Average => Sum / Count;

    /// <summary>One figure.</summary>
    /// <param name="value">The figure.</param>
    public static Aggregate Of(double value) => new(1, value, value, value, value);

    /// <summary>Both together.</summary>
    /// <param name="later">What comes after this.</param>
    public Aggregate With(Aggregate later) => new(
        Count + later.Count, Sum + later.Sum, Math.Min(Minimum, later.Minimum), Math.Max(Maximum, later.Maximum), later.Last);
}

/// <summary>The figures of one minute or one hour. Not thread-safe.</summary>
/// <param name="at">When it begins, UTC.</param>
internal sealed class Frame(DateTimeOffset at)
{
    /// <summary>When it begins, UTC.</summary>
    public DateTimeOffset At => at;

    /// <summary>Its series.</summary>
    public Dictionary<SeriesKey, Aggregate> Series { get; } = [];

    /// <summary>How long runs took that ended in it.</summary>
    public DurationCounts Durations { get; } = new();

    /// <summary>Adds a figure.</summary>
    /// <param name="key">The series.</param>
    /// <param name="value">The figure.</param>
    public void Add(SeriesKey key, double value) => Add(key, Aggregate.Of(value));

    /// <summary>Adds all figures of a later frame.</summary>
    /// <param name="later">The frame.</param>
    public void Add(Frame later)
    {
        foreach (var (key, aggregate) in later.Series)
            Add(key, aggregate);
        Durations.Add(later.Durations);
    }

    /// <summary>Adds figures.</summary>
    /// <param name="key">The series.</param>
    /// <param name="later">The figures.</param>
    public void Add(SeriesKey key, Aggregate later) =>
        Series[key] = Series.TryGetValue(key, out var known) ? known.With(later) : later;
}
