using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

/// <content>Finding instances by values and words.</content>
public abstract partial class StoreConformance
{
    /// <summary>A filter, and the ids that <see cref="PutIndexedAsync"/>'s instances leave.</summary>
    public static TheoryData<string, InstanceFilter, string[]> Searches => new()
    {
        { "a value", new() { Variables = [new("city", "Seoul")] }, ["a", "b"] },
        { "a value in any case", new() { Variables = [new("CITY", "seoul")] }, ["a", "b"] },
        { "a value of another name", new() { Variables = [new("town", "Seoul")] }, [] },
        { "a part of a value", new() { Variables = [new("city", "Seo")] }, [] },
        { "two values", new() { Variables = [new("city", "Seoul"), new("total", "12.5")] }, ["b"] },
        { "a number written otherwise", new() { Variables = [new("total", "12.50")] }, ["b", "c"] },
        { "a text that looks like a number", new() { Variables = [new("code", "007")] }, ["c"] },
        { "a value that is longer than what counts", new() { Variables = [new("long", new string('x', 256) + "other")] }, ["a"] },
        { "a word", new() { Text = "refused" }, ["a", "c"] },
        { "the beginning of a word", new() { Text = "refu" }, ["a", "c"] },
        { "the end of a word", new() { Text = "fused" }, [] },
        { "words in any order", new() { Text = "port connection" }, ["a"] },
        { "words of which one is missing", new() { Text = "connection elsewhere" }, [] },
        { "words in Korean", new() { Text = "청구" }, ["c"] },
        { "a beginning of an id", new() { Text = "a" }, ["a"] },
        { "a beginning of a correlation id", new() { Text = "customer-7" }, ["b"] },
        { "signs only", new() { Text = "%_'" }, [] },
        { "a word and a value", new() { Text = "refused", Variables = [new("city", "Seoul")] }, ["a"] },
        { "a value and a status", new() { Variables = [new("city", "Seoul")], Statuses = ["Finished"] }, ["b"] },
        { "a value and a definition", new() { Variables = [new("total", "12.5")], DefinitionIds = ["invoice"] }, ["c"] },
        { "a value and a time", new() { Variables = [new("city", "Seoul")], Timestamps = [new("CreatedAt", TimestampOperator.GreaterThan, Noon.AddSeconds(1))] }, ["b"] },
        { "a value and ids", new() { Variables = [new("city", "Seoul")], Ids = ["b", "c"] }, ["b"] },
        { "a value and a correlation id", new() { Variables = [new("city", "Seoul")], CorrelationId = "customer-77" }, ["b"] },
    };

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task Instances_are_found_by_values_and_words(string what, InstanceFilter filter, string[] expected)
    {
        await PutIndexedAsync();

        (await ListIdsAsync(filter)).ShouldBe(expected, what);
        var page = await Store.ListInstancesAsync(filter with { Take = 1, Descending = true }, None);
        page.TotalCount.ShouldBe(expected.Length, what);
        page.Items.Select(x => x.Id).ShouldBe(expected.TakeLast(1), what);
        page.IsTotalExact.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_not_indexed_since_it_changed_is_told()
    {
        await PutAsync(Instance("a"), Instance("b"));
        (await UnindexedAsync()).ShouldBe(["a", "b"], ignoreOrder: true);
        (await Store.CountUnindexedAsync(None)).ShouldBe(2);

        await IndexAsync("a");
        (await UnindexedAsync()).ShouldBe(["b"]);
        await IndexAsync("b");
        (await UnindexedAsync()).ShouldBeEmpty();

        await PutAsync(Instance("a", 2));
        (await UnindexedAsync()).ShouldBe(["a"]);
        (await Store.CountUnindexedAsync(None)).ShouldBe(1);

        // Written again while it was read.
        await PutAsync(Instance("a", 3));
        await IndexAsync("a", 2);
        (await UnindexedAsync()).ShouldBe(["a"]);
        await IndexAsync("a", 3);
        (await UnindexedAsync()).ShouldBeEmpty();
        (await Store.CountUnindexedAsync(None)).ShouldBe(0);
    }

    [Fact]
    public async Task Unindexed_instances_come_in_chunks()
    {
        await PutAsync([.. Enumerable.Range(0, 25).Select(i => Instance($"i{i}"))]);

        var seen = new List<string>();
        while (await Store.FindUnindexedAsync(10, None) is { Count: > 0 } chunk)
        {
            chunk.Count.ShouldBeLessThanOrEqualTo(10);
            seen.AddRange(chunk.Select(x => x.Id));
            await PutAsync(new Commit { SearchEntries = [.. chunk.Select(x => new SearchEntry(x.Id, x.Revision, [], []))] });
        }

        seen.ShouldBe(Enumerable.Range(0, 25).Select(i => $"i{i}"), ignoreOrder: true);
    }

    [Fact]
    public async Task A_new_entry_replaces_the_former_one()
    {
        await PutIndexedAsync();

        await IndexAsync("a", 1, [new("city", "Busan")], ["FINE"]);

        (await ListIdsAsync(new() { Variables = [new("city", "Seoul")] })).ShouldBe(["b"]);
        (await ListIdsAsync(new() { Variables = [new("city", "Busan")] })).ShouldBe(["a"]);
        (await ListIdsAsync(new() { Text = "refused" })).ShouldBe(["c"]);
        (await ListIdsAsync(new() { Text = "fine" })).ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_is_deleted_is_found_no_more_and_what_comes_in_its_place_is_indexed()
    {
        await PutIndexedAsync();

        await PutAsync(new Commit { DeletedInstances = ["b", "c"] });
        await PutAsync(Instance("d"), Instance("e"));

        (await ListIdsAsync(new() { Variables = [new("total", "12.5")] })).ShouldBeEmpty();
        (await ListIdsAsync(new() { Text = "refused" })).ShouldBe(["a"]);
        (await UnindexedAsync()).ShouldBe(["d", "e"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_entry_of_a_deleted_instance_does_not_pass_for_the_one_that_took_its_place()
    {
        await PutAsync(Instance("a"), Instance("b"), Instance("c"));
        await PutAsync(new Commit { DeletedInstances = ["b", "c"] });
        await PutAsync(Instance("d"));
        await PutAsync(Instance("c"));

        // Read before the deletion, written after it.
        await IndexAsync("a");
        await IndexAsync("b");
        await IndexAsync("c");

        (await UnindexedAsync()).ShouldContain("d");
    }

    private async Task PutIndexedAsync()
    {
        await PutAsync(
            Instance("a") with { CreatedAt = Noon.AddSeconds(1), Name = "Order 1" },
            Instance("b") with { CreatedAt = Noon.AddSeconds(2), CorrelationId = "customer-77", Status = "Finished", SubStatus = "Finished" },
            Instance("c", definitionId: "invoice") with { CreatedAt = Noon.AddSeconds(3) });
        await IndexAsync("a", 1, [new("city", "Seoul"), new("long", new string('X', 300))], ["CONNECTION", "REFUSED", "PORT", "8080"]);
        await IndexAsync("b", 1, [new("city", "SEOUL"), new("total", "12.5")], []);
        await IndexAsync("c", 1, [new("total", "12.5"), new("code", "007")], ["REFUSED", "청구서"]);
    }

    private Task IndexAsync(string id, long revision = 1, VariableTerm[]? variables = null, string[]? words = null) =>
        PutAsync(new Commit { SearchEntries = [new(id, revision, variables ?? [], words ?? [])] });

    private async Task<string[]> UnindexedAsync() => [.. (await Store.FindUnindexedAsync(100, None)).Select(x => x.Id)];
}
