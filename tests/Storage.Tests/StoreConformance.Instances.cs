using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task FindInstanceAsync_WithAnUnknownId_IsNull() => (await Store.FindInstanceAsync("none", None)).ShouldBeNull();

    [Fact]
    public async Task FindInstanceAsync_ReturnsEveryMember()
    {
        var full = Instance("a") with
        {
            Status = "Finished",
            SubStatus = "Faulted",
            CorrelationId = "customer 7",
            Name = "주문 처리",
            ParentInstanceId = "parent",
            RerunOf = "original",
            IncidentCount = 3,
            IsSystem = true,
            CreatedAt = Noon.AddTicks(1),
            UpdatedAt = Noon.AddTicks(2),
            FinishedAt = Noon.AddTicks(3),
        };
        var bare = new StoredInstance("b", "", "", 0) { Revision = 1, CorrelationId = "", Name = "" };
        await PutAsync(full, bare);

        var found = (await Store.FindInstanceAsync("a", None))!;
        Text(found.State).ShouldBe("state of a at 1");
        (found with { State = default }).ShouldBe(full with { State = default });
        ((await Store.FindInstanceAsync("b", None))! with { State = default }).ShouldBe(bare);
    }

    [Fact]
    public async Task FindInstanceAsync_GivesTimesInUtc()
    {
        var seoul = Noon.ToOffset(TimeSpan.FromHours(9));
        await PutAsync(Instance("a") with { CreatedAt = seoul, UpdatedAt = seoul, FinishedAt = seoul });

        var found = (await Store.FindInstanceAsync("a", None))!;
        found.CreatedAt.ShouldBe(seoul);
        new[] { found.CreatedAt, found.UpdatedAt, found.FinishedAt!.Value }.ShouldAllBe(x => x.Offset == TimeSpan.Zero);
    }

    [Fact]
    public async Task FindInstanceAsync_AfterManyCommits_HasTheLatest()
    {
        await PutAsync(Instance("a"));
        await PutAsync(Instance("a", 2) with { SubStatus = "Suspended", Name = "named", CorrelationId = "c", ParentInstanceId = "p" });
        await PutAsync(Instance("a", 3) with { Status = "Finished", SubStatus = "Finished", FinishedAt = Noon, IncidentCount = 1 });

        var found = (await Store.FindInstanceAsync("a", None))!;
        Text(found.State).ShouldBe("state of a at 3");
        (found.Revision, found.Status, found.Name, found.CorrelationId, found.FinishedAt)
            .ShouldBe((3, "Finished", null, null, Noon));
        (await ListIdsAsync(new() { Statuses = ["Running"] })).ShouldBeEmpty();
        (await ListIdsAsync(new() { Statuses = ["Finished"], HasIncidents = true })).ShouldBe(["a"]);
    }

    [Fact]
    public async Task FindInstanceAsync_AfterItMovedToAnotherVersion_BelongsToThatOne()
    {
        await PutAsync(Instance("a"));
        var moved = new StoredInstance("a", "d", "d at 2", 2) { Revision = 2, Status = "Running", SubStatus = "Suspended", CreatedAt = Noon, UpdatedAt = Noon };
        await PutAsync(moved);

        ((await Store.FindInstanceAsync("a", None))! with { State = default }).ShouldBe(moved);
        (await Store.ListInstancesAsync(new InstanceFilter { DefinitionVersionIds = ["d at 2"] }, None)).Items.ShouldHaveSingleItem();
        (await Store.ListInstancesAsync(new InstanceFilter { Version = 1 }, None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_KeepsACopyOfTheState()
    {
        var state = new byte[] { 1, 2, 3 };
        var log = new byte[] { 4, 5, 6 };
        await PutAsync(new Commit { Instances = [Instance("a") with { State = state }], Bursts = [Burst("a") with { Log = log }] });
        Array.Clear(state);
        Array.Clear(log);

        (await Store.FindInstanceAsync("a", None))!.State.ToArray().ShouldBe([1, 2, 3]);
        (await Store.ReadBurstsAsync("a", None))[0].Log.ToArray().ShouldBe([4, 5, 6]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5 * 1024 * 1024)]
    public async Task CommitAsync_WithABlobOfAnySize_KeepsIt(int size)
    {
        var blob = new byte[size];
        new Random(size).NextBytes(blob);
        await PutAsync(new Commit { Instances = [Instance("a") with { State = blob }], Bursts = [Burst("a") with { Log = blob }] });

        (await Store.FindInstanceAsync("a", None))!.State.Span.SequenceEqual(blob).ShouldBeTrue();
        (await Store.ReadBurstsAsync("a", None))[0].Log.Span.SequenceEqual(blob).ShouldBeTrue();
    }

    [Fact]
    public async Task CommitAsync_WithRevisionOneOfAStoredInstance_IsAConflict()
    {
        await PutAsync(Instance("a"));

        (await CommitAsync(new() { Instances = [Instance("a")] })).ShouldBe(CommitOutcome.InstanceConflict);
    }

    [Fact]
    public async Task CommitAsync_WithTheSameRevisionFromManyCallers_LetsOneThrough()
    {
        await PutAsync(Instance("a"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            () => CommitAsync(new() { Instances = [Instance("a", 2) with { Name = $"{i}" }], Bursts = [Burst("a", 2)] }))));

        outcomes.Count(x => x == CommitOutcome.Committed).ShouldBe(1);
        outcomes.Count(x => x == CommitOutcome.InstanceConflict).ShouldBe(49);
        (await Store.FindInstanceAsync("a", None))!.Name.ShouldBe($"{Array.IndexOf(outcomes, CommitOutcome.Committed)}");
        (await Store.ReadBurstsAsync("a", None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ReadBurstsAsync_ReturnsTheLogsInOrder()
    {
        await PutAsync(Instance("other"), Instance("a"));
        await PutAsync(new Commit { Bursts = [Burst("a"), Burst("other")] });
        for (var revision = 2; revision <= 12; revision++)
            await PutAsync(new Commit { Instances = [Instance("a", revision)], Bursts = [Burst("a", revision)] });

        var bursts = await Store.ReadBurstsAsync("a", None);
        bursts.Select(x => x.Revision).ShouldBe(Enumerable.Range(1, 12).Select(x => (long)x));
        bursts.ShouldAllBe(x => x.InstanceId == "a" && Text(x.Log) == $"log of a at {x.Revision}");
        bursts.ShouldAllBe(x => x.CommittedAt == Noon.AddSeconds(x.Revision));
        (await Store.ReadBurstsAsync("none", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_WithABurstThatExists_ThrowsAndWritesNothing()
    {
        await PutAsync(new Commit { Instances = [Instance("a")], Bursts = [Burst("a")] });

        await Should.ThrowAsync<Exception>(() => CommitAsync(new() { Bursts = [Burst("a")], Documents = [new("user", "x", "1")] }));

        (await Store.FindDocumentAsync("user", "x", None)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_ThatDeletesAnInstance_DeletesAllItHas()
    {
        foreach (var id in new[] { "a", "b" })
        {
            await PutAsync(new Commit
            {
                Instances = [Instance(id)],
                Bursts = [Burst(id)],
                Bookmarks = [Bookmark($"{id}1", id), Bookmark($"{id}2", id)],
                Work = [Work(id, "key of " + id) with { InstanceId = id }],
            });
        }

        await PutAsync(new Commit { DeletedInstances = ["a", "unknown"] });

        (await Store.FindInstanceAsync("a", None)).ShouldBeNull();
        (await Store.ReadBurstsAsync("a", None)).ShouldBeEmpty();
        (await Store.FindBookmarksAsync(new() { InstanceId = "a" }, None)).ShouldBeEmpty();
        (await Store.FindWorkByKeyAsync("key of a", None)).ShouldBeNull();
        (await Store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(1);
        (await Store.ReadBurstsAsync("b", None)).ShouldHaveSingleItem();
        (await Store.FindBookmarksAsync(new() { InstanceId = "b" }, None)).Count.ShouldBe(2);
        (await Store.FindWorkByKeyAsync("key of b", None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task CommitAsync_ForADeletedInstance_IsAConflictUnlessItStartsAnew()
    {
        await PutAsync(new Commit { Instances = [Instance("a")], Bursts = [Burst("a")] });
        await PutAsync(new Commit { DeletedInstances = ["a"] });

        (await CommitAsync(new() { Instances = [Instance("a", 2)] })).ShouldBe(CommitOutcome.InstanceConflict);
        await PutAsync(Instance("a"));
        (await Store.ReadBurstsAsync("a", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_WithABurstForAnInstanceItDeletes_Throws()
    {
        await PutAsync(Instance("a"));

        await Should.ThrowAsync<InvalidOperationException>(
            () => CommitAsync(new() { DeletedInstances = ["a"], Bursts = [Burst("a", 2)] }));

        (await Store.FindInstanceAsync("a", None)).ShouldNotBeNull();
    }
}
