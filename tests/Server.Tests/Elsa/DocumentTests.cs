using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>What happens to documents between an author, the store and Studio.</summary>
public sealed class DocumentTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const string Exotic = """
        {
          "$schema": "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json",
          "definitionId": "exotic", "id": "exotic-v1", "name": "Exotisches 주문", "description": "Umlaute: äöü", "toolVersion": "3.6.0.0",
          "futureMember": {"kept": [1, 2.50, 1e3, "<&>", null]},
          "customProperties": {"VariableTestValues": {"v1": "x"}, "vendor": {"a": true}},
          "options": {"autoUpdateConsumingWorkflows": true, "futureOption": 7},
          "variables": [{"id":"v1","name":"Total","typeName":"Decimal","isArray":false,"value":"0.10","vendorNote":"keep"}],
          "inputs": [{"type":"String","name":"Who","displayName":"Who","uiHint":"singleline"}],
          "outputs": [], "outcomes": ["Ok", "Not ok"],
          "root": {
            "type": "Elsa.Flowchart", "version": 1, "id": "root", "name": "Flow", "metadata": {}, "customProperties": {"notFoundConnections": []}, "variables": [],
            "activities": [
              {"type":"Elsa.WriteLine","version":1,"id":"w","metadata":{"designer":{"position":{"x":-1.5,"y":2},"vendor":1},"displayText":"Say"},
               "customProperties":{"canStartWorkflow":true,"vendor":[1]},"unknownMember":{"deep":{"er":1}},
               "text":{"typeName":"String","expression":{"type":"Literal","value":"héllo"},"memoryReference":{"id":"w:input-text"}}},
              {"type":"Acme.Teleport","version":3,"id":"t","name":"Teleport1","metadata":{"designer":{"position":{"x":5,"y":6}},"description":"mine"},
               "customProperties":{},"target":{"typeName":"String","expression":{"type":"Nope","value":{"any":1}}},"activities":[{"id":"inner"}]},
              {"type":"Elsa.Switch","version":1,"id":"sw","customProperties":{},"metadata":{},
               "cases":[{"label":"A","condition":{"type":"Literal","value":"True"},
                 "activity":{"type":"Elsa.WriteLine","version":1,"id":"in-case","text":{"typeName":"String","expression":{"type":"Literal","value":"A"}}}}],
               "default":null}
            ],
            "connections": [
              {"source":{"activity":"w","port":"Done"},"target":{"activity":"t","port":"In"},"vertices":[{"x":1,"y":2}]},
              {"source":{"activity":"t","port":"Beamed"},"target":{"activity":"sw","port":"In"},"vertices":[]}
            ]
          }
        }
        """;

    [Fact]
    public async Task What_is_imported_is_exported_without_loss()
    {
        await server.ImportAsync(Exotic);
        var exported = await server.GetAsync("/workflow-definitions/exotic/export?versionOptions=Latest&includeConsumingWorkflows=False");
        exported.Headers["Content-Disposition"].ShouldContain("workflow-definition-exotisches-exotic-exotic-v1.json");
        exported.Text.ShouldContain("Exotisches 주문");
        ShouldContain(JsonNode.Parse(Exotic)!, exported.Node, "$");
        exported.Node["root"]!["activities"]![1]!["type"]!.GetValue<string>().ShouldBe("Acme.Teleport");
    }

    [Fact]
    public async Task What_Studio_saves_unchanged_is_exported_without_loss()
    {
        await server.ImportAsync(Exotic.Replace("exotic", "studio", StringComparison.Ordinal));
        var model = (await server.GetAsync("/workflow-definitions/by-definition-id/studio")).Node.DeepClone();
        var saved = await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = model }.ToJsonString());
        saved.Status.ShouldBe(200, saved.Text);
        var exported = (await server.GetAsync("/workflow-definitions/studio/export")).Node;
        ShouldContain(JsonNode.Parse(Exotic.Replace("exotic", "studio", StringComparison.Ordinal))!, exported, "$");
    }

    [Fact]
    public async Task Every_activity_that_Studio_gets_has_a_node_id()
    {
        var model = await server.ImportAsync(Exotic.Replace("exotic", "nodes", StringComparison.Ordinal));
        var root = model["root"]!;
        root["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:root");
        root["activities"]![0]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:root:w");
        root["activities"]![1]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:root:t");
        root["activities"]![2]!["cases"]![0]!["activity"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:root:sw:in-case");
    }

    [Fact]
    public async Task An_unknown_activity_becomes_a_placeholder_and_its_arrows_wait_aside()
    {
        var model = await server.ImportAsync(Exotic.Replace("exotic", "unknown", StringComparison.Ordinal));
        var placeholder = model["root"]!["activities"]![1]!;
        placeholder["type"]!.GetValue<string>().ShouldBe("Elsa.NotFoundActivity");
        placeholder["version"]!.GetValue<int>().ShouldBe(1);
        placeholder["id"]!.GetValue<string>().ShouldBe("t");
        placeholder["missingTypeName"]!.GetValue<string>().ShouldBe("Acme.Teleport");
        placeholder["missingTypeVersion"]!.GetValue<int>().ShouldBe(3);
        placeholder["metadata"]!["displayText"]!.GetValue<string>().ShouldBe("Not Found: Acme.Teleport");
        placeholder["metadata"]!["designer"]!["position"]!["x"]!.GetValue<int>().ShouldBe(5);
        JsonNode.Parse(placeholder["originalActivityJson"]!.GetValue<string>())!["target"].ShouldNotBeNull();
        model["root"]!["connections"]!.AsArray().Count.ShouldBe(1);
        model["root"]!["customProperties"]!["notFoundConnections"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_placeholder_that_was_moved_moves_its_original()
    {
        await server.ImportAsync(Exotic.Replace("exotic", "moved", StringComparison.Ordinal));
        var model = (await server.GetAsync("/workflow-definitions/by-definition-id/moved")).Node.DeepClone();
        model["root"]!["activities"]![1]!["metadata"]!["designer"]!["position"]!["x"] = 500;
        (await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = model }.ToJsonString())).Status.ShouldBe(200);
        var original = (await server.GetAsync("/workflow-definitions/moved/export")).Node["root"]!["activities"]![1]!;
        original["type"]!.GetValue<string>().ShouldBe("Acme.Teleport");
        original["metadata"]!["designer"]!["position"]!["x"]!.GetValue<int>().ShouldBe(500);
        original["metadata"]!["description"]!.GetValue<string>().ShouldBe("mine");
        original["metadata"]!.AsObject().ContainsKey("displayText").ShouldBeFalse();
    }

    [Fact]
    public async Task Activities_without_ids_get_the_same_ones_every_time()
    {
        var root = """{"type":"Elsa.Sequence","activities":[{"type":"Elsa.WriteLine"},{"type":"Elsa.WriteLine","id":"WriteLine1"},{"type":"Elsa.Break"}]}""";
        var first = await server.ImportAsync(Documents.Of("ids", root));
        var again = await server.ImportAsync(Documents.Of("ids", root));
        string[] ids = [.. first["root"]!["activities"]!.AsArray().Select(activity => activity!["id"]!.GetValue<string>())];
        ids.ShouldBe(["WriteLine2", "WriteLine1", "Break1"]);
        again["root"]!.ToJsonString().ShouldBe(first["root"]!.ToJsonString());
    }

    [Fact]
    public async Task Old_forms_of_connections_are_drawn()
    {
        var root = $$"""
            {"type":"Elsa.Flowchart","id":"f","activities":[{{Documents.WriteLine("a")}},{{Documents.WriteLine("b")}}],
             "connections":{"$values":[{"source":"a","target":"b","sourcePort":"Done","targetPort":"In"},{"source":"a","target":"gone"}]} }
            """;
        var model = await server.ImportAsync(Documents.Of("legacy", root));
        var connections = model["root"]!["connections"]!.AsArray();
        connections.Count.ShouldBe(1);
        connections[0]!["source"]!["activity"]!.GetValue<string>().ShouldBe("a");
        connections[0]!["vertices"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"root":null,"options":null,"variables":null,"customProperties":null,"outcomes":null}""")]
    [InlineData("""{"root":{"type":"Elsa.Flowchart","activities":null,"connections":null,"metadata":null,"customProperties":null}}""")]
    public async Task Whatever_is_missing_Studio_gets_lists_and_objects(string document)
    {
        var model = await server.ImportAsync(document);
        foreach (var name in (string[])["variables", "inputs", "outputs", "outcomes"])
            model[name].ShouldBeOfType<JsonArray>();
        foreach (var name in (string[])["options", "customProperties", "root"])
            model[name].ShouldBeOfType<JsonObject>();
        model["root"]!["nodeId"]!.GetValue<string>().ShouldStartWith("Workflow1:");
        model["root"]!["metadata"].ShouldBeOfType<JsonObject>();
    }

    [Fact]
    public async Task The_header_of_the_client_does_not_count()
    {
        var document = Documents.Order("header", "header-v1", "  Header  ").Replace(
            "\"definitionId\"", "\"version\":77,\"isPublished\":true,\"isReadonly\":true,\"isSystem\":true,\"createdAt\":\"0001-01-01T00:00:00+00:00\",\"definitionId\"", StringComparison.Ordinal);
        var model = await server.ImportAsync(document);
        model["version"]!.GetValue<int>().ShouldBe(1);
        model["isPublished"]!.GetValue<bool>().ShouldBeFalse();
        model["isReadonly"]!.GetValue<bool>().ShouldBeFalse();
        model["name"]!.GetValue<string>().ShouldBe("Header");
        model["createdAt"]!.GetValue<DateTimeOffset>().Year.ShouldBeGreaterThan(2000);
    }

    /// <summary>Everything that the author wrote is there with the same value.</summary>
    private static void ShouldContain(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (name, member) in members)
                    ShouldContain(member, actual.ShouldBeOfType<JsonObject>(path)[name], $"{path}.{name}");
                break;
            case JsonArray items:
                actual.ShouldBeOfType<JsonArray>(path).Count.ShouldBe(items.Count, path);
                for (var i = 0; i < items.Count; i++)
                    ShouldContain(items[i], actual.AsArray()[i], $"{path}[{i}]");
                break;
            default:
                JsonNode.DeepEquals(expected, actual).ShouldBeTrue($"{path}: {expected?.ToJsonString()} became {actual?.ToJsonString()}");
                break;
        }
    }
}
