using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>What the writer of the store counts and times.</summary>
public sealed class StorageMetricsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StorageMetrics _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string? Label)> _heard = new();

    public StorageMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _metrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _heard.Enqueue((instrument.Name, value, tags.Length > 0 ? $"{tags[0].Value}" : null)));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _heard.Enqueue((instrument.Name, value, null)));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Commits_their_batches_and_their_times_are_measured_and_failures_counted()
    {
        var options = _directory.Options();
        options.DatabaseBytesMax = 1024 * 1024;
        await using (var store = new SqliteStore(options, TimeProvider.System, null, _metrics))
        {
            await store.InitializeAsync(CancellationToken.None);
            await store.CommitAsync(new() { Instances = [Instance("a")] }, CancellationToken.None);
            await store.CommitAsync(new() { Instances = [Instance("a")] }, CancellationToken.None);
            var large = Instance("large") with { State = new byte[2 * 1024 * 1024] };
            await Should.ThrowAsync<StorageException>(async () => await store.CommitAsync(new() { Instances = [large] }, CancellationToken.None));
        }

        Of("platform.storage.commits").Select(heard => heard.Label).ShouldBe(["Committed", "InstanceConflict"]);
        Of("platform.storage.commit.failures").ShouldHaveSingleItem().Value.ShouldBe(1);
        Of("platform.storage.batch.size").Select(heard => heard.Value).ShouldBe([1, 1]);
        foreach (var time in new[] { "commit", "write", "flush" })
        {
            var times = Of($"platform.storage.{time}.duration").Select(heard => heard.Value).ToList();
            times.Count.ShouldBe(2, time);
            times.ShouldAllBe(seconds => seconds > 0 && seconds < 60);
        }
    }

    private static StoredInstance Instance(string id) => new(id, "d", "v", 1) { Revision = 1, State = new byte[10] };

    private IEnumerable<(string Name, double Value, string? Label)> Of(string name) => _heard.Where(heard => heard.Name == name);
}
