using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>What designers see of workflows that are used as activities.</summary>
public sealed class WorkflowAsActivityTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task It_stands_on_the_palette_with_its_inputs_outputs_and_outcomes()
    {
        await server.ImportAsync(Child("greet", "Greet Somebody"), publish: true);

        var descriptor = await DescriptorAsync("GreetSomebody");

        descriptor["displayName"]!.GetValue<string>().ShouldBe("Greet Somebody");
        descriptor["category"]!.GetValue<string>().ShouldBe("Manners");
        descriptor["isBrowsable"]!.GetValue<bool>().ShouldBeTrue();
        descriptor["customProperties"]!["RootType"]!.GetValue<string>().ShouldBe("WorkflowDefinitionActivity");
        descriptor["constructionProperties"]!["WorkflowDefinitionId"]!.GetValue<string>().ShouldBe("greet");
        var input = descriptor["inputs"]!.AsArray().ShouldHaveSingleItem()!;
        (input["name"]!.GetValue<string>(), input["typeName"]!.GetValue<string>(), input["isSynthetic"]!.GetValue<bool>()).ShouldBe(("Who", "String", true));
        descriptor["outputs"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("Text");
        descriptor["ports"]!.AsArray().Select(port => port!["name"]!.GetValue<string>()).ShouldBe(["Root", "Said", "Silent"]);
    }

    [Fact]
    public async Task A_draft_is_described_but_not_offered()
    {
        await server.ImportAsync(Child("later", "Later"));

        (await DescriptorAsync("Later"))["isBrowsable"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task The_parent_tells_which_version_it_uses_and_which_is_the_newest()
    {
        var first = await server.ImportAsync(Child("versioned", "Versioned"), publish: true);
        await server.ImportAsync(Parent("user-of-versions", "Versioned", "versioned", first["id"]!.GetValue<string>()), publish: true);
        await server.ImportAsync(Child("versioned", "Versioned", "changed"), publish: true);

        var model = (await server.GetAsync("/workflow-definitions/by-definition-id/user-of-versions")).Node;
        var activity = model["root"]!["activities"]![0]!;

        activity["type"]!.GetValue<string>().ShouldBe("Versioned");
        activity["workflowDefinitionVersionId"]!.GetValue<string>().ShouldBe(first["id"]!.GetValue<string>());
        activity["latestAvailablePublishedVersion"]!.GetValue<int>().ShouldBe(2);
        (await server.GetAsync("/workflow-definitions/versioned/consumers")).Node["consumingWorkflowDefinitionIds"]!.AsArray()
            .ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("user-of-versions");

        var updated = await server.PostAsync("/workflow-definitions/versioned/update-references", "{}");
        updated.Node["affectedWorkflows"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("user-of-versions");
        (await server.PostAsync("/workflow-definitions/nobody/update-references", "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Drilling_in_shows_the_workflow_and_saving_does_not_keep_it()
    {
        var child = await server.ImportAsync(Child("inner", "Inner"), publish: true);
        var parent = await server.ImportAsync(Parent("outer", "Inner", "inner", child["id"]!.GetValue<string>()), publish: true);
        var id = parent["id"]!.GetValue<string>();

        var part = (await server.GetAsync($"/workflow-definitions/subgraph/{id}?parentNodeId=Workflow1:flow:call")).Node;
        part["activity"]!["root"]!["type"]!.GetValue<string>().ShouldBe("Elsa.Workflow");
        part["activity"]!["root"]!["root"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:flow:call:Workflow2:flow");
        var segments = (await server.GetAsync($"/workflow-definitions/subgraph/segments/{id}?childNodeId=Workflow1:flow:call:Workflow2:flow:say")).Node;
        segments["childNode"]!["activity"]!["id"]!.GetValue<string>().ShouldBe("say");
        segments["container"]!["activity"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:flow:call:Workflow2:flow");

        var model = (await server.GetAsync("/workflow-definitions/by-definition-id/outer")).Node;
        model["root"]!["activities"]![0] = part["activity"]!.DeepClone();
        model["description"] = "edited";
        var saved = await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = model.DeepClone() }.ToJsonString());
        saved.Status.ShouldBe(200, saved.Text);
        (await server.GetAsync("/workflow-definitions/outer/export")).Node["root"]!["activities"]![0]!["root"].ShouldBeNull();
    }

    [Fact]
    public async Task The_journal_names_the_activities_inside_by_their_whole_path()
    {
        var child = await server.ImportAsync(Child("logged", "Logged"), publish: true);
        await server.ImportAsync(Parent("logs", "Logged", "logged", child["id"]!.GetValue<string>()), publish: true);

        var instance = await server.ExecuteAsync("logs");

        var journal = await server.GetAsync($"/workflow-instances/{instance}/journal?pageSize=100");
        journal.Node["items"]!.AsArray().Select(item => item!["nodeId"]!.GetValue<string>()).ShouldContain("Workflow1:flow:call:Workflow2:flow:say");
    }

    private static string Child(string definitionId, string name, string text = "hello") => $$$"""
        {"definitionId":"{{{definitionId}}}","name":"{{{name}}}","options":{"usableAsActivity":true,"activityCategory":"Manners"},
         "inputs":[{"name":"Who","type":"String"}],"outputs":[{"name":"Text","type":"String"}],"outcomes":["Said","Silent"],
         "root":{"id":"flow","type":"Elsa.Flowchart","activities":[
           {"id":"say","type":"Elsa.SetName","value":{"typeName":"String","expression":{"type":"Literal","value":"{{{text}}}" } } }],"connections":[]}}
        """;

    private static string Parent(string definitionId, string type, string childId, string childVersionId) => $$$"""
        {"definitionId":"{{{definitionId}}}","name":"{{{definitionId}}}",
         "root":{"id":"flow","type":"Elsa.Flowchart","activities":[
           {"id":"call","type":"{{{type}}}","version":1,"workflowDefinitionId":"{{{childId}}}","workflowDefinitionVersionId":"{{{childVersionId}}}"}],"connections":[]}}
        """;

    private async Task<JsonNode> DescriptorAsync(string typeName) =>
        (await server.GetAsync("/descriptors/activities")).Node["items"]!.AsArray().Single(item => item!["typeName"]!.GetValue<string>() == typeName)!;
}
