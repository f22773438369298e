using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

/// <content>What waits for a stimulus or for a time: bookmarks and triggers, and when the next of all becomes due.</content>
public abstract partial class StoreConformance
{
    public static TheoryData<string, BookmarkFilter, string[]> BookmarkFilters => new()
    {
        { "id", new() { Id = "b" }, ["b"] },
        { "hash", new() { Hash = "h1" }, ["a", "b"] },
        { "name", new() { Name = "Elsa.Delay" }, ["b", "c"] },
        { "instance", new() { InstanceId = "i1" }, ["a", "c"] },
        { "correlation", new() { CorrelationId = "x" }, ["b", "d"] },
        { "activity", new() { ActivityInstanceId = "activity-c" }, ["c"] },
        { "hash and instance", new() { Hash = "h1", InstanceId = "i1" }, ["a"] },
        { "the oldest of a hash", new() { Hash = "h1", Take = 1 }, ["a"] },
        { "the oldest of a name", new() { Name = "Elsa.Event", Take = 1 }, ["a"] },
        { "fewer than there may be", new() { Name = "Elsa.Event", Take = 9 }, ["a", "d"] },
        { "name and correlation", new() { Name = "Elsa.Delay", CorrelationId = "x" }, ["b"] },
        {
            "everything",
            new() { Id = "b", Hash = "h1", Name = "Elsa.Delay", InstanceId = "i2", CorrelationId = "x", ActivityInstanceId = "activity-b" },
            ["b"]
        },
        { "id of another instance", new() { Id = "b", InstanceId = "i1" }, [] },
        { "unknown", new() { Hash = "none" }, [] },
    };

    public static TheoryData<string, TriggerFilter, string[]> TriggerFilters => new()
    {
        { "none", new(), ["a", "b", "c", "d"] },
        { "id", new() { Id = "c" }, ["c"] },
        { "hash", new() { Hash = "h1" }, ["a", "c"] },
        { "name", new() { Name = "Elsa.HttpEndpoint" }, ["b", "c"] },
        { "definition", new() { DefinitionId = "order" }, ["a", "b"] },
        { "due, soonest first", new() { DueUntil = Noon.AddSeconds(2) }, ["d", "a"] },
        { "due just before", new() { DueUntil = Noon.AddSeconds(2).AddTicks(-1) }, ["d"] },
        { "due and definition", new() { DueUntil = Noon.AddSeconds(9), DefinitionId = "mail" }, ["d"] },
        { "hash and name", new() { Hash = "h1", Name = "Elsa.HttpEndpoint" }, ["c"] },
        { "unknown", new() { DefinitionId = "none" }, [] },
    };

    [Fact]
    public async Task FindBookmarksAsync_ReturnsEveryMember()
    {
        var full = new StoredBookmark("a", "i", "Elsa.Delay", "h")
        {
            CorrelationId = "c",
            Payload = """{"at":"정오"}""",
            ActivityInstanceId = "activity",
            CreatedAt = Noon,
            DueAt = Noon.AddTicks(1),
        };
        var bare = new StoredBookmark("b", "i", "", "");
        await PutAsync(new Commit { Bookmarks = [full, bare] });

        (await Store.FindBookmarksAsync(new() { Id = "a" }, None)).ShouldBe([full]);
        (await Store.FindBookmarksAsync(new() { Id = "b" }, None)).ShouldBe([bare]);
    }

    [Theory]
    [MemberData(nameof(BookmarkFilters))]
    public async Task FindBookmarksAsync_WithAFilter_SelectsExactlyThose(string what, BookmarkFilter filter, string[] expected)
    {
        await PutAsync(new Commit
        {
            Bookmarks =
            [
                Bookmark("d", "i3", "Elsa.Event", "h3") with { CreatedAt = Noon.AddTicks(4), CorrelationId = "x" },
                Bookmark("c", "i1", "Elsa.Delay", "h2") with { CreatedAt = Noon.AddTicks(3), CorrelationId = "y" },
                Bookmark("b", "i2", "Elsa.Delay", "h1") with { CreatedAt = Noon.AddTicks(2), CorrelationId = "x" },
                Bookmark("a", "i1", "Elsa.Event", "h1") with { CreatedAt = Noon.AddTicks(1) },
            ],
        });

        (await Store.FindBookmarksAsync(filter, None)).Select(x => x.Id).ShouldBe(expected, what);
    }

