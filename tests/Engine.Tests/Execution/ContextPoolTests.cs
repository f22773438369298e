namespace Platform.Engine.Tests.Execution;

/// <summary>Objects of ended executions serve others; nobody may see another run through one that he kept.</summary>
public sealed class ContextPoolTests
{
    private const string SecretVariable = """{"id":"v","name":"Secret","typeName":"Object","value":"of this run"}""";

    [Fact]
    public async Task A_context_that_foreign_code_kept_shows_nothing_of_a_later_run()
    {
        var engine = new EngineHarness();
        var document = EngineHarness.Flowchart(EngineHarness.Step("k", "Test.Keep"), SecretVariable);
        await engine.StartAsync(document);
        var kept = Keep.Kept.ShouldNotBeNull();
        kept.Activity.Id.ShouldBe("k");

        var other = EngineHarness.Flowchart(EngineHarness.Step("w", "Test.Wait", ("key", "Literal", "x")), SecretVariable);
        await engine.StartAsync(other);

        kept.GetVariable<string>("Secret").ShouldBeNull();
    }

    [Fact]
    public async Task The_variables_of_a_script_are_stored_as_a_copy()
    {
        var engine = new EngineHarness();
        var variables = SecretVariable + """,{"id":"c","name":"Copy","typeName":"Object"}""";
        var set = """{"id":"s","type":"Elsa.SetVariable","variable":{"id":"c","name":"Copy","typeName":"Object"},"value":{"typeName":"Object","expression":{"type":"JavaScript","value":"variables"}}}""";
        await engine.StartAsync(EngineHarness.Flowchart(
            set + "," + EngineHarness.Step("t", "Elsa.WriteLine", ("text", "JavaScript", "getCopy().Secret")), variables, "s -> t"));

        engine.Lines.ShouldBe(["of this run"]);
    }

    [Fact]
    public async Task A_loop_of_a_thousand_turns_uses_a_handful_of_contexts()
    {
        var engine = new EngineHarness();
        var loop = """{"root":{"id":"l","type":"Elsa.For","end":{"typeName":"Int32","expression":{"type":"Literal","value":1000}},"body":"""
            + EngineHarness.Step("b", "Elsa.SetName", ("value", "Literal", "x")) + "}}";
        await engine.StartAsync(loop);
        var plan = engine.Compile(loop);
        var compiled = GC.GetAllocatedBytesForCurrentThread();
        var run = new WorkflowExecutionContext(plan, "i2", engine.Host);
        await Interpreter.StartAsync(run);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - compiled;

        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        bytes.ShouldBeLessThan(1001 * 150, "an iteration allocates its variable and no execution context");
    }
}

/// <summary>Keeps its context, as careless code does.</summary>
[Activity("Test", "Test")]
public sealed class Keep : CodeActivity
{
    public static ActivityExecutionContext? Kept { get; private set; }

    protected override void Execute(ActivityExecutionContext context) => Kept = context;
}
