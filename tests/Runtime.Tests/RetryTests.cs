using Platform.Engine;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

/// <summary>A faulted instance that is retried goes on as if the fault had not been.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Other_branches_still_wait_where_they_waited(bool restarts)
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("two", Flowchart(
            [
                Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")),
                Step("e", "Elsa.Event", ("eventName", "Literal", "later")), Line("heard"),
                Step("risky", "Test.FailsOnce", ("key", "Literal", Guid.NewGuid().ToString("n"))), Line("mended"),
            ],
            "fork:A -> e", "e:Done -> heard", "fork:B -> risky", "risky:Done -> mended"));
        var run = await harness.RunAsync("two");
        run.Instance.SubStatus.ShouldBe("Faulted");
        await harness.Runtime.DeliverAsync(Activities.EventStimulus.For("later", null), CancellationToken.None);
        harness.Lines.ToString().ShouldBeEmpty("nothing goes on in a faulted instance");
        if (restarts)
            await harness.RestartAsync();

        (await harness.Runtime.RetryAsync(run.Instance.Id, null, CancellationToken.None)).ShouldNotBeNull().SubStatus.ShouldBe("Suspended");
        await harness.Runtime.DeliverAsync(Activities.EventStimulus.For("later", null), CancellationToken.None);

        (await harness.InstanceAsync(run.Instance.Id)).SubStatus.ShouldBe("Finished");
        harness.Lines.ToString().ShouldBe($"mended{Environment.NewLine}heard{Environment.NewLine}");
    }
}

/// <summary>Faults the first time.</summary>
[Activity("Test", "Test")]
public sealed class FailsOnce : CodeActivity
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> Failed = new();

    public Input<string> Key { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context)
    {
        if (Failed.TryAdd(Key.Get(context)!, true))
            throw new InvalidOperationException("Not yet.");
    }
}
