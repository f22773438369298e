using System.Diagnostics;
using System.Globalization;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Benchmarks;

/// <summary>Finding runs among 1,000,000 finished ones by values, words, ids and filters; and what the index of the search costs a run.</summary>
internal static class SearchBenchmarks
{
    private const int Runs = 1_000_000;
    private const int Batch = 2_000;
    private const int Rounds = 200;
    private const int Page = 25;

    private static readonly string[] Syllables = ["bor", "cal", "den", "fir", "gam", "hol", "jun", "kel", "lor", "mar", "nev", "pol", "rin", "sol", "tev"];

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            await using var store = new SqliteStore(new SqliteOptions { DataDirectory = data.FullName }, TimeProvider.System);
            await store.InitializeAsync(CancellationToken.None);
            var begin = DateTimeOffset.UtcNow.AddDays(-30);
            await EachBatchAsync((commit, i) => Add(commit, i, begin), store);
            var before = (await store.MeasureAsync(CancellationToken.None)).DatabaseBytes;
            var clock = Stopwatch.StartNew();
            await EachBatchAsync((commit, i) => (commit.SearchEntries ??= []).Add(EntryOf(i)), store);
            var bytes = (await store.MeasureAsync(CancellationToken.None)).DatabaseBytes - before;
            Console.WriteLine($"{Runs:N0} runs, {before / 1e6:N0} MB without the index; the index takes {bytes / (double)Runs:0} bytes a run, 5 values each, and {clock.Elapsed.TotalSeconds * 1e6 / Runs:0} us a run to write");
            var random = new Random(1);
            var all = new List<double>();
            foreach (var (kind, make) in Kinds(begin))
                all.AddRange(await MeasureAsync(store, kind, make, random));
            Report("all together", all, 0);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Kind, Func<Random, InstanceFilter> Make)> Kinds(DateTimeOffset begin) =>
    [
        ("a value of one run", random => new() { Variables = [new("orderId", Order(random.Next(Runs)))] }),
        ("a value of 10 runs", random => new() { Variables = [new("customer", $"customer {random.Next(100_000)}")] }),
        ("a value of 50,000 runs", random => new() { Variables = [new("city", $"city {random.Next(20)}")] }),
        ("a value of 900,000 runs", random => new() { Variables = [new("paid", "true")], Skip = random.Next(100) * Page }),
        ("a frequent value and a status of 20,000", random => new() { Variables = [new("city", $"city {random.Next(20)}")], SubStatuses = ["Faulted"] }),
        ("two frequent values", random => new() { Variables = [new("city", $"city {random.Next(20)}"), new("paid", "true")] }),
        ("two frequent values, rare together", random => new() { Variables = [new("city", $"city {random.Next(20)}"), new("paid", "false")] }),
        ("a frequent value and a workflow", random => new() { Variables = [new("paid", "true")], DefinitionIds = [$"workflow {random.Next(50)}"] }),
        ("a frequent value in one hour", random => new() { Variables = [new("paid", "true")], Timestamps = Hour(begin, random) }),
        ("a rare word of a fault", random => new() { Text = Word(random.Next(2_000)) }),
        ("a word of every fault, 20,000", _ => new() { Text = "refused" }),
        ("a frequent and a rare word", random => new() { Text = $"refused {Word(random.Next(2_000))}" }),
        ("a frequent word and a frequent value", random => new() { Text = "refused", Variables = [new("city", $"city {random.Next(20)}")] }),
        ("the beginning of an id", random => new() { Text = Id(random.Next(Runs))[..10] }),
        ("the beginning of a correlation id", random => new() { Text = $"correlation-{random.Next(Runs / 10)}" }),
        ("a correlation id and a status", random => new() { CorrelationId = $"correlation-{random.Next(Runs)}", Statuses = ["Finished"] }),
        ("nothing that there is", random => new() { Text = $"zzz{random.Next()}", Variables = [new("city", "nowhere")] }),
    ];

    private static async Task<List<double>> MeasureAsync(SqliteStore store, string kind, Func<Random, InstanceFilter> make, Random random)
    {
        var times = new List<double>();
        var found = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var filter = make(random) with { Take = Page, Descending = true };
            var clock = Stopwatch.GetTimestamp();
            found += (await store.ListInstancesAsync(filter, CancellationToken.None)).TotalCount;
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        Report(kind, times, found / Rounds);
        return times;
    }

    private static void Report(string kind, List<double> times, long found)
    {
        times.Sort();
        Console.WriteLine($"{kind,-42} found {found,7:N0}   p50 {times[times.Count / 2],7:0.0} ms   p95 {times[times.Count * 95 / 100],7:0.0} ms   most {times[^1],7:0.0} ms");
    }

    private static async Task EachBatchAsync(Action<Commit, int> add, SqliteStore store)
    {
        for (var from = 0; from < Runs; from += Batch)
        {
            var commit = new Commit();
            for (var i = from; i < from + Batch; i++)
                add(commit, i);
            await store.CommitAsync(commit, CancellationToken.None);
        }
    }

    private static void Add(Commit commit, int i, DateTimeOffset begin)
    {
        var at = begin.AddSeconds(i * 2.5);
        (commit.Instances ??= []).Add(new StoredInstance(Id(i), $"workflow {i % 50}", $"workflow {i % 50} v1", 1)
        {
            Status = "Finished",
            SubStatus = IsFaulted(i) ? "Faulted" : "Finished",
            IncidentCount = IsFaulted(i) ? 1 : 0,
            CorrelationId = $"correlation-{i}",
            CreatedAt = at,
            UpdatedAt = at,
            FinishedAt = at,
            Revision = 1,
            State = new byte[200],
        });
        (commit.Bursts ??= []).Add(new StoredBurst(Id(i), 1, at, new byte[400]));
    }

    private static SearchEntry EntryOf(int i) => new(
        Id(i), 1,
        [
            new("orderId", Order(i)), new("customer", $"customer {i * 7L % 100_000}"), new("city", $"city {i % 20}"),
            new("paid", i % 10 == 3 ? "false" : "true"), new("total", (i % 5_000 * 0.25).ToString(CultureInfo.InvariantCulture)),
        ],
        IsFaulted(i) ? ["CONNECTION", "REFUSED", Word(i / 50 % 2_000).ToUpperInvariant()] : []);

    private static TimestampFilter[] Hour(DateTimeOffset begin, Random random)
    {
        var from = begin.AddHours(random.Next(24 * 28));
        return [new("CreatedAt", TimestampOperator.GreaterThanOrEqual, from), new("CreatedAt", TimestampOperator.LessThan, from.AddHours(1))];
    }

    private static bool IsFaulted(int i) => i % 50 == 7;

    private static string Id(int i) => $"{(uint)(i * 2_654_435_761L):x8}{i:x8}";

    private static string Order(int i) => $"ORD-{i}";

    private static string Word(int i) => Syllables[i % 15] + Syllables[i / 15 % 15] + Syllables[i / 225 % 15];
}
