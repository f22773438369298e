using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Security;

/// <summary>Runs that people and programs start by the API stand in the audit log, and what starts by itself does not.</summary>
public sealed class StartAuditTests : IAsyncLifetime
{
    private readonly TestServer _server = TestServer.WithCredentials();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _client = _server.WithApiKey();
        await PublishAsync("""{"definitionId":"audited","name":"Audited","root":{"id":"r","type":"Elsa.Sequence","activities":[]}}""", "audited");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Each_way_to_start_a_run_names_who_asked_and_what_was_started()
    {
        var executed = (await PostAsync("/elsa/api/workflow-definitions/audited/execute", "{}")).Headers.GetValues("x-elsa-workflow-instance-id").Single();
        var dispatched = (await (await PostAsync("/elsa/api/workflow-definitions/audited/dispatch", "{}")).JsonAsync())["workflowInstanceId"]!.GetValue<string>();
        var queued = (await (await PostAsync("/api/definitions/audited/runs", "{}")).JsonAsync())["instanceId"]!.GetValue<string>();

        var entries = await EntriesAsync();
        entries.Select(entry => entry["after"]!["instanceId"]!.GetValue<string>()).ShouldBe([queued, dispatched, executed]);
        entries.ShouldAllBe(entry => entry["target"]!["id"]!.GetValue<string>() == "audited" && entry["who"]!["name"]!.GetValue<string>() == "bootstrap" && entry["outcome"]!.GetValue<string>() == "Ok");
    }

    [Fact]
    public async Task A_person_in_a_browser_is_named()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        await browser.SendAsync(HttpMethod.Post, "/elsa/api/workflow-definitions/audited/execute", browser.Token);
        var entry = (await EntriesAsync()).Single();
        entry["who"]!["kind"]!.GetValue<string>().ShouldBe("user");
        entry["who"]!["id"]!.GetValue<string>().ShouldBe("admin");
    }

    [Fact]
    public async Task Many_at_once_are_one_entry_with_their_ids()
    {
        var ids = (await (await PostAsync("/elsa/api/workflow-definitions/audited/bulk-dispatch", """{"count":150}""")).JsonAsync())["workflowInstanceIds"]!.AsArray();
        var entry = (await EntriesAsync()).Single();
        entry["after"]!["instances"]!.GetValue<int>().ShouldBe(150);
        entry["after"]!["instanceIds"]!.AsArray().Select(id => id!.GetValue<string>()).ShouldBe(ids.Take(100).Select(id => id!.GetValue<string>()));
    }

    [Fact]
    public async Task A_repeated_request_with_the_same_key_starts_nothing_and_leaves_no_entry()
    {
        foreach (var path in (string[])["/elsa/api/workflow-definitions/audited/execute", "/elsa/api/workflow-definitions/audited/dispatch", "/api/definitions/audited/runs"])
        {
            for (var time = 0; time < 3; time++)
                (await PostAsync(path, "{}", "key-of-" + path.Split('/')[^1])).EnsureSuccessStatusCode();
        }

        (await EntriesAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_run_that_faults_was_started_all_the_same_and_is_told_once()
    {
        await PublishAsync("""{"definitionId":"faulty","root":{"id":"r","type":"Elsa.Fault","message":{"typeName":"String","expression":{"type":"Literal","value":"no"}}}}""", "faulty");
        (await PostAsync("/elsa/api/workflow-definitions/faulty/execute", "{}")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await EntriesAsync()).Single()["outcome"]!.GetValue<string>().ShouldBe("Ok");
    }

    [Fact]
    public async Task What_was_not_started_is_told_with_its_reason()
    {
        (await PostAsync("/elsa/api/workflow-definitions/none/execute", "{}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var entry = (await EntriesAsync()).Single();
        entry["outcome"]!.GetValue<string>().ShouldBe("Failed");
        entry["code"]!.GetValue<string>().ShouldBe("WF4004");
    }

    [Fact]
    public async Task A_run_that_an_endpoint_starts_leaves_none_and_pays_for_none()
    {
        await PublishAsync("""{"definitionId":"web","root":{"id":"r","type":"Elsa.Sequence","activities":[{"id":"e","type":"Elsa.HttpEndpoint","canStartWorkflow":true,"path":{"typeName":"String","expression":{"type":"Literal","value":"audited-web"}},"supportedMethods":{"typeName":"String[]","expression":{"type":"Object","value":"[\"GET\"]"}}},{"id":"w","type":"Elsa.WriteHttpResponse","content":{"typeName":"Object","expression":{"type":"Literal","value":"hello"}}}]}}""", "web");
        (await _client.GetStringAsync(new Uri("/workflows/audited-web", UriKind.Relative))).ShouldBe("hello");
        (await EntriesAsync()).ShouldBeEmpty();
    }

    private async Task PublishAsync(string document, string id)
    {
        (await PostAsync("/elsa/api/workflow-definitions/import", document)).EnsureSuccessStatusCode();
        (await PostAsync($"/elsa/api/workflow-definitions/{id}/publish", "{}")).EnsureSuccessStatusCode();
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await _client.SendAsync(request);
    }

    private async Task<List<JsonNode>> EntriesAsync() =>
        [.. (await (await _client.GetAsync(new Uri("/api/audit?action=workflow.run", UriKind.Relative))).JsonAsync())["items"]!.AsArray().Select(entry => entry!)];
}
