using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;

namespace Platform.Server.Tests.Elsa;

public sealed class StateMachineDocumentTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const string Document = """
        {"definitionId":"machine","name":"Machine","root":{"id":"m","type":"Elsa.StateMachine","version":1,"initialState":"A","currentState":null,
         "states":[{"name":"A","note":"kept","entry":{"type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"a"}}},"exit":null},
                   {"name":"B","entry":{"$invalidJson":"{\"type\":"},"exit":null}],
         "transitions":[{"name":"go","displayName":"Go","from":"A","to":"B","condition":{"type":"JavaScript","value":"true"},"action":null,
           "trigger":{"id":"e","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}},"customProperties":{"canStartWorkflow":true}}}]}}
        """;

    [Fact]
    public async Task Activities_of_states_and_transitions_get_ids_and_stand_in_the_tree()
    {
        var model = await server.ImportAsync(Document);
        var root = model["root"]!;
        root["states"]![0]!["entry"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:m:WriteLine1");
        root["transitions"]![0]!["trigger"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:m:e");
        root["states"]![1]!["entry"]!.ToJsonString().ShouldBe("""{"$invalidJson":"{\u0022type\u0022:"}""");
        root["states"]![0]!["note"]!.GetValue<string>().ShouldBe("kept");

        var found = await server.GetAsync($"/workflow-definitions/subgraph/segments/{model["id"]}?childNodeId=Workflow1:m:e");
        found.Node["childNode"]!["port"]!.GetValue<string>().ShouldBe("Trigger");
    }

    [Fact]
    public async Task The_export_holds_what_the_import_held()
    {
        await server.ImportAsync(Document.Replace("\"machine\"", "\"round\"", StringComparison.Ordinal));
        var exported = (await server.GetAsync("/workflow-definitions/round/export?versionOptions=Latest")).Node["root"]!;
        var given = JsonNode.Parse(Document)!["root"]!;
        exported["states"]![0]!["entry"]!.AsObject().Remove("id");
        foreach (var activity in new[] { exported["states"]![0]!["entry"]!, exported["transitions"]![0]!["trigger"]! })
            activity.AsObject().Remove("nodeId");
        JsonNode.DeepEquals(exported["states"], given["states"]).ShouldBeTrue(exported["states"]!.ToJsonString());
        JsonNode.DeepEquals(exported["transitions"], given["transitions"]).ShouldBeTrue(exported["transitions"]!.ToJsonString());
    }

    [Fact]
    public async Task The_trigger_of_a_transition_starts_the_published_workflow()
    {
        var document = JsonNode.Parse(Document.Replace("\"machine\"", "\"starts\"", StringComparison.Ordinal))!;
        document["root"]!["states"]![1]!["entry"] = null;
        await server.ImportAsync(document.ToJsonString(), publish: true);
        var result = await server.Services.GetRequiredService<WorkflowRuntime>().DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);
        var started = await server.GetAsync("/workflow-instances/" + result.Started.ShouldHaveSingleItem());
        started.Node["subStatus"]!.GetValue<string>().ShouldBe("Finished");
    }

    [Fact]
    public async Task What_cannot_be_read_cannot_be_published()
    {
        await server.ImportAsync(Document.Replace("\"machine\"", "\"broken\"", StringComparison.Ordinal));
        (await server.PostAsync("/workflow-definitions/broken/publish", "{}")).ShouldBeInvalid("WF1007", "$.root.states[1].entry");
    }
}
