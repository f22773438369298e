using System.Diagnostics.Metrics;

namespace Platform.Storage.Sqlite;

/// <summary>The metrics of a store's writer. Every metric is described in <c>docs/telemetry.md</c>.</summary>
public sealed class StorageMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Platform.Storage";

    private static readonly InstrumentAdvice<double> Times = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private readonly Counter<long> _commits;
    private readonly Counter<long> _failures;
    private readonly Histogram<long> _batchSize;
    private readonly Histogram<double> _commitTime;
    private readonly Histogram<double> _writeTime;
    private readonly Histogram<double> _flushTime;

    /// <summary>Makes the metrics.</summary>
    public StorageMetrics()
    {
        Meter = new Meter(MeterName);
        _commits = Meter.CreateCounter<long>("platform.storage.commits", "{commit}", "Commits that were answered, by what became of them.");
        _failures = Meter.CreateCounter<long>("platform.storage.commit.failures", "{commit}", "Commits that the database could not write.");
        _batchSize = Meter.CreateHistogram(
            "platform.storage.batch.size", "{commit}", "Commits that shared one transaction.", tags: null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] });
        _commitTime = Meter.CreateHistogram("platform.storage.commit.duration", "s", "Time from asking for a commit to its being on disk.", tags: null, Times);
        _writeTime = Meter.CreateHistogram("platform.storage.write.duration", "s", "Time that a transaction took to be written, its flush not included.", tags: null, Times);
        _flushTime = Meter.CreateHistogram("platform.storage.flush.duration", "s", "Time that ending a transaction took: the flush to disk.", tags: null, Times);
    }

    /// <summary>The meter; the host adds metrics of its own to it.</summary>
    public Meter Meter { get; }

    /// <summary>Whether somebody wants to know how long things take.</summary>
    internal bool IsEnabled => _commitTime.Enabled;

    /// <inheritdoc />
    public void Dispose() => Meter.Dispose();

    internal void Written(TimeSpan write, TimeSpan flush, int commits)
    {
        _writeTime.Record(write.TotalSeconds);
        _flushTime.Record(flush.TotalSeconds);
        _batchSize.Record(commits);
    }

    internal void Answered(string outcome, TimeSpan elapsed)
    {
        _commits.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _commitTime.Record(elapsed.TotalSeconds);
    }

    internal void Failed(int commits) => _failures.Add(commits);
}