    [Fact]
    public async Task FindBookmarksAsync_OfTheSameAge_KeepsTheOrderOfTheirFirstCommit()
    {
        await PutAsync(new Commit { Bookmarks = [Bookmark("z"), Bookmark("a")] });
        await PutAsync(new Commit { Bookmarks = [Bookmark("m"), Bookmark("z") with { Payload = "1" }] });

        (await Store.FindBookmarksAsync(new() { Hash = "hash" }, None)).Select(x => x.Id).ShouldBe(["z", "a", "m"]);
        (await Store.FindBookmarksAsync(new() { InstanceId = "i" }, None)).Select(x => x.Id).ShouldBe(["z", "a", "m"]);
    }

    [Fact]
    public async Task FindBookmarksAsync_WithoutACondition_IsRefused() =>
        await Should.ThrowAsync<ArgumentException>(async () => await Store.FindBookmarksAsync(new(), None));

    [Fact]
    public async Task CommitAsync_DeletesBookmarksBeforeItWritesThem()
    {
        await PutAsync(new Commit { Bookmarks = [Bookmark("a"), Bookmark("b")] });
        await PutAsync(new Commit { DeletedBookmarks = ["a", "b", "unknown"], Bookmarks = [Bookmark("b", hash: "new")] });

        (await Store.FindBookmarksAsync(new() { InstanceId = "i" }, None)).ShouldBe([Bookmark("b", hash: "new")]);
        (await Store.FindBookmarksAsync(new() { Hash = "hash" }, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task DueBookmarksAsync_ReturnsTheSoonestFirst()
    {
        await PutAsync(new Commit
        {
            Bookmarks =
            [
                Bookmark("late") with { DueAt = Noon.AddTicks(1) },
                Bookmark("third") with { DueAt = Noon },
                Bookmark("first") with { DueAt = Noon.AddDays(-9) },
                Bookmark("second") with { DueAt = Noon.AddTicks(-1) },
                Bookmark("never"),
            ],
        });

        (await DueAsync(10)).ShouldBe(["first", "second", "third"]);
        (await DueAsync(2)).ShouldBe(["first", "second"]);
        await PutAsync(new Commit { Bookmarks = [Bookmark("second") with { DueAt = Noon.AddDays(1) }], DeletedBookmarks = ["first"] });
        (await DueAsync(10)).ShouldBe(["third"]);

        async Task<string[]> DueAsync(int max) => [.. (await Store.DueBookmarksAsync(Noon, max, None)).Select(x => x.Id)];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task DueAsync_WithALimitOutOfRange_IsRefused(int max)
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Store.DueBookmarksAsync(Noon, max, None));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Store.DueWorkAsync(Noon, max, None));
    }

    [Theory]
    [MemberData(nameof(TriggerFilters))]
    public async Task FindTriggersAsync_WithAFilter_SelectsExactlyThose(string what, TriggerFilter filter, string[] expected)
    {
        await PutAsync(new Commit
        {
            Triggers =
            [
                new("order",
                [
                    Trigger("a", hash: "h1") with { DueAt = Noon.AddSeconds(2) },
                    Trigger("b", name: "Elsa.HttpEndpoint", hash: "h2"),
                ]),
                new("mail", [Trigger("c", "mail", "Elsa.HttpEndpoint", "h1"), Trigger("d", "mail") with { DueAt = Noon }]),
            ],
        });

        (await Store.FindTriggersAsync(filter, None)).Select(x => x.Id).ShouldBe(expected, what);
    }

    [Fact]
    public async Task FindTriggersAsync_ReturnsEveryMember()
    {
        var full = new StoredTrigger("t", "d", "v", "activity", "Elsa.Cron", "h") { Payload = """{"cron":"* * * * *"}""", DueAt = Noon };
        await PutAsync(new Commit { Triggers = [new("d", [full])] });

        (await Store.FindTriggersAsync(new() { Id = "t" }, None)).ShouldBe([full]);
    }

    [Fact]
    public async Task CommitAsync_WithTriggers_ReplacesThoseOfTheirDefinitionOnly()
    {
        await PutAsync(new Commit { Triggers = [new("order", [Trigger("a"), Trigger("b")]), new("mail", [Trigger("c", "mail")])] });
        await PutAsync(new Commit { Triggers = [new("order", [Trigger("b"), Trigger("n")])] });
        (await Store.FindTriggersAsync(new() { DefinitionId = "order" }, None)).Select(x => x.Id).ShouldBe(["b", "n"]);

        await PutAsync(new Commit { Triggers = [new("order", [])] });
        (await Store.FindTriggersAsync(new(), None)).ShouldHaveSingleItem().Id.ShouldBe("c");
    }

    [Fact]
    public async Task CommitAsync_WithAnAdvanceFromManyCallers_FiresOnce()
    {
        await PutAsync(new Commit { Triggers = [new("order", [Trigger("t") with { DueAt = Noon }])] });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => CommitAsync(new()
        {
            TriggerAdvances = [new("t", Noon, Noon.AddMinutes(1))],
            Work = [Work($"tick-{i}")],
        }))));

        outcomes.Count(x => x == CommitOutcome.Committed).ShouldBe(1);
        outcomes.Count(x => x == CommitOutcome.TriggerConflict).ShouldBe(49);
        (await Store.DueWorkAsync(Noon, 100, None)).ShouldHaveSingleItem();
        (await Store.FindTriggersAsync(new(), None)).ShouldHaveSingleItem().DueAt.ShouldBe(Noon.AddMinutes(1));
    }

    [Fact]
    public async Task CommitAsync_WithAnAdvanceToNever_LeavesTheTriggerWithoutATime()
    {
        await PutAsync(new Commit { Triggers = [new("order", [Trigger("t") with { DueAt = Noon }])] });
        await PutAsync(new Commit { TriggerAdvances = [new("t", Noon.ToOffset(TimeSpan.FromHours(9)), null)] });

        (await Store.FindTriggersAsync(new(), None)).ShouldHaveSingleItem().DueAt.ShouldBeNull();
        (await CommitAsync(new() { TriggerAdvances = [new("t", Noon, null)] })).ShouldBe(CommitOutcome.TriggerConflict);
    }

    [Fact]
    public async Task CommitAsync_ThatReplacesATriggerItAdvances_KeepsTheReplacement()
    {
        await PutAsync(new Commit { Triggers = [new("order", [Trigger("t") with { DueAt = Noon }])] });
        await PutAsync(new Commit
        {
            Triggers = [new("order", [Trigger("t") with { DueAt = Noon.AddHours(1) }])],
            TriggerAdvances = [new("t", Noon, Noon.AddMinutes(1))],
        });

        (await Store.FindTriggersAsync(new(), None)).ShouldHaveSingleItem().DueAt.ShouldBe(Noon.AddHours(1));
    }

    [Fact]
    public async Task NextDueAsync_IsTheSoonestOfBookmarksTriggersAndWork()
    {
        (await Store.NextDueAsync(DateTimeOffset.MinValue, None)).ShouldBeNull();
        await PutAsync(new Commit
        {
            Bookmarks = [Bookmark("a") with { DueAt = Noon.AddSeconds(3) }, Bookmark("b")],
            Triggers = [new("order", [Trigger("t") with { DueAt = Noon.AddSeconds(2) }, Trigger("u")])],
            Work = [Work("w") with { DueAt = Noon.AddSeconds(1) }],
        });

        (await Store.NextDueAsync(Noon, None)).ShouldBe(Noon.AddSeconds(1));
        (await Store.NextDueAsync(Noon.AddSeconds(1), None)).ShouldBe(Noon.AddSeconds(2));
        (await Store.NextDueAsync(Noon.AddSeconds(2), None)).ShouldBe(Noon.AddSeconds(3));
        (await Store.NextDueAsync(Noon.AddSeconds(3), None)).ShouldBeNull();
    }
}
