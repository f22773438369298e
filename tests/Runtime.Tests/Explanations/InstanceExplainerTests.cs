using System.Text.Json.Nodes;
using Platform.Runtime.Explanations;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Explanations;

public sealed class InstanceExplainerTests
{
    [Fact]
    public async Task An_instance_that_is_not_there_has_no_explanation()
    {
        await using var harness = await RuntimeHarness.CreateAsync();

        (await harness.Get<InstanceExplainer>().ExplainAsync("nobody", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_delay_says_until_when_it_waits_and_how_long_that_is()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Step("pause", "Elsa.Delay", ("timeSpan", "Literal", "01:30:00"))));
        var run = await harness.RunAsync("slow");

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        var wait = explanation.Waits.ShouldHaveSingleItem();
        wait.Kind.ShouldBe("Time");
        wait.DueAt.ShouldBe(harness.Clock.GetUtcNow().AddMinutes(90));
        explanation.Summary.ShouldBe(wait.Sentence);
        explanation.Summary.ShouldStartWith("'pause' waits until ");
        explanation.Next.ShouldContain("goes on by itself in 1 hour 30 minutes");
        explanation.Actions.ShouldHaveSingleItem().Title.ShouldBe("Cancel it");
    }

    [Fact]
    public async Task An_event_says_its_name_and_how_to_publish_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("order", Sequence(Step("wait", "Elsa.Event", ("eventName", "Literal", "paid in full"))));
        var run = await harness.RunAsync("order");

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        explanation.Summary.ShouldBe("'wait' waits for the event 'paid in full'.");
        explanation.Next.ShouldBe("It goes on when what it waits for happens. It waits as long as it takes.");
        explanation.Actions[0].Href.ShouldBe("/elsa/api/events/paid%20in%20full/trigger");
        explanation.Actions[0].Body.ShouldNotBeNull().ShouldContain(run.Instance.Id);
    }

    [Fact]
    public async Task A_parent_says_which_child_it_waits_for_and_what_the_child_does()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Step("wait", "Elsa.Event", ("eventName", "Literal", "go"))));
        await harness.PublishAsync("parent", Sequence(Step(
            "call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
        var run = await harness.RunAsync("parent");
        var child = (await harness.InstancesOfAsync("child")).ShouldHaveSingleItem();

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        explanation.Waits.ShouldHaveSingleItem().Kind.ShouldBe("Child");
        explanation.Summary.ShouldBe($"'call' waits for the end of the workflow instance '{child.Id}' of 'child', which is Suspended.");
    }

    [Fact]
    public async Task A_faulted_instance_says_which_step_failed_and_that_it_can_be_retried()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("bad", Sequence(Step("boom", "Elsa.Fault", ("message", "Literal", "no paper"))));
        var run = await harness.RunAsync("bad");

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        explanation.SubStatus.ShouldBe("Faulted");
        explanation.Summary.ShouldBe("It ended with a fault: The activity 'boom' (Elsa.Fault) failed: no paper");
        explanation.Incidents.ShouldHaveSingleItem().IsRetryable.ShouldBeTrue();
        explanation.Actions.ShouldHaveSingleItem().Title.ShouldBe("Retry what failed");
    }

    [Fact]
    public async Task An_instance_that_carries_on_after_a_fault_says_that_nothing_will_happen_by_itself()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = JsonNode.Parse(Sequence(Step("boom", "Elsa.Fault", ("message", "Literal", "no paper"))))!;
        document["options"] = new JsonObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" };
        await harness.PublishAsync("carries-on", document.ToJsonString());
        var run = await harness.RunAsync("carries-on");

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        explanation.SubStatus.ShouldBe("Suspended");
        explanation.Summary.ShouldStartWith("It waits for nothing, because a step failed");
        explanation.Next.ShouldBe("Nothing happens until somebody retries the failed step or cancels the instance.");
        explanation.Actions.Select(action => action.Title).ShouldBe(["Retry what failed", "Cancel it"]);
    }

    [Fact]
    public async Task A_finished_instance_says_how_long_it_took()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Step("pause", "Elsa.Delay", ("timeSpan", "Literal", "00:02:05"))));
        var run = await harness.RunAsync("slow");
        harness.Clock.Advance(TimeSpan.FromSeconds(125));
        await harness.FinishedAsync("slow");

        var explanation = await ExplainAsync(harness, run.Instance.Id);

        explanation.Summary.ShouldBe("It finished after 2 minutes 5 seconds.");
        explanation.Waits.ShouldBeEmpty();
        explanation.Actions.ShouldBeEmpty();
    }

    private static async Task<InstanceExplanation> ExplainAsync(RuntimeHarness harness, string id) =>
        (await harness.Get<InstanceExplainer>().ExplainAsync(id, CancellationToken.None)).ShouldNotBeNull();
}
