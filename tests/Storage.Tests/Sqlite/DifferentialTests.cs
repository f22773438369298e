using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>Random histories in both stores: every outcome and every list must be the same.</summary>
public sealed class DifferentialTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Both_stores_answer_alike(int seed)
    {
        using var directory = new TemporaryDirectory();
        await using var sqlite = new SqliteStore(directory.Options(), TimeProvider.System);
        await sqlite.InitializeAsync(default);
        await using var memory = new InMemoryStore();
        var history = new History(seed);

        for (var i = 0; i < 400; i++)
        {
            var commit = history.NextCommit();
            var expected = await OutcomeAsync(memory, commit);
            (await OutcomeAsync(sqlite, commit)).ShouldBe(expected, $"commit {i}");
        }

        for (var i = 0; i < 300; i++)
        {
            var filter = history.NextFilter();
            var expected = await memory.ListInstancesAsync(filter, default);
            var actual = await sqlite.ListInstancesAsync(filter, default);
            actual.TotalCount.ShouldBe(expected.TotalCount, $"{filter}");
            actual.Items.ShouldBe(expected.Items, $"{filter}");
        }

        var later = Noon.AddHours(1);
        (await sqlite.DueWorkAsync(later, 1000, default)).ShouldBe(await memory.DueWorkAsync(later, 1000, default));
        (await sqlite.DueBookmarksAsync(later, 1000, default)).ShouldBe(await memory.DueBookmarksAsync(later, 1000, default));
        (await sqlite.NextDueAsync(Noon, default)).ShouldBe(await memory.NextDueAsync(Noon, default));
    }

    private static async Task<string> OutcomeAsync(IWorkflowStore store, Commit commit)
    {
        try
        {
            return (await store.CommitAsync(commit, default)).ToString();
        }
        catch (ArgumentException)
        {
            return "refused";
        }
    }

    /// <summary>Few names and times, so that commits meet and keys are equal.</summary>
    private sealed class History(int seed)
    {
        private static readonly string[] SubStatuses = ["Suspended", "Executing", "Finished", "Faulted"];
        private static readonly string?[] Names = [null, "a", "B", "b", "_", "Ä", "한글", "z%"];

        private readonly Random _random = new(seed);

        public Commit NextCommit() => new()
        {
            Instances = Some(2, NextInstance),
            DeletedInstances = _random.Next(12) == 0 ? [InstanceId()] : null,
            Bookmarks = Some(2, () => new StoredBookmark($"b{_random.Next(30)}", InstanceId(), "Elsa.Event", "h")
            {
                CreatedAt = Time(),
                DueAt = TimeOrNull(),
            }),
            DeletedBookmarks = Some(1, () => $"b{_random.Next(30)}"),
            Work = Some(2, () => new StoredWork($"w{_random.Next(30)}", "start", "{}")
            {
                Key = _random.Next(2) == 0 ? $"k{_random.Next(10)}" : null,
                InstanceId = InstanceId(),
                Priority = _random.Next(3),
                CreatedAt = Time(),
                DueAt = Time(),
            }),
            DeletedWork = Some(2, () => $"w{_random.Next(30)}"),
        };

        public InstanceFilter NextFilter() => new()
        {
            Ids = _random.Next(5) == 0 ? [InstanceId(), InstanceId(), InstanceId()] : null,
            SearchTerm = _random.Next(5) == 0 ? Pick("a", "ä", "b", "한", "%", "_", "d1") : null,
            DefinitionIds = _random.Next(4) == 0 ? ["d1", "d2"] : null,
            Statuses = _random.Next(4) == 0 ? ["Running"] : null,
            SubStatuses = _random.Next(4) == 0 ? [SubStatuses[_random.Next(4)], SubStatuses[_random.Next(4)]] : null,
            CorrelationId = _random.Next(8) == 0 ? "c1" : null,
            ParentInstanceId = _random.Next(8) == 0 ? "i1" : null,
            RerunOf = _random.Next(8) == 0 ? "i2" : null,
            Version = _random.Next(8) == 0 ? 2 : null,
            HasIncidents = _random.Next(6) == 0 ? _random.Next(2) == 0 : null,
            IsSystem = _random.Next(4) == 0 ? false : null,
            Timestamps = _random.Next(3) == 0
                ? [new(Pick("CreatedAt", "UpdatedAt", "FinishedAt")!, (TimestampOperator)_random.Next(6), Time())]
                : null,
            OrderBy = (InstanceOrder)_random.Next(4),
            Descending = _random.Next(2) == 0,
            Skip = _random.Next(3) == 0 ? _random.Next(20) : 0,
            Take = _random.Next(3) == 0 ? _random.Next(1, 10) : null,
        };

        private StoredInstance NextInstance()
        {
            var subStatus = SubStatuses[_random.Next(4)];
            return new(InstanceId(), $"d{_random.Next(4)}", $"v{_random.Next(4)}", _random.Next(1, 4))
            {
                Revision = _random.Next(1, 4),
                Status = subStatus is "Finished" or "Faulted" ? "Finished" : "Running",
                SubStatus = subStatus,
                Name = Names[_random.Next(Names.Length)],
                CorrelationId = Pick(null, "c1", "c2"),
                ParentInstanceId = Pick(null, null, "i1"),
                RerunOf = Pick(null, null, "i2"),
                IncidentCount = Math.Max(0, _random.Next(-3, 3)),
                IsSystem = _random.Next(6) == 0,
                CreatedAt = Time(),
                UpdatedAt = Time(),
                FinishedAt = TimeOrNull(),
            };
        }

        private string InstanceId() => $"i{_random.Next(60)}";

        private DateTimeOffset Time() => Noon.AddTicks(_random.Next(10));

        private DateTimeOffset? TimeOrNull() => _random.Next(2) == 0 ? null : Time();

        private string? Pick(params string?[] choices) => choices[_random.Next(choices.Length)];

        private List<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make())];
    }
}
