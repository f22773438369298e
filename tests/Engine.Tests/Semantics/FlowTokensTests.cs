using System.Text.Json.Nodes;
using Platform.Engine.Activities;
using static Platform.Engine.Tests.EngineHarness;
using static Platform.Engine.Tests.Semantics.FlowchartTests;

namespace Platform.Engine.Tests.Semantics;

/// <summary>Token-based flowcharts: each merge mode with an untaken decision, a fork and an arrow back.</summary>
public sealed class FlowTokensTests
{
    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("Stream", "s,a,b,m,b2,m")] // nothing is on its way to b2 when a ends, so the target runs once per arrival
    [InlineData("Merge", "s,a,b,b2,m")]
    [InlineData("Converge", "s,a,b,b2,m")]
    [InlineData("Cascade", "s,a,b,m,b2")]
    public async Task A_fork_of_unequal_branches(string mode, string lines)
    {
        var workflow = await StartAsync(
            [Line("s"), Line("a"), Line("b"), Line("b2"), Merging("m", mode)],
            "s -> a", "s -> b", "b -> b2", "a -> m", "b2 -> m");

        Printed().ShouldBe(lines.Split(','));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("Stream")]
    [InlineData("None")]
    [InlineData(null)]
    [InlineData("merge")]
    [InlineData("Converge")]
    [InlineData("Cascade")]
    public async Task A_fork_of_equal_branches_runs_the_target_once(string? mode)
    {
        var workflow = await StartAsync([Line("s"), Line("a"), Line("b"), Merging("m", mode)], "s -> a", "s -> b", "a -> m", "b -> m");

        Printed().ShouldBe(["s", "a", "b", "m"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_race_runs_the_target_with_the_first_branch_and_cancels_the_others()
    {
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Line("w2"), Line("a"), Merging("m", "Race"), Line("end")],
            "s -> w", "s -> a", "w -> w2", "w2 -> m", "a -> m", "m -> end");

        Printed().ShouldBe(["s", "a", "m", "end"]);
        workflow.Bookmarks.ShouldBeEmpty();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("Stream", true)]
    [InlineData("Cascade", true)]
    [InlineData("Race", true)]
    [InlineData("Merge", false)]
    [InlineData("Converge", false)]
    public async Task An_untaken_decision(string mode, bool runs)
    {
        var workflow = await StartAsync(
            [Decision("d", true), Line("yes"), Line("no"), Merging("m", mode)],
            "d:True -> yes", "d:False -> no", "yes -> m", "no -> m");

        Printed().ShouldBe(runs ? ["yes", "m"] : ["yes"]);
        workflow.SubStatus.ShouldBe(runs ? WorkflowSubStatus.Finished : WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_merge_that_can_never_be_satisfied_says_so_in_the_journal()
    {
        await StartAsync([Decision("d", true), Line("yes"), Line("no"), Merging("m", "Merge")], "d:True -> yes", "d:False -> no", "yes -> m", "no -> m");

        var entry = _engine.History().Journal.Single(candidate => candidate.EventName == "Stuck");
        entry.Message.ShouldStartWith("'m' (merge mode Merge) still waits for 'no' (Done)");
    }

    [Fact]
    public async Task A_stream_that_waited_for_a_branch_goes_on_when_that_branch_leads_elsewhere()
    {
        var workflow = await StartAsync(
            [Line("s"), Line("a"), Decision("d", false), Merging("m", "Stream")],
            "s -> a", "s -> d", "a -> m", "d:True -> m");

        Printed().ShouldBe(["s", "a", "m"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("Stream")]
    [InlineData("Merge")]
    [InlineData("Cascade")]
    [InlineData("Race")]
    public async Task An_arrow_back_runs_the_target_again(string mode)
    {
        var workflow = await StartAsync(
            [Line("s"), Merging("body", mode), DecisionByVariable("d", "again"), SetVariable("stop", "again", "false"), Line("end")],
            "s -> body", "body -> d", "d:True -> stop", "stop -> body", "d:False -> end");

        Printed().ShouldBe(["s", "body", "body", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Converge_waits_for_arrows_back_as_well()
    {
        var workflow = await StartAsync(
            [Line("s"), Merging("body", "Converge"), DecisionByVariable("d", "again"), SetVariable("stop", "again", "false"), Line("end")],
            "s -> body", "body -> d", "d:True -> stop", "stop -> body", "d:False -> end");

        Printed().ShouldBe(["s"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Theory]
    [InlineData("Cascade")]
    [InlineData("Race")]
    public async Task A_way_not_taken_in_one_round_of_a_loop_may_be_taken_in_the_next(string mode)
    {
        var workflow = await StartAsync(
            [Line("s"), DecisionByVariable("d", "again"), Line("yes"), Line("no"), Merging("m", mode), DecisionByVariable("d2", "again"), SetVariable("stop", "again", "false"), Line("end")],
            "s -> d", "d:True -> yes", "d:False -> no", "yes -> m", "no -> m", "m -> d2", "d2:True -> stop", "stop -> d", "d2:False -> end");

        Printed().ShouldBe(["s", "yes", "m", "no", "m", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Another_branch_may_win_the_next_round_of_a_race()
    {
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Wait("v"), Merging("m", "Race"), DecisionByVariable("d", "again"), SetVariable("stop", "again", "false"), Line("end")],
            "s -> w", "s -> v", "w -> m", "v -> m", "m -> d", "d:True -> stop", "stop -> s", "d:False -> end");
        var second = await _engine.ResumeAsync(workflow, "w");
        Printed().ShouldBe(["s", "m", "s"]);

        var third = await _engine.ResumeAsync(second, "v");

        Printed().ShouldBe(["s", "m", "s", "m", "end"]);
        third.Bookmarks.ShouldBeEmpty();
        third.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("Cascade")]
    [InlineData("Race")]
    public async Task A_later_arrival_of_the_same_round_is_swallowed(string mode)
    {
        // "s" enters the target directly and by "b", which begins only afterwards.
        var workflow = await StartAsync([Line("s"), Line("b"), Line("c"), Merging("m", mode)], "s -> m", "s -> b", "b -> c", "c -> m");

        Printed().ShouldBe(["s", "m", "b", "c"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("WaitAll", "s,a,end")]
    [InlineData("WaitAllActive", "s,a,end")]
    [InlineData("WaitAny", "s,a,end")]
    public async Task A_join_merges_by_its_own_mode(string mode, string lines)
    {
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Line("a"), Join("j", mode), Line("end")], "s -> w", "s -> a", "w -> j", "a -> j", "j -> end");
        if (mode != "WaitAny")
        {
            Printed().ShouldBe(["s", "a"]);
            workflow = await _engine.ResumeAsync(workflow, "w");
        }

        Printed().ShouldBe(lines.Split(','));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_join_whose_mode_is_an_expression_is_asked_each_time()
    {
        var join = Step("j", "Elsa.FlowJoin", ("mode", "JavaScript", "'Wait' + 'Any'"));
        var workflow = await StartAsync([Line("s"), Wait("w"), Line("a"), join, Line("end")], "s -> w", "s -> a", "w -> j", "a -> j", "j -> end");

        Printed().ShouldBe(["s", "a", "end"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_cancelled_branch_takes_its_tokens_along()
    {
        // The race cancels "w", for which the streaming target "m" waited too.
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Line("a"), Merging("m", "Stream"), Merging("r", "Race")],
            "s -> w", "s -> a", "a -> m", "w -> m", "w -> r", "a -> r");

        Printed().ShouldBe(["s", "a", "r", "m"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Tokens_survive_storage_in_the_middle()
    {
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Wait("v"), Line("a"), Merging("m", "Merge"), Merging("k", "Cascade"), Line("end")],
            "s -> w", "s -> v", "s -> a", "a -> m", "w -> m", "a -> k", "v -> k", "m -> end");
        Printed().ShouldBe(["s", "a", "k"]);

        var second = await _engine.ResumeAsync(workflow, "v"); // its block was stored: "k" does not run again
        Printed().ShouldBe(["s", "a", "k"]);
        var third = await _engine.ResumeAsync(second, "w"); // the token from "a" was stored: "m" runs

        Printed().ShouldBe(["s", "a", "k", "m", "end"]);
        third.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_terminal_activity_ends_the_flowchart_whatever_tokens_wait()
    {
        var workflow = await StartAsync(
            [Line("s"), Wait("w"), Line("a"), Merging("m", "Merge"), """{"id":"end","type":"Elsa.End"}"""],
            "s -> w", "s -> a", "a -> m", "w -> m", "a -> end");

        Printed().ShouldBe(["s", "a"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_fault_keeps_the_flowchart_open()
    {
        var workflow = await StartAsync([Line("s"), Step("f", "Elsa.Fault", ("message", "Literal", "no")), Line("a")], "s -> f", "f -> a");

        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        Printed().ShouldBe(["s"]);
    }

    [Theory]
    [InlineData(FlowchartExecutionMode.Default, null, false)]
    [InlineData(FlowchartExecutionMode.CounterBased, "TokenBased", true)]
    [InlineData(FlowchartExecutionMode.CounterBased, 1, true)]
    [InlineData(FlowchartExecutionMode.TokenBased, null, true)]
    [InlineData(FlowchartExecutionMode.TokenBased, "Default", true)]
    [InlineData(FlowchartExecutionMode.TokenBased, "CounterBased", false)]
    [InlineData(FlowchartExecutionMode.TokenBased, 2, false)]
    public async Task The_instance_chooses_before_the_host(FlowchartExecutionMode host, object? instance, bool isTokenBased)
    {
        var engine = new EngineHarness(host);
        await engine.StartAsync(
            Flowchart(string.Join(',', Decision("d", true), Line("yes"), Line("no"), Merging("m", "Merge")), "", "d:True -> yes", "d:False -> no", "yes -> m", "no -> m"),
            workflow =>
            {
                if (instance is not null)
                    workflow.Properties[Activities.Flowchart.ExecutionModeProperty] = instance;
            });

        engine.Lines.ShouldBe(isTokenBased ? ["yes"] : ["yes", "m"]);
    }

    [Fact]
    public void A_merge_mode_nobody_knows_is_told()
    {
        var content = _engine.Compile(Flowchart(Merging("m", "Blend"), "")).Content;

        content.Warnings.ShouldHaveSingleItem().Code.ShouldBe("WF1110");
    }

    private IReadOnlyList<string> Printed() => _engine.Lines;

    private Task<WorkflowExecutionContext> StartAsync(string[] activities, params string[] connections)
    {
        const string Again = """{"id":"again","name":"again","typeName":"Boolean","value":"true","storageDriverTypeName":"WorkflowInstanceStorageDriver"}""";
        return _engine.StartAsync(
            Flowchart(string.Join(',', activities), Again, connections),
            workflow => workflow.Properties[Activities.Flowchart.ExecutionModeProperty] = "TokenBased");
    }

    private static string Merging(string id, string? mode)
    {
        var line = JsonNode.Parse(Line(id))!;
        if (mode is not null)
            line["customProperties"] = new JsonObject { ["mergeMode"] = mode };
        return line.ToJsonString();
    }
}
