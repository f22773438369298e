using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Reruns;
using static Platform.Runtime.Tests.Documents;
using static Platform.Runtime.Tests.Reruns.RerunHarness;

namespace Platform.Runtime.Tests.Reruns;

/// <summary>An instance is run once more from a step, with the state that the step began with; what was before is not done again.</summary>
public sealed class RerunTests
{
    private readonly string _key = Guid.NewGuid().ToString("n");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rerun_begins_at_the_step_with_what_the_steps_before_gave(bool restarts)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", With(Sequence(Calls("call", _key).Into("Answer"), Line("before"), Says("say", "variables.Answer"), Line("after")), "Answer"));
        var original = await harness.RunAsync("w");
        harness.TakeLines().ShouldBe(["before", "call 1", "after"]);
        if (restarts)
            await harness.RestartAsync();

        var rerun = await harness.RerunFromAsync(original.Instance.Id, "say");

        rerun.Instance.SubStatus.ShouldBe("Finished");
        harness.TakeLines().ShouldBe(["call 1", "after"]);
        Called.Count(_key).ShouldBe(1, "the call is not made again");
    }

    [Fact]
    public async Task Both_know_each_other_and_the_original_stays_as_it_was()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("a"), Line("b")));
        var original = await harness.RunAsync("w");
        var step = (await harness.HistoryAsync(original.Instance.Id)).Executions.Single(record => record.ActivityId == "b").Id;

        var first = (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityInstanceId = step })).ShouldBeOfType<RerunResult.Started>();
        var second = await harness.RerunFromAsync(original.Instance.Id, "a");
        await harness.RestartAsync();

        var reruns = harness.Get<Platform.Runtime.Reruns.Reruns>();
        first.Origin.ShouldBe(new RerunOrigin(original.Instance.Id, step));
        (await reruns.FindOriginAsync(first.Instance.Id, CancellationToken.None)).ShouldBe(first.Origin);
        (await reruns.FindOriginAsync(original.Instance.Id, CancellationToken.None)).ShouldBeNull();
        var list = await reruns.ListAsync(original.Instance.Id, 0, 10, CancellationToken.None);
        list.Items.Select(instance => instance.Id).ShouldBe([first.Instance.Id, second.Instance.Id]);
        (await harness.InstanceAsync(original.Instance.Id)).Revision.ShouldBe(original.Instance.Revision);
    }

    [Fact]
    public async Task A_join_does_not_wait_for_a_branch_that_the_original_had_completed()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var join = Step("join", "Elsa.FlowJoin", ("mode", "Literal", "WaitAll"));
        await harness.PublishAsync("w", Flowchart(
            [Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")), Line("left"), Line("right"), Line("more"), join, Line("end")],
            "fork:A -> left", "fork:B -> right", "right -> more", "left -> join", "more -> join", "join -> end"));
        var original = await harness.RunAsync("w");
        harness.TakeLines().ShouldBe(["left", "right", "more", "end"]);

        (await harness.RerunFromAsync(original.Instance.Id, "more")).Instance.SubStatus.ShouldBe("Finished");
        harness.TakeLines().ShouldBe(["more", "end"]);
        (await harness.RerunFromAsync(original.Instance.Id, "right")).Instance.SubStatus.ShouldBe("Finished");
        harness.TakeLines().ShouldBe(["right", "more", "end"]);
        (await harness.RerunFromAsync(original.Instance.Id, "left")).Instance.SubStatus.ShouldBe("Finished");
        harness.TakeLines().ShouldBe(["left", "right", "more", "end"], "the other branch had not begun when this one did");
    }

    [Fact]
    public async Task Inside_a_loop_it_goes_on_with_the_turn_of_the_step()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var loop = Step("loop", "Elsa.ForEach", ("items", "Object", """["x","y","z"]""")).Having("body", Says("say", "variables.CurrentValue"));
        await harness.PublishAsync("w", Sequence(loop, Line("after")));
        var original = await harness.RunAsync("w");
        harness.TakeLines().ShouldBe(["x", "y", "z", "after"]);
        var turns = (await harness.HistoryAsync(original.Instance.Id)).Executions.Where(record => record.ActivityId == "say").ToList();

        (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "say" })).ShouldBeOfType<RerunResult.NoSuchStep>()
            .Reason.ShouldContain(turns[1].Id);
        await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityInstanceId = turns[1].Id });

        harness.TakeLines().ShouldBe(["y", "z", "after"]);
    }

    [Fact]
    public async Task Variables_that_scripts_set_before_the_step_are_there()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var set = Step("set", "Elsa.SetVariable", ("value", "JavaScript", "'set to ' + getInput('who')"));
        set["variable"] = new JsonObject { ["id"] = "A", ["name"] = "A", ["typeName"] = "String" };
        var script = Step("script", "Elsa.RunJavaScript", ("script", "Literal", "setVariable('B', 'by script')"));
        await harness.PublishAsync("w", With(Sequence(set, script, Says("say", "variables.A + ', ' + variables.B")), "A", "B"));
        var original = await harness.RunAsync("w", new() { ["who"] = "me" });
        harness.TakeLines().ShouldBe(["set to me, by script"]);

        await harness.RerunFromAsync(original.Instance.Id, "say");

        harness.TakeLines().ShouldBe(["set to me, by script"]);
    }

    [Fact]
    public async Task A_decision_by_chance_falls_as_it_fell()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Flowchart(
            [Step("d", "Elsa.FlowDecision", ("condition", "JavaScript", "Math.random() < 0.5")), Line("yes"), Line("no")], "d:True -> yes", "d:False -> no"));
        for (var i = 0; i < 10; i++)
        {
            var original = await harness.RunAsync("w");
            var way = harness.TakeLines().ShouldHaveSingleItem();

            await harness.RerunFromAsync(original.Instance.Id, way);

            harness.TakeLines().ShouldBe([way]);
        }
    }

    [Fact]
    public async Task Inputs_variables_and_the_inputs_of_the_step_can_be_edited()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", With(Sequence(Calls("call", _key).Into("Answer"), Line("fixed"), Says("say", "variables.Answer + getInput('who')")), "Answer"));
        var original = await harness.RunAsync("w", new() { ["who"] = " me" });
        harness.TakeLines();

        await harness.RerunAsync(original.Instance.Id, new RerunRequest
        {
            ActivityId = "fixed",
            ActivityInput = new Dictionary<string, object?> { ["text"] = "edited" },
            Variables = new Dictionary<string, object?> { ["Answer"] = "other" },
            Input = new Dictionary<string, object?> { ["who"] = " you" },
        });

        harness.TakeLines().ShouldBe(["edited", "other you"]);
    }

    [Fact]
    public async Task An_edited_input_holds_when_the_step_is_retried_after_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Step("risky", "Test.FailsOnce", ("key", "Literal", _key)), Line("after")));
        var original = await harness.RunAsync("w");
        var edited = _key + " edited";
        var rerun = (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "risky", ActivityInput = new Dictionary<string, object?> { ["key"] = edited } }))
            .ShouldBeOfType<RerunResult.Started>();
        rerun.Instance.SubStatus.ShouldBe("Faulted", "the edited key fails once too");
        await harness.RestartAsync();

        await harness.Runtime.RetryAsync(rerun.Instance.Id, null, CancellationToken.None);

        (await harness.HistoryAsync(rerun.Instance.Id)).Executions.Single(record => record.ActivityId == "risky")
            .ActivityState!.Value.GetProperty("Key").GetString().ShouldBe(edited);
        harness.TakeLines().ShouldBe(["after"]);
    }

    [Theory]
    [InlineData("text", null, "no input 'nothing'")]
    [InlineData(null, "Nobody", "no variable 'Nobody'")]
    public async Task An_edit_of_what_does_not_exist_is_refused_and_nothing_runs(string? input, string? variable, string reason)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("a")));
        var original = await harness.RunAsync("w");
        harness.TakeLines();

        var result = await harness.RerunAsync(original.Instance.Id, new RerunRequest
        {
            ActivityId = "a",
            ActivityInput = input is null ? null : new Dictionary<string, object?> { ["nothing"] = "x" },
            Variables = variable is null ? null : new Dictionary<string, object?> { [variable] = "x" },
        });

        var refused = result.ShouldBeOfType<RerunResult.Refused>();
        refused.Refusal.ShouldBe(RerunRefusal.WrongEdit);
        refused.Reason.ShouldContain(reason);
        harness.TakeLines().ShouldBeEmpty();
        (await harness.InstancesOfAsync("w")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task From_the_start_it_runs_the_latest_version_with_the_same_input()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("old")));
        var original = await harness.RunAsync("w", new() { ["who"] = "me" });
        await harness.PublishAsync("w", Sequence(Says("new", "getInput('who')")));
        harness.TakeLines();

        await harness.RerunAsync(original.Instance.Id, new RerunRequest());
        var latest = (await harness.RerunAsync(original.Instance.Id, new RerunRequest { Version = RerunVersion.Latest })).ShouldBeOfType<RerunResult.Started>();

        harness.TakeLines().ShouldBe(["old", "me"]);
        latest.Instance.Version.ShouldBe(2);
    }

    [Fact]
    public async Task From_a_step_it_goes_on_as_the_latest_version_that_has_the_step()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", WithUnstored(
            Flowchart([Calls("call", _key).Into("Answer"), Line("step"), Line("old")], "call -> step", "step -> old"), "Answer"));
        var original = await harness.RunAsync("w");
        await harness.PublishAsync("w", WithUnstored(
            Flowchart([Calls("call", _key).Into("Answer"), Line("step"), Says("new", "'new ' + variables.Answer")], "call -> step", "step -> new"), "Answer"));
        harness.TakeLines();

        await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "step", Version = RerunVersion.Latest });
        (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "old", Version = RerunVersion.Latest }))
            .ShouldBeOfType<RerunResult.Refused>().Refusal.ShouldBe(RerunRefusal.VersionLacksStep);

        harness.TakeLines().ShouldBe(["step", "new call 1"]);
        Called.Count(_key).ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_beside_the_step_begins_anew()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Flowchart(
            [
                Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")),
                Step("e", "Elsa.Event", ("eventName", "Literal", "later")), Line("heard"), Line("step"),
            ],
            "fork:A -> e", "e:Done -> heard", "fork:B -> step"));
        var original = await harness.RunAsync("w");
        harness.TakeLines();

        var rerun = await harness.RerunFromAsync(original.Instance.Id, "step");
        rerun.Instance.SubStatus.ShouldBe("Suspended");
        harness.TakeLines().ShouldBe(["step"]);
        await harness.Runtime.DeliverAsync(EventStimulus.For("later", null) with { InstanceId = rerun.Instance.Id }, CancellationToken.None);

        (await harness.InstanceAsync(rerun.Instance.Id)).SubStatus.ShouldBe("Finished");
        (await harness.InstanceAsync(original.Instance.Id)).SubStatus.ShouldBe("Suspended");
        harness.TakeLines().ShouldBe(["heard"]);
    }

    [Fact]
    public async Task Behind_a_wait_the_state_is_that_after_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", With(
            Sequence(Calls("call", _key).Into("Answer"), Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Says("say", "variables.Answer")), "Answer"));
        var original = await harness.RunAsync("w");
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);
        harness.TakeLines().ShouldBe(["call 1"]);

        (await harness.RerunFromAsync(original.Instance.Id, "say")).Instance.SubStatus.ShouldBe("Finished");

        harness.TakeLines().ShouldBe(["call 1"]);
    }

    [Fact]
    public async Task A_rerun_can_be_rerun_from_any_of_its_steps_even_when_the_original_is_gone()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", With(Sequence(Calls("call", _key).Into("Answer"), Says("a", "variables.Answer"), Says("b", "'b ' + variables.Answer")), "Answer"));
        var original = await harness.RunAsync("w");
        var rerun = await harness.RerunFromAsync(original.Instance.Id, "b");
        await harness.Store.CommitAsync(new Platform.Runtime.Store.Commit { DeletedInstances = [original.Instance.Id] }, CancellationToken.None);
        harness.TakeLines();

        await harness.RerunFromAsync(rerun.Instance.Id, "a");

        harness.TakeLines().ShouldBe(["call 1", "b call 1"]);
        Called.Count(_key).ShouldBe(1);
    }

    [Fact]
    public async Task A_faulted_step_can_be_rerun_with_other_inputs()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("before"), Step("risky", "Test.FailsOnce", ("key", "Literal", _key)), Line("after")));
        var original = await harness.RunAsync("w");
        original.Instance.SubStatus.ShouldBe("Faulted");
        harness.TakeLines();

        var rerun = await harness.RerunFromAsync(original.Instance.Id, "risky");

        rerun.Instance.SubStatus.ShouldBe("Finished");
        rerun.Instance.IncidentCount.ShouldBe(0);
        harness.TakeLines().ShouldBe(["after"]);
        (await harness.InstanceAsync(original.Instance.Id)).SubStatus.ShouldBe("Faulted");
    }

    [Fact]
    public async Task A_masked_value_is_never_taken_for_the_real_one()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var token = Step("token", "Test.Confidential");
        token["token"] = new JsonObject { ["typeName"] = "String", ["memoryReference"] = new JsonObject { ["id"] = "Token" } };
        await harness.PublishAsync("w", With(Sequence(Line("first"), token, Says("say", "variables.Token")), "Token"));
        var original = await harness.RunAsync("w");
        harness.TakeLines().ShouldBe(["first", "hush"]);

        var refused = (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "say" })).ShouldBeOfType<RerunResult.Refused>();
        refused.Refusal.ShouldBe(RerunRefusal.ValueUnknown);
        refused.Reason.ShouldContain("'Token' of 'token'");
        await harness.RerunFromAsync(original.Instance.Id, "token");

        harness.TakeLines().ShouldBe(["hush"]);
    }

    [Fact]
    public async Task What_was_altered_by_hand_before_the_step_is_refused()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", With(Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Says("say", "variables.A")), "A"));
        var original = await harness.RunAsync("w");
        await harness.Get<Platform.Runtime.Alterations.InstanceAlterations>().RunAsync(original.Instance.Id, [new Alteration.ModifyVariable("A", "by hand")], CancellationToken.None);
        await harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);
        harness.TakeLines().ShouldBe(["by hand"]);

        var refused = (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "say" })).ShouldBeOfType<RerunResult.Refused>();

        refused.Refusal.ShouldBe(RerunRefusal.StateUnknown);
        harness.TakeLines().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_stands_for_one_rerun()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("a"), Line("b")));
        var original = await harness.RunAsync("w");
        var request = new RerunRequest { ActivityId = "b" };

        var first = (await harness.RerunAsync(original.Instance.Id, request, "k")).ShouldBeOfType<RerunResult.Started>();
        await harness.RestartAsync();
        var second = (await harness.RerunAsync(original.Instance.Id, request, "k")).ShouldBeOfType<RerunResult.Started>();

        second.Instance.Id.ShouldBe(first.Instance.Id);
        (await harness.RerunAsync(original.Instance.Id, new RerunRequest { ActivityId = "a" }, "k")).ShouldBeOfType<RerunResult.KeyReused>();
        (await harness.InstancesOfAsync("w")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_rerun_of_a_child_tells_the_parent_nothing()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        await harness.PublishAsync("parent", Sequence(Step("run", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", "true")), Line("after")));
        await harness.RunAsync("parent");
        await harness.FinishedAsync("parent");
        var child = (await harness.InstancesOfAsync("child")).ShouldHaveSingleItem();

        var rerun = await harness.RerunFromAsync(child.Id, "child");

        rerun.Instance.ParentInstanceId.ShouldBeNull();
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldBeEmpty();
    }
}
