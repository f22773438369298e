using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>Something that is monitored: a service, or a part of the platform. Its status changes only after several checks in a row agree.</summary>
/// <param name="id">Its id: <c>database</c>, <c>service:orders</c>.</param>
/// <param name="thresholds">From where on its main figure is too high, or null.</param>
/// <param name="since">When it became known, UTC.</param>
internal sealed class Subject(string id, Thresholds? thresholds, DateTimeOffset since)
{
    /// <summary>Checks that are held in memory: half an hour of a service.</summary>
    private const int PointsMax = 120;

    /// <summary>What the id of a service begins with.</summary>
    public const string ServicePrefix = "service:";

    private readonly Queue<CheckPoint> _points = new();
    private readonly Lock _sync = new();
    private SubjectView _now = new(id, SubjectStatus.Unknown, since, null, null, thresholds, [], []);
    private SubjectStatus _leaningTo;
    private int _agreeing;

    /// <summary>How it is now.</summary>
    public SubjectView View
    {
        get
        {
            lock (_sync)
                return _now with { Points = [.. _points] };
        }
    }

    /// <summary>Takes in a check.</summary>
    /// <param name="at">When it was made, UTC.</param>
    /// <param name="found">What it found.</param>
    /// <param name="worseAfter">Worse checks in a row that make the status worse.</param>
    /// <param name="betterAfter">Better checks in a row that make it better.</param>
    /// <returns>The status before, when it changed; else null.</returns>
    public SubjectStatus? Take(DateTimeOffset at, Observation found, int worseAfter, int betterAfter)
    {
        lock (_sync)
        {
            var before = _now.Status;
            var status = Settle_NeedsLock(found.Status, worseAfter, betterAfter);
            _points.Enqueue(new CheckPoint(at, found.ValueOf(MetricCatalog.MainOf(id)), status));
            if (_points.Count > PointsMax)
                _points.Dequeue();
            _now = _now with
            {
                Status = status,
                Since = status == before ? _now.Since : at,
                CheckedAt = at,
                Detail = found.Detail,
                Figures = status == SubjectStatus.Unknown ? found.Figures : [.. found.Figures, new(MetricCatalog.Status, status - SubjectStatus.Healthy)],
            };
            return status == before ? null : before;
        }
    }

    private SubjectStatus Settle_NeedsLock(SubjectStatus seen, int worseAfter, int betterAfter)
    {
        var now = _now.Status;
        if (now == SubjectStatus.Unknown || seen == SubjectStatus.Unknown || seen == now)
        {
            _agreeing = 0;
            return now == SubjectStatus.Unknown ? seen : now;
        }

        // A further check on the same side counts on, whether it is degraded or unhealthy; the mildest of them is where it goes.
        var isSameSide = _agreeing > 0 && _leaningTo > now == seen > now;
        _agreeing = isSameSide ? _agreeing + 1 : 1;
        _leaningTo = !isSameSide ? seen : seen > now ? Min(_leaningTo, seen) : Max(_leaningTo, seen);
        if (_agreeing < (seen > now ? worseAfter : betterAfter))
            return now;
        _agreeing = 0;
        return _leaningTo;
    }

    private static SubjectStatus Min(SubjectStatus one, SubjectStatus other) => one < other ? one : other;

    private static SubjectStatus Max(SubjectStatus one, SubjectStatus other) => one > other ? one : other;
}

/// <summary>How a monitored thing is, at one moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its status.</param>
/// <param name="Since">Since when it is so, UTC.</param>
/// <param name="CheckedAt">When it was checked last, UTC; null for never.</param>
/// <param name="Detail">What the last check said, or null.</param>
/// <param name="Thresholds">From where on its main figure is too high, or null.</param>
/// <param name="Figures">What the last check found, and the status as a figure.</param>
/// <param name="Points">The last checks, the oldest first.</param>
internal sealed record SubjectView(
    string Id,
    SubjectStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? CheckedAt,
    string? Detail,
    Thresholds? Thresholds,
    IReadOnlyList<Figure> Figures,
    IReadOnlyList<CheckPoint> Points)
{
    /// <summary>Whether it is a service.</summary>
    public bool IsService => Id.StartsWith(Subject.ServicePrefix, StringComparison.Ordinal);

    /// <summary>The figure that says most about it; null when the last check did not find it.</summary>
    public Figure? Main => FindFigure(MetricCatalog.MainOf(Id));

    /// <summary>Its name, for people.</summary>
    public string Name => IsService ? Id[Subject.ServicePrefix.Length..] : Id;

    /// <summary>A figure of the last check; null when it did not find it.</summary>
    /// <param name="metric">Name of the figure.</param>
    public Figure? FindFigure(string metric)
    {
        foreach (var figure in Figures)
        {
            if (figure.Metric == metric)
                return figure;
        }

        return null;
    }
}
