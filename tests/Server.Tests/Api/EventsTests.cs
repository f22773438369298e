using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Api;

/// <summary>What waits for which event is told by the name of the event.</summary>
public sealed class EventsTests
{
    [Fact]
    public async Task An_event_names_the_runs_that_wait_for_it_and_the_workflows_that_it_starts()
    {
        await using var server = TestServer.WithCredentials();
        using var client = server.WithApiKey();
        await PublishAsync(client, "waits", "order-paid", canStart: false);
        await PublishAsync(client, "begins", "order-paid", canStart: true);
        await PublishAsync(client, "other", "stock-low", canStart: true);
        using var started = await client.PostAsJsonAsync("elsa/api/workflow-definitions/waits/execute", new JsonObject());
        var instance = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();

        var all = JsonNode.Parse(await client.GetStringAsync("/api/events"))!;
        var found = JsonNode.Parse(await client.GetStringAsync("/api/events?search=PAID&take=1"))!;

        all["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ShouldBe(["order-paid", "stock-low"]);
        all["isComplete"]!.GetValue<bool>().ShouldBeTrue();
        found["totalCount"]!.GetValue<int>().ShouldBe(1);
        var paid = found["items"]![0]!;
        paid["waitingCount"]!.GetValue<int>().ShouldBe(1);
        paid["waiting"]![0]!["instanceId"]!.GetValue<string>().ShouldBe(instance);
        paid["waiting"]![0]!["definitionId"]!.GetValue<string>().ShouldBe("waits");
        paid["starts"]!.AsArray().ShouldHaveSingleItem()!["definitionName"]!.GetValue<string>().ShouldBe("begins");
    }

    private static async Task PublishAsync(HttpClient client, string id, string eventName, bool canStart)
    {
        var document = $$"""
            {"definitionId":"{{id}}","name":"{{id}}","root":{"type":"Elsa.Flowchart","version":1,"id":"root","activities":[
              {"type":"Elsa.Event","version":1,"id":"e","customProperties":{"canStartWorkflow":{{(canStart ? "true" : "false")}} },"eventName":{"typeName":"String","expression":{"type":"Literal","value":"{{eventName}}"} } }],"connections":[]} }
            """;
        using var imported = await client.PostAsync("elsa/api/workflow-definitions/import", new StringContent(document, MediaTypeHeaderValue.Parse("application/json")));
        imported.EnsureSuccessStatusCode();
        using var published = await client.PostAsJsonAsync($"elsa/api/workflow-definitions/{id}/publish", new JsonObject());
        published.EnsureSuccessStatusCode();
    }
}
