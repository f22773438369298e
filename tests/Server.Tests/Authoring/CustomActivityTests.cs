using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Acme.Orders;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine.Plans;

namespace Platform.Server.Tests.Authoring;

/// <summary>Activities of an author's own assembly in the real server: their descriptions, and the modes a host chooses for flowcharts.</summary>
public sealed class CustomActivityTests
{
    [Fact]
    public async Task What_handlers_tell_an_editor_reaches_its_specifications()
    {
        await using var server = WithExamples();
        var client = server.WithApiKey();

        var items = (await client.GetFromJsonAsync<JsonNode>("/elsa/api/descriptors/activities"))!["items"]!.AsArray();

        var ship = items.Single(item => item!["typeName"]!.GetValue<string>() == "Acme.ShipOrder")!;
        var region = Specifications(ship, "Region");
        region["dropdown"]!.ToJsonString().ShouldBe(
            """{"selectList":{"items":[{"text":"NORTH","value":"north"},{"text":"SOUTH","value":"south"}],"isFlagsEnum":false}}""");
        region["Refresh"]!.GetValue<bool>().ShouldBeTrue();
        Specifications(ship, "Notes").ToJsonString().ShouldBe("""{"editor-height":"Large","CodeEditorOptions":{"language":"markdown"}}""");

        var options = await client.PostAsJsonAsync("/elsa/api/descriptors/activities/Acme.ShipOrder/options/Region", new { });
        (await options.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.ToJsonString().ShouldBe(region.ToJsonString());
    }

    [Fact]
    public async Task A_composite_looks_like_one_step_and_lists_of_outcomes_are_edited_as_such()
    {
        await using var server = WithExamples();
        var client = server.WithApiKey();

        var greet = (await client.GetFromJsonAsync<JsonNode>("/elsa/api/descriptors/activities/Acme.GreetCustomer"))!;
        greet["isContainer"]!.GetValue<bool>().ShouldBeFalse();
        greet["ports"]!.AsArray().Select(port => port!["name"]!.GetValue<string>()).ShouldBe(["Done", "Silent"]);
        greet["outputs"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("Result");
        var classify = (await client.GetFromJsonAsync<JsonNode>("/elsa/api/descriptors/activities/Acme.ClassifyOrder"))!;
        Specifications(classify, "PossibleOutcomes").ToJsonString().ShouldBe("""{"DynamicOutcomesOptions":{"fixedOutcomes":[]}}""");
    }

    [Theory]
    [InlineData("CounterBased", "Finished")]
    [InlineData("TokenBased", "Suspended")]
    public async Task The_configuration_chooses_what_flowcharts_run_on(string mode, string status)
    {
        await using var server = WithExamples(("Engine:DefaultExecutionMode", mode));
        var client = server.WithApiKey();
        var activities = """
            {"id":"d","type":"Elsa.FlowDecision","condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"}}},
            {"id":"a","type":"Elsa.WriteLine"},{"id":"b","type":"Elsa.WriteLine"},
            {"id":"m","type":"Elsa.WriteLine","customProperties":{"mergeMode":"Merge"}}
            """;
        var document = "{\"definitionId\":\"modes\",\"name\":\"Modes\",\"root\":{\"id\":\"f\",\"type\":\"Elsa.Flowchart\",\"activities\":[" + activities + "],\"connections\":["
            + string.Join(',', Arrow("d", "True", "a"), Arrow("d", "False", "b"), Arrow("a", "Done", "m"), Arrow("b", "Done", "m")) + "]}}";
        (await client.PostAsync("/elsa/api/workflow-definitions/import", new StringContent(document, System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();

        var run = await client.PostAsJsonAsync("/elsa/api/workflow-definitions/modes/execute", new { versionOptions = "Latest" });

        (await run.Content.ReadFromJsonAsync<JsonNode>())!["workflowState"]!["subStatus"]!.GetValue<string>().ShouldBe(status);
    }

    private static string Arrow(string source, string port, string target) =>
        "{\"source\":{\"activity\":\"" + source + "\",\"port\":\"" + port + "\"},\"target\":{\"activity\":\"" + target + "\",\"port\":\"In\"}}";

    private static JsonNode Specifications(JsonNode descriptor, string input) =>
        descriptor["inputs"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == input)!["uiSpecifications"]!;

    private static TestServer WithExamples(params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Storage:Kind"] = "Memory", ["Security:BootstrapPassword"] = TestServer.Password, ["Security:BootstrapApiKey"] = TestServer.ApiKey };
        foreach (var (key, value) in settings)
            all[key] = value;
        return new TestServer(all, services =>
        {
            var built = (ActivityCatalog)services.Last(service => service.ServiceType == typeof(ActivityCatalog)).ImplementationInstance!;
            services.AddSingleton(built.With(ActivityCatalog.Scan(typeof(ShipOrder).Assembly).Types));
            services.AddSingleton<IRegions>(new Regions());
        });
    }

    private sealed class Regions : IRegions
    {
        public IReadOnlyList<string> Names => ["north", "south"];
    }
}
