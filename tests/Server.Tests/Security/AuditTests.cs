using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

public sealed class AuditTests : IDisposable
{
    private const string Workflow = """
        {"definitionId":"audited","name":"Audited","root":{"type":"Elsa.Sequence","version":1,"id":"s","activities":[
          {"type":"Elsa.Event","version":1,"id":"e","eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}}}]}}
        """;

    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Every_route_that_may_change_something_is_audited_or_says_why_not()
    {
        using var started = _server.Anonymous();
        var routes = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var changing = routes.Where(route =>
            (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["POST"]).Any(method => method is not ("GET" or "HEAD" or "OPTIONS"))).ToList();

        var silent = changing
            .Where(route => route.Metadata.GetMetadata<AuditMetadata>() is null && route.Metadata.GetMetadata<NotAuditedMetadata>() is not { Reason.Length: > 10 })
            .Select(route => $"{string.Join(',', route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {route.RoutePattern.RawText}");

        silent.ShouldBeEmpty("add .Audited(...) to the endpoint, or .NotAudited(why)");
        changing.Count(route => route.Metadata.GetMetadata<AuditMetadata>() is not null).ShouldBeGreaterThan(30);
        var audit = routes.Where(route => route.RoutePattern.RawText!.Contains("/audit", StringComparison.Ordinal)).ToList();
        audit.Count.ShouldBe(2);
        audit.ShouldAllBe(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single() == "GET");
    }

    [Fact]
    public async Task Each_change_is_written_once_with_who_what_and_what_changed()
    {
        using var client = _server.WithApiKey();
        await PostAsync(client, "/elsa/api/workflow-definitions/import", Workflow);
        await PostAsync(client, "/elsa/api/workflow-definitions/audited/publish", "{}");
        var run = await PostAsync(client, "/elsa/api/workflow-definitions/audited/execute", "{}");
        var instance = run.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        await PostAsync(client, $"/elsa/api/cancel/workflow-instances/{instance}", null);
        await client.DeleteAsync($"/elsa/api/workflow-instances/{instance}");
        await client.PutAsync("/api/retention/audited", Json("""{"max":7}"""));
        await client.PutAsync("/api/retention/audited", Json("""{"max":8}"""));
        await client.DeleteAsync("/api/retention/audited");
        await PostAsync(client, "/elsa/api/workflow-definitions/audited/retract", "{}");
        await client.DeleteAsync("/elsa/api/workflow-definitions/audited");

        var log = await LogAsync("?who=bootstrap");

        log.Select(Action).ShouldBe(
        [
            "workflow.import", "workflow.publish", "workflow.run", "instance.cancel", "instance.delete", "retention.set", "retention.set", "retention.remove",
            "workflow.retract", "workflow.delete",
        ]);
        log.ShouldAllBe(entry => Text(entry, "outcome") == "Ok" && entry["code"] == null && Text(entry["who"]!, "kind") == "apiKey");
        log.ShouldAllBe(entry => Text(entry["target"]!, "id") == "audited" || Text(entry["target"]!, "id") == instance);
        log.ShouldAllBe(entry => Text(entry, "traceId").Length > 0);
        log[1]["before"]!.ToJsonString().ShouldBe("""{"isPublished":false}""");
        log[1]["after"]!.ToJsonString().ShouldBe("""{"isPublished":true}""");
        log[6]["before"]!.ToJsonString().ShouldBe("""{"max":7}""");
        log[6]["after"]!.ToJsonString().ShouldBe("""{"max":8}""");
        (await client.GetFromJsonAsync<JsonObject>($"/api/audit/{Text(log[1], "id")}"))!.ToJsonString().ShouldBe(log[1].ToJsonString());
    }

    [Fact]
    public async Task A_request_that_fails_or_reaches_nothing_is_written_with_its_code()
    {
        using var client = _server.WithApiKey();

        await PostAsync(client, "/elsa/api/workflow-definitions/none/publish", "{}");
        await client.DeleteAsync("/api/retention/none");
        await PostAsync(client, "/elsa/api/workflow-definitions", """{"model":{"name":7,"root":{"type":"Elsa.Sequence","version":1,"id":"s"}}}""");

        var log = await LogAsync("?outcome=Failed");
        log.Select(entry => (Action(entry), Text(entry, "code"))).ShouldBe(
            [("workflow.publish", "WF4004"), ("retention.remove", "WF4582"), ("workflow.save", "WF4002")]);
        Text(log[0]["target"]!, "id").ShouldBe("none");
    }

    [Fact]
    public async Task The_value_of_a_secret_never_gets_into_the_log()
    {
        using var client = _server.WithApiKey();
        await PostAsync(client, "/elsa/api/secrets", """{"name":"shop","value":"a-very-secret-value","description":"for the shop","expiresAt":"2040-01-01T00:00:00Z"}""");
        await PostAsync(client, "/elsa/api/secrets/shop/rotate", """{"value":"another-secret-value"}""");
        await PostAsync(client, "/elsa/api/secrets/shop/revoke", null);
        await client.DeleteAsync("/elsa/api/secrets/shop");

        var log = await LogAsync("?targetKind=secret");

        log.Select(Action).ShouldBe(["secret.create", "secret.rotate", "secret.revoke", "secret.delete"]);
        log[1]["after"]!.ToJsonString().ShouldBe("""{"version":2,"expiresAt":null}""");
        log[2]["after"]!.ToJsonString().ShouldBe("""{"isRevoked":true}""");
        string.Concat(log.Select(entry => entry.ToJsonString())).ShouldNotContain("secret-value");
        string.Concat(log.Select(entry => entry.ToJsonString())).ShouldNotContain("cipher", Case.Insensitive);
    }

