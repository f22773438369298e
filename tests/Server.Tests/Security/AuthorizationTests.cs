using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

public sealed class AuthorizationTests(OneServer one) : IClassFixture<OneServer>
{
    /// <summary>The only endpoints that are open to all. An addition is a decision: say here why.</summary>
    private static readonly string[] OpenToAll =
    [
        "/health/live", "/health/ready", // who watches the process has no key
        "POST /api/session", // signing in
        "/elsa/api/identity/login", "/elsa/api/identity/refresh-token", // signing in
        "/elsa/api/events/trigger", "/elsa/api/bookmarks/resume", // the signed link is the permission
        "/workflows/", // workflows decide themselves, by the endpoint's own setting
    ];

    private readonly TestServer _server = one.Server;

    [Fact]
    public async Task Every_endpoint_is_closed_to_strangers_and_to_keys_without_its_permission()
    {
        await AddKeyAsync("a-key-that-may-nothing", []);
        using var stranger = _server.Anonymous();
        using var powerless = _server.WithApiKey("a-key-that-may-nothing");
        var checkedCount = 0;
        foreach (var (method, path, endpoint) in Routes())
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                OpenToAll.ShouldContain(open => path.StartsWith(open) || $"{method} {path}" == open, $"{method} {path} is open to all");
                continue;
            }

            var address = Uri(path);
            await (await stranger.SendAsync(new HttpRequestMessage(method, address))).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");
            if (endpoint.Metadata.GetMetadata<PermissionMetadata>() is not { AnyOf.Count: 0 })
                await (await powerless.SendAsync(new HttpRequestMessage(method, address))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");
            checkedCount++;
        }

        checkedCount.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void Every_endpoint_says_who_may_use_it()
    {
        var silent = Routes()
            .Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && route.Endpoint.Metadata.GetMetadata<PermissionMetadata>() is null)
            .Select(route => $"{route.Method} {route.Path}");

        silent.ShouldBeEmpty("add .RequirePermission(...) to the endpoint");
    }

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

    private IEnumerable<(HttpMethod Method, string Path, RouteEndpoint Endpoint)> Routes()
    {
        using var started = _server.Anonymous();
        foreach (var endpoint in _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            if (path.StartsWith(Probes.Prefix))
                continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
                yield return (new HttpMethod(method), path, endpoint);
        }
    }

    /// <summary>An address that the route matches: parameters get a number, which fits those that want one.</summary>
    private static string Uri(string path) => string.Join('/', path.Split('/').Select(part => part.Contains('{') ? "1" : part));

    private async Task AddKeyAsync(string key, string[] permissions)
    {
        using var started = _server.Anonymous();
        var document = new ApiKeyDocument(key, permissions);
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(key), JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }
}
