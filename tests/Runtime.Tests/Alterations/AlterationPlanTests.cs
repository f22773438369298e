using System.Text.Json;
using Platform.Engine;
using Platform.Runtime.Alterations;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Alterations;

public sealed class AlterationPlanTests
{
    private const string CancelWait = """[{"type":"CancelActivity","activityId":"e"}]""";

    [Fact]
    public async Task A_plan_alters_every_instance_and_can_be_read_afterwards()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var ids = await WaitingAsync(harness, 3);

        var planId = await SubmitAsync(harness, CancelWait, ids);
        var (plan, jobs) = await EndedAsync(harness, planId);

        plan.Status.ShouldBe(AlterationPlanStatus.Completed);
        jobs.Select(job => job.InstanceId).ShouldBe(ids, ignoreOrder: true);
        jobs.ShouldAllBe(job => job.Status == AlterationJobStatus.Completed && job.Log[0].EventName == "ActivityCanceled");
        (await harness.InstancesOfAsync("waits")).ShouldAllBe(instance => instance.SubStatus == "Finished");
        (await harness.Store.FindWorkByKeyAsync("alteration-plan:" + planId, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_plan_goes_on_after_a_restart_in_its_middle_and_does_nothing_twice()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var ids = await WaitingAsync(harness, 5);
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        var plans = harness.Get<AlterationPlans>();
        var planId = await SubmitAsync(harness, CancelWait, ids);
        var (stored, jobs) = (await plans.FindAsync(planId, CancellationToken.None))!.Value;
        var list = AlterationReader.Read(stored.Alterations, out _);
        await plans.ExecuteJobAsync(jobs[0], list, CancellationToken.None);
        await plans.ExecuteJobAsync(jobs[3], list, CancellationToken.None);
        (await harness.InstancesOfAsync("waits")).Count(instance => instance.SubStatus == "Finished").ShouldBe(2);

        await harness.StartAsync();
        var (plan, ended) = await EndedAsync(harness, planId);

        plan.Status.ShouldBe(AlterationPlanStatus.Completed);
        ended.ShouldAllBe(job => job.Status == AlterationJobStatus.Completed);
        harness.Lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
    }

    [Fact]
    public async Task A_job_is_done_with_the_first_commit_of_what_it_set_going()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var hangs = Step("h", "Test.HangInPlan");
        hangs["customProperties"] = new System.Text.Json.Nodes.JsonObject { ["commitStrategyName"] = "Executing" };
        await harness.PublishAsync("hangs", Flowchart(
            [Step("e", "Elsa.Event", ("eventName", "Literal", "never")), hangs, Line("after")], "e -> h", "h -> after"));
        var instance = (await harness.RunAsync("hangs")).Instance.Id;

        var planId = await SubmitAsync(harness, """[{"type":"ScheduleActivity","activityId":"h"}]""", [instance]);
        await HangInPlan.Reached.Task;
        var (_, jobs) = (await harness.Get<AlterationPlans>().FindAsync(planId, CancellationToken.None))!.Value;
        jobs.ShouldHaveSingleItem().Status.ShouldBe(AlterationJobStatus.Completed);
        await harness.RestartAsync();
        await EndedAsync(harness, planId);
        await harness.CommittedAsync(burst => burst.Instance.Id == instance && burst.Instance.SubStatus == "Suspended" && burst.NodeIds.Any(node => node.EndsWith(":after", StringComparison.Ordinal)));

        harness.Lines.ToString().ShouldBe("after" + Environment.NewLine);
        var history = Engine.Execution.ExecutionHistory.Read(
            instance, (await harness.Store.ReadBurstsAsync(instance, CancellationToken.None)).Select(burst => burst.Log));
        history.Journal.Count(entry => entry.EventName == "ActivityScheduled").ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_with_a_refused_job_fails_and_says_why()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var ids = await WaitingAsync(harness, 1);

        (await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ids))).Plan.Status.ShouldBe(AlterationPlanStatus.Completed);

        var (plan, jobs) = await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ids));

        plan.Status.ShouldBe(AlterationPlanStatus.Failed);
        jobs.ShouldHaveSingleItem().Log[0].Message.ShouldStartWith("The instance has ended (Finished).");
    }

    [Fact]
    public async Task A_plan_without_instances_completes()
    {
        await using var harness = await RuntimeHarness.CreateAsync();

        var (plan, jobs) = await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ["none"]));

        plan.Status.ShouldBe(AlterationPlanStatus.Completed);
        jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Repeating_a_submit_changes_nothing_and_its_id_is_not_given_to_another()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var ids = await WaitingAsync(harness, 1);
        await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ids, "p"));

        (await SubmitAsync(harness, CancelWait, ids, "p")).ShouldBe("p");
        var other = await TrySubmitAsync(harness, """[{"type":"Cancel"}]""", ids, "p");

        other.ShouldBeOfType<SubmitResult.Taken>();
        (await EndedAsync(harness, "p")).Jobs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task More_instances_than_allowed_are_refused()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var ids = await WaitingAsync(harness, 41);

        (await TrySubmitAsync(harness, CancelWait, ids, null)).ShouldBeOfType<SubmitResult.TooMany>();

        (await harness.InstancesOfAsync("waits")).ShouldAllBe(instance => instance.SubStatus == "Suspended");
    }

    [Fact]
    public async Task Names_correlation_ids_and_live_activities_select()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 1);
        foreach (var (name, correlation) in new[] { ("one", "a"), ("two", "b"), ("Two", "c") })
        {
            await harness.Runtime.StartAsync(
                new() { DefinitionId = "waits", InstanceId = name == "Two" ? "upper" : name, Name = name, CorrelationId = correlation }, CancellationToken.None);
        }

        await harness.PublishAsync("other", Sequence(Step("x", "Elsa.Event", ("eventName", "Literal", "never"))));
        var other = (await harness.RunAsync("other")).Instance.Id;
        var targets = harness.Get<AlterationTargets>();

        (await targets.FindAsync(new() { Names = ["one", "two"] }, CancellationToken.None)).ShouldBe(["one", "two"]);
        (await targets.FindAsync(new() { CorrelationIds = ["b", "c"] }, CancellationToken.None)).ShouldBe(["two", "upper"]);
        (await targets.FindAsync(new() { CorrelationIds = ["b", "c"], Names = ["two"] }, CancellationToken.None)).ShouldBe(["two"]);
        (await targets.FindAsync(new() { Activities = [new("x", null, null, null, ActivityStatus.Running)] }, CancellationToken.None)).ShouldBe([other]);
        (await targets.FindAsync(new() { Activities = [new("x", null, null, null, ActivityStatus.Faulted)] }, CancellationToken.None)).ShouldBe([]);
    }

    [Fact]
    public async Task A_migrated_instance_belongs_to_the_other_version()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var id = (await WaitingAsync(harness, 1))[0];
        var second = await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never")), Line("mended")));

        var result = await harness.Get<InstanceAlterations>().RunAsync(
            id, [new Alteration.Migrate(2), new Alteration.CancelActivity("e", null)], CancellationToken.None);

        result.IsSuccessful.ShouldBeTrue();
        var instance = await harness.InstanceAsync(id);
        (instance.DefinitionVersionId, instance.Version, instance.SubStatus).ShouldBe((second.Id, 2, "Finished"));
        harness.Lines.ToString().ShouldBe("mended" + Environment.NewLine);
    }

    [Fact]
    public async Task A_refused_alteration_leaves_the_stored_instance_as_it_is()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var id = (await WaitingAsync(harness, 1))[0];
        var before = await harness.InstanceAsync(id);

        var result = await harness.Get<InstanceAlterations>().RunAsync(
            id, [new Alteration.CancelActivity("e", null), new Alteration.Migrate(9)], CancellationToken.None);

        result.IsSuccessful.ShouldBeFalse();
        (await harness.InstanceAsync(id)).Revision.ShouldBe(before.Revision);
        (await harness.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = id }, CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_alteration_of_an_instance_whose_process_crashed_leaves_it_to_the_recovery()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var id = (await WaitingAsync(harness, 1))[0];
        var stored = await harness.InstanceAsync(id);
        var state = System.Text.Encoding.UTF8.GetString(stored.State.Span).Replace("\"sub\":2", "\"sub\":1", StringComparison.Ordinal);
        await harness.Store.CommitAsync(
            new Commit { Instances = [stored with { Revision = stored.Revision + 1, SubStatus = "Executing", State = System.Text.Encoding.UTF8.GetBytes(state) }] }, CancellationToken.None);

        var result = await harness.Get<InstanceAlterations>().RunAsync(
            id, [new Alteration.CancelActivity("e", null), new Alteration.Migrate(9)], CancellationToken.None);

        result.IsSuccessful.ShouldBeFalse();
        (await harness.InstanceAsync(id)).Revision.ShouldBe(stored.Revision + 1);
    }

    [Fact]
    public async Task Cancelling_by_alteration_cancels_the_children_too()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never"))));
        await harness.PublishAsync("parent", Sequence(
            Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
        var parent = await harness.RunAsync("parent");

        (await harness.Get<InstanceAlterations>().RunAsync(parent.Instance.Id, [new Alteration.Cancel()], CancellationToken.None)).IsSuccessful.ShouldBeTrue();

        await harness.CommittedAsync(burst => burst.Instance.DefinitionId == "child" && burst.Instance.SubStatus == "Cancelled");
        (await harness.InstanceAsync(parent.Instance.Id)).SubStatus.ShouldBe("Cancelled");
    }

    [Fact]
    public async Task Only_the_latest_ended_plans_are_kept()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        for (var i = 0; i < 103; i++)
        {
            harness.Clock.Advance(TimeSpan.FromSeconds(1));
            await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ["none"], "p" + i));
        }

        await EndedAsync(harness, await SubmitAsync(harness, CancelWait, ["none"], "last"));

        (await harness.Get<AlterationPlans>().FindAsync("p2", CancellationToken.None)).ShouldBeNull();
        (await harness.Get<AlterationPlans>().FindAsync("p3", CancellationToken.None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{}""", "$.alterations", "WF4021")]
    [InlineData("""[]""", "$.alterations", "WF4021")]
    [InlineData("""[{"type":"Explode"}]""", "$.alterations[0].type", "WF4011")]
    [InlineData("""[7]""", "$.alterations[0].type", "WF4011")]
    [InlineData("""[{"type":"Cancel"},{"type":"CancelActivity"}]""", "$.alterations[1].activityId", "WF4021")]
    [InlineData("""[{"type":"ScheduleActivity","activityId":7}]""", "$.alterations[0].activityId", "WF4021")]
    [InlineData("""[{"type":"ModifyVariable","value":1}]""", "$.alterations[0].variableId", "WF4021")]
    [InlineData("""[{"type":"Migrate","targetVersion":0}]""", "$.alterations[0].targetVersion", "WF4021")]
    [InlineData("""[{"type":"Migrate","targetVersion":"2"}]""", "$.alterations[0].targetVersion", "WF4021")]
    public void What_is_no_alteration_is_told_with_its_place(string json, string path, string code)
    {
        using var document = JsonDocument.Parse(json);

        AlterationReader.Read(document.RootElement, out var problems);

        (problems.ShouldHaveSingleItem().Path, problems[0].Code).ShouldBe((path, code));
    }

    [Fact]
    public void Alterations_are_read_in_any_case()
    {
        using var document = JsonDocument.Parse("""[{"Type":"modifyVariable","VariableId":"v","VALUE":{"a":[1]}},{"type":"Migrate","targetVersion":2}]""");

        var read = AlterationReader.Read(document.RootElement, out var problems);

        problems.ShouldBeEmpty();
        read[0].ShouldBeOfType<Alteration.ModifyVariable>().Value.ShouldBeOfType<Dictionary<string, object?>>();
        read[1].ShouldBe(new Alteration.Migrate(2));
    }

    private static async Task<List<string>> WaitingAsync(RuntimeHarness harness, int count)
    {
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never")), Line("after")));
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
            ids.Add((await harness.RunAsync("waits")).Instance.Id);
        return ids;
    }

    private static async Task<string> SubmitAsync(RuntimeHarness harness, string alterations, IReadOnlyCollection<string> instances, string? id = null) =>
        (await TrySubmitAsync(harness, alterations, instances, id)).ShouldBeOfType<SubmitResult.Accepted>().PlanId;

    private static async Task<SubmitResult> TrySubmitAsync(RuntimeHarness harness, string alterations, IReadOnlyCollection<string> instances, string? id) =>
        await harness.Get<AlterationPlans>().SubmitAsync(
            id,
            JsonElement.Parse(alterations),
            JsonElement.Parse("{}"),
            new AlterationFilter { Instances = new InstanceFilter { Ids = instances } },
            CancellationToken.None);

    private static async Task<(AlterationPlan Plan, IReadOnlyList<AlterationJob> Jobs)> EndedAsync(RuntimeHarness harness, string planId)
    {
        await harness.PlanEndedAsync(planId);
        return (await harness.Get<AlterationPlans>().FindAsync(planId, CancellationToken.None)).ShouldNotBeNull();
    }
}

/// <summary>Waits for ever the first time it runs, until the process ends.</summary>
[Activity("Test", "Test")]
public sealed class HangInPlan : CodeActivity
{
    public static readonly TaskCompletionSource Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Reached.TrySetResult())
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
    }
}
