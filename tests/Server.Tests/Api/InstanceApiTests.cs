using System.Net;
using System.Text.Json.Nodes;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Api;

public sealed class InstanceApiTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task An_instance_explains_what_it_waits_for()
    {
        var definition = await server.ImportAsync(
            """
            {"name":"Explained","root":{"id":"root","type":"Elsa.Sequence","activities":[
              {"id":"wait","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}}}]}}
            """);
        var id = await server.ExecuteAsync(definition["definitionId"]!.GetValue<string>());

        using var response = await server.Client.GetAsync(new Uri($"/api/instances/{id}/explain", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var explanation = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        explanation["summary"]!.GetValue<string>().ShouldBe("'wait' waits for the event 'go'.");
        explanation["waits"]![0]!["kind"]!.GetValue<string>().ShouldBe("Event");
        explanation["actions"]![0]!["method"]!.GetValue<string>().ShouldBe("POST");
    }

    [Fact]
    public async Task An_unknown_instance_is_a_problem_that_says_so()
    {
        using var response = await server.Client.GetAsync(new Uri("/api/instances/nobody/explain", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).ShouldContain("There is no workflow instance 'nobody'.");
    }
}
