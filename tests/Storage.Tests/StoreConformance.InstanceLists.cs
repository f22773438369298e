using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    /// <summary>A filter, and the ids that <see cref="PutListedAsync"/>'s instances leave.</summary>
    public static TheoryData<string, InstanceFilter, string[]> InstanceFilters => new()
    {
        { "none", new(), ["a", "b", "c", "d", "e"] },
        { "ids", new() { Ids = ["b", "e", "unknown"] }, ["b", "e"] },
        { "one id", new() { Ids = ["b"] }, ["b"] },
        {
            "empty lists",
            new() { Ids = [], DefinitionIds = [], DefinitionVersionIds = [], Statuses = [], SubStatuses = [], Timestamps = [] },
            ["a", "b", "c", "d", "e"]
        },
        { "definitions", new() { DefinitionIds = ["invoice", "mail"] }, ["c", "d", "e"] },
        { "one definition", new() { DefinitionIds = ["invoice"] }, ["c", "d"] },
        { "definition versions", new() { DefinitionVersionIds = ["order-v1", "mail-v1"] }, ["a", "b", "e"] },
        { "correlation", new() { CorrelationId = "customer 7" }, ["b", "d"] },
        { "parent", new() { ParentInstanceId = "a" }, ["b", "c"] },
        { "re-runs", new() { RerunOf = "a" }, ["d", "e"] },
        { "re-runs of nothing", new() { RerunOf = "b" }, [] },
        { "re-runs and status", new() { RerunOf = "a", Statuses = ["Finished"] }, [] },
        { "version", new() { Version = 2 }, ["d"] },
        { "with incidents", new() { HasIncidents = true }, ["c"] },
        { "without incidents", new() { HasIncidents = false }, ["a", "b", "d", "e"] },
        { "system", new() { IsSystem = true }, ["e"] },
        { "not system", new() { IsSystem = false }, ["a", "b", "c", "d"] },
        { "statuses", new() { Statuses = ["Finished"] }, ["b", "c"] },
        { "unknown status", new() { Statuses = ["Lost"] }, [] },
        { "sub-statuses", new() { SubStatuses = ["Suspended", "Faulted"] }, ["a", "c"] },
        { "statuses that exclude each other", new() { Statuses = ["Running"], SubStatuses = ["Faulted"] }, [] },
        { "created is", new() { Timestamps = [new("CreatedAt", TimestampOperator.Is, Noon.AddSeconds(2))] }, ["b"] },
        { "created is not", new() { Timestamps = [new("CreatedAt", TimestampOperator.IsNot, Noon.AddSeconds(2))] }, ["a", "c", "d", "e"] },
        { "created before", new() { Timestamps = [new("CreatedAt", TimestampOperator.LessThan, Noon.AddSeconds(3))] }, ["a", "b"] },
        { "updated after", new() { Timestamps = [new("UpdatedAt", TimestampOperator.GreaterThan, Noon.AddSeconds(13))] }, ["d", "e"] },
        {
            "updated until",
            new() { Timestamps = [new("UpdatedAt", TimestampOperator.LessThanOrEqual, Noon.AddSeconds(13))] },
            ["a", "b", "c"]
        },
        { "finished since", new() { Timestamps = [new("FinishedAt", TimestampOperator.GreaterThanOrEqual, Noon.AddSeconds(23))] }, ["c"] },
        { "finished is not, which needs a time", new() { Timestamps = [new("FinishedAt", TimestampOperator.IsNot, Noon)] }, ["b", "c"] },
        {
            "times together",
            new()
            {
                Timestamps =
                [
                    new("CreatedAt", TimestampOperator.GreaterThan, Noon.AddSeconds(1)),
                    new("UpdatedAt", TimestampOperator.LessThan, Noon.AddSeconds(15)),
                    new("FinishedAt", TimestampOperator.LessThan, Noon.AddSeconds(23)),
                ],
            },
            ["b"]
        },
        { "search in name, any case", new() { SearchTerm = "ORDER no" }, ["a", "b"] },
        { "search in Korean", new() { SearchTerm = "청구서" }, ["c"] },
        { "search beyond ASCII, any case", new() { SearchTerm = "ÉTÉ" }, ["d"] },
        { "search in definition id", new() { SearchTerm = "invoi" }, ["c", "d"] },
        { "search in version id", new() { SearchTerm = "mail-v1" }, ["e"] },
        { "search in correlation id", new() { SearchTerm = "customer" }, ["b", "d"] },
        { "search in id", new() { SearchTerm = "B" }, ["b"] },
        { "search with a percent sign", new() { SearchTerm = "100%" }, ["e"] },
        { "search with an underscore", new() { SearchTerm = "_" }, ["e"] },
        { "search with a backslash", new() { SearchTerm = "\\" }, ["e"] },
        { "search that finds nothing", new() { SearchTerm = "' OR 1=1 --" }, [] },
        { "empty search", new() { SearchTerm = "" }, ["a", "b", "c", "d", "e"] },
        { "search and definition", new() { SearchTerm = "customer", DefinitionIds = ["invoice"] }, ["d"] },
        {
            "parent, status and time",
            new()
            {
                ParentInstanceId = "a",
                Statuses = ["Finished"],
                Timestamps = [new("CreatedAt", TimestampOperator.GreaterThan, Noon.AddSeconds(2))],
            },
            ["c"]
        },
        { "ids, correlation and system", new() { Ids = ["a", "b", "e"], CorrelationId = "customer 7", IsSystem = false }, ["b"] },
    };

    /// <summary>The listed instances in the order of each column, upwards.</summary>
    public static TheoryData<InstanceOrder, string> InstanceOrders => new()
    {
        { InstanceOrder.Created, "a b c d e" },
        { InstanceOrder.Updated, "a b c d e" },
        { InstanceOrder.Finished, "a d e b c" },
        { InstanceOrder.Name, "e a b d c" },
    };

    [Theory]
    [MemberData(nameof(InstanceFilters))]
    public async Task ListInstancesAsync_WithAFilter_SelectsExactlyThose(string what, InstanceFilter filter, string[] expected)
    {
        await PutListedAsync();

        var page = await Store.ListInstancesAsync(filter, None);

        page.Items.Select(x => x.Id).ShouldBe(expected, what);
        page.TotalCount.ShouldBe(expected.Length, what);
        foreach (var order in Enum.GetValues<InstanceOrder>())
        {
            var first = await Store.ListInstancesAsync(filter with { OrderBy = order, Descending = true, Take = 2 }, None);
            first.TotalCount.ShouldBe(expected.Length, what);
            first.Items.Count.ShouldBe(Math.Min(2, expected.Length), what);
            first.Items.ShouldAllBe(x => expected.Contains(x.Id), what);
        }
    }

    [Theory]
    [MemberData(nameof(InstanceOrders))]
    public async Task ListInstancesAsync_InEveryOrder_PagesThroughAllOnce(InstanceOrder order, string expected)
    {
        await PutListedAsync();
        string[] upwards = expected.Split(' ');
        InstanceFilter[] filters = [new(), new() { Version = 1 }, new() { SearchTerm = "v1" }, new() { IsSystem = false }];
        foreach (var filter in filters)
        {
            var selected = (await ListIdsAsync(filter)).ToHashSet();
            var ordered = upwards.Where(selected.Contains).ToArray();
            (await ListIdsAsync(filter with { OrderBy = order })).ShouldBe(ordered);
            (await ListIdsAsync(filter with { OrderBy = order, Descending = true })).ShouldBe(ordered.Reverse());
            for (var skip = 0; skip <= ordered.Length; skip++)
            {
                var page = await Store.ListInstancesAsync(filter with { OrderBy = order, Skip = skip, Take = 2 }, None);
                page.Items.Select(x => x.Id).ShouldBe(ordered.Skip(skip).Take(2));
                page.TotalCount.ShouldBe(ordered.Length);
            }
        }
    }

    [Fact]
    public async Task ListInstancesAsync_WithEqualKeys_KeepsTheOrderOfTheirFirstCommit()
    {
        var ids = Enumerable.Range(0, 30).Select(i => $"{(i * 7) % 30:D2}").ToArray();
        foreach (var id in ids)
        {
            var instance = Instance(id, definitionId: id.EndsWith('3') ? "mail" : "order");
            await PutAsync(instance with { UpdatedAt = Noon, Name = id.EndsWith('5') ? "same" : "SAME" });
        }

        await PutAsync(Instance(ids[4], 2) with { UpdatedAt = Noon, Name = "same" });

        foreach (var order in Enum.GetValues<InstanceOrder>())
        {
            (await ListIdsAsync(new() { OrderBy = order })).ShouldBe(ids, $"{order}");
            (await ListIdsAsync(new() { OrderBy = order, Descending = true, Skip = 3, Take = 9 }))
                .ShouldBe(ids.Reverse().Skip(3).Take(9), $"{order}");
            (await ListIdsAsync(new() { OrderBy = order, SearchTerm = "same", Skip = 5 })).ShouldBe(ids.Skip(5), $"{order}");
            (await ListIdsAsync(new() { OrderBy = order, DefinitionIds = ["order"], Skip = 5, Take = 5 }))
                .ShouldBe(ids.Where(x => !x.EndsWith('3')).Skip(5).Take(5), $"{order}");
        }
    }

    [Fact]
    public async Task ListInstancesAsync_ReturnsHeadersWithoutStates()
    {
        await PutListedAsync();

        var listed = (await Store.ListInstancesAsync(new() { Ids = ["c"] }, None)).Items.ShouldHaveSingleItem();

        listed.State.IsEmpty.ShouldBeTrue();
        listed.ShouldBe((await Store.FindInstanceAsync("c", None))! with { State = default });
    }

    [Fact]
    public async Task ListInstancesAsync_WithTenThousandIds_FindsThemAll()
    {
        await PutListedAsync();
        string[] many = [.. Enumerable.Range(0, 10_000).Select(i => $"no such 아이디 \"{i}\""), "d", "b"];

        (await ListIdsAsync(new() { Ids = many })).ShouldBe(["b", "d"]);
        (await ListIdsAsync(new() { DefinitionIds = [.. many, "invoice"] })).ShouldBe(["c", "d"]);
        (await ListIdsAsync(new() { DefinitionVersionIds = [.. many, "mail-v1"] })).ShouldBe(["e"]);
    }

    [Fact]
    public async Task ListInstancesAsync_WithMoreMatchesThanAreSortedAtOnce_StillPagesExactly()
    {
        const int Count = 12_000;
        await PutAsync(new Commit
        {
            Instances =
            [
                .. Enumerable.Range(0, Count).Select(i => Instance($"{i:D5}", definitionId: $"d{i % 3}") with
                {
                    CreatedAt = Noon.AddSeconds(i),
                    UpdatedAt = Noon.AddSeconds(-i),
                    CorrelationId = i % 2 == 0 ? "even" : "odd",
                    Name = "Bulk",
                }),
            ],
        });

        var found = await Store.ListInstancesAsync(new() { SearchTerm = "bulk", Descending = true, Skip = 2, Take = 3 }, None);
        found.TotalCount.ShouldBe(Count);
        found.Items.Select(x => x.Id).ShouldBe(["11997", "11996", "11995"]);

        var since = new TimestampFilter("CreatedAt", TimestampOperator.GreaterThanOrEqual, Noon.AddSeconds(1000));
        var timed = await Store.ListInstancesAsync(new() { Timestamps = [since], OrderBy = InstanceOrder.Updated, Take = 2 }, None);
        timed.TotalCount.ShouldBe(11_000);
        timed.Items.Select(x => x.Id).ShouldBe(["11999", "11998"]);

        var correlated = await Store.ListInstancesAsync(
            new() { CorrelationId = "even", DefinitionIds = ["d0"], Descending = true, Take = 2 }, None);
        correlated.TotalCount.ShouldBe(2000);
        correlated.Items.Select(x => x.Id).ShouldBe(["11994", "11988"]);

        var classed = await Store.ListInstancesAsync(
            new() { DefinitionIds = ["d1", "d2"], OrderBy = InstanceOrder.Updated, Skip = 7_000, Take = 2 }, None);
        classed.TotalCount.ShouldBe(8000);
        classed.Items.Select(x => x.Id).ShouldBe(["01499", "01498"]);
        (await ListIdsAsync(new() { DefinitionIds = ["d0"] })).Length.ShouldBe(4000);
    }

    [Fact]
    public async Task ListInstancesAsync_WithAnUnknownTimeColumn_IsRefused() => await Should.ThrowAsync<ArgumentException>(
        async () => await Store.ListInstancesAsync(new() { Timestamps = [new("created_at; --", TimestampOperator.Is, Noon)] }, None));

    [Fact]
    public async Task ListInstancesAsync_WithATokenThatIsCancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.ListInstancesAsync(new(), cancellation.Token));
    }

    /// <summary>Five instances that differ in everything a filter can select by; created and updated in the order of their ids.</summary>
    private async Task PutListedAsync()
    {
        StoredInstance[] listed =
        [
            Instance("a") with { Name = "Order No 1", SubStatus = "Suspended" },
            Instance("b") with
            {
                Name = "order no 2",
                Status = "Finished",
                SubStatus = "Finished",
                ParentInstanceId = "a",
                CorrelationId = "customer 7",
                FinishedAt = Noon.AddSeconds(22),
            },
            Instance("c", definitionId: "invoice") with
            {
                Name = "청구서 발행",
                Status = "Finished",
                SubStatus = "Faulted",
                ParentInstanceId = "a",
                IncidentCount = 2,
                FinishedAt = Noon.AddSeconds(23),
            },
            new("d", "invoice", "invoice-v2", 2) { Revision = 1, Name = "Pas d'été", CorrelationId = "customer 7", RerunOf = "a" },
            Instance("e", definitionId: "mail") with { Name = "100% \\_", IsSystem = true, SubStatus = "Executing", RerunOf = "a" },
        ];
        foreach (var (i, instance) in listed.Index())
            await PutAsync(instance with { CreatedAt = Noon.AddSeconds(i + 1), UpdatedAt = Noon.AddSeconds(i + 11) });
    }
}
