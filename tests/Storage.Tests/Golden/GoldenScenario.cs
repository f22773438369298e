using System.Text.Json.Nodes;
using Platform.Engine.Execution;
using Platform.Runtime.Activities;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Storage.Tests.Golden;

/// <summary>
/// What the files hold, and what becomes of it. It is not changed once files of it are released; what is to be covered besides gets a
/// scenario of its own.
/// </summary>
internal static class GoldenScenario
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private static CancellationToken None => CancellationToken.None;

    /// <summary>What the instances write from there to their end, in any order.</summary>
    public static readonly string[] Lines =
    [
        "a text 42 [1,\"two\",null] {\"deep\":{\"er\":true}}", "after", "child of fan", "child of fan", "delayed", "early", "fan", "joined", "left", "next",
        "next", "parent", "queued", "right", "tick", "waited",
    ];

    /// <summary>The state in which each instance was stored.</summary>
    private static readonly (string Id, string SubStatus)[] Stored =
    [
        ("quick.1", "Finished"), ("broken.1", "Faulted"), ("delays.1", "Suspended"), ("waits.1", "Suspended"), ("loops.1", "Suspended"),
        ("forks.1", "Suspended"), ("values.1", "Suspended"), ("parent.1", "Suspended"), ("fan.1", "Suspended"), ("queued.1", "missing"),
        ("cancelled.1", "Cancelled"),
    ];

    private static IEnumerable<(string Id, string Document)> Definitions =>
    [
        ("quick", Sequence(Line("quick"))),
        ("queued", Sequence(Line("queued"))),
        ("broken", Sequence(Step("f", "Elsa.Fault", ("message", "Literal", "It is broken.")))),
        ("cancelled", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never")))),
        ("delays", Sequence(Wait("d"), Line("delayed"))),
        ("slow-child", Sequence(Wait("d"), Line("after"))),
        ("waits", Sequence(On("e", "go"), Line("waited"))),
        ("fan-child", Sequence(On("e", "go-child"), Line("child of fan"))),
        ("early", Sequence(On("e", "early"), Line("early"))),
        ("loops", Sequence(Step("l", "Elsa.ForEach", ("items", "Object", "[1,2,3]")).Having("body", Body()))),
        ("forks", Flowchart(
            [Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")), On("e", "left"), Line("left"), Wait("d"), Line("right"), Step("join", "Elsa.FlowJoin", ("mode", "Literal", "WaitAll")), Line("joined")],
            "fork:A -> e", "e -> left", "fork:B -> d", "d -> right", "left -> join", "right -> join", "join -> joined")),
        ("values", Values()),
        ("parent", Sequence(Step("c", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "slow-child"), ("waitForCompletion", "Literal", true)), Line("parent"))),
        ("fan", Sequence(Step("c", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", "Literal", "fan-child"), ("items", "Object", "[1,2]")), Line("fan"))),
        ("tick", Flowchart([Trigger("t", "Elsa.Timer", ("interval", "Literal", "00:10:00")), Line("tick")], "t -> tick")),
    ];

    /// <summary>Runs the instances up to where they wait.</summary>
    public static async Task WriteAsync(GoldenRuntime runtime)
    {
        foreach (var (id, document) in Definitions)
            await runtime.PublishAsync(id, document);
        foreach (var (id, _) in Stored.Where(instance => instance.Id != "queued.1"))
            await runtime.StartAsync(id);
        await runtime.Runtime.DeliverAsync(EventStimulus.For("next", null), None);
        (await runtime.Runtime.CancelAsync("cancelled.1", None)).ShouldBeTrue();
        foreach (var child in await ListAsync(runtime, new InstanceFilter { ParentInstanceId = "parent.1" }, 1))
            await runtime.ReachesAsync(child, "Suspended");
        foreach (var child in await ListAsync(runtime, new InstanceFilter { ParentInstanceId = "fan.1" }, 2))
            await runtime.ReachesAsync(child, "Suspended");
        // An event that nobody waits for yet, work that nobody does any more, and a document.
        await runtime.Runtime.DeliverAsync(EventStimulus.For("early", "payload"), None);
        await runtime.StopAsync();
        await runtime.Runtime.DispatchAsync(GoldenRuntime.RequestOf("queued.1"), None);
        await runtime.Store.CommitAsync(new Commit { Documents = [new("golden", "한글", "{\"kept\":true}")] }, None);
        await CheckStoredAsync(runtime);
    }

    /// <summary>Everything is there as it was written. The duties of the runtime do not run.</summary>
    public static async Task CheckStoredAsync(GoldenRuntime runtime)
    {
        foreach (var (id, subStatus) in Stored)
            (await runtime.SubStatusAsync(id)).ShouldBe(subStatus, id);
        (await runtime.Store.FindDocumentAsync("golden", "한글", None)).ShouldNotBeNull().Json.ShouldBe("{\"kept\":true}");
    }

    /// <summary>Goes on with everything to its end.</summary>
    public static async Task FinishAsync(GoldenRuntime runtime)
    {
        await CheckHistoryAsync(runtime);
        await runtime.ReachesAsync("queued.1", "Finished");
        await runtime.StartAsync("early.1");
        await runtime.ReachesAsync("early.1", "Finished");
        foreach (var name in new[] { "go", "go-child", "left", "next" })
            await runtime.Runtime.DeliverAsync(EventStimulus.For(name, null), None);
        await runtime.Runtime.DeliverAsync(EventStimulus.For("next", null), None);
        runtime.Clock.Advance(Pause);
        foreach (var (id, subStatus) in Stored.Where(instance => instance.SubStatus == "Suspended"))
            await runtime.ReachesAsync(id, "Finished");
        foreach (var tick in await ListAsync(runtime, new InstanceFilter { DefinitionIds = ["tick"] }, 1))
            await runtime.ReachesAsync(tick, "Finished");
        runtime.Lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(Lines.Order(StringComparer.Ordinal));
        (await runtime.SubStatusAsync("broken.1")).ShouldBe("Faulted");
    }

    private static async Task CheckHistoryAsync(GoldenRuntime runtime)
    {
        var bursts = await runtime.Store.ReadBurstsAsync("broken.1", None);
        var history = ExecutionHistory.Read("broken.1", bursts.Select(burst => burst.Log));
        history.Journal.ShouldContain(entry => entry.Execution.ActivityId == "f" && entry.EventName == "Faulted");
        (await runtime.Store.ReadBurstsAsync("loops.1", None)).Count.ShouldBe(2);
    }

    /// <summary>Waits until so many instances are there.</summary>
    private static async Task<List<string>> ListAsync(GoldenRuntime runtime, InstanceFilter filter, int count)
    {
        using var patience = new CancellationTokenSource(GoldenRuntime.Patience);
        while (true)
        {
            var found = await runtime.Store.ListInstancesAsync(filter, None);
            if (found.TotalCount == count)
                return [.. found.Items.Select(instance => instance.Id)];
            await Task.Delay(5, patience.Token);
        }
    }

    private static JsonObject On(string id, string name) => Step(id, "Elsa.Event", ("eventName", "Literal", name));

    private static JsonObject Wait(string id) => Step(id, "Elsa.Delay", ("timeSpan", "Literal", "00:10:00"));

    private static JsonObject Body() => new()
    {
        ["id"] = "body",
        ["type"] = "Elsa.Sequence",
        ["activities"] = new JsonArray(On("n", "next"), Line("next")),
    };

    private static string Values()
    {
        var document = JsonNode.Parse(Sequence(
            Set("text", "JavaScript", "'a text'"), Set("number", "JavaScript", "6 * 7"), Set("list", "JavaScript", "[1, 'two', null]"), Set("thing", "JavaScript", "({ deep: { er: true } })"),
            On("e", "go"),
            Step("show", "Elsa.WriteLine", ("text", "JavaScript", "`${variables.text} ${variables.number} ${JSON.stringify(variables.list)} ${JSON.stringify(variables.thing)}`"))))!;
        document["variables"] = new JsonArray([.. new[] { "text", "number", "list", "thing" }.Select(Variable)]);
        return document.ToJsonString();
    }

    private static JsonNode Variable(string name) => new JsonObject
    {
        ["id"] = name,
        ["name"] = name,
        ["typeName"] = "Object",
        ["storageDriverTypeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core",
    };

    private static JsonObject Set(string variable, string language, string value)
    {
        var step = Step("set-" + variable, "Elsa.SetVariable", ("value", language, value));
        step["variable"] = Variable(variable);
        return step;
    }
}
