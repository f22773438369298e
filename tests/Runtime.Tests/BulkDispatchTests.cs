using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class BulkDispatchTests
{
    [Fact]
    public async Task One_child_runs_per_item_with_its_input_and_correlation_id()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Say("`${getInput('Shared')} ${getInput('Item') ?? getInput('name')} ${getCorrelationId()} ${getInput('ParentInstanceId').length > 0}`")));
        await harness.PublishAsync("parent", Sequence(
            Bulk(
                ("items", "JavaScript", "['a', {name: 'b', Shared: 'own'}, 3]"),
                ("input", "Object", new { Shared = "all" }),
                ("correlationIdFunction", "JavaScript", "'c-' + (args.item.name ?? getItem())")),
            Line("after")));
        var parent = await harness.RunAsync("parent");
        parent.Instance.SubStatus.ShouldBe("Suspended");
        await harness.FinishedAsync("parent");
        LinesOf(harness).Order(StringComparer.Ordinal).ShouldBe(["after", "all 3 c-3 true", "all a c-a true", "own b c-b true"]);
        (await harness.InstancesOfAsync("child")).ShouldAllBe(child => child.ParentInstanceId == parent.Instance.Id);
    }

    [Fact]
    public async Task Ports_run_for_each_child_by_the_way_it_ended()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(
            Step("o", "Elsa.SetOutput", ("outputName", "Literal", "Doubled"), ("outputValue", "JavaScript", "getInput('N') * 2")),
            Step("if", "Elsa.If", ("condition", "JavaScript", "getInput('N') == 2")).Having("then", Step("f", "Elsa.Fault", ("message", "Literal", "no twos")))));
        await harness.PublishAsync("parent", Flowchart(
            [
                Bulk(("items", "JavaScript", "[1, 2, 3]"), ("defaultItemInputKey", "Literal", "N"))
                    .Having("childCompleted", Say("`ok ${getInput('WorkflowOutput').Doubled} ${getInput('WorkflowStatus')} ${getChildInstanceId() == getInput('WorkflowInstanceId')}`", "ok"))
                    .Having("childFaulted", Say("`bad ${getInput('WorkflowSubStatus')}`", "bad")),
                Line("completed"),
                Line("done"),
            ],
            "bulk:Completed -> completed",
            "bulk -> done"));
        await harness.RunAsync("parent");
        await harness.FinishedAsync("parent");
        LinesOf(harness).Order(StringComparer.Ordinal).ShouldBe(["bad Faulted", "completed", "done", "ok 2 Finished true", "ok 6 Finished true"]);
    }

    [Fact]
    public async Task A_port_activity_that_waits_still_knows_its_child_and_holds_the_end_up()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("o", "Elsa.SetOutput", ("outputName", "Literal", "N"), ("outputValue", "JavaScript", "getInput('Item')"))));
        var port = JsonNode.Parse(Sequence(
            Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Say("`late ${getInput('WorkflowOutput').N}`", "late")))!["root"]!.DeepClone().AsObject();
        await harness.PublishAsync("parent", Sequence(Bulk(("items", "Object", "[1,2]")).Having("childCompleted", port), Line("after")));
        var parent = await harness.RunAsync("parent");
        await harness.CommittedAsync(burst => burst.Instance.DefinitionId == "parent" && burst.Instance.Revision == 3);

        await harness.RestartAsync();
        LinesOf(harness).ShouldBeEmpty();
        harness.Clock.Advance(TimeSpan.FromMinutes(10));

        await harness.FinishedAsync("parent");
        LinesOf(harness).Order(StringComparer.Ordinal).ShouldBe(["after", "late 1", "late 2"]);
        (await harness.InstanceAsync(parent.Instance.Id)).IncidentCount.ShouldBe(0);
    }

    [Fact]
    public async Task Children_and_their_parent_survive_a_restart_and_an_end_told_twice_counts_once()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "JavaScript", "getInput('Item')"))));
        await harness.PublishAsync("parent", Sequence(Bulk(("items", "Object", """["00:01:00","00:10:00"]""")), Line("after")));
        var parent = await harness.RunAsync("parent");
        await TwoChildrenAsync(harness);

        await harness.RestartAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        var first = await harness.FinishedAsync("child");
        await harness.CommittedAsync(burst => burst.Instance.Id == parent.Instance.Id && burst.Instance.Revision >= 2);
        // The process ended after the parent had counted the child and before the work was crossed out.
        await harness.StopAsync();
        var told = new StoredWork("again", "ChildFinished", WorkCodec.Write(new ChildFinished(parent.Instance.Id, first.Instance.Id)))
        {
            CreatedAt = harness.Clock.GetUtcNow(),
            DueAt = harness.Clock.GetUtcNow(),
        };
        await harness.Store.CommitAsync(new Commit { Work = [told] }, CancellationToken.None);
        await harness.StartAsync();
        await harness.CommittedAsync(burst => burst.Instance.Id == parent.Instance.Id && burst.Instance.Revision >= 3);
        (await harness.InstanceAsync(parent.Instance.Id)).Status.ShouldBe("Running");

        harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await harness.FinishedAsync("parent");
        LinesOf(harness).ShouldBe(["after"]);
        (await harness.InstancesOfAsync("child")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_bulk_steps_of_one_instance_count_their_own_children()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "JavaScript", "getInput('Item')"))));
        var fork = new JsonObject { ["id"] = "fork", ["type"] = "Elsa.Parallel" };
        var branches = new[] { ("one", """["00:01:00"]"""), ("two", """["00:10:00"]""") };
        fork["activities"] = new JsonArray([.. branches.Select(branch => new JsonObject
        {
            ["id"] = branch.Item1,
            ["type"] = "Elsa.Sequence",
            ["activities"] = new JsonArray(Bulk(("items", "Object", branch.Item2)), Line(branch.Item1 + " ended")),
        })]);
        await harness.PublishAsync("parent", Sequence(fork));
        await harness.RunAsync("parent");
        await TwoChildrenAsync(harness);

        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        await harness.CommittedAsync(burst => burst.Instance.DefinitionId == "parent" && burst.Instance.Revision >= 2);
        LinesOf(harness).ShouldBe(["one ended"]);
        harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await harness.FinishedAsync("parent");
    }

    [Theory]
    [InlineData("items", "Object", "[]")]
    [InlineData("items", "JavaScript", "null")]
    [InlineData("waitForCompletion", "Literal", "false")]
    public async Task Without_items_or_waiting_it_ends_at_once_with_Done_alone(string input, string type, string value)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        var bulk = Bulk(("items", "Object", "[1]"), (input, type, value));
        await harness.PublishAsync("parent", Flowchart([bulk, Line("completed"), Line("done")], "bulk:Completed -> completed", "bulk -> done"));
        (await harness.RunAsync("parent")).Instance.SubStatus.ShouldBe("Finished");
        LinesOf(harness).ShouldContain("done");
        LinesOf(harness).ShouldNotContain("completed");
    }

    [Theory]
    [InlineData("JavaScript", "Array.from({length: 31}, (_, i) => i)", "WF2101")]
    [InlineData("JavaScript", "5", "not a list")]
    public async Task Items_that_cannot_be_dispatched_fault_and_start_nothing(string type, string items, string message)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        await harness.PublishAsync("parent", Sequence(Bulk(("items", type, items))));
        var parent = await harness.RunAsync("parent");
        parent.Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain(message);
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 100, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_definition_faults()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("parent", Sequence(Bulk(("items", "Object", "[1]"))));
        (await harness.RunAsync("parent")).Workflow.Incidents.ShouldHaveSingleItem().Message
            .ShouldBe("No published version of workflow definition with ID child found.");
    }

    [Fact]
    public async Task The_items_do_not_travel_along_with_every_child_that_ends()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "JavaScript", "getInput('at')"))));
        await harness.PublishAsync("parent", Sequence(Bulk(("items", "JavaScript", "[{at: '00:01:00', load: 'x'.repeat(50000)}, {at: '00:10:00'}]"))));
        var parent = await harness.RunAsync("parent");
        await TwoChildrenAsync(harness);
        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        await harness.CommittedAsync(burst => burst.Instance.Id == parent.Instance.Id && burst.Instance.Revision >= 2);
        (await harness.InstanceAsync(parent.Instance.Id)).State.Length.ShouldBeLessThan(5_000);
    }

    /// <summary>Waits until two children have begun.</summary>
    private static async Task TwoChildrenAsync(RuntimeHarness harness)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await harness.CommittedAsync(burst => burst.Instance.DefinitionId == "child" && seen.Add(burst.Instance.Id) && seen.Count == 2);
    }

    private static IReadOnlyList<string> LinesOf(RuntimeHarness harness) => harness.Lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static JsonObject Bulk(params (string, string, object?)[] inputs) =>
        Step("bulk", "Elsa.BulkDispatchWorkflows", [("workflowDefinitionId", "Literal", "child"), .. inputs]);

    private static JsonObject Say(string script, string id = "say") => Step(id, "Elsa.WriteLine", ("text", "JavaScript", script));
}
