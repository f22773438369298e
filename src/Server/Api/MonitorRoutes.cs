using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Runtime.Dispatching;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>How everything is that is monitored, and how it was.</summary>
internal static class MonitorRoutes
{
    private const int SparklineMax = 60;

    /// <summary>Maps <c>/api/monitor</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapMonitor(this IEndpointRouteBuilder api)
    {
        var monitor = api.MapGroup("/monitor").WithTags("Monitor").Takes("subject", "What is monitored: database, queue, runs, memory, cpu, disk, or service:<name>.");
        monitor.MapGet("", List).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Tells how everything is that is monitored: the platform first, then services by name.")
            .Takes("kind", "Only 'platform' or only 'service'.")
            .Takes("status", "Only in this status: healthy, degraded, unhealthy or unknown.")
            .Produces<MonitorModel>();
        monitor.MapGet("/{subject}", Find).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Tells how one thing is.")
            .Produces<SubjectModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4840");
        monitor.MapGet("/{subject}/history", HistoryAsync).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Reads the past of one figure of a thing.")
            .Takes("metric", "Name of the figure; the main one when absent.")
            .Takes("from", "Begin of the range; an hour before its end when absent.")
            .Takes("to", "End of the range; now when absent.")
            .Takes("step", "Length of each row as hours:minutes:seconds: whole minutes up to an hour, or whole hours.")
            .Produces<SubjectHistory>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4841")
            .Refuses(StatusCodes.Status404NotFound, "WF4840");
    }

    /// <summary>A range that cannot be used.</summary>
    /// <param name="detail">Why.</param>
    internal static Problem WrongRange(string detail) => new(StatusCodes.Status400BadRequest, "WF4841", "The range cannot be used", detail);

    /// <summary>404 for what is not monitored.</summary>
    /// <param name="detail">What there is not.</param>
    internal static Problem Missing(string detail) => new(StatusCodes.Status404NotFound, "WF4840", "Nothing of this name is monitored", detail);

    private static IResult List(
        HealthMonitor monitor, AlertBook alerts, Intake intake, ServiceRegistry registry, int skip = 0, int take = 50, string? kind = null, string? status = null)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var all = monitor.Views;
        var active = alerts.Active;
        var chosen = all
            .Where(view => kind is null || kind.Equals(KindOf(view), StringComparison.OrdinalIgnoreCase))
            .Where(view => status is null || status.Equals(view.Status.ToString(), StringComparison.OrdinalIgnoreCase))
            .ToList();
        return ApiJson.Reply(new MonitorModel(
            Overall(all),
            all.Max(view => view.CheckedAt),
            new StatusCounts(Count(SubjectStatus.Healthy), Count(SubjectStatus.Degraded), Count(SubjectStatus.Unhealthy), Count(SubjectStatus.Unknown)),
            new SeverityCounts(CountOf(Severity.Info), CountOf(Severity.Warning), CountOf(Severity.Critical)),
            intake.IsClosed,
            [.. chosen.Skip(skip).Take(take).Select(view => ModelOf(view, monitor, active, registry))],
            chosen.Count));

