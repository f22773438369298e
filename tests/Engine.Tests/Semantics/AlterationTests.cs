using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Semantics;

public sealed class AlterationTests
{
    private readonly EngineHarness _harness = new();

    [Fact]
    public async Task A_cancelled_instance_has_nothing_left_to_run()
    {
        var workflow = await WaitingAsync();

        var result = await AlterAsync(workflow, new Alteration.Cancel());

        result.IsSuccessful.ShouldBeTrue();
        result.HasScheduledWork.ShouldBeFalse();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        workflow.Bookmarks.ShouldBeEmpty();
        result.Log.ShouldHaveSingleItem().EventName.ShouldBe("InstanceCanceled");
    }

    [Fact]
    public async Task After_a_cancelled_activity_its_sequence_goes_on()
    {
        var workflow = await WaitingAsync();

        var result = await AlterAsync(workflow, new Alteration.CancelActivity("w", null));

        result.HasScheduledWork.ShouldBeTrue();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _harness.Lines.ShouldBe(["before", "after"]);
        _harness.History().Journal.Select(entry => entry.EventName).ShouldContain("ActivityCanceled");
    }

    [Fact]
    public async Task One_of_several_executions_of_an_activity_can_be_cancelled()
    {
        var workflow = await _harness.StartAsync(Root(
            """{"id":"p","type":"Elsa.Parallel","activities":[""" + Wait("a") + "," + Wait("b") + "]}"));
        var id = workflow.ActivityExecutionContexts.Single(context => context.Activity.Id == "b").Id;

        var result = await AlterAsync(workflow, new Alteration.CancelActivity(null, id));

        result.IsSuccessful.ShouldBeTrue();
        workflow.Bookmarks.ShouldHaveSingleItem().Payload.ShouldBe("a");
    }

    [Fact]
    public async Task An_owner_that_does_not_go_on_after_a_cancelled_child_is_named()
    {
        var workflow = await _harness.StartAsync(Root("""{"id":"i","type":"Elsa.If","condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"true"}},"then":""" + Wait("a") + "}"));

        var result = await AlterAsync(workflow, new Alteration.CancelActivity("a", null));

        result.Log.Last().LogLevel.ShouldBe(AlterationLogLevel.Warning);
        result.Log.Last().Message.ShouldStartWith("'i' does not go on by itself");
    }

    [Fact]
    public async Task What_is_not_being_executed_cannot_be_cancelled()
    {
        var workflow = await WaitingAsync();

        var result = await AlterAsync(workflow, new Alteration.CancelActivity("after", null));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldBe("The instance is not executing an activity 'after'. It is executing: 'root', 'w'.");
        result.Log[^1].Message.ShouldBe("Nothing of the instance was changed.");
    }

    [Fact]
    public async Task A_variable_gets_a_value_of_its_type()
    {
        var workflow = await WaitingAsync("""{"id":"n1","name":"Count","typeName":"Int32","value":1,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""");

        var result = await AlterAsync(workflow, new Alteration.ModifyVariable("n1", "42"));

        result.IsSuccessful.ShouldBeTrue();
        _harness.Reload(workflow).ActivityExecutionContexts.First().FindVariable("n1")!.Value.ShouldBe(42);
        result.Log.ShouldHaveSingleItem().Message.ShouldNotContain("42");
    }

