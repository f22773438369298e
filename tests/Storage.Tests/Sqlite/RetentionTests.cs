using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Engine.Definitions;
using Platform.Runtime.Retention;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;
using Xunit.Abstractions;

namespace Platform.Storage.Tests.Sqlite;

public sealed class RetentionTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Tables whose rows retention does not delete, with what bounds them.</summary>
    private static readonly Dictionary<string, string> BoundedOtherwise = new()
    {
        ["definitions"] = "versions that people save",
        ["definition_documents"] = "versions that people save",
        ["triggers"] = "published definitions",
        ["classes"] = "definition versions times statuses",
        ["schema_version"] = "migrations",
        ["audit"] = "what people do, deleted by retention by age and count",
        ["documents"] = "what people set; alteration plans are deleted by retention",
    };

    private readonly TemporaryDirectory _directory = new();
    private readonly DayClock _clock = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Thirty_days_of_starts_leave_every_table_and_file_at_the_size_of_the_first_window()
    {
        await using var store = await OpenAsync();
        var retention = Duty(store, new RetentionOptions { Pause = TimeSpan.Zero });
        Dictionary<string, long>? first = null;
        for (var day = 1; day <= 30; day++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                _clock.Now += TimeSpan.FromHours(1);
                await StartAsync(store, $"{day}-{hour}", 50);
                await retention.RunAsync(default);
            }

            if (day == 8)
                first = Sizes();
            if (day <= 8)
                continue;
            foreach (var (what, size) in Sizes())
            {
                if (!BoundedOtherwise.ContainsKey(what))
                    ((double)size).ShouldBeLessThanOrEqualTo(Math.Max(first![what] * 1.15, 10), $"{what} on day {day}");
            }
        }

        first!["instances"].ShouldBeInRange(7 * 24 * 50, 8 * 24 * 50);
        output.WriteLine(string.Join(", ", Sizes().Select(x => $"{x.Key} {x.Value}")));
    }

    [Fact]
    public async Task A_round_deletes_everything_that_is_too_old()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 40; i++)
            await StartAsync(store, $"{i}", 500);
        _clock.Now += TimeSpan.FromDays(8);
        var watch = Stopwatch.StartNew();

        var round = await Duty(store, new RetentionOptions { Pause = TimeSpan.Zero }).RunAsync(default);

        watch.Stop();
        round.Instances.ShouldBe(20_000);
        output.WriteLine($"{round.Instances / watch.Elapsed.TotalSeconds:N0} instances a second");
    }

    [Theory]
    [InlineData("""{"finished":"00:30:00"}""", 0)]
    [InlineData("""{"keep":"forever"}""", 10)]
    [InlineData("""{"max":3}""", 3)]
    [InlineData("""{"finished":"soon"}""", 10)]
    public async Task A_workflow_says_how_long_its_instances_are_kept(string setting, int kept)
    {
        await using var store = await OpenAsync();
        var document = $$$"""{"customProperties":{"retention":{{{setting}}}}}""";
        await store.CommitAsync(
            new Commit { Definitions = [new WorkflowDefinition("v1", "order", 1) { Document = document, IsLatest = true, IsPublished = true }] }, default);
        await StartAsync(store, "a", 10);
        _clock.Now += TimeSpan.FromHours(1);

        await Duty(store, new RetentionOptions { ChunkMax = 4, Pause = TimeSpan.Zero }).RunAsync(default);

        (await store.ListInstancesAsync(new(), default)).TotalCount.ShouldBe(kept);
    }

    [Fact]
    public async Task What_the_operator_says_goes_before_what_the_workflow_says_and_running_instances_stay()
    {
        await using var store = await OpenAsync();
        await StartAsync(store, "a", 10);
        await store.CommitAsync(
            new Commit
            {
                Instances = [new("running", "order", "v1", 1) { Revision = 1, CreatedAt = _clock.Now, UpdatedAt = _clock.Now }],
                Documents = [new(RetentionSetting.DocumentKind, "order", """{"max":0}""")],
            },
            default);

        await Duty(store, new RetentionOptions { Pause = TimeSpan.Zero }).RunAsync(default);

        (await store.ListInstancesAsync(new(), default)).Items.Single().Id.ShouldBe("running");
    }

    private RetentionDuty Duty(SqliteStore store, RetentionOptions options) => new(store, options, _clock, NullLogger<RetentionDuty>.Instance);

    private async Task<SqliteStore> OpenAsync()
    {
        var store = new SqliteStore(_directory.Options(), _clock);
        await store.InitializeAsync(default);
        return store;
    }

    private async Task StartAsync(SqliteStore store, string prefix, int count)
    {
        var commit = new Commit { Instances = [], Bursts = [] };
        for (var i = 0; i < count; i++)
        {
            var id = $"{prefix}-{i}";
            commit.Instances.Add(new StoredInstance(id, "order", "v1", 1)
            {
                Status = "Finished", SubStatus = "Finished", Revision = 1, State = new byte[600],
                CreatedAt = _clock.Now, UpdatedAt = _clock.Now, FinishedAt = _clock.Now,
            });
            commit.Bursts.Add(new StoredBurst(id, 1, _clock.Now, new byte[900]));
        }

        (await store.CommitAsync(commit, default)).ShouldBe(CommitOutcome.Committed);
    }

    private Dictionary<string, long> Sizes()
    {
        var path = Path.Combine(_directory.Options().DataDirectory, "platform.db");
        using var connection = Connection.Open(path, isReadOnly: true, TimeSpan.FromSeconds(5));
        using var names = connection.PrepareOnce("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        var sizes = names.ToList(static row => row.Text(0))
            .ToDictionary(name => name, name => long.Parse(connection.ReadText($"SELECT COUNT(*) FROM {name}"), System.Globalization.CultureInfo.InvariantCulture));
        sizes["file"] = new FileInfo(path).Length;
        sizes["wal"] = new FileInfo(path + "-wal").Length;
        return sizes;
    }

    private sealed class DayClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
