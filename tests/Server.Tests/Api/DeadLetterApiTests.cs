using System.Net;
using System.Text.Json.Nodes;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Api;

public sealed class DeadLetterApiTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task An_event_that_reached_nothing_is_listed_replayed_and_deleted()
    {
        await server.PostAsync("/events/nobody-waits/trigger", """{"workflowExecutionMode":"Synchronous","correlationId":"c 7","input":{"secret":1}}""");

        var list = await GetAsync("?search=nobody-waits&state=Waiting");
        list["totalCount"]!.GetValue<int>().ShouldBe(1);
        var letter = list["items"]![0]!;
        (letter["name"]!.GetValue<string>(), letter["payload"]!["eventName"]!.GetValue<string>(), letter["correlationId"]!.GetValue<string>()).ShouldBe(("Elsa.Event", "nobody-waits", "c 7"));
        (await SendAsync(HttpMethod.Post, $"/{letter["id"]}/replay")).ShouldBe(HttpStatusCode.Accepted);
        (await SendAsync(HttpMethod.Post, $"/{letter["id"]}/replay")).ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Delete, "/unknown")).ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync("?state=Dead"))["totalCount"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("?state=sleeping", "The state 'sleeping' is not known")]
    [InlineData("?take=0", "'take' is between 1 and 1000")]
    [InlineData("?skip=-1", "'skip' begins at 0")]
    public async Task A_list_that_cannot_be_given_says_why(string query, string why)
    {
        using var response = await server.Client.GetAsync(new Uri("/api/dead-letters" + query, UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(why);
    }

    private async Task<JsonNode> GetAsync(string query) =>
        JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/api/dead-letters" + query, UriKind.Relative)))!;

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, "/api/dead-letters" + path);
        using var response = await server.Client.SendAsync(request);
        return response.StatusCode;
    }
}