        int Count(SubjectStatus wanted) => all.Count(view => view.Status == wanted);
        int CountOf(Severity severity) => active.Count(alert => alert.Severity == severity);
    }

    /// <summary>The worst of all; what is not known yet does not count unless nothing is.</summary>
    internal static SubjectStatus Overall(IReadOnlyList<SubjectView> views) => views.Select(view => view.Status).DefaultIfEmpty(SubjectStatus.Unknown).Max();

    private static IResult Find(string subject, HealthMonitor monitor, AlertBook alerts, ServiceRegistry registry) => monitor.Find(subject) is { } view
        ? ApiJson.Reply(ModelOf(view, monitor, alerts.Active, registry))
        : Missing($"'{subject}' is not monitored. GET /api/monitor lists what is.");

    private static async Task<IResult> HistoryAsync(
        string subject, HealthMonitor monitor, SampleHistory history, MonitorOptions options, TimeProvider clock, CancellationToken cancellationToken,
        string? metric = null, DateTimeOffset? from = null, DateTimeOffset? to = null, string? step = null)
    {
        if (monitor.Find(subject) is not { } view)
            return Missing($"'{subject}' is not monitored. GET /api/monitor lists what is.");
        var name = metric ?? MetricCatalog.MainOf(view.Id);
        if (MetricCatalog.Find(name) is not { } kind || !IsOf(kind, view))
            return Missing($"'{subject}' has no figure '{name}'. GET /api/metrics/names lists them.");
        if (SeriesRange.Read(from, to, step, options, clock.GetUtcNow(), out var mistake) is not { } range)
            return WrongRange(mistake);
        var frames = await history.ReadAsync(range.From, range.To, range.Step, cancellationToken);
        var rows = frames.Select(frame => (Frame: frame, Value: SeriesValue.Of(frame, new SeriesKey(name, view.Id)), Status: SeriesValue.Of(frame, new SeriesKey(MetricCatalog.Status, view.Id))))
            .Where(row => row.Value is not null)
            .Select(row => new HistoryRow(
                row.Frame.At, row.Value!.Count, row.Value.Average, row.Value.Minimum, row.Value.Maximum, row.Value.Last,
                row.Status is null ? SubjectStatus.Unknown : SubjectStatus.Healthy + (int)row.Status.Maximum))
            .ToList();
        return ApiJson.Reply(new SubjectHistory(view.Id, name, kind.Unit, range.From, range.To, range.Step, rows, rows.Count));
    }

    /// <summary>Whether a kind of figure is one of a subject.</summary>
    internal static bool IsOf(MetricKind kind, SubjectView view) =>
        kind.Name == MetricCatalog.Status || (kind.Subject is null ? view.IsService : kind.Subject.Equals(view.Id, StringComparison.OrdinalIgnoreCase));

    private static string KindOf(SubjectView view) => view.IsService ? "service" : "platform";

    private static SubjectModel ModelOf(SubjectView view, HealthMonitor monitor, IReadOnlyList<Alert> active, ServiceRegistry registry)
    {
        var unit = MetricCatalog.UnitOf(MetricCatalog.MainOf(view.Id));
        var trend = monitor.TrendOf(view);
        return new SubjectModel(
            view.Id,
            KindOf(view),
            view.Name,
            view.Status,
            view.Since,
            view.CheckedAt,
            view.Detail,
            view.Main is { } main ? MeasureOf(main) : null,
            [.. view.Figures.Select(MeasureOf)],
            view.Thresholds,
            [.. view.Points.Skip(Math.Max(0, view.Points.Count - SparklineMax))],
            trend is null ? null : new TrendModel(
                MetricCatalog.MainOf(view.Id), trend.SlopePerHour, trend.Direction, trend.Threshold,
                trend.ReachesIn is { } span ? view.CheckedAt + span : null, trend.ToText($"The {(view.IsService ? "response time" : view.Name)}", unit)),
            active.Count(alert => alert.Subject.Equals(view.Id, StringComparison.OrdinalIgnoreCase)),
            view.IsService && registry.Find(view.Name) is { } service ? BreakerOf(service.Breaker.Snapshot.State) : null);
    }

    private static Measure MeasureOf(Figure figure) => new(figure.Metric, figure.Value, MetricCatalog.UnitOf(figure.Metric));

    private static string BreakerOf(BreakerState state) => state switch { BreakerState.Closed => "closed", BreakerState.HalfOpen => "halfOpen", BreakerState.Open => "open" };
}