    [Theory]
    [InlineData("n1", "many", "cannot be converted to its type Int32")]
    [InlineData("Count", "1", "There is no variable with the id 'Count'")]
    public async Task A_value_without_meaning_or_place_is_refused(string id, string value, string why)
    {
        var workflow = await WaitingAsync("""{"id":"n1","name":"Count","typeName":"Int32","value":1,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""");

        var result = await AlterAsync(workflow, new Alteration.ModifyVariable(id, value));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_faulted_activity_is_scheduled_again_with_a_mended_variable()
    {
        var workflow = await _harness.StartAsync(Flowchart(
            Step("f", "Elsa.For", ("step", "JavaScript", "variables.Count")) + "," + Line("after"),
            """{"id":"n1","name":"Count","typeName":"Int32","value":0,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""",
            "f -> after"));
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow = _harness.Reload(workflow);

        var result = await AlterAsync(workflow, new Alteration.ModifyVariable("n1", 1), new Alteration.ScheduleActivity("f", null));

        result.IsSuccessful.ShouldBeTrue();
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        workflow.Incidents.ShouldBeEmpty();
        _harness.Lines.ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_faulted_instance_is_altered_only_when_it_is_retried()
    {
        var workflow = await _harness.StartAsync(Flowchart(
            Step("f", "Elsa.For", ("step", "Literal", "0")),
            """{"id":"n1","name":"Count","typeName":"Int32","value":0,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}"""));

        var result = await AlterAsync(workflow, new Alteration.ModifyVariable("n1", 1));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[1].Message.ShouldStartWith("The instance has faulted.");
    }

    [Fact]
    public async Task Retrying_names_only_what_faulted()
    {
        var workflow = await _harness.StartAsync(Flowchart(Step("f", "Elsa.For", ("step", "Literal", "0")), ""));

        (await AlterAsync(_harness.Reload(workflow), new Alteration.RetryFaulted(["other"]))).IsSuccessful.ShouldBeFalse();
        var retried = await AlterAsync(_harness.Reload(workflow), new Alteration.RetryFaulted(null));

        retried.IsSuccessful.ShouldBeTrue();
        retried.Log.ShouldHaveSingleItem().EventName.ShouldBe("ActivityRetried");
    }

    [Fact]
    public async Task A_finished_instance_is_refused()
    {
        var workflow = await _harness.StartAsync(Root(Line("only")));

        var result = await AlterAsync(workflow, new Alteration.Cancel());

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldStartWith("The instance has ended (Finished).");
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_flowchart_goes_on_behind_a_scheduled_activity()
    {
        var workflow = await _harness.StartAsync(Flowchart(Wait("w") + "," + Line("b") + "," + Line("c"), "", "w -> b", "b -> c"));

        var result = await AlterAsync(workflow, new Alteration.ScheduleActivity("b", null));

        result.HasScheduledWork.ShouldBeTrue();
        _harness.Lines.ShouldBe(["b", "c"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_sequence_goes_on_behind_a_scheduled_activity_and_waits_for_the_others()
    {
        var workflow = await _harness.StartAsync(Root("""{"id":"s","type":"Elsa.Sequence","activities":[""" + Wait("w") + "," + Line("b") + "," + Line("c") + "]}"));

        await AlterAsync(workflow, new Alteration.ScheduleActivity("c", null));

        _harness.Lines.ShouldBe(["c"]);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await _harness.ResumeAsync(workflow)).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _harness.Lines.ShouldBe(["c", "b", "c"]);
    }

    [Fact]
    public async Task A_scheduled_activity_may_wait_and_goes_on_after_a_restart()
    {
        var workflow = await _harness.StartAsync(Flowchart(Wait("w") + "," + Wait("v") + "," + Line("c"), "", "w -> v", "v -> c"));

        await AlterAsync(workflow, new Alteration.ScheduleActivity("v", null));
        var resumed = await _harness.ResumeAsync(workflow, "v");

        _harness.Lines.ShouldBe(["c"]);
        resumed.Bookmarks.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("missing", "has no activity 'missing'")]
    [InlineData("inner", "'body', which holds the activity 'inner', is not being executed. Schedule that one instead.")]
    public async Task What_has_no_place_to_run_cannot_be_scheduled(string id, string why)
    {
        var workflow = await _harness.StartAsync(Flowchart(
            Wait("w") + ",{\"id\":\"body\",\"type\":\"Elsa.Sequence\",\"activities\":[" + Line("inner") + "]}", "", "w -> body"));

        var result = await AlterAsync(workflow, new Alteration.ScheduleActivity(id, null));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldContain(why);
    }

    [Fact]
    public async Task An_activity_whose_owner_cannot_go_on_behind_it_is_not_scheduled()
    {
        var workflow = await _harness.StartAsync(Root("""{"id":"h","type":"Test.Holder","held":""" + Wait("w") + "}"));

        var result = await AlterAsync(workflow, new Alteration.ScheduleActivity("w", null));

        result.Log[0].Message.ShouldContain("cannot be executed on its own");
    }

    [Fact]
    public async Task A_migrated_instance_goes_on_as_the_other_version()
    {
        var workflow = await _harness.StartAsync(Flowchart(Wait("w") + "," + Line("old"), "", "w -> old"));
        var second = Version(2, Flowchart(Wait("w") + "," + Line("new") + "," + Line("more"), "", "w -> new", "new -> more"));

        var result = await AlterAsync(_harness.Reload(workflow), second, new Alteration.Migrate(2));
        result.Log.ShouldHaveSingleItem().Message.ShouldBe("The instance goes on as version 2; it was begun as version 1.");
        (await _harness.ResumeAsync(_altered!)).SubStatus.ShouldBe(WorkflowSubStatus.Finished);

        _harness.Lines.ShouldBe(["new", "more"]);
    }

    [Fact]
    public async Task A_version_that_lacks_what_is_being_executed_changes_nothing()
    {
        var workflow = await WaitingAsync();
        var second = Version(2, Flowchart(Line("w"), ""));

        var result = await AlterAsync(workflow, second, new Alteration.Migrate(2));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[0].Message.ShouldStartWith("Version 2 of 'Test' lacks what the instance is executing: 'root' (Elsa.Sequence), 'w' (Test.Wait). Cancel these activities first");
        workflow.Plan.Definition.Version.ShouldBe(1);
        _harness.Reload(workflow).ActivityExecutionContexts.Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_is_refused()
    {
        var result = await AlterAsync(await WaitingAsync(), new Alteration.Migrate(7));

        result.Log[0].Message.ShouldBe("The workflow 'd1' has no version 7.");
    }

    [Fact]
    public async Task Variables_of_the_other_version_are_there_and_the_old_ones_keep_their_values()
    {
        const string One = """{"id":"a","name":"A","typeName":"Int32","value":1,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""";
        const string Two = """{"id":"b","name":"B","typeName":"Int32","value":2,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""";
        var workflow = await _harness.StartAsync(Flowchart(Wait("w"), One, []));

        await AlterAsync(workflow, Version(2, Flowchart(Wait("w"), One + "," + Two, [])), new Alteration.ModifyVariable("a", 5), new Alteration.Migrate(2), new Alteration.ModifyVariable("b", 6));

        var root = _harness.Reload(workflow).ActivityExecutionContexts.First();
        (root.FindVariable("a")!.Value, root.FindVariable("b")!.Value).ShouldBe((5, 6));
    }

    [Fact]
    public async Task Variables_of_the_other_version_are_declared_where_there_were_none()
    {
        var workflow = await _harness.StartAsync(Flowchart(Wait("w"), "", []));

        await AlterAsync(
            workflow,
            Version(2, Flowchart(Wait("w"), """{"id":"b","name":"B","typeName":"Int32","value":2,"storageDriverTypeName":"WorkflowInstanceStorageDriver"}""", [])),
            new Alteration.Migrate(2));

        workflow.ActivityExecutionContexts.First().FindVariable("b")!.Value.ShouldBe(2);
    }

    [Fact]
    public async Task A_join_keeps_what_arrived_before_the_migration_although_the_flowchart_changed_around_it()
    {
        var before = Flowchart(
            Line("s") + "," + Line("quick") + "," + Wait("slow") + ",{\"id\":\"j\",\"type\":\"Elsa.FlowJoin\",\"mode\":{\"typeName\":\"M\",\"expression\":{\"type\":\"Literal\",\"value\":\"WaitAll\"}}}," + Line("end"),
            "", "s -> quick", "s -> slow", "quick -> j", "slow -> j", "j -> end");
        var after = Flowchart(
            Line("end") + "," + Wait("slow") + "," + Line("quick") + "," + Line("inserted") + "," + Line("s") + ",{\"id\":\"j\",\"type\":\"Elsa.FlowJoin\",\"mode\":{\"typeName\":\"M\",\"expression\":{\"type\":\"Literal\",\"value\":\"WaitAll\"}}}",
            "", "s -> quick", "s -> slow", "quick -> inserted", "inserted -> j", "slow -> j", "j -> end");
        var workflow = await _harness.StartAsync(before);

        await AlterAsync(_harness.Reload(workflow), Version(2, after), new Alteration.Migrate(2));
        var finished = await _harness.ResumeAsync(_altered!);

        _harness.Lines.ShouldBe(["s", "quick", "end"]);
        finished.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Tokens_travel_on_in_the_other_version()
    {
        var harness = new EngineHarness(Activities.FlowchartExecutionMode.TokenBased);
        string Join(string id) => "{\"id\":\"" + id + "\",\"type\":\"Elsa.WriteLine\",\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"joined\"}},\"customProperties\":{\"mergeMode\":\"Merge\"}}";
        var before = Flowchart(Line("s") + "," + Line("quick") + "," + Wait("slow") + "," + Join("j"), "", "s -> quick", "s -> slow", "quick -> j", "slow -> j");
        var after = Flowchart(Line("s") + "," + Join("j") + "," + Wait("slow") + "," + Line("quick"), "", "quick -> j", "slow -> j", "s -> slow", "s -> quick");
        var workflow = await harness.StartAsync(before);
        workflow = harness.Reload(workflow);
        var plan = harness.Compiler.Compile(new WorkflowDefinition("v2", "d1", 2) { Name = "Test", ToolVersion = "3.8.0.0", Document = after });

        (await Interpreter.AlterAsync(workflow, [new Alteration.Migrate(2)], new Dictionary<int, WorkflowPlan> { [2] = plan })).IsSuccessful.ShouldBeTrue();
        var finished = await harness.ResumeAsync(workflow);

        harness.Lines.ShouldBe(["s", "quick", "joined"]);
        finished.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_refused_alteration_refuses_those_before_it()
    {
        var workflow = await WaitingAsync();

        var result = await AlterAsync(workflow, new Alteration.CancelActivity("w", null), new Alteration.ScheduleActivity("missing", null));

        result.IsSuccessful.ShouldBeFalse();
        _harness.Lines.ShouldBe(["before"]);
    }

    [Fact]
    public async Task Nothing_follows_a_cancellation()
    {
        var result = await AlterAsync(await WaitingAsync(), new Alteration.Cancel(), new Alteration.ScheduleActivity("w", null));

        result.IsSuccessful.ShouldBeFalse();
        result.Log[1].Message.ShouldContain("Leave the alteration 'ScheduleActivity' out.");
    }

    private WorkflowExecutionContext? _altered;

    private static string Wait(string id) => Step(id, "Test.Wait", ("key", "Literal", id));

    private static string Root(string root) => "{\"root\":" + root + "}";

    private Task<WorkflowExecutionContext> WaitingAsync(string variables = "") => _harness.StartAsync(
        "{\"variables\":[" + variables + "],\"root\":{\"id\":\"root\",\"type\":\"Elsa.Sequence\",\"activities\":[" + Line("before") + "," + Wait("w") + "," + Line("after") + "]}}");

    private WorkflowPlan Version(int version, string document) =>
        _harness.Compiler.Compile(new WorkflowDefinition("v" + version, "d1", version) { Name = "Test", ToolVersion = "3.8.0.0", Document = document });

    private Task<AlterationResult> AlterAsync(WorkflowExecutionContext workflow, params Alteration[] alterations) => AlterAsync(workflow, null, alterations);

    private async Task<AlterationResult> AlterAsync(WorkflowExecutionContext workflow, WorkflowPlan? version, params Alteration[] alterations)
    {
        _altered = workflow;
        using var log = new BurstLog(new BurstLogOptions());
        workflow.Log = log;
        var versions = new Dictionary<int, WorkflowPlan>();
        if (version is not null)
            versions[version.Definition.Version] = version;
        var result = await Interpreter.AlterAsync(workflow, alterations, versions);
        _harness.Logs.Add(log.Complete().ToArray());
        workflow.Log = null;
        return result;
    }
}

/// <summary>Holds an activity and says nothing about going on behind it.</summary>
[Activity("Test", "Test")]
public sealed class Holder : Activity
{
    [Port]
    public IActivity? Held { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Held);
}
