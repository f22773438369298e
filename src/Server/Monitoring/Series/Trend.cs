using System.Globalization;

namespace Platform.Server.Monitoring.Series;

/// <summary>Where a figure goes.</summary>
/// <param name="SlopePerHour">How much it changes in an hour.</param>
/// <param name="Direction"><c>rising</c>, <c>falling</c> or <c>steady</c>.</param>
/// <param name="Threshold">The next threshold on its way, or null.</param>
/// <param name="ReachesIn">In what time it gets there if it goes on like this; null when it does not, or only after more than a week.</param>
internal sealed record Trend(double SlopePerHour, string Direction, double? Threshold, TimeSpan? ReachesIn)
{
    /// <summary>Fewer minutes than this tell nothing.</summary>
    private const int PointsMin = 10;

    /// <summary>Below this share of its spread that the line explains, a figure only goes up and down.</summary>
    private const double FitMin = 0.5;

    private static readonly TimeSpan Horizon = TimeSpan.FromDays(7);

    /// <summary>Fits a line by least squares; null when there is too little to say anything.</summary>
    /// <param name="points">The figures, the oldest first.</param>
    /// <param name="thresholds">What would be reached, or null.</param>
    public static Trend? Of(IReadOnlyList<(DateTimeOffset At, double Value)> points, Health.Thresholds? thresholds)
    {
        if (points.Count < PointsMin)
            return null;
        var (slope, level, fit) = Fit(points);
        // What moves by less than a thousandth of itself in an hour stands still, as far as anybody can see.
        var isSteady = fit < FitMin || Math.Abs(slope) <= Math.Abs(level) / 1000;
        if (isSteady)
            return new Trend(Math.Round(slope, 4), "steady", null, null);
        var next = thresholds is null || slope < 0 ? null
            : level < thresholds.Degraded ? thresholds.Degraded
            : level < thresholds.Unhealthy ? (double?)thresholds.Unhealthy
            : null;
        var hours = (next - level) / slope;
        var reaches = hours is { } given && given <= Horizon.TotalHours ? TimeSpan.FromHours(given) : (TimeSpan?)null;
        return new Trend(Math.Round(slope, 4), slope > 0 ? "rising" : "falling", next, reaches);
    }

    /// <summary>In a sentence; null when there is no forecast.</summary>
    /// <param name="what">What the figure is of.</param>
    /// <param name="unit">Its unit.</param>
    public string? ToText(string what, string unit)
    {
        if (ReachesIn is not { } span || Threshold is not { } threshold)
            return null;
        var time = span.TotalHours >= 48 ? $"{Math.Round(span.TotalDays)} days"
            : span.TotalMinutes >= 90 ? $"{Math.Round(span.TotalHours)} h"
            : $"{Math.Max(1, Math.Round(span.TotalMinutes))} min";
        return string.Create(CultureInfo.InvariantCulture, $"{what} reaches {threshold:0.##} {unit} in about {time}.");
    }

    private static (double SlopePerHour, double Level, double Fit) Fit(IReadOnlyList<(DateTimeOffset At, double Value)> points)
    {
        var origin = points[^1].At;
        var xs = points.Select(point => (point.At - origin).TotalHours).ToArray();
        var (meanX, meanY) = (xs.Average(), points.Average(point => point.Value));
        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < xs.Length; i++)
        {
            var (x, y) = (xs[i] - meanX, points[i].Value - meanY);
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }

        if (xx == 0)
            return (0, meanY, 0);
        var slope = xy / xx;
        // The origin is the last point, so the line's value there is where the figure is now.
        return (slope, meanY - (slope * meanX), yy == 0 ? 0 : xy * xy / (xx * yy));
    }
}
