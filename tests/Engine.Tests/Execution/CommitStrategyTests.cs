using System.Text.Json.Nodes;

namespace Platform.Engine.Tests.Execution;

/// <summary>When a burst hands itself back so that its progress can be committed.</summary>
public sealed class CommitStrategyTests
{
    [Theory]
    [InlineData(null, null, new string[0])]
    [InlineData("WorkflowExecuted", null, new string[0])]
    [InlineData("Unheard of", null, new string[0])]
    [InlineData("WorkflowExecuting", null, new[] { "" })]
    [InlineData("ActivityExecuting", null, new[] { "", "", "", "a" })]
    [InlineData("ActivityExecuted", null, new[] { "", "", "a" })]
    [InlineData(null, "CommitAlways", new[] { "", "a" })]
    [InlineData(null, "Executing", new[] { "" })]
    [InlineData(null, "Executed", new[] { "a" })]
    [InlineData("ActivityExecuting", "CommitNever", new[] { "", "", "a" })]
    [InlineData("ActivityExecuting", "Unheard of", new[] { "", "", "", "a" })]
    public async Task Progress_is_committed_when_the_strategies_say(string? workflow, string? activity, string[] linesAtCommits)
    {
        var engine = new EngineHarness();
        var (commits, run) = await RunAsync(engine, Document(workflow, activity));

        commits.ShouldBe(linesAtCommits);
        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        engine.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Periodic_commits_between_activities_once_the_time_is_up()
    {
        var engine = new EngineHarness();
        var document = JsonNode.Parse(Document("Periodic", null))!;
        document["root"]!["activities"]!.AsArray().Insert(1, JsonNode.Parse(EngineHarness.Step("t", "Test.PassTime")));
        PassTime.Clock = engine.Clock;

        var (commits, _) = await RunAsync(engine, document.ToJsonString());

        commits.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_run_goes_on_from_any_of_these_commits()
    {
        var engine = new EngineHarness();
        var run = new WorkflowExecutionContext(engine.Compile(Document("ActivityExecuting", "CommitAlways")), "i1", engine.Host);
        await Interpreter.StartAsync(run);
        while (run.SubStatus == WorkflowSubStatus.Executing)
        {
            // As after a crash: what comes next is known from the stored state only.
            var restarted = engine.Reload(run);
            await Interpreter.RunAsync(restarted);
            if (EngineHarness.Stored(restarted).AsSpan().SequenceEqual(EngineHarness.Stored(run)))
                await Interpreter.RunAsync(restarted);
            run = restarted;
        }

        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        engine.Lines.ShouldBe(["a", "b"]);
    }

    private static async Task<(List<string> Commits, WorkflowExecutionContext Run)> RunAsync(EngineHarness engine, string document)
    {
        var commits = new List<string>();
        var run = new WorkflowExecutionContext(engine.Compile(document), "i1", engine.Host);
        await Interpreter.StartAsync(run);
        while (run.SubStatus == WorkflowSubStatus.Executing)
        {
            commits.Add(string.Join(',', engine.Lines));
            await Interpreter.RunAsync(run);
        }

        return (commits, run);
    }

    private static string Document(string? workflow, string? activity)
    {
        var first = JsonNode.Parse(EngineHarness.Line("a"))!.AsObject();
        if (activity is not null)
            first["customProperties"] = new JsonObject { ["commitStrategyName"] = activity };
        return new JsonObject
        {
            ["options"] = new JsonObject { ["commitStrategyName"] = workflow },
            ["root"] = new JsonObject { ["id"] = "seq", ["type"] = "Elsa.Sequence", ["activities"] = new JsonArray(first, JsonNode.Parse(EngineHarness.Line("b"))) },
        }.ToJsonString();
    }
}

/// <summary>Lets a minute pass.</summary>
[Activity("Test", "Test")]
public sealed class PassTime : CodeActivity
{
    internal static ManualClock? Clock { get; set; }

    protected override void Execute(ActivityExecutionContext context) => Clock!.Now += TimeSpan.FromMinutes(1);
}
