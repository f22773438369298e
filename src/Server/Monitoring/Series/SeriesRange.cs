using System.Globalization;

namespace Platform.Server.Monitoring.Series;

/// <summary>A range of time, and the length of the frames it is read in.</summary>
/// <param name="From">Its begin, UTC.</param>
/// <param name="To">Its end, UTC.</param>
/// <param name="Step">Length of a frame.</param>
internal sealed record SeriesRange(DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    /// <summary>Most frames of an answer.</summary>
    public const int PointsMax = 1_440;

    /// <summary>Most frames when the step is not given.</summary>
    private const int PointsUsual = 300;

    private static readonly TimeSpan _standardLength = TimeSpan.FromHours(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan[] _steps =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        _hour, TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(7),
    ];

    /// <summary>The moments at which its frames begin.</summary>
    public IReadOnlyList<DateTimeOffset> Times
    {
        get
        {
            List<DateTimeOffset> times = [];
            for (var at = SampleHistory.Floor(From, Step); at < To; at += Step)
                times.Add(at);
            return times;
        }
    }

    /// <summary>Reads a range; what is left out is chosen.</summary>
    /// <param name="from">Its begin; an hour before its end.</param>
    /// <param name="to">Its end; now.</param>
    /// <param name="step">Length of a frame as hours:minutes:seconds; so that there are not too many.</param>
    /// <param name="options">How long minutes are kept.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="mistake">What is wrong.</param>
    /// <returns>The range; null when it cannot be used.</returns>
    public static SeriesRange? Read(DateTimeOffset? from, DateTimeOffset? to, string? step, MonitorOptions options, DateTimeOffset now, out string mistake)
    {
        mistake = "";
        var end = (to ?? now).ToUniversalTime();
        if (from is null && end < DateTimeOffset.MinValue + _standardLength)
        {
            mistake = "'to' is a moment of our time.";
            return null;
        }

        var begin = (from ?? end - _standardLength).ToUniversalTime();
        if (begin >= end)
        {
            mistake = "'from' is not before 'to'.";
            return null;
        }

        if (step is null)
        {
            var least = begin < now - options.KeepMinutes ? _hour : TimeSpan.Zero;
            if (_steps.FirstOrDefault(candidate => candidate >= least && (end - begin) / candidate <= PointsUsual) is var chosen && chosen > TimeSpan.Zero)
                return new SeriesRange(begin, end, chosen);
            mistake = "The range is too long.";
            return null;
        }

        var given = TimeSpan.Zero;
        if (!step.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParseExact(step, "c", CultureInfo.InvariantCulture, out given) || !IsStep(given))
            mistake = "'step' is a time of whole minutes up to an hour, or of whole hours: \"00:05:00\", \"06:00:00\".";
        else if ((end - begin) / given > PointsMax)
            mistake = FormattableString.Invariant($"The range has more than {PointsMax} steps. Take a longer step or a shorter range.");
        return mistake.Length == 0 ? new SeriesRange(begin, end, given) : null;
    }

    private static bool IsStep(TimeSpan step) =>
        step > TimeSpan.Zero && step <= TimeSpan.FromDays(31) && (step.Ticks % _hour.Ticks == 0 || (step < _hour && _hour.Ticks % step.Ticks == 0 && step.Ticks % TimeSpan.TicksPerMinute == 0));
}
