using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class StateLimitTests
{
    private const int MegaByte = 1024 * 1024;

    [Fact]
    public async Task A_value_that_is_too_large_is_not_stored_and_the_instance_faults_with_its_name()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));

        var run = await harness.RunAsync("w", new() { ["Small"] = "kept", ["Large"] = new string('x', 17 * MegaByte) });

        run.Instance.SubStatus.ShouldBe("Faulted");
        (await harness.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = run.Instance.Id }, CancellationToken.None)).ShouldBeEmpty();
        var (workflow, header) = (await harness.Get<InstanceRunner>().LoadAsync(run.Instance.Id, CancellationToken.None)).ShouldNotBeNull();
        (header.IncidentCount, header.FinishedAt).ShouldBe((1, harness.Clock.GetUtcNow()));
        workflow.Input["Small"].ShouldBe("kept");
        workflow.Input["Large"].ShouldBeNull();
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith("WF2111: The input 'Large' was not stored: it takes more than 16,777,216 bytes as JSON");
    }

    [Fact]
    public async Task Values_that_are_too_large_together_leave_one_after_the_other_until_the_rest_fits()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("a")));

        var run = await harness.RunAsync("w", Enumerable.Range(1, 6).ToDictionary(i => $"I{i}", object? (i) => new string('x', (11 * MegaByte) + (i * 800_000))));

        run.Instance.SubStatus.ShouldBe("Faulted");
        var (workflow, _) = (await harness.Get<InstanceRunner>().LoadAsync(run.Instance.Id, CancellationToken.None)).ShouldNotBeNull();
        workflow.Input.Where(input => input.Value is null).Select(input => input.Key).ShouldBe(["I6", "I5"], ignoreOrder: true);
        workflow.Incidents.Count.ShouldBe(2);
        workflow.Incidents[0].Message.ShouldContain("67,108,864 bytes");
    }

    [Fact]
    public async Task A_run_that_is_stored_in_its_middle_goes_on_to_the_end_of_its_burst_and_faults_then()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var document = System.Text.Json.Nodes.JsonNode.Parse(Sequence(Line("a"), Line("b")))!;
        document["options"] = new System.Text.Json.Nodes.JsonObject { ["commitStrategyName"] = "ActivityExecuted" };
        await harness.PublishAsync("w", document.ToJsonString());

        var run = await harness.RunAsync("w", new() { ["Large"] = new string('x', 17 * MegaByte) });

        run.Instance.SubStatus.ShouldBe("Faulted");
        run.Instance.IncidentCount.ShouldBe(1);
        harness.Lines.ToString().ShouldBe($"a{Environment.NewLine}b{Environment.NewLine}");
    }
}
