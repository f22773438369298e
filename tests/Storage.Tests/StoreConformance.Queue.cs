using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task ListWorkAsync_ReturnsEveryMemberInTheOrderOfTheQueue()
    {
        var full = Start("full", "orders") with { ConcurrencyKey = "customer 7", InstanceId = "i", Priority = 3, Attempts = 2, DueAt = Noon.AddDays(1), Key = "k" };
        await PutAsync(new Commit { Work = [Start("young", "orders") with { CreatedAt = Noon.AddTicks(1) }, Start("old", "orders"), full, Work("other")] });

        var all = await Store.ListWorkAsync(new WorkFilter(), None);
        all.Items.Select(x => x.Id).ShouldBe(["full", "old", "other", "young"]);
        all.TotalCount.ShouldBe(4);
        all.Items[0].ShouldBe(full);
        var page = await Store.ListWorkAsync(new WorkFilter { Skip = 1, Take = 2 }, None);
        page.Items.Select(x => x.Id).ShouldBe(["old", "other"]);
        page.TotalCount.ShouldBe(4);
    }

    [Fact]
    public async Task ListWorkAsync_SelectsByEveryMemberOfTheFilter()
    {
        await PutAsync(new Commit
        {
            Work =
            [
                Start("a", "orders") with { InstanceId = "i", ConcurrencyKey = "x" },
                Start("b", "orders") with { DueAt = Noon.AddMinutes(1) },
                Start("c", "mails"),
                Work("d") with { Kind = "Background" },
            ],
        });

        (await ListAsync(new() { Id = "b" })).ShouldBe(["b"]);
        (await ListAsync(new() { InstanceId = "i" })).ShouldBe(["a"]);
        (await ListAsync(new() { Kinds = ["Start"] })).ShouldBe(["a", "b", "c"]);
        (await ListAsync(new() { Kinds = [] })).ShouldBeEmpty();
        (await ListAsync(new() { ExceptKinds = ["Start"] })).ShouldBe(["d"]);
        (await ListAsync(new() { DefinitionId = "orders" })).ShouldBe(["a", "b"]);
        (await ListAsync(new() { ExceptDefinitionIds = ["orders", "none"] })).ShouldBe(["c", "d"]);
        (await ListAsync(new() { ExceptConcurrencyKeys = ["x"] })).ShouldBe(["b", "c", "d"]);
        (await ListAsync(new() { DueUntil = Noon })).ShouldBe(["a", "c", "d"]);
        (await ListAsync(new() { DueAfter = Noon })).ShouldBe(["b"]);
        (await ListAsync(new() { Id = "b", DefinitionId = "mails" })).ShouldBeEmpty();

        async Task<string[]> ListAsync(WorkFilter filter) => [.. (await Store.ListWorkAsync(filter, None)).Items.Select(x => x.Id)];
    }

    /// <summary>The stores choose another way when much is due; both ways give the same.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public async Task DueWorkAsync_WithAFilter_FindsWhatStandsBehindWhatItLeavesOut(int heldCount)
    {
        var held = Enumerable.Range(0, heldCount).Select(i => Start($"held-{i:d3}", "held") with { Priority = 50, ConcurrencyKey = i < 600 ? "full" : null });
        await PutAsync(new Commit
        {
            Work =
            [
                .. held,
                Start("a", "orders") with { CreatedAt = Noon.AddTicks(2) },
                Work("b") with { Kind = "Stimulus", CreatedAt = Noon.AddTicks(1) },
                Start("c", "mails") with { Priority = 1, CreatedAt = Noon.AddTicks(3) },
                Work("d") with { Kind = "Background", Priority = 9 },
                Start("e", "orders") with { DueAt = Noon.AddTicks(1), Priority = 9 },
                Start("f", "held") with { ConcurrencyKey = "free", Priority = -1 },
            ],
        });

        var others = new WorkFilter { ExceptDefinitionIds = ["held"], ExceptKinds = ["Background"] };
        (await DueAsync(others, 10)).ShouldBe(["c", "b", "a"]);
        (await DueAsync(others, 2)).ShouldBe(["c", "b"]);
        (await DueAsync(new() { Kinds = ["Background"] }, 10)).ShouldBe(["d"]);
        (await DueAsync(new() { DefinitionId = "orders" }, 10)).ShouldBe(["a"]);
        var free = await DueAsync(new() { DefinitionId = "held", ExceptConcurrencyKeys = ["full", "none"] }, 1_000);
        free.Length.ShouldBe(Math.Max(0, heldCount - 600) + 1);
        free[^1].ShouldBe("f");
        (await DueAsync(new() { Kinds = ["none"] }, 10)).ShouldBeEmpty();

        async Task<string[]> DueAsync(WorkFilter filter, int max) => [.. (await Store.DueWorkAsync(filter, Noon, max, None)).Select(x => x.Id)];
    }

    [Fact]
    public async Task CountWorkAsync_TellsDueAndDelayedByKindAndDefinition()
    {
        await PutAsync(new Commit
        {
            Work =
            [
                Start("a", "orders") with { CreatedAt = Noon.AddMinutes(-1) }, Start("b", "orders"), Start("c", "orders") with { DueAt = Noon.AddTicks(1) },
                Start("d", "mails") with { DueAt = Noon.AddTicks(1) }, Work("e") with { Kind = "Stimulus" },
            ],
        });

        var counts = await Store.CountWorkAsync(Noon, None);

        counts.ShouldBe(
        [
            new WorkCount("Start", "mails", 0, 1, Noon),
            new WorkCount("Start", "orders", 2, 1, Noon.AddMinutes(-1)),
            new WorkCount("Stimulus", null, 1, 0, Noon),
        ]);
        await PutAsync(new Commit { DeletedWork = ["a", "b", "c", "d", "e"] });
        (await Store.CountWorkAsync(Noon, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_KeepsTheConcurrencyKeyOfAnInstance()
    {
        var instance = new StoredInstance("i", "orders", "v1", 1) { ConcurrencyKey = "customer 7", CreatedAt = Noon, UpdatedAt = Noon, Revision = 1 };
        await PutAsync(new Commit { Instances = [instance] });
        await PutAsync(new Commit { Instances = [instance with { Revision = 2, SubStatus = "Suspended" }] });

        (await Store.FindInstanceAsync("i", None))!.ConcurrencyKey.ShouldBe("customer 7");
        (await Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = ["orders"] }, None)).Items.ShouldHaveSingleItem().ConcurrencyKey.ShouldBe("customer 7");
    }

    private static StoredWork Start(string id, string definitionId) => Work(id) with { Kind = "Start", DefinitionId = definitionId };
}