/// <summary>How everything is.</summary>
/// <param name="Status">The worst status of all.</param>
/// <param name="CheckedAt">When something was checked last; null for never.</param>
/// <param name="Counts">How many are in which status.</param>
/// <param name="OpenAlerts">Alerts whose condition holds, by severity.</param>
/// <param name="IsStopped">Whether somebody stopped all work.</param>
/// <param name="Items">What is monitored.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record MonitorModel(
    SubjectStatus Status, DateTimeOffset? CheckedAt, StatusCounts Counts, SeverityCounts OpenAlerts, bool IsStopped, IReadOnlyList<SubjectModel> Items, int TotalCount);

/// <summary>How many things are in which status.</summary>
/// <param name="Healthy">Those that work.</param>
/// <param name="Degraded">Those that work badly.</param>
/// <param name="Unhealthy">Those that do not work.</param>
/// <param name="Unknown">Those that were not looked at yet.</param>
internal sealed record StatusCounts(int Healthy, int Degraded, int Unhealthy, int Unknown);

/// <summary>How many alerts there are of which severity.</summary>
/// <param name="Info">Good to know.</param>
/// <param name="Warning">To be looked at today.</param>
/// <param name="Critical">To be looked at now.</param>
internal sealed record SeverityCounts(int Info, int Warning, int Critical);

/// <summary>A figure.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit; empty when it has none.</param>
internal sealed record Measure(string Metric, double Value, string Unit);

/// <summary>Something that is monitored.</summary>
/// <param name="Subject">Its id.</param>
/// <param name="Kind"><c>platform</c> or <c>service</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">How it is.</param>
/// <param name="Since">Since when it is so, as far as this process knows.</param>
/// <param name="CheckedAt">When it was checked last; null for never.</param>
/// <param name="Detail">What the last check said, or null.</param>
/// <param name="Latest">The main figure of the last check, or null.</param>
/// <param name="Measures">Every figure of the last check.</param>
/// <param name="Thresholds">From where on the main figure is too high, or null.</param>
/// <param name="Sparkline">The last checks, the oldest first, 60 at most.</param>
/// <param name="Trend">Where the main figure goes; null when that cannot be told.</param>
/// <param name="OpenAlerts">Alerts whose condition holds.</param>
/// <param name="Breaker">How the circuit breaker of a service stands: <c>closed</c>, <c>halfOpen</c> or <c>open</c>; null when it has none.</param>
internal sealed record SubjectModel(
    string Subject,
    string Kind,
    string Name,
    SubjectStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? CheckedAt,
    string? Detail,
    Measure? Latest,
    IReadOnlyList<Measure> Measures,
    Thresholds? Thresholds,
    IReadOnlyList<CheckPoint> Sparkline,
    TrendModel? Trend,
    int OpenAlerts,
    string? Breaker);

/// <summary>Where a figure goes.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="SlopePerHour">How much it changes in an hour.</param>
/// <param name="Direction"><c>rising</c>, <c>falling</c> or <c>steady</c>.</param>
/// <param name="Threshold">The next threshold on its way, or null.</param>
/// <param name="ReachesAt">When it gets there if it goes on like this; null when it does not within a week.</param>
/// <param name="Text">The forecast in a sentence, or null.</param>
internal sealed record TrendModel(string Metric, double SlopePerHour, string Direction, double? Threshold, DateTimeOffset? ReachesAt, string? Text);

/// <summary>The past of one figure.</summary>
/// <param name="Subject">Whose figure.</param>
/// <param name="Metric">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="From">Begin of the range.</param>
/// <param name="To">End of the range.</param>
/// <param name="Step">Length of each row.</param>
/// <param name="Items">The rows in which something was measured, the oldest first.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record SubjectHistory(
    string Subject, string Metric, string Unit, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<HistoryRow> Items, int TotalCount);

/// <summary>What was measured in a while.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Count">How many figures.</param>
/// <param name="Average">Their mean.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Last">The last one.</param>
/// <param name="Status">The worst status in it.</param>
internal sealed record HistoryRow(DateTimeOffset At, long Count, double Average, double Minimum, double Maximum, double Last, SubjectStatus Status);
