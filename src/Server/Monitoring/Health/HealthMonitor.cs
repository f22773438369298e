using System.Collections.Concurrent;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>Knows how everything is that is monitored. Those who look tell it; pages, alerts and remedies ask it. Thread-safe.</summary>
/// <param name="history">Keeps the figures.</param>
/// <param name="options">When a status changes.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class HealthMonitor(SampleHistory history, MonitorOptions options, TimeProvider clock, ILogger<HealthMonitor> logger)
{
    private readonly ConcurrentDictionary<string, Subject> _subjects = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How everything is: the platform first, then services by name.</summary>
    public IReadOnlyList<SubjectView> Views =>
    [
        .. PlatformSubjects.All.Select(Find).OfType<SubjectView>(),
        .. _subjects.Values.Select(subject => subject.View).Where(view => view.IsService).OrderBy(view => view.Id, StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>How one thing is; null when it is not monitored.</summary>
    /// <param name="subject">Its id, in any case.</param>
    public SubjectView? Find(string subject) => _subjects.GetValueOrDefault(subject)?.View;

    /// <summary>Takes in what a check found.</summary>
    /// <param name="subject">What was checked.</param>
    /// <param name="found">What was found.</param>
    /// <param name="thresholds">From where on its main figure is too high, or null.</param>
    public void Take(string subject, Observation found, Thresholds? thresholds)
    {
        var now = clock.GetUtcNow();
        var known = Get(subject, thresholds);
        var before = known.Take(now, found, options.WorseAfter, options.BetterAfter);
        var view = known.View;
        foreach (var figure in view.Figures)
            history.Add(new SeriesKey(figure.Metric, subject), figure.Value);
        if (before is null)
            return;
        var status = view.Status;
        if (status > SubjectStatus.Healthy)
            Log.SubjectWorse(logger, subject, status, before.Value, found.Detail);
        else if (before > SubjectStatus.Healthy)
            Log.SubjectHealthy(logger, subject, before.Value);
    }

    /// <summary>Makes something known before it is checked.</summary>
    /// <param name="subject">Its id.</param>
    /// <param name="thresholds">From where on its main figure is too high, or null.</param>
    public void Expect(string subject, Thresholds? thresholds) => Get(subject, thresholds);

    /// <summary>Forgets the services that are not registered any more.</summary>
    /// <param name="services">Ids of those that are.</param>
    public void KeepServices(IReadOnlySet<string> services)
    {
        foreach (var id in _subjects.Keys.Where(id => id.StartsWith(Subject.ServicePrefix, StringComparison.Ordinal) && !services.Contains(id)))
            _subjects.TryRemove(id, out _);
    }

    /// <summary>Where the main figure of something goes; null when that cannot be told.</summary>
    /// <param name="view">The thing.</param>
    public Trend? TrendOf(SubjectView view)
    {
        if (view.Main is not { } main)
            return null;
        var points = history.Recent(new SeriesKey(main.Metric, view.Id), clock.GetUtcNow() - options.TrendWindow);
        return Trend.Of([.. points.Select(point => (point.At, point.Figures.Average))], view.Thresholds);
    }

    private Subject Get(string subject, Thresholds? thresholds) => _subjects.GetOrAdd(subject, id => new Subject(id, thresholds, clock.GetUtcNow()));
}
