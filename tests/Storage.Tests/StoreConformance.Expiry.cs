using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

/// <content>Retention and sizes.</content>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task FindExpired_OldestFirst_OnlyWhatTheFilterSelects()
    {
        await PutAsync(
            Finished("b", 2), Finished("a", 1), Finished("c", 3), Finished("faulted", 1) with { SubStatus = "Faulted" },
            Finished("other", 1) with { DefinitionId = "invoice" }, Instance("running"),
            Finished("long", 8) with { CreatedAt = Noon.AddHours(-1) });

        (await ExpiredAsync(until: 3)).ShouldBe(["a", "b"]);
        (await ExpiredAsync(until: 8, max: 1)).ShouldBe(["a"]);
        (await ExpiredAsync(until: 9)).ShouldBe(["long", "a", "b", "c"]);
        (await ExpiredAsync(until: 9, max: 9, "Faulted", "Cancelled")).ShouldBe(["faulted"]);
    }

    [Fact]
    public async Task FindExpired_WithQueuedWorkOfItOrItsParent_IsKept()
    {
        await PutAsync(Finished("a", 1), Finished("child", 1) with { ParentInstanceId = "parent" }, Instance("parent"));
        await PutAsync(new Commit { Work = [Work("w1") with { InstanceId = "a" }, Work("w2") with { InstanceId = "parent" }] });
        (await ExpiredAsync(until: 9)).ShouldBeEmpty();

        await PutAsync(new Commit { DeletedWork = ["w1", "w2"] });
        (await ExpiredAsync(until: 9)).ShouldBe(["a", "child"]);
    }

    [Fact]
    public async Task ExpiredInstances_OnlyFinishedAndUnchanged_AreDeletedWithAllTheyHave()
    {
        await PutAsync(Finished("a", 1), Finished("changed", 1), Instance("running"));
        await PutAsync(new Commit { Bursts = [Burst("a")], Bookmarks = [Bookmark("b", "a")] });
        await PutAsync(Instance("changed", 2));

        await PutAsync(new Commit { ExpiredInstances = [new("a", 1), new("changed", 1), new("running", 1), new("unknown", 1)] });

        (await ListIdsAsync(new())).ShouldBe(["changed", "running"], ignoreOrder: true);
        (await Store.ReadBurstsAsync("a", None)).ShouldBeEmpty();
        (await Store.FindBookmarksAsync(new() { InstanceId = "a" }, None)).ShouldBeEmpty();
        (await Store.CountInstancesAsync(None)).Sum(x => x.Instances).ShouldBe(2);
    }

    [Fact]
    public async Task Measure_ByDefinition_CountsStatesAndLogs()
    {
        await PutAsync(Finished("a", 1), Finished("big", 1) with { DefinitionId = "invoice", State = new byte[50_000] });
        await PutAsync(new Commit { Bursts = [new("big", 1, Noon, new byte[30_000])] });

        var size = await Store.MeasureAsync(None);

        size.Workflows.Single(x => x.DefinitionId == "invoice").Bytes.ShouldBeInRange(80_000, 82_000);
        size.Workflows.Single(x => x.DefinitionId == "order").Bytes.ShouldBeInRange(100, 2_000);
        size.Workflows[0].Oldest.ShouldBe(Noon);
    }

    [Fact]
    public async Task Measure_OfWhatWaits_CountsWorkAndBookmarks()
    {
        await PutAsync(Instance("a"));
        await PutAsync(new Commit { Bookmarks = [Bookmark("b", "a"), Bookmark("c", "a")], Work = [new("w", "Start", "{}") { DueAt = Noon.AddHours(2) }, new("v", "Start", "{}") { DueAt = Noon }] });

        var size = await Store.MeasureAsync(None);

        (size.Bookmarks, size.Work, size.OldestWorkDueAt).ShouldBe((2, 2, Noon));
        await PutAsync(new Commit { DeletedWork = ["w", "v"] });
        (await Store.MeasureAsync(None)).OldestWorkDueAt.ShouldBeNull();
    }

    private static StoredInstance Finished(string id, int hour) =>
        Instance(id) with { Status = "Finished", SubStatus = "Finished", CreatedAt = Noon.AddHours(hour - 1), FinishedAt = Noon.AddHours(hour) };

    private async Task<string[]> ExpiredAsync(int until, int max = 9, params string[] subStatuses) =>
    [
        .. (await Store.FindExpiredAsync(
            new("order", subStatuses is [] ? ["Finished"] : subStatuses, Noon.AddHours(until), max), None)).Select(x => x.Id),
    ];
}
