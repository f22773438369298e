using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    public static TheoryData<string, DefinitionFilter, string[]> DefinitionFilters => new()
    {
        { "none", new(), ["order-1", "order-2", "order-3", "invoice-1", "mail-1"] },
        { "latest", new() { Versions = VersionOptions.Latest }, ["order-3", "invoice-1", "mail-1"] },
        { "published", new() { Versions = VersionOptions.Published }, ["order-2", "mail-1"] },
        { "draft", new() { Versions = VersionOptions.Draft }, ["order-3", "invoice-1"] },
        { "latest or published", new() { Versions = VersionOptions.LatestOrPublished }, ["order-2", "order-3", "invoice-1", "mail-1"] },
        { "latest and published", new() { Versions = VersionOptions.LatestAndPublished }, ["mail-1"] },
        { "version", new() { Versions = VersionOptions.Specific(2) }, ["order-2"] },
        { "definitions", new() { DefinitionIds = ["order", "unknown"] }, ["order-1", "order-2", "order-3"] },
        { "no definitions", new() { DefinitionIds = [] }, [] },
        { "ids", new() { Ids = ["order-1", "mail-1"] }, ["order-1", "mail-1"] },
        { "no ids", new() { Ids = [] }, [] },
        { "search in name, any case", new() { SearchTerm = "ORDERS" }, ["order-3"] },
        { "search in Korean", new() { SearchTerm = "주문" }, ["order-1", "order-2"] },
        { "search in description", new() { SearchTerm = "ÉTÉ" }, ["invoice-1"] },
        { "search in id", new() { SearchTerm = "mail-" }, ["mail-1"] },
        { "search in definition id", new() { SearchTerm = "VOICE" }, ["invoice-1"] },
        { "search with signs", new() { SearchTerm = "50%_\\" }, ["mail-1"] },
        { "search that finds nothing", new() { SearchTerm = "%" , Ids = ["order-1"] }, [] },
        { "name, any case and trimmed", new() { Name = " all ORDERS " }, ["order-3"] },
        { "name beyond ASCII", new() { Name = "ÉCRIRE" }, ["mail-1"] },
        { "part of a name", new() { Name = "all" }, [] },
        { "system", new() { IsSystem = true }, ["mail-1"] },
        { "not system", new() { IsSystem = false, Versions = VersionOptions.Latest }, ["order-3", "invoice-1"] },
        { "usable as activity", new() { IsUsableAsActivity = true }, ["order-2", "invoice-1"] },
        { "not usable as activity", new() { IsUsableAsActivity = false, Versions = VersionOptions.Latest }, ["order-3", "mail-1"] },
        {
            "together",
            new() { Versions = VersionOptions.LatestOrPublished, DefinitionIds = ["order", "mail"], SearchTerm = "order" },
            ["order-2", "order-3"]
        },
    };

    [Fact]
    public async Task FindDefinitionVersionAsync_ReturnsEveryMember()
    {
        var full = new WorkflowDefinition("v", "d", 3)
        {
            Name = "이름",
            Description = "Text",
            CreatedAt = Noon,
            ToolVersion = "3.5.0.0",
            IsLatest = true,
            IsPublished = true,
            IsReadonly = true,
            IsSystem = true,
            ProviderName = "Shipped",
            IsUsableAsActivity = true,
            Document = """{"root":{"name":"ü"}}""",
        };
        var bare = new WorkflowDefinition("w", "d", 0);
        await PutAsync(new Commit { Definitions = [full, bare] });

        (await Store.FindDefinitionVersionAsync("v", None)).ShouldBe(full);
        (await Store.FindDefinitionVersionAsync("w", None)).ShouldBe(bare);
        (await Store.FindDefinitionVersionAsync("none", None)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_WithAStoredDefinitionVersion_ReplacesIt()
    {
        await PutAsync(new Commit { Definitions = [Definition("v") with { IsLatest = true }] });
        var changed = new WorkflowDefinition("v", "other", 9) { Document = """{"new":1}""" };
        await PutAsync(new Commit { Definitions = [changed] });

        (await Store.FindDefinitionVersionAsync("v", None)).ShouldBe(changed);
        (await Store.ListDefinitionsAsync(new(), None)).TotalCount.ShouldBe(1);
    }

    [Fact]
    public async Task CommitAsync_ThatDeletesVersions_LeavesTheOthers()
    {
        await PutDefinitionsAsync();
        await PutAsync(new Commit { DeletedDefinitionVersions = ["order-2", "unknown"] });

        (await Store.FindDefinitionVersionAsync("order-2", None)).ShouldBeNull();
        (await Store.ListDefinitionsAsync(new() { DefinitionIds = ["order"] }, None)).TotalCount.ShouldBe(2);
        (await Store.FindDefinitionAsync("order", VersionOptions.Published, None)).ShouldBeNull();
    }

    [Fact]
    public async Task FindDefinitionAsync_WithEachOption_ReturnsTheHighestMatch()
    {
        await PutDefinitionsAsync();

        (await FindAsync(VersionOptions.AllVersions)).ShouldBe("order-3");
        (await FindAsync(VersionOptions.Latest)).ShouldBe("order-3");
        (await FindAsync(VersionOptions.Draft)).ShouldBe("order-3");
        (await FindAsync(VersionOptions.Published)).ShouldBe("order-2");
        (await FindAsync(VersionOptions.LatestOrPublished)).ShouldBe("order-3");
        (await FindAsync(VersionOptions.LatestAndPublished)).ShouldBeNull();
        (await FindAsync(VersionOptions.Specific(1))).ShouldBe("order-1");
        (await FindAsync(VersionOptions.Specific(9))).ShouldBeNull();
        (await Store.FindDefinitionAsync("none", VersionOptions.Latest, None)).ShouldBeNull();
        (await Store.FindDefinitionAsync("order", VersionOptions.Latest, None))!.Document.ShouldBe("""{"id":"order-3"}""");

        async Task<string?> FindAsync(VersionOptions options) => (await Store.FindDefinitionAsync("order", options, None))?.Id;
    }

    [Theory]
    [MemberData(nameof(DefinitionFilters))]
    public async Task ListDefinitionsAsync_WithAFilter_SelectsExactlyThose(string what, DefinitionFilter filter, string[] expected)
    {
        await PutDefinitionsAsync();

        var page = await Store.ListDefinitionsAsync(filter with { OrderBy = DefinitionOrder.Created }, None);

        page.Items.Select(x => x.Id).ShouldBe(expected, what);
        page.TotalCount.ShouldBe(expected.Length, what);
    }

    [Fact]
    public async Task ListDefinitionsAsync_ReadsDocumentsOnlyWhenAsked()
    {
        await PutDefinitionsAsync();

        (await Store.ListDefinitionsAsync(new(), None)).Items.ShouldAllBe(x => x.Document == "{}");
        (await Store.ListDefinitionsAsync(new() { WithDocuments = true }, None)).Items
            .ShouldAllBe(x => x.Document == $$"""{"id":"{{x.Id}}"}""");
        var listed = (await Store.ListDefinitionsAsync(new() { Ids = ["invoice-1"] }, None)).Items.ShouldHaveSingleItem();
        listed.ShouldBe((await Store.FindDefinitionVersionAsync("invoice-1", None))! with { Document = "{}" });
    }

    [Fact]
    public async Task ListDefinitionsAsync_InEveryOrder_PagesThroughAllOnce()
    {
        await PutDefinitionsAsync();
        var orders = new Dictionary<DefinitionOrder, string[]>
        {
            // Without a name first; "주문" behind "écrire", by code point; equal names by id.
            [DefinitionOrder.Name] = ["invoice-1", "order-3", "mail-1", "order-1", "order-2"],
            [DefinitionOrder.Created] = ["order-1", "order-2", "order-3", "invoice-1", "mail-1"],
            [DefinitionOrder.Version] = ["order-1", "invoice-1", "mail-1", "order-2", "order-3"],
        };

        foreach (var (order, ids) in orders)
        {
            for (var skip = 0; skip <= ids.Length; skip++)
            {
                var up = await Store.ListDefinitionsAsync(new() { OrderBy = order, Skip = skip, Take = 2 }, None);
                up.Items.Select(x => x.Id).ShouldBe(ids.Skip(skip).Take(2), $"{order}");
                up.TotalCount.ShouldBe(5);
                var down = await Store.ListDefinitionsAsync(new() { OrderBy = order, Descending = true, Skip = skip, Take = 2 }, None);
                down.Items.Select(x => x.Id).ShouldBe(ids.Reverse().Skip(skip).Take(2), $"{order} downwards");
            }
        }
    }

    [Fact]
    public async Task ListDefinitionsAsync_WithTenThousandIds_FindsThemAll()
    {
        await PutDefinitionsAsync();
        string[] many = [.. Enumerable.Range(0, 10_000).Select(i => $"no such {i}"), "order-2", "order"];

        (await Store.ListDefinitionsAsync(new() { Ids = many }, None)).Items.ShouldHaveSingleItem().Id.ShouldBe("order-2");
        (await Store.ListDefinitionsAsync(new() { DefinitionIds = many }, None)).TotalCount.ShouldBe(3);
    }

    private async Task PutDefinitionsAsync()
    {
        WorkflowDefinition[] definitions =
        [
            Definition("order-1") with { Name = "주문 처리" },
            Definition("order-2", version: 2) with { Name = "주문 처리", IsPublished = true, IsUsableAsActivity = true },
            Definition("order-3", version: 3) with { Name = " All Orders", IsLatest = true },
            Definition("invoice-1", "invoice") with { Name = null, Description = "d'été", IsLatest = true, IsUsableAsActivity = true },
            Definition("mail-1", "mail") with
            {
                Name = "écrire",
                Description = "50%_\\",
                IsLatest = true,
                IsPublished = true,
                IsSystem = true,
            },
        ];
        await PutAsync(new Commit { Definitions = [.. definitions.Select((x, i) => x with { CreatedAt = Noon.AddTicks(i) })] });
    }
}
