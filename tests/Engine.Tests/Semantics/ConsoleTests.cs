namespace Platform.Engine.Tests.Semantics;

public sealed class ConsoleTests
{
    private static readonly string Document = "{\"variables\":[{\"id\":\"said\",\"name\":\"said\",\"typeName\":\"String\"}],\"root\":{\"id\":\"root\",\"type\":\"Elsa.Sequence\",\"activities\":["
        + "{\"id\":\"read\",\"type\":\"Elsa.ReadLine\",\"result\":{\"typeName\":\"String\",\"memoryReference\":{\"id\":\"said\"}}},"
        + EngineHarness.Step("say", "Elsa.WriteLine", ("text", "JavaScript", "`You said ${variables.said}`")) + "]}}";

    [Fact]
    public async Task A_line_is_read_from_the_host()
    {
        var harness = new EngineHarness { Input = new StringReader("hello\nmore") };
        (await harness.StartAsync(Document)).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        harness.Lines.ShouldBe(["You said hello"]);
    }

    [Theory]
    [InlineData(false, "WF2102: ")]
    [InlineData(true, "WF2103: ")]
    public async Task Without_an_input_or_at_its_end_it_faults_and_does_not_wait(bool hasInput, string message)
    {
        var workflow = await new EngineHarness { Input = hasInput ? new StringReader("") : null }.StartAsync(Document);
        workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        workflow.Incidents.ShouldHaveSingleItem().Message.ShouldStartWith(message);
    }
}
