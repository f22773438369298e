using System.Diagnostics.Metrics;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;
using Platform.Storage.Sqlite;

namespace Platform.Server.Telemetry;

/// <summary>
/// Metrics that the store knows: the length of the queue, what waits, the size of the database. It is asked now and then, never by the
/// collection itself, which cannot wait.
/// </summary>
internal sealed class StoreGauges : IDisposable
{
    private readonly IWorkflowStore _store;
    private readonly GivenUpWork _givenUp;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly SemaphoreSlim _gate = new(1);
    private DateTimeOffset? _measuredAt;
    private StoreSize? _size;
    private IReadOnlyList<Measurement<long>> _instances = [];
    private long _givenUpCount;

    /// <summary>Adds the metrics.</summary>
    public StoreGauges(IWorkflowStore store, WorkQueue queue, RuntimeMetrics runtime, StorageMetrics storage, TelemetryOptions options, TimeProvider clock)
    {
        _store = store;
        _givenUp = queue.GivenUp;
        _clock = clock;
        _interval = options.Metrics.StoreInterval;
        runtime.Meter.CreateObservableGauge("platform.queue.depth", () => Of(size => size.Work), "{item}", "Queued work in the store, that which runs or waits for a later attempt included.");
        runtime.Meter.CreateObservableGauge("platform.queue.oldest.age", () => OldestAge(), "s", "How long the oldest queued work has been due, that which runs included.");
        runtime.Meter.CreateObservableGauge("platform.work.given_up", () => Of(_ => _givenUpCount), "{item}", "Queued work that failed too often and can be replayed.");
        runtime.Meter.CreateObservableGauge("platform.bookmarks", () => Of(size => size.Bookmarks), "{bookmark}", "Places where instances wait.");
        runtime.Meter.CreateObservableGauge("platform.instances", () => _instances, "{instance}", "Stored instances, by status.");
        storage.Meter.CreateObservableGauge("platform.storage.size", () => Sizes(), "By", "Size of the database file, of its write-ahead log, and of the free space inside the file.");
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    /// <summary>Asks the store, unless its figures are young enough.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_measuredAt is { } at && _clock.GetUtcNow() - at < _interval)
                return;
            var size = await _store.MeasureAsync(cancellationToken);
            var counts = await _store.CountInstancesAsync(cancellationToken);
            _instances =
            [
                .. counts.GroupBy(count => count.SubStatus, StringComparer.Ordinal)
                    .Select(group => new Measurement<long>(group.Sum(count => count.Instances), new KeyValuePair<string, object?>("status", group.Key))),
            ];
            _givenUpCount = (await _givenUp.ListAsync(cancellationToken)).Count;
            _size = size;
            _measuredAt = _clock.GetUtcNow();
        }
        finally
        {
            _gate.Release();
        }
    }

    private IEnumerable<Measurement<long>> Of(Func<StoreSize, long> value) => _size is { } size ? [new Measurement<long>(value(size))] : [];

    private IEnumerable<Measurement<double>> OldestAge()
    {
        if (_size is not { } size)
            return [];
        var age = size.OldestWorkDueAt is { } due ? Math.Max(0, (_clock.GetUtcNow() - due).TotalSeconds) : 0;
        return [new Measurement<double>(age)];
    }

    private IEnumerable<Measurement<long>> Sizes() => _size is not { } size
        ? []
        :
        [
            new Measurement<long>(size.DatabaseBytes, new KeyValuePair<string, object?>("part", "database")),
            new Measurement<long>(size.WalBytes, new KeyValuePair<string, object?>("part", "wal")),
            new Measurement<long>(size.FreeBytes, new KeyValuePair<string, object?>("part", "free")),
        ];
}