    [Fact]
    public async Task Signing_in_failing_to_and_being_throttled_are_written_without_the_names_of_nobody()
    {
        await _server.OpenBrowser().SignInAsync();
        await _server.OpenBrowser().SignInAsync("wrong");
        await _server.OpenBrowser().SignInAsync("wrong", "my-password-in-the-wrong-field");
        await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password = "wrong" });
        for (var i = 0; i < 30; i++)
            await _server.OpenBrowser().SignInAsync("wrong");

        var log = await LogAsync("?action=signin.*&take=1000");

        log.Select(Action).Take(4).ShouldBe(["signin.succeeded", "signin.failed", "signin.failed", "signin.failed"]);
        log.Select(Action).Last().ShouldBe("signin.throttled");
        Text(log[0]["who"]!, "name").ShouldBe("admin");
        log.Skip(1).ShouldAllBe(entry => Text(entry, "outcome") == "Denied" && Text(entry["who"]!, "kind") == "anonymous");
        Text(log[1]["target"]!, "id").ShouldBe("admin");
        (Text(log[1], "code"), Text(log[^1], "code")).ShouldBe(("WF4502", "WF4507"));
        string.Concat(log.Select(entry => entry.ToJsonString())).ShouldNotContain("wrong-field");
    }

    [Fact]
    public async Task A_denied_attempt_is_written_and_a_flood_of_them_is_counted()
    {
        await AddKeyAsync("a-key-that-may-read", ["read:workflow-definitions"]);
        using var reader = _server.WithApiKey("a-key-that-may-read");
        (await reader.DeleteAsync("/elsa/api/workflow-definitions/audited")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        for (var i = 2; i < DenialLimit.PerMinute + 10; i++)
            await reader.GetAsync("/api/audit");
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await reader.GetAsync("/api/audit");

        var log = await LogAsync("?outcome=Denied&take=1000");

        log.Count.ShouldBe(DenialLimit.PerMinute + 1);
        (Action(log[0]), Text(log[0]["target"]!, "id"), Text(log[0], "code")).ShouldBe(("workflow.delete", "audited", "WF4503"));
        (Action(log[1]), Text(log[1]["target"]!, "id")).ShouldBe(("request.denied", "GET /api/audit"));
        log.ShouldAllBe(entry => Text(entry["who"]!, "name") == "a-key-that-may-read");
        log[^1]["after"]!.ToJsonString().ShouldBe("""{"notWrittenBefore":10}""");
    }

    [Fact]
    public async Task The_log_is_read_page_by_page_and_new_entries_do_not_move_the_pages()
    {
        using var client = _server.WithApiKey();
        for (var i = 0; i < 5; i++)
            await client.DeleteAsync($"/api/retention/none{i}");

        var first = (await client.GetFromJsonAsync<JsonObject>("/api/audit?action=retention.*&take=2"))!;
        await client.DeleteAsync("/api/retention/none5");
        var second = (await client.GetFromJsonAsync<JsonObject>($"/api/audit?action=retention.*&take=2&before={Text(first, "next")}"))!;
        var third = (await client.GetFromJsonAsync<JsonObject>($"/api/audit?action=retention.*&take=2&before={Text(second, "next")}"))!;

        Targets(first).ShouldBe(["none4", "none3"]);
        Targets(second).ShouldBe(["none2", "none1"]);
        Targets(third).ShouldBe(["none0"]);
        third["next"].ShouldBeNull();
        Targets((await client.GetFromJsonAsync<JsonObject>("/api/audit?search=NONE5"))!).ShouldBe(["none5"]);
        Targets((await client.GetFromJsonAsync<JsonObject>("/api/audit?targetId=none3"))!).ShouldBe(["none3"]);
        Targets((await client.GetFromJsonAsync<JsonObject>("/api/audit?from=2100-01-01"))!).ShouldBeEmpty();

        static IEnumerable<string> Targets(JsonObject page) => page["items"]!.AsArray().Select(entry => Text(entry!["target"]!, "id"));
    }

    [Theory]
    [InlineData("/api/audit?take=0", 400, "WF4500")]
    [InlineData("/api/audit?take=1001", 400, "WF4500")]
    [InlineData("/api/audit?take=many", 400, "WF4500")]
    [InlineData("/api/audit?outcome=maybe", 400, "WF4500")]
    [InlineData("/api/audit?from=soon", 400, "WF4500")]
    [InlineData("/api/audit?before=none", 404, "WF4700")]
    [InlineData("/api/audit/none", 404, "WF4700")]
    public async Task What_cannot_be_asked_is_refused(string path, int status, string code)
    {
        using var client = _server.WithApiKey();

        await (await client.GetAsync(path)).ShouldBeProblemAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task Nobody_changes_or_deletes_an_entry()
    {
        using var client = _server.WithApiKey();
        await client.DeleteAsync("/api/retention/none");
        var id = Text((await LogAsync("?take=1"))[0], "id");

        foreach (var method in new[] { HttpMethod.Delete, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Post })
            (await client.SendAsync(new HttpRequestMessage(method, $"/api/audit/{id}"))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    private static string Action(JsonNode entry) => Text(entry, "action");

    private static string Text(JsonNode node, string member) => node[member]?.GetValue<string>() ?? "";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string? body) => client.PostAsync(path, body is null ? null : Json(body));

    /// <summary>The log, oldest first.</summary>
    private async Task<List<JsonNode>> LogAsync(string query)
    {
        using var client = _server.WithApiKey();
        var page = await client.GetFromJsonAsync<JsonObject>("/api/audit" + query);
        return [.. page!["items"]!.AsArray().Reverse().Select(entry => entry!)];
    }

    private async Task AddKeyAsync(string key, string[] permissions)
    {
        using var started = _server.Anonymous();
        var document = new ApiKeyDocument(key, permissions);
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(key), JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }
}
