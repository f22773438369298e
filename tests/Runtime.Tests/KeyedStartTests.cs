using System.Text.Json.Nodes;
using Platform.Runtime.Execution;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class KeyedStartTests
{
    [Fact]
    public async Task The_same_key_is_the_same_instance_also_after_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Line("ran")));
        var first = (await StartAsync(harness, "order", "k")).ShouldBeOfType<StartResult.Started>();

        await harness.RestartAsync();

        (await StartAsync(harness, "order", "k")).ShouldBeOfType<StartResult.Exists>().Instance.Id.ShouldBe(first.Instance.Id);
        (await harness.Get<KeyedStarts>().DispatchAsync(Request("order"), "k", CancellationToken.None)).ShouldBe(first.Instance.Id);
        (await harness.InstancesOfAsync("order")).Count.ShouldBe(1);
        harness.Lines.ToString().ShouldBe("ran" + Environment.NewLine);
    }

    [Fact]
    public async Task Requests_at_the_same_moment_start_one_instance()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Line("ran")));

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => StartAsync(harness, "order", "k"))));

        results.Count(result => result is StartResult.Started).ShouldBe(1);
        results.Count(result => result is StartResult.Exists).ShouldBe(15);
        (await harness.InstancesOfAsync("order")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_queued_start_with_a_key_is_queued_once_and_survives_a_crash()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Line("ran")));
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            await harness.Get<KeyedStarts>().DispatchAsync(Request("order"), "k", CancellationToken.None))));
        ids.Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).Count.ShouldBe(1);
        (await harness.Get<KeyedStarts>().DispatchAsync(Request("order", 2), "k", CancellationToken.None)).ShouldBeNull();
        (await StartAsync(harness, "order", "k", 2)).ShouldBeNull();

        await harness.StartAsync();

        (await harness.FinishedAsync("order")).Instance.Id.ShouldBe(ids[0]);
        (await StartAsync(harness, "order", "k")).ShouldBeOfType<StartResult.Exists>();
        harness.Lines.ToString().ShouldBe("ran" + Environment.NewLine);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused_and_the_order_of_inputs_is_not_another_request()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Line("ran")));
        var keyed = harness.Get<KeyedStarts>();
        var request = Request("order") with { Input = new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x" } };
        await keyed.StartAsync(request, "k", CancellationToken.None);

        var turned = request with { Input = new Dictionary<string, object?> { ["b"] = "x", ["a"] = 1 } };
        (await keyed.StartAsync(turned, "k", CancellationToken.None)).ShouldBeOfType<StartResult.Exists>();
        (await keyed.StartAsync(Request("order", 2), "k", CancellationToken.None)).ShouldBeNull();
        (await keyed.DispatchAsync(request with { CorrelationId = "c" }, "k", CancellationToken.None)).ShouldBeNull();
        (await harness.InstancesOfAsync("order")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_workflow_with_the_same_key_is_another_instance()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("one", Sequence(Line("1")));
        await harness.PublishAsync("two", Sequence(Line("2")));
        (await StartAsync(harness, "one", "k")).ShouldBeOfType<StartResult.Started>();
        (await StartAsync(harness, "two", "k")).ShouldBeOfType<StartResult.Started>();
    }

    [Fact]
    public async Task A_singleton_that_runs_is_found_by_its_key_and_does_not_refuse_itself()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = JsonNode.Parse(Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))))!;
        document["options"] = new JsonObject { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime" };
        await harness.PublishAsync("single", document.ToJsonString());
        (await StartAsync(harness, "single", "k")).ShouldBeOfType<StartResult.Started>();

        (await StartAsync(harness, "single", "k")).ShouldBeOfType<StartResult.Exists>();
        (await StartAsync(harness, "single", "other")).ShouldBeOfType<StartResult.Refused>();
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("7f9a-~!|", true)]
    [InlineData("", false)]
    [InlineData("with space", false)]
    [InlineData("ünicode", false)]
    [InlineData("line\n", false)]
    public void A_key_is_visible_ascii(string key, bool isKey)
    {
        KeyedStarts.IsKey(key).ShouldBe(isKey);
        KeyedStarts.IsKey(new string('k', 255)).ShouldBeTrue();
        KeyedStarts.IsKey(new string('k', 256)).ShouldBeFalse();
    }

    private static StartRequest Request(string definitionId, int amount = 1) =>
        new() { DefinitionId = definitionId, Input = new Dictionary<string, object?> { ["amount"] = amount } };

    private static async Task<StartResult?> StartAsync(RuntimeHarness harness, string definitionId, string key, int amount = 1) =>
        await harness.Get<KeyedStarts>().StartAsync(Request(definitionId, amount), key, CancellationToken.None);
}
