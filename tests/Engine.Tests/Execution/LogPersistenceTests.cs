using System.Text.Json.Nodes;
using Platform.Engine.Execution;

namespace Platform.Engine.Tests.Execution;

/// <summary>What the records of activity executions keep.</summary>
public sealed class LogPersistenceTests
{
    private const string Strategies = "Elsa.Workflows.LogPersistence.Strategies.";

    [Theory]
    [InlineData("""{}""", "{}", true, true)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude"}}""", "{}", false, false)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude","inputs":{"value":"Include"}}}""", "{}", true, false)]
    [InlineData("""{"logPersistenceMode":{"default":"Inherit"}}""", """{"logPersistenceMode":{"default":"Exclude"}}""", false, false)]
    [InlineData("""{"logPersistenceMode":{"default":"Include"}}""", """{"logPersistenceMode":{"default":"Exclude"}}""", true, true)]
    [InlineData("""{"logPersistenceConfig":{"default":{"evaluationMode":"Strategy","strategyType":"§Exclude, Elsa.Workflows.Core"}}}""", "{}", false, false)]
    [InlineData("""{"logPersistenceConfig":{"default":null,"inputs":{"value":{"evaluationMode":"Strategy","strategyType":"§Exclude, Elsa.Workflows.Core"}}}}""", "{}", false, true)]
    [InlineData("""{"logPersistenceConfig":{"outputs":{"result":{"evaluationMode":"Strategy","strategyType":"§Exclude, Elsa.Workflows.Core"}}}}""", "{}", true, false)]
    [InlineData("""{"logPersistenceConfig":{"default":{"evaluationMode":"Strategy","strategyType":"§Inherit, Elsa.Workflows.Core"}}}""", """{"logPersistenceConfig":{"default":{"evaluationMode":"Strategy","strategyType":"§Exclude, Elsa.Workflows.Core"}}}""", false, false)]
    [InlineData("""{"logPersistenceConfig":{"inputs":{"value":{"evaluationMode":"Expression","expression":{"type":"JavaScript","value":"variables.Secret ? 'Exclude' : 'Include'"}}}}}""", "{}", false, true)]
    [InlineData("""{"logPersistenceConfig":{"inputs":{"value":{"evaluationMode":"Expression","expression":{"type":"JavaScript","value":"broken("}}}}}""", "{}", false, true)]
    public async Task The_nearest_setting_decides(string activity, string workflow, bool keepsInput, bool keepsOutput)
    {
        var engine = new EngineHarness();
        await engine.StartAsync(Document(activity.Replace("§", Strategies, StringComparison.Ordinal), workflow.Replace("§", Strategies, StringComparison.Ordinal)));

        var record = engine.History().Executions.Single(execution => execution.ActivityId == "e");
        (record.ActivityState is { } state && state.TryGetProperty("Value", out _)).ShouldBe(keepsInput);
        (record.OutputValues is { } outputs && outputs.TryGetProperty("Result", out _)).ShouldBe(keepsOutput);
    }

    [Fact]
    public async Task The_state_of_an_activity_is_kept_only_when_its_setting_says_so()
    {
        var engine = new EngineHarness();
        await engine.StartAsync(Document(
            """{"logPersistenceConfig":{"internalState":{"evaluationMode":"Strategy","strategyType":"§Include, Elsa.Workflows.Core"}}}""".Replace("§", Strategies, StringComparison.Ordinal), "{}"));
        engine.History().Executions.Single(execution => execution.ActivityId == "e").InternalState!.Value.GetProperty("Seen").GetString().ShouldBe("shown");

        var quiet = new EngineHarness();
        await quiet.StartAsync(Document("{}", "{}"));
        quiet.History().Executions.Single(execution => execution.ActivityId == "e").InternalState.ShouldBeNull();
    }

    [Fact]
    public async Task The_host_decides_where_nobody_else_does()
    {
        var engine = new EngineHarness();
        var workflow = new WorkflowExecutionContext(engine.Compile(Document("{}", "{}")), "i1", engine.Host);
        using var log = new BurstLog(new BurstLogOptions { DefaultMode = Plans.LogPersistenceMode.Exclude });
        workflow.Log = log;
        await Interpreter.StartAsync(workflow);
        engine.Logs.Add(log.Complete().ToArray());

        engine.History().Executions.Single(execution => execution.ActivityId == "e").ActivityState.ShouldBeNull();
    }

    private static string Document(string activity, string workflow)
    {
        var step = JsonNode.Parse(EngineHarness.Step("e", "Test.Echo", ("value", "Literal", "shown")))!.AsObject();
        step["customProperties"] = JsonNode.Parse(activity);
        return new JsonObject
        {
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "s", ["name"] = "Secret", ["typeName"] = "Boolean", ["value"] = "true" }),
            ["customProperties"] = JsonNode.Parse(workflow),
            ["root"] = new JsonObject { ["id"] = "seq", ["type"] = "Elsa.Sequence", ["activities"] = new JsonArray(step) },
        }.ToJsonString();
    }
}

/// <summary>Gives its input back and remembers it.</summary>
[Activity("Test", "Test")]
public sealed class Echo : CodeActivity<string>
{
    public Input<string> Value { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context)
    {
        context.SetProperty("Seen", Value.Get(context));
        context.SetResult(Value.Get(context));
    }
}
