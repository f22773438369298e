using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Benchmarks;

/// <summary>
/// The same figures on an empty database and on one with 1,000,000 finished and 100,000 suspended instances and 1,000 definitions; how
/// long a start on it takes; and what an idle server uses. The stored rows are copies of instances that the server itself has run.
/// </summary>
internal static class StoredBenchmarks
{
    private const int Finished = 1_000_000;
    private const int Suspended = 100_000;
    private const int Definitions = 1_000;
    private const int Batch = 2_000;
    private const int Connections = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            LoadResult emptyHttp, emptyResumes;
            using (var server = await ServerProcess.StartPlatformAsync(data))
            {
                await PrepareAsync(server.Address);
                (emptyHttp, emptyResumes) = await MeasureAsync(server, "empty");
                using var client = ServerProcess.Client(server.Address);
                using var waiting = await client.PostAsJsonAsync("/elsa/api/workflow-definitions/waits/execute", new JsonObject { ["correlationId"] = "template" });
                waiting.EnsureSuccessStatusCode();
            }

            Console.WriteLine($"empty database: HTTP workflow {emptyHttp}");
            Console.WriteLine($"empty database: resume {emptyResumes}");
            await FillAsync(data);
            await IndexAsync(data);
            var size = data.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            Console.WriteLine($"stored: {Finished:N0} finished and {Suspended:N0} suspended instances, {Definitions:N0} definitions, {size / 1e6:N0} MB");
            await MeasureStartAsync(data);
            using var full = await ServerProcess.StartPlatformAsync(data);
            await ReportIdleAsync(full);
            var (http, resumes) = await MeasureAsync(full, "full");
            Console.WriteLine($"full database: HTTP workflow {http}: {http.PerSecond / emptyHttp.PerSecond * 100:0} % of the empty one");
            Console.WriteLine($"full database: resume {resumes}: {resumes.PerSecond / emptyResumes.PerSecond * 100:0} % of the empty one");
            Console.WriteLine($"  server {full.WorkingSetMegabytes:0} MB RSS");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task PrepareAsync(Uri address)
    {
        await HttpBenchmarks.PublishAsync(address);
        await EventBenchmarks.PublishAsync(address);
    }

    private static async Task<(LoadResult Http, LoadResult Resumes)> MeasureAsync(ServerProcess server, string name)
    {
        await Load.RunAsync(server.Address, "/workflows/bench", Connections, WarmUp);
        var http = await Load.RunAsync(server.Address, "/workflows/bench", Connections, MeasureFor);
        await EventBenchmarks.MeasureAsync(server, name + "-warm-up", 15_000);
        return (http, (await EventBenchmarks.MeasureAsync(server, name, 10_000)).Resumes);
    }

    /// <summary>Copies one finished and one waiting instance until there are enough.</summary>
    private static async Task FillAsync(DirectoryInfo data)
    {
        await using var store = new SqliteStore(new SqliteOptions { DataDirectory = data.FullName }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.InitializeAsync(CancellationToken.None);
        await CopyAsync(store, "bench", "Finished", Finished);
        await CopyAsync(store, "waits", "Running", Suspended);
        var definition = (await store.FindDefinitionAsync("waits", Engine.Definitions.VersionOptions.Published, CancellationToken.None))!;
        for (var i = 0; i < Definitions; i++)
            await store.CommitAsync(new Commit { Definitions = [definition with { Id = $"v{i}", DefinitionId = $"d{i}", Name = $"Definition {i}" }] }, CancellationToken.None);
    }

    private static async Task CopyAsync(SqliteStore store, string definitionId, string status, int count)
    {
        var header = (await store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId], Statuses = [status], Take = 1 }, CancellationToken.None)).Items[0];
        var instance = (await store.FindInstanceAsync(header.Id, CancellationToken.None))!;
        var bursts = await store.ReadBurstsAsync(header.Id, CancellationToken.None);
        var bookmarks = await store.FindBookmarksAsync(new BookmarkFilter { InstanceId = header.Id }, CancellationToken.None);
        for (var from = 0; from < count; from += Batch)
        {
            var commit = new Commit { Instances = [], Bursts = [], Bookmarks = [] };
            for (var i = from; i < Math.Min(from + Batch, count); i++)
            {
                var id = $"{definitionId}-{i}";
                var at = DateTimeOffset.UtcNow.AddSeconds(-i * 0.5);
                commit.Instances.Add(instance with { Id = id, Revision = 1, CreatedAt = at, UpdatedAt = at, FinishedAt = instance.FinishedAt is null ? null : at, CorrelationId = $"copy-{i}" });
                commit.Bursts.AddRange(bursts.Select(burst => burst with { InstanceId = id }));
                commit.Bookmarks.AddRange(bookmarks.Select(bookmark => bookmark with { Id = $"{id}-b", InstanceId = id, CorrelationId = $"copy-{i}" }));
            }

            await store.CommitAsync(commit, CancellationToken.None);
        }
    }

    /// <summary>The search takes in the copies, as it has done with a million runs that a server ran itself.</summary>
    private static async Task IndexAsync(DirectoryInfo data)
    {
        var clock = Stopwatch.StartNew();
        using var server = await ServerProcess.StartPlatformAsync(data, [new("Search__PauseFactor", "0"), new("Search__ChunkMax", "1000")]);
        using var client = ServerProcess.Client(server.Address);
        while ((await client.GetFromJsonAsync<JsonObject>("/api/instances?search=nothing&take=1"))!["unindexed"]!.GetValue<long>() > 0)
            await Task.Delay(TimeSpan.FromSeconds(1));
        Console.WriteLine($"  the search had taken them in after {clock.Elapsed.TotalSeconds:0} s");
    }

    private static async Task MeasureStartAsync(DirectoryInfo data)
    {
        for (var round = 1; round <= 3; round++)
        {
            var clock = Stopwatch.StartNew();
            using var server = await ServerProcess.StartPlatformAsync(data);
            using var client = ServerProcess.Client(server.Address);
            var isReady = false;
            while (!isReady)
            {
                using var ready = await client.GetAsync("/health/ready");
                isReady = ready.IsSuccessStatusCode;
            }

            var readyAfter = clock.Elapsed;
            using var resumed = await client.PostAsJsonAsync("/elsa/api/events/go/trigger", new JsonObject { ["correlationId"] = $"copy-{round}", ["workflowExecutionMode"] = "Synchronous" });
            resumed.EnsureSuccessStatusCode();
            Console.WriteLine($"  start {round}: ready after {readyAfter.TotalSeconds:0.00} s, the first resume took {(clock.Elapsed - readyAfter).TotalSeconds:0.00} s");
        }
    }

    private static async Task ReportIdleAsync(ServerProcess server)
    {
        await Task.Delay(TimeSpan.FromSeconds(30));
        var before = Calls(server.Id);
        await Task.Delay(TimeSpan.FromSeconds(30));
        Console.WriteLine($"  idle for a minute: {server.WorkingSetMegabytes:0} MB RSS, {(Calls(server.Id) - before) / 30.0:0.0} reads and writes of any file or socket per second");
    }

    private static long Calls(int process) => File.ReadLines($"/proc/{process}/io")
        .Where(line => line.StartsWith("sysc", StringComparison.Ordinal)).Sum(line => long.Parse(line[(line.IndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
}
