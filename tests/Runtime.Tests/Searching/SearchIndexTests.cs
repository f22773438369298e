using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Engine;
using Platform.Runtime.Definitions;
using Platform.Runtime.Searching;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Searching;

public sealed class SearchIndexTests
{
    [Fact]
    public async Task A_finished_run_is_found_by_its_inputs_and_by_what_its_variables_were_given()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", WithVariable(Set("s", "Literal", "Seoul"), Line("done")));
        var run = await harness.RunAsync("order", new() { ["customer"] = "Kim", ["total"] = 12.5m, ["paid"] = true, ["lines"] = new List<object?> { 1 } });
        run.Instance.SubStatus.ShouldBe("Finished");
        (await FindAsync(harness, new("customer", "Kim"))).ShouldBeEmpty();

        (await Duty(harness).RunAsync(default)).ShouldBe(1);

        (await FindAsync(harness, new("customer", "kim"))).ShouldBe([run.Instance.Id]);
        (await FindAsync(harness, new("total", "12.50"))).ShouldBe([run.Instance.Id]);
        (await FindAsync(harness, new("paid", "true"))).ShouldBe([run.Instance.Id]);
        (await FindAsync(harness, new("city", "Seoul"))).ShouldBe([run.Instance.Id]);
        (await harness.Store.CountUnindexedAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_run_is_found_by_the_end_of_its_id_that_lists_show()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Line("done")));
        await harness.Runtime.StartAsync(new Platform.Runtime.Execution.StartRequest { DefinitionId = "order", InstanceId = "01a220617171736daca2768f609c400a" }, default);

        await Duty(harness).RunAsync(default);

        (await harness.Store.ListInstancesAsync(new InstanceFilter { Text = "609c400a" }, default)).TotalCount.ShouldBe(1);
        (await harness.Store.ListInstancesAsync(new InstanceFilter { Text = "768f609c" }, default)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task The_last_value_of_a_variable_counts()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", WithVariable(Set("s1", "Literal", "Seoul"), Set("s2", "Literal", "Busan")));
        var run = await harness.RunAsync("order");

        await Duty(harness).RunAsync(default);

        (await FindAsync(harness, new("city", "Seoul"))).ShouldBeEmpty();
        (await FindAsync(harness, new("city", "Busan"))).ShouldBe([run.Instance.Id]);
    }

    [Fact]
    public async Task A_faulted_run_is_found_by_words_of_its_fault()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Step("f", "Elsa.Fault", ("message", "Literal", "The warehouse refused 42 crates."))));
        var run = await harness.RunAsync("order");
        run.Instance.SubStatus.ShouldBe("Faulted");

        await Duty(harness).RunAsync(default);

        (await harness.Store.ListInstancesAsync(new InstanceFilter { Text = "crates wareh" }, default)).Items.Select(x => x.Id).ShouldBe([run.Instance.Id]);
    }

    [Fact]
    public async Task A_secret_is_never_indexed()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        harness.Get<EngineHost>().Secrets.Add("hunter22");
        await harness.PublishAsync("order", WithVariable(Set("s", "Literal", "hunter22")));
        await harness.RunAsync("order", new() { ["password"] = "hunter22", ["url"] = "http://host?key=hunter22", ["customer"] = "Kim" });

        var entry = await Indexer(harness).ReadAsync((await harness.InstancesOfAsync("order"))[0].Id, default);

        entry!.Variables.ShouldBe([new VariableTerm("customer", "Kim")]);
    }

    [Fact]
    public async Task A_run_that_goes_on_is_indexed_again_also_after_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", WithVariable(
            Set("s1", "Literal", "Seoul"), Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Set("s2", "Literal", "Busan")));
        var run = await harness.RunAsync("order");
        await Duty(harness).RunAsync(default);
        (await FindAsync(harness, new("city", "Seoul"))).ShouldBe([run.Instance.Id]);

        await harness.RestartAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await harness.FinishedAsync("order");
        (await Duty(harness).RunAsync(default)).ShouldBe(1);

        (await FindAsync(harness, new("city", "Seoul"))).ShouldBeEmpty();
        (await FindAsync(harness, new("city", "Busan"))).ShouldBe([run.Instance.Id]);
    }

    [Fact]
    public async Task Limits_hold_and_what_is_too_large_is_found_by_its_inputs()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", WithVariable(Set("s", "Literal", "Seoul")));
        var run = await harness.RunAsync("order", Enumerable.Range(0, 20).ToDictionary(i => $"in{i}", object? (i) => i));
        var indexer = Indexer(harness, new SearchOptions { LogBytesMax = 10, VariablesMax = 5 });

        var entry = await indexer.ReadAsync(run.Instance.Id, default);

        entry!.Variables.Count.ShouldBe(5);
        entry.Variables.ShouldNotContain(term => term.Name == "city");
    }

    [Fact]
    public async Task What_cannot_be_read_does_not_stand_in_the_way()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.Store.CommitAsync(new Commit { Instances = [new("broken", "gone", "gone-1", 1) { Revision = 1, Name = "Order 7", State = "not JSON"u8.ToArray() }] }, default);

        (await Duty(harness).RunAsync(default)).ShouldBe(1);

        (await harness.Store.ListInstancesAsync(new InstanceFilter { Text = "order" }, default)).Items.Select(x => x.Id).ShouldBe(["broken"]);
    }

    private static RunIndexer Indexer(RuntimeHarness harness, SearchOptions? options = null) =>
        new(harness.Store, harness.Get<PlanCache>(), harness.Get<EngineHost>(), options ?? new(), NullLogger<RunIndexer>.Instance);

    private static SearchIndexDuty Duty(RuntimeHarness harness) =>
        new(harness.Store, Indexer(harness), new(), harness.Clock, NullLogger<SearchIndexDuty>.Instance);

    private static async Task<string[]> FindAsync(RuntimeHarness harness, VariableTerm term) =>
        [.. (await harness.Store.ListInstancesAsync(new InstanceFilter { Variables = [term] }, default)).Items.Select(x => x.Id)];

    private static JsonObject Set(string id, string language, string value)
    {
        var step = Step(id, "Elsa.SetVariable", ("value", language, value));
        step["variable"] = new JsonObject { ["id"] = "v1", ["name"] = "city", ["typeName"] = "String" };
        return step;
    }

    private static string WithVariable(params JsonObject[] steps)
    {
        var document = JsonNode.Parse(Sequence(steps))!;
        document["variables"] = new JsonArray(new JsonObject { ["id"] = "v1", ["name"] = "city", ["typeName"] = "String" });
        return document.ToJsonString();
    }
}
