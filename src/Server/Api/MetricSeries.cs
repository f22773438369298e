using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;
using Platform.Server.OpenApi;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Figures over time, for charts.</summary>
internal static class MetricSeries
{
    private const int SeriesMax = 200;

    /// <summary>Maps <c>/api/metrics</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapMetricSeries(this IEndpointRouteBuilder api)
    {
        var metrics = api.MapGroup("/metrics").WithTags("Monitor");
        metrics.MapGet("", ReadAsync).RequirePermission("read:metrics")
            .WithSummary("Reads figures over a range, for charts: throughput, durations, queue, memory, processor, disk, database, services.")
            .Takes("from", "Begin of the range; an hour before its end when absent.")
            .Takes("to", "End of the range; now when absent.")
            .Takes("step", "Length of each point as hours:minutes:seconds: whole minutes up to an hour, or whole hours.")
            .Takes("names", "Names of the figures with commas between; all of the platform when absent.")
            .Takes("subject", "Only of this subject: service:<name>.")
            .Produces<MetricsModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4841")
            .Refuses(StatusCodes.Status404NotFound, "WF4840");
        metrics.MapGet("/names", List).RequirePermission("read:metrics")
            .WithSummary("Lists the figures that there are.")
            .Produces<MetricNameList>();
    }

    private static async Task<IResult> ReadAsync(
        HealthMonitor monitor, SampleHistory history, MonitorOptions options, TimeProvider clock, CancellationToken cancellationToken,
        DateTimeOffset? from = null, DateTimeOffset? to = null, string? step = null, string? names = null, string? subject = null)
    {
        if (SeriesRange.Read(from, to, step, options, clock.GetUtcNow(), out var mistake) is not { } range)
            return MonitorRoutes.WrongRange(mistake);
        List<MetricKind> kinds = [];
        foreach (var name in names?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal) ?? [])
        {
            if (MetricCatalog.Find(name) is not { } kind)
                return MonitorRoutes.Missing($"There is no figure '{name}'. GET /api/metrics/names lists them.");
            kinds.Add(kind);
        }

        if (kinds.Count == 0)
            kinds.AddRange(MetricCatalog.All.Where(kind => subject is null ? kind.Subject is not null : kind.Subject is null));
        var views = monitor.Views.Where(view => subject is null || view.Id.Equals(subject, StringComparison.OrdinalIgnoreCase)).ToList();
        if (subject is not null && views.Count == 0)
            return MonitorRoutes.Missing($"'{subject}' is not monitored. GET /api/monitor lists what is.");
        var keys = kinds.SelectMany(kind => views.Where(view => MonitorRoutes.IsOf(kind, view)).Select(view => (Kind: kind, Key: new SeriesKey(kind.Name, view.Id)))).ToList();
        if (keys.Count > SeriesMax)
            return MonitorRoutes.WrongRange($"That are {keys.Count} series; {SeriesMax} are the most. Name fewer figures, or a subject.");
        var frames = (await history.ReadAsync(range.From, range.To, range.Step, cancellationToken)).ToDictionary(frame => frame.At);
        var times = range.Times;
        var items = keys.ConvertAll(item => SeriesOf(item.Kind, item.Key, times, frames));
        return ApiJson.Reply(new MetricsModel(range.From, range.To, range.Step, times, items, items.Count));
    }

    private static MetricSeriesModel SeriesOf(MetricKind kind, SeriesKey key, IReadOnlyList<DateTimeOffset> times, Dictionary<DateTimeOffset, Frame> frames)
    {
        var values = times.Select(at => frames.TryGetValue(at, out var frame) ? SeriesValue.Of(frame, key) : null).ToList();
        return new(
            kind.Name, key.Subject, kind.Unit,
            values.ConvertAll(value => value?.Average), values.ConvertAll(value => value?.Minimum), values.ConvertAll(value => value?.Maximum));
    }

    private static IResult List(HealthMonitor monitor)
    {
        var views = monitor.Views;
        var items = MetricCatalog.All
            .Select(kind => new MetricName(kind.Name, kind.Unit, kind.Description, [.. views.Where(view => MonitorRoutes.IsOf(kind, view)).Select(view => view.Id)]))
            .ToList();
        return ApiJson.Reply(new MetricNameList(items, items.Count));
    }
}

/// <summary>Figures over a range.</summary>
/// <param name="From">Begin of the range.</param>
/// <param name="To">End of the range.</param>
/// <param name="Step">Length of each point.</param>
/// <param name="Times">When the points begin.</param>
/// <param name="Items">The series.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record MetricsModel(
    DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<DateTimeOffset> Times, IReadOnlyList<MetricSeriesModel> Items, int TotalCount);

/// <summary>One figure of one subject, point by point in the order of the times; null where nothing was measured.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Values">Means.</param>
/// <param name="Minimum">Smallest figures.</param>
/// <param name="Maximum">Largest figures.</param>
internal sealed record MetricSeriesModel(
    string Name, string Subject, string Unit, IReadOnlyList<double?> Values, IReadOnlyList<double?> Minimum, IReadOnlyList<double?> Maximum);

/// <summary>A figure that there is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Description">What it says.</param>
/// <param name="Subjects">What has it.</param>
internal sealed record MetricName(string Name, string Unit, string Description, IReadOnlyList<string> Subjects);

/// <summary>All figures that there are.</summary>
/// <param name="Items">The figures.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record MetricNameList(IReadOnlyList<MetricName> Items, int TotalCount);
