using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

public sealed class AuthorizationTests(OneServer one) : IClassFixture<OneServer>
{
    private readonly TestServer _server = one.Server;

    [Theory]
    [InlineData("GET", "/nothing", 404, "WF4504")]
    [InlineData("GET", "/elsa/api/nothing", 404, "WF4504")]
    [InlineData("POST", "/api/nothing", 404, "WF4504")]
    [InlineData("GET", "/api/session", 401, "WF4501")]
    [InlineData("PUT", "/api/session", 401, "WF4501")]
    public async Task What_exists_asks_who_is_there_and_nothing_else_is_there(string method, string path, int status, string code)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Accept", "text/html");

        await (await _server.Anonymous().SendAsync(request)).ShouldBeProblemAsync((HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("read:*", true)]
    [InlineData("read:workflow-definitions", true)]
    [InlineData("read:resilience", true)]
    [InlineData("read:resilience:*", false)]
    [InlineData("read:workflow", false)]
    [InlineData("read", false)]
    [InlineData("read:", false)]
    [InlineData("write:*", false)]
    [InlineData("READ:*", false)]
    [InlineData("", false)]
    public void A_permission_grants_itself_and_a_wildcard_what_it_begins(string granted, bool expected)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Permissions.ClaimType, granted)], "test"));

        Permissions.Allow(user, ["read:workflow-definitions", "read:resilience"]).ShouldBe(expected);
    }

    [Fact]
    public async Task A_refusal_names_the_permission_that_is_missing()
    {
        await AddKeyAsync("a-key-that-may-read", ["read:*"]);
        using var reader = _server.WithApiKey("a-key-that-may-read");

        (await reader.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reader.GetAsync("/api/probe/read")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var write = await (await reader.GetAsync("/api/probe/write")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");
        write["detail"]!.GetValue<string>().ShouldBe("This needs the permission write:probes or exec:*, which 'a-key-that-may-read' does not have.");
        var forgotten = await (await reader.GetAsync("/api/probe/forgotten")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");
        forgotten["detail"]!.GetValue<string>().ShouldContain("the permission *,");
        (await _server.WithApiKey().GetAsync("/api/probe/forgotten")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task AddKeyAsync(string key, string[] permissions)
    {
        using var started = _server.Anonymous();
        var document = new ApiKeyDocument(key, permissions);
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(key), JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }
}
