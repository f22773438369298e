using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Runtime.Definitions;
using Platform.Server.Tests.Elsa;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

/// <summary>Finding workflows by tag, and by what they take in the database.</summary>
public sealed class WorkflowTagTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    public async Task InitializeAsync()
    {
        _server.Client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {TestServer.ApiKey}");
        foreach (var id in new[] { "a", "b", "c" })
            await _server.PublishAsync(id, Flow.Of(Flow.Endpoint(id), Flow.Step("answer", "Elsa.WriteHttpResponse", ("content", "Literal", "hello"))));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_tag_finds_its_workflows_in_any_case_and_those_of_a_page_say_theirs()
    {
        await TagAsync("a", "Billing", "night");
        await TagAsync("c", "billing");

        var list = await GetAsync("/api/definitions?tag=BILLING");
        IdsOf(list).ShouldBe(["a", "c"]);
        list["items"]![0]!["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()).ShouldBe(["Billing", "night"]);
        list["tags"]!.AsArray().Select(tag => (tag!["name"]!.GetValue<string>().ToLowerInvariant(), tag["count"]!.GetValue<int>())).ShouldBe([("billing", 2), ("night", 1)]);
        IdsOf(await GetAsync("/api/definitions?tag=billing&skip=1&take=1")).ShouldBe(["c"]);
        IdsOf(await GetAsync("/api/definitions?tag=nobody")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tags_stay_over_new_versions_and_go_with_the_workflow()
    {
        await TagAsync("a", "kept");
        await _server.PublishAsync("a", Flow.Of(Flow.Endpoint("a"), Flow.Step("answer", "Elsa.WriteHttpResponse", ("content", "Literal", "another"))));
        IdsOf(await GetAsync("/api/definitions?tag=kept")).ShouldBe(["a"]);

        using var deleted = await _server.Client.DeleteAsync("/elsa/api/workflow-definitions/a");
        deleted.IsSuccessStatusCode.ShouldBeTrue();
        (await _server.Store.FindDocumentAsync(KeptDocuments.TagsKind, "a", default)).ShouldBeNull();
        (await GetAsync("/api/definitions"))["tags"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_largest_in_the_database_come_first_when_that_is_asked_for()
    {
        foreach (var id in new[] { "c", "c", "b" })
        {
            using var run = await _server.Client.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", new StringContent("{}", Encoding.UTF8, "application/json"));
            run.IsSuccessStatusCode.ShouldBeTrue();
        }

        var list = await GetAsync("/api/definitions?orderBy=size");
        IdsOf(list).ShouldBe(["c", "b", "a"]);
        list["items"]![0]!["databaseBytes"]!.GetValue<long>().ShouldBeGreaterThan(list["items"]![1]!["databaseBytes"]!.GetValue<long>());
        IdsOf(await GetAsync("/api/definitions?orderBy=size&skip=1&take=1")).ShouldBe(["b"]);
        IdsOf(await GetAsync("/api/definitions")).ShouldBe(["a", "b", "c"]);
    }

    private static List<string> IdsOf(JsonNode list) => [.. list["items"]!.AsArray().Select(item => item!["definitionId"]!.GetValue<string>())];

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _server.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }

    private async Task TagAsync(string id, params string[] tags)
    {
        var body = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) };
        using var answer = await _server.Client.PutAsync($"/api/definitions/{id}/tags", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
