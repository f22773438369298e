using System.Globalization;
using Platform.Runtime.Store;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>Looks at the platform itself: database, queue, runs, memory, processor and disk.</summary>
/// <param name="store">Knows the queue.</param>
/// <param name="host">Knows the machine.</param>
/// <param name="runs">Counts runs.</param>
/// <param name="monitor">Is told what was found.</param>
/// <param name="history">Keeps figures, and knows those of the last while.</param>
/// <param name="context">What is too much, and time.</param>
internal sealed class PlatformWatch(IWorkflowStore store, HostFigures host, RunCounts runs, HealthMonitor monitor, SampleHistory history, WatchContext context)
{
    private readonly DatabaseCheck _database = new(store, context.Options, context.Clock);
    private readonly Thresholds _memory = new(context.Options.MemoryDegradedPercent, context.Options.MemoryUnhealthyPercent);
    private readonly Thresholds _cpu = new(context.Options.CpuDegradedPercent, context.Options.CpuUnhealthyPercent);
    private readonly Thresholds _disk = new(context.Options.DiskDegradedPercent, context.Options.DiskUnhealthyPercent);
    private readonly Thresholds _queue = new(context.Options.QueueDegraded, context.Options.QueueUnhealthy);
    private readonly Thresholds _errors = new(context.Options.ErrorDegradedPercent, context.Options.ErrorUnhealthyPercent);
    private DateTimeOffset _takenAt = context.Clock.GetUtcNow();

    /// <summary>Makes the parts known before the first look.</summary>
    public void Expect()
    {
        Thresholds[] thresholds = [_database.Thresholds, _queue, _errors, _memory, _cpu, _disk];
        foreach (var (subject, limits) in PlatformSubjects.All.Zip(thresholds))
            monitor.Expect(subject, limits);
    }

