using System.Text.Json.Nodes;

namespace Platform.Engine.Tests.RandomFlowcharts;

/// <summary>What an activity of a random flowchart does.</summary>
internal enum StepKind
{
    Line,
    Decision,
    Switch,
    Fork,
    JoinAll,
    JoinActive,
    JoinAny,
    Route,
    Wait,
    Fault,
    End,
    Complete,
    Break,
    Finish,
}

/// <summary>An activity of a random flowchart.</summary>
/// <param name="Id">Id.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Outcomes">
/// Outcomes of each execution, the last one for all further ones. A route that has none left ends its path, so every loop ends.
/// </param>
internal sealed record ModelStep(string Id, StepKind Kind, string[][] Outcomes)
{
    /// <summary>Whether its completion completes the flowchart.</summary>
    public bool IsTerminal => Kind is StepKind.End or StepKind.Complete or StepKind.Break or StepKind.Finish;

    public string[] OutcomesOf(int execution)
    {
        if (execution < Outcomes.Length)
            return Outcomes[execution];
        return Kind == StepKind.Route ? [] : Outcomes[^1];
    }
}

/// <summary>A connection of a random flowchart.</summary>
internal sealed record ModelConnection(string Source, string Port, string Target);

/// <summary>A random flowchart, as the reference interpreter reads it and as a document.</summary>
internal sealed record FlowModel(List<ModelStep> Steps, List<ModelConnection> Connections, bool ContinuesWithIncidents)
{
    public string ToDocument()
    {
        var root = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. Steps.Select(ToJson)]),
            ["connections"] = new JsonArray([.. Connections.Select(connection => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = connection.Source, ["port"] = connection.Port },
                ["target"] = new JsonObject { ["activity"] = connection.Target, ["port"] = "In" },
            })]),
        };
        return new JsonObject
        {
            ["options"] = new JsonObject { ["incidentStrategyType"] = ContinuesWithIncidents ? "ContinueWithIncidentsStrategy" : "FaultStrategy" },
            ["root"] = root,
        }.ToJsonString();
    }

    private static JsonNode ToJson(ModelStep step)
    {
        var (type, input, value) = step.Kind switch
        {
            StepKind.Line => ("Elsa.WriteLine", "text", step.Id),
            StepKind.Decision => ("Elsa.FlowDecision", "condition", step.Outcomes[0][0]),
            StepKind.Switch => ("Elsa.FlowSwitch", "mode", "MatchAny"),
            StepKind.Fork => ("Elsa.FlowFork", "branches", new JsonArray([.. step.Outcomes[0].Select(name => (JsonNode)name)]).ToJsonString()),
            StepKind.JoinAll => ("Elsa.FlowJoin", "mode", "WaitAll"),
            StepKind.JoinActive => ("Elsa.FlowJoin", "mode", "WaitAllActive"),
            StepKind.JoinAny => ("Elsa.FlowJoin", "mode", "WaitAny"),
            StepKind.Route => ("Test.Route", "plan", string.Join(';', step.Outcomes.Select(outcomes => string.Join(',', outcomes)))),
            StepKind.Wait => ("Test.Wait", "key", step.Id),
            StepKind.Fault => ("Elsa.Fault", "message", step.Id),
            StepKind.End => ("Elsa.End", "", ""),
            StepKind.Complete => ("Elsa.Complete", "", ""),
            StepKind.Break => ("Elsa.Break", "", ""),
            StepKind.Finish => ("Elsa.Finish", "", ""),
        };
        var json = JsonNode.Parse(input.Length == 0 ? EngineHarness.Step(step.Id, type) : EngineHarness.Step(step.Id, type, (input, "Literal", value)))!;
        if (step.Kind == StepKind.Switch)
        {
            json["cases"] = new JsonArray([.. new[] { "A", "B" }.Select(label => (JsonNode)new JsonObject
            {
                ["label"] = label,
                ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = step.Outcomes[0].Contains(label) },
            })]);
        }

        return json;
    }
}

/// <summary>Ends with other outcomes at each execution, and with none when its plan is used up.</summary>
[Activity("Test", "Test")]
public sealed class Route : Activity
{
    /// <summary>Outcomes of the executions, separated by semicolons and commas.</summary>
    public Input<string> Plan { get; set; } = new("");

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var properties = context.WorkflowExecutionContext.Properties;
        var execution = properties.TryGetValue(Id, out var count) ? Convert.ToInt32(count, System.Globalization.CultureInfo.InvariantCulture) : 0;
        properties[Id] = execution + 1;
        var plan = Plan.Get(context).Split(';');
        return context.CompleteActivityWithOutcomesAsync(
            execution < plan.Length ? plan[execution].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);
    }
}
