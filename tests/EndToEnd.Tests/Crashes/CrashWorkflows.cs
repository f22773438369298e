using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>The workflows that run while the server is killed. Every step that matters is a call of the service <c>ledger</c>.</summary>
static class CrashWorkflows
{
    public const string Web = "web";
    public const string TwoSteps = "two-steps";
    public const string Waits = "waits";
    public const string OnEvent = "on-event";
    public const string Child = "child";
    public const string Parent = "parent";
    public const string Fan = "fan";
    public const string Tick = "tick";
    public const string StartEvent = "crash-start";
    public const string GoEvent = "crash-go";
    public const int FanCount = 3;

    /// <summary>Definition id and root of each.</summary>
    public static IEnumerable<(string Id, JsonObject Root)> All =>
    [
        (Web, Flow(Starting("s", "Elsa.HttpEndpoint", ("path", "crash"), ("supportedMethods", new JsonArray("POST"))), Call("a"), Step("r", "Elsa.WriteHttpResponse", ("content", "done")))),
        (TwoSteps, Flow(Call("a"), Step("d", "Elsa.Delay", ("timeSpan", "00:00:00.1")), Call("b"))),
        (Waits, Flow(Call("a"), Step("e", "Elsa.Event", ("eventName", GoEvent)), Call("b"))),
        (OnEvent, Flow(Starting("s", "Elsa.Event", ("eventName", StartEvent)), Call("event", "getCorrelationId()"))),
        (Child, Flow(Call("child", "getInput('ParentInstanceId')"))),
        (Parent, Flow(Call("a"), Step("c", "Elsa.DispatchWorkflow", ("workflowDefinitionId", Child), ("waitForCompletion", true)), Call("b"))),
        (Fan, Flow(Call("a"), Step("c", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Child), ("items", new JsonArray(1, 2, 3))), Call("b"))),
        (Tick, Flow(Starting("s", "Elsa.Cron", ("cronExpression", "* * * * * *")), Call("tick"))),
    ];

    /// <summary>A workflow that is only stored.</summary>
    public static JsonObject Nothing => Flow(Step("n", "Elsa.SetName", ("value", "x")));

    /// <summary>Starts each missed tick as well.</summary>
    public static JsonObject TickSettings => new() { ["schedule"] = new JsonObject { ["misfirePolicy"] = "All" } };

    static JsonObject Flow(params JsonObject[] steps) => new()
    {
        ["id"] = "root",
        ["type"] = "Elsa.Flowchart",
        ["version"] = 1,
        ["activities"] = new JsonArray([.. steps]),
        ["connections"] = new JsonArray([.. steps.Zip(steps.Skip(1), Connection)]),
    };

    static JsonNode Connection(JsonObject from, JsonObject to) => new JsonObject
    {
        ["source"] = new JsonObject { ["activity"] = from["id"]!.GetValue<string>(), ["port"] = "Done" },
        ["target"] = new JsonObject { ["activity"] = to["id"]!.GetValue<string>(), ["port"] = "In" },
    };

    /// <summary>A step that the ledger writes down.</summary>
    static JsonObject Call(string step, string subject = "getWorkflowInstanceId()")
    {
        var call = Step($"call-{step}", "Platform.CallService", ("service", "ledger"), ("method", "POST"));
        call["path"] = Input("JavaScript", $"'/{step}/' + {subject} + '/' + getWorkflowInstanceId()");
        return call;
    }

    static JsonObject Starting(string id, string type, params (string Name, JsonNode Value)[] inputs)
    {
        var step = Step(id, type, inputs);
        step["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return step;
    }

    static JsonObject Step(string id, string type, params (string Name, JsonNode Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in inputs) step[name] = Input("Literal", value);
        return step;
    }

    static JsonObject Input(string language, JsonNode value) => new()
    {
        ["typeName"] = "Object",
        ["expression"] = new JsonObject { ["type"] = language, ["value"] = value },
    };
}
