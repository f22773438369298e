using System.Text.Json.Nodes;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>The workflows that simulations run.</summary>
internal static class SimulatedWorkflows
{
    public const string Waits = "waits";
    public const string OnEvent = "on-event";
    public const string Cron = "cron";
    public const string Switched = "switched-cron";
    public const string Child = "child";
    public const string Parent = "parent";
    public const string Fan = "fan";
    public const string StartEvent = "start";
    public const string GoEvent = "go";
    public const string OtherEvent = "other";
    public const int FanCount = 3;

    /// <summary>What a client starts by name.</summary>
    public static readonly string[] Startable = ["two", Waits, "careful", "eager", Parent, Fan, "job", "publisher", "inline"];

    private static readonly JsonObject EveryTick = new() { ["schedule"] = new JsonObject { ["misfirePolicy"] = "All" } };

    /// <summary>Definition id and document of each.</summary>
    public static IEnumerable<(string Id, string Document)> All =>
    [
        ("two", Sequence(World("a"), Wait("00:01:00"), World("b"))),
        (Waits, Sequence(World("a"), Step("e", "Elsa.Event", ("eventName", "Literal", GoEvent)), World("b"))),
        ("careful", With(Sequence(World("a"), World("b"), Wait("00:00:20"), World("c")), "options", new JsonObject { ["commitStrategyName"] = "ActivityExecuted" })),
        ("eager", With(Sequence(World("a"), World("b")), "options", new JsonObject { ["commitStrategyName"] = "ActivityExecuting" })),
        (OnEvent, Flowchart([Trigger("t", "Elsa.Event", ("eventName", "Literal", StartEvent)), World("a")], "t -> a")),
        (Cron, With(Flowchart([Trigger("t", "Elsa.Timer", ("interval", "Literal", "00:01:00")), World("a")], "t -> a"), "customProperties", EveryTick.DeepClone())),
        (Switched, Flowchart([Trigger("t", "Elsa.Cron", ("cronExpression", "Literal", "*/2 * * * *")), World("a")], "t -> a")),
        (Child, Sequence(World("a"), Wait("00:00:30"), World("b"))),
        ("quick", Sequence(World("a"))),
        (Parent, Sequence(World("a"), Step("c", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", Child), ("waitForCompletion", "Literal", true)), World("b"))),
        (Fan, Sequence(World("a"), Step("c", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", "Literal", Child), ("items", "Literal", new[] { 1, 2, 3 })), World("b"))),
        ("inline", Sequence(World("a"), Step("c", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "quick"), ("waitForCompletion", "Literal", true)), World("b"))),
        ("job", Flowchart([World("a"), Step("j", "Test.WorldJob"), World("b")], "a -> j", "j -> b")),
        ("publisher", Sequence(World("a"), Step("p", "Elsa.PublishEvent", ("eventName", "Literal", OtherEvent)), World("b"))),
        ("on-other", Flowchart([Trigger("t", "Elsa.Event", ("eventName", "Literal", OtherEvent)), World("a")], "t -> a")),
    ];

    /// <summary>The steps that a finished instance has done.</summary>
    public static string[] StepsOf(string definition) => definition switch
    {
        "careful" => ["a", "b", "c"],
        "job" => ["a", "b", "j"],
        OnEvent or Cron or Switched or "quick" or "on-other" => ["a"],
        _ => ["a", "b"],
    };

    private static JsonObject World(string id) => Step(id, "Test.WorldStep");

    private static JsonObject Wait(string time) => Step("wait", "Elsa.Delay", ("timeSpan", "Literal", time));

    private static string With(string document, string member, JsonNode value)
    {
        var node = JsonNode.Parse(document)!;
        node[member] = value;
        return node.ToJsonString();
    }
}
