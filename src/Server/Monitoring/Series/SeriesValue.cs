using Platform.Server.Monitoring.Health;

namespace Platform.Server.Monitoring.Series;

/// <summary>What a series says of a frame. Shares and percentiles are made of what they are of, so that they are right for frames of any length.</summary>
/// <param name="Count">How many figures.</param>
/// <param name="Average">Their mean.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Last">The last one.</param>
internal sealed record SeriesValue(long Count, double Average, double Minimum, double Maximum, double Last)
{
    /// <summary>Reads a series out of a frame; null when nothing was measured.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="key">The series.</param>
    public static SeriesValue? Of(Frame frame, SeriesKey key)
    {
        switch (key.Metric)
        {
            case MetricCatalog.RunsP50 or MetricCatalog.RunsP95 or MetricCatalog.RunsP99:
                var share = RunTotals.Percentiles.First(percentile => percentile.Name == key.Metric).Share;
                return frame.Durations.Percentile(share) is { } milliseconds ? Single(frame.Durations.Total, milliseconds) : null;
            case MetricCatalog.RunsError or MetricCatalog.RunsSuccess:
                if (!frame.Series.TryGetValue(new SeriesKey(RunTotals.Ended, key.Subject), out var ended) || ended.Sum <= 0)
                    return null;
                var faulted = frame.Series.GetValueOrDefault(new SeriesKey(RunTotals.Faulted, key.Subject)).Sum;
                return Single((long)ended.Sum, 100 * (key.Metric == MetricCatalog.RunsError ? faulted : ended.Sum - faulted) / ended.Sum);
            default:
                return frame.Series.TryGetValue(key, out var figures)
                    ? new(figures.Count, Round(figures.Average), Round(figures.Minimum), Round(figures.Maximum), Round(figures.Last))
                    : null;
        }
    }

    private static SeriesValue Single(long count, double value) => new(count, Round(value), Round(value), Round(value), Round(value));

    private static double Round(double value) => Math.Round(value, 3);
}