    /// <summary>Looks at all of it. Not to be called twice at once.</summary>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        TakeRuns();
        Take(PlatformSubjects.Memory, HostFigures.Memory, _memory, "memory");
        Take(PlatformSubjects.Cpu, host.Cpu, _cpu, "processors");
        Take(PlatformSubjects.Disk, host.Disk, _disk, "disk of the data");
        var size = await CheckQueueAsync(cancellationToken);
        monitor.Take(PlatformSubjects.Database, await _database.RunAsync(size), _database.Thresholds);
    }

    /// <summary>Brings what was counted since the last time into the history, and judges the last while.</summary>
    private void TakeRuns()
    {
        var now = context.Clock.GetUtcNow();
        var passed = (now - _takenAt).TotalMinutes;
        _takenAt = now;
        var (started, finished, faulted, durations) = runs.Take();
        history.Add(durations);
        if (passed <= 0)
            return;
        history.Add(new SeriesKey(RunTotals.Ended, PlatformSubjects.Runs), finished + faulted);
        history.Add(new SeriesKey(RunTotals.Faulted, PlatformSubjects.Runs), faulted);
        var since = now - context.Options.RunWindow;
        var ended = Sum(RunTotals.Ended);
        var failed = Sum(RunTotals.Faulted);
        List<Figure> figures = [];
        if (ended >= context.Options.RunsMin)
            figures.AddRange([new(MetricCatalog.RunsError, Math.Round(100 * failed / ended, 2)), new(MetricCatalog.RunsSuccess, Math.Round(100 * (ended - failed) / ended, 2))]);
        figures.AddRange([new(MetricCatalog.RunsStarted, started / passed), new(MetricCatalog.RunsFinished, finished / passed), new(MetricCatalog.RunsFaulted, faulted / passed)]);
        AddPercentiles(figures, since);
        var status = ended < context.Options.RunsMin ? SubjectStatus.Healthy : _errors.Judge(100 * failed / ended);
        var detail = status == SubjectStatus.Healthy ? null : string.Create(
            CultureInfo.InvariantCulture, $"{failed} of the {ended} runs that ended in the last {context.Options.RunWindow.TotalMinutes:0.#} min faulted.");
        monitor.Take(PlatformSubjects.Runs, new Observation(status, detail, figures), _errors);

        double Sum(string name) => history.Recent(new SeriesKey(name, PlatformSubjects.Runs), since).Sum(point => point.Figures.Sum);
    }

    /// <summary>The figures of now; the history makes those of a range from the durations themselves.</summary>
    private void AddPercentiles(List<Figure> figures, DateTimeOffset since)
    {
        var durations = history.RecentDurations(since);
        foreach (var (name, share) in RunTotals.Percentiles)
        {
            if (durations.Percentile(share) is { } milliseconds)
                figures.Add(new(name, milliseconds));
        }
    }

    private async ValueTask<long?> CheckQueueAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = context.Clock.GetUtcNow();
            var due = (await store.CountWorkAsync(now, cancellationToken)).Sum(count => count.Due);
            var size = await store.MeasureAsync(cancellationToken);
            var oldest = size.OldestWorkDueAt is { } dueAt ? Math.Max(0, (now - dueAt).TotalSeconds) : 0;
            var status = _queue.Judge(due);
            var detail = status == SubjectStatus.Healthy ? null : string.Create(CultureInfo.InvariantCulture, $"{due:N0} items are due, the oldest for {TimeSpan.FromSeconds(oldest):c}.");
            monitor.Take(PlatformSubjects.Queue, new Observation(status, detail, [new(MetricCatalog.QueueDepth, due), new(MetricCatalog.QueueOldest, Math.Round(oldest, 1))]), _queue);
            return size.DatabaseBytes + size.WalBytes;
        }
        // A store that cannot be read is what the database check tells; of the queue nothing is known then.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            monitor.Take(PlatformSubjects.Queue, new Observation(SubjectStatus.Unhealthy, $"The queue cannot be read: {exception.Message}", []), _queue);
            return null;
        }
    }

    private void Take(string subject, Func<IReadOnlyList<Figure>> read, Thresholds thresholds, string what)
    {
        try
        {
            var figures = read();
            var status = figures is [var main, ..] ? thresholds.Judge(main.Value) : SubjectStatus.Unknown;
            var detail = status is SubjectStatus.Healthy ? null
                : status == SubjectStatus.Unknown ? $"Nothing is known of the {what}."
                : FormattableString.Invariant($"{figures[0].Value} % of the {what} are in use.");
            // The process may be modest and the machine full all the same.
            if (figures.FirstOrDefault(figure => figure.Metric is MetricCatalog.MachineMemory or MetricCatalog.MachineCpu) is { Metric: not null } machine
                && thresholds.Judge(machine.Value) > status && status != SubjectStatus.Unknown)
                (status, detail) = (SubjectStatus.Degraded, FormattableString.Invariant($"{machine.Value} % of the {what} of the machine are in use, by all its programs."));
            monitor.Take(subject, new Observation(status, detail, figures), thresholds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            monitor.Take(subject, new Observation(SubjectStatus.Unknown, $"The {what} cannot be looked at: {exception.Message}", []), thresholds);
        }
    }
}

/// <summary>What those who look need to know.</summary>
/// <param name="Options">How often, and what is too much.</param>
/// <param name="Clock">Time.</param>
internal sealed record WatchContext(MonitorOptions Options, TimeProvider Clock);

/// <summary>Counts that are kept only so that shares and percentiles of any range can be made of them.</summary>
internal static class RunTotals
{
    /// <summary>Runs that ended, cancelled ones left out.</summary>
    public const string Ended = "runs.total_ended";

    /// <summary>Runs that faulted.</summary>
    public const string Faulted = "runs.total_faulted";

    /// <summary>The percentiles of durations.</summary>
    public static IReadOnlyList<(string Name, double Share)> Percentiles { get; } = [(MetricCatalog.RunsP50, 0.5), (MetricCatalog.RunsP95, 0.95), (MetricCatalog.RunsP99, 0.99)];
}
