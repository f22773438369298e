using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

/// <summary>
/// Every route that the server maps, against everybody who may come: nobody, a key without permissions, a person with every permission but
/// the route's, and keys and persons with exactly one of the route's. A new route is in it by itself.
/// </summary>
public sealed class RouteMatrixTests : IDisposable
{
    /// <summary>
    /// The only routes that are open to all, each with the reason. An addition is a decision: everybody who can reach the server may use it.
    /// </summary>
    private static readonly Dictionary<string, string> _openToAll = new(StringComparer.Ordinal)
    {
        ["GET /health/live"] = "who watches the process has no key, and the answer says only that it lives",
        ["GET /health/ready"] = "who watches the process has no key; reasons are told to those alone who may read them",
        ["GET /health"] = "who watches the process has no key, and the answer is a word and a number",
        ["GET /dashboard"] = "it leads to a page, which holds no data",
        ["GET /dashboard/services"] = "it leads to a page, which holds no data",
        ["GET /dashboard/metrics"] = "it leads to a page, which holds no data",
        ["GET /dashboard/alerts"] = "it leads to a page, which holds no data",
        ["GET /orchestrator/dashboard"] = "it leads to a page, which holds no data",
        ["POST /api/session"] = "signing in",
        ["GET /api/session/methods"] = "the sign-in page asks, before anybody is signed in",
        ["GET /api/session/oidc"] = "signing in; it leads to the provider and tells nothing",
        ["POST /elsa/api/identity/login"] = "signing in, as Elsa's clients do it",
        ["POST /elsa/api/identity/refresh-token"] = "the refresh token in its header is the permission",
        ["GET /elsa/api/events/trigger"] = "the signed link is the permission",
        ["POST /elsa/api/events/trigger"] = "the signed link is the permission",
        ["GET /elsa/api/bookmarks/resume"] = "the signed link is the permission",
        ["POST /elsa/api/bookmarks/resume"] = "the signed link is the permission",
        ["* /workflows/{**path}"] = "workflows decide themselves who may call them, by the endpoint's own setting",
    };

    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Every_route_names_its_permission_or_stands_among_those_that_are_open_to_all()
    {
        var routes = Routes();
        var gaps = routes.Where(route => !_openToAll.ContainsKey(route.Name)).SelectMany(WrongWith).ToList();

        gaps.ShouldBeEmpty();
        _openToAll.Keys.ShouldAllBe(name => routes.Exists(route => route.Name == name && route.IsAnonymous), "what is listed as open to all must be there, and be open");

        static IEnumerable<string> WrongWith(Route route)
        {
            if (route.IsAnonymous)
                yield return $"{route.Name} is open to all. Add .RequirePermission(...) where it is mapped, or name it in RouteMatrixTests with the reason why everybody may use it.";
            else if (route.AnyOf is null)
                yield return $"{route.Name} names no permission. Add .RequirePermission(\"read:things\") where it is mapped; .RequirePermission() when it is enough to be signed in.";
            else if (route.AnyOf.Any(permission => permission.Contains('*') || !permission.Contains(':')))
                yield return $"{route.Name} needs {string.Join(" or ", route.AnyOf)}: a permission is a verb and a thing, and wildcards are for roles.";
        }
    }

    [Fact]
    public async Task Nobody_gets_anything_from_a_closed_route()
    {
        using var nobody = _server.Anonymous();
        using var stranger = _server.WithApiKey("a-key-that-nobody-made");
        var bodies = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in Closed())
        {
            foreach (var client in new[] { nobody, stranger })
            {
                using var answer = await SendAsync(client, route);
                await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");
                answer.Headers.WwwAuthenticate.ShouldNotBeEmpty(route.Name);
                answer.Headers.ETag.ShouldBeNull(route.Name);
                bodies.Add(await answer.Content.ReadAsStringAsync());
            }
        }

        // One text for our routes and one for Elsa's: nothing in them tells what is there.
        bodies.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_lacks_the_permission_is_refused_and_written_down()
    {
        await AddKeyAsync("nothing", []);
        var all = Closed().SelectMany(route => route.AnyOf!).Distinct(StringComparer.Ordinal).ToList();
        using var powerless = _server.WithApiKey(KeyOf("nothing"));
        var count = 0;
        foreach (var route in Closed().Where(route => route.AnyOf!.Count > 0))
        {
            // Of each actor only so many denials a minute are written.
            if (count++ % (DenialLimit.PerMinute / 2) == 0)
                _server.Clock.Advance(TimeSpan.FromMinutes(1));
            using var person = await PersonAsync($"all-but-{count}", [.. all.Where(permission => !Grants(permission, route.AnyOf!))]);
            foreach (var (client, name) in new[] { (powerless, "nothing"), (person, $"all-but-{count}") })
            {
                using var answer = await SendAsync(client, route);
                await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");
                var entry = (await _server.Services.GetRequiredService<IWorkflowStore>().ListAuditAsync(new AuditFilter { Actor = name, Take = 1 }, CancellationToken.None)).ShouldHaveSingleItem(route.Name);
                (entry.Outcome, entry.Code).ShouldBe((AuditEntry.Denied, "WF4503"), route.Name);
                entry.Action.ShouldBe(route.Action ?? "request.denied", route.Name);
                if (route.Action is null)
                    entry.TargetId.ShouldBe($"{route.Method} {route.Address}");
            }
        }

        count.ShouldBeGreaterThan(120);
    }

    [Fact]
    public async Task Each_permission_of_a_route_is_enough_for_it()
    {
        await AddKeyAsync("nothing", []);
        foreach (var route in Closed())
        {
            if (route.AnyOf!.Count == 0)
                await ShouldPassAsync(_server.WithApiKey(KeyOf("nothing")), route);
            foreach (var permission in route.AnyOf)
            {
                await AddKeyAsync(permission, [permission]);
                await ShouldPassAsync(_server.WithApiKey(KeyOf(permission)), route);
            }

            await ShouldPassAsync(await PersonAsync("exactly", [.. route.AnyOf.Take(1)]), route);
            await ShouldPassAsync(_server.WithApiKey(), route);
        }
    }

    private static async Task ShouldPassAsync(HttpClient client, Route route)
    {
        using var owned = client;
        using var answer = await SendAsync(client, route);
        answer.StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized, route.Name);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("WF4503", Case.Sensitive, route.Name);
        // A simulated response may be a failure; everything else that fails has a fault.
        if (!route.Name.EndsWith("/simulate-response", StringComparison.Ordinal))
            ((int)answer.StatusCode).ShouldBeLessThan(500, $"{route.Name}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, Route route)
    {
        // Its stream stays open for a minute of the server's time, which stands still here.
        var address = route.Name == "GET /api/news" ? route.Address + "?seconds=0" : route.Address;
        var request = new HttpRequestMessage(new HttpMethod(route.Method), address);
        if (route.Method is not ("GET" or "DELETE"))
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }

    private static bool Grants(string permission, IReadOnlyList<string> anyOf) => anyOf.Contains(permission);

    private static string KeyOf(string name) => $"the-key-of-{name}";

    private List<Route> Closed() => [.. Routes().Where(route => !route.IsAnonymous && route.AnyOf is not null)];

    private List<Route> Routes()
    {
        using var started = _server.Anonymous();
        return
        [
            .. _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => Route.Of(method, endpoint))),
        ];
    }

    private async Task AddKeyAsync(string name, string[] permissions)
    {
        using var started = _server.Anonymous();
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(KeyOf(name)), JsonSerializer.Serialize(new ApiKeyDocument(name, permissions), SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }

    /// <summary>A person who is signed in by a token and has one role, with these permissions.</summary>
    private async Task<HttpClient> PersonAsync(string name, string[] permissions)
    {
        var client = _server.Anonymous();
        var document = new UserDocument(name, "no password") { Roles = ["role-of-" + name], Stamp = "stamp" };
        var commit = new Commit
        {
            Documents =
            [
                new(Users.Kind, name, JsonSerializer.Serialize(document, SecurityJson.Default.UserDocument)),
                new(Users.RoleKind, "role-of-" + name, JsonSerializer.Serialize(new RoleDocument("Role of " + name, permissions), SecurityJson.Default.RoleDocument)),
            ],
        };
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(commit, CancellationToken.None);
        var token = _server.Services.GetRequiredService<AccessTokens>().Issue(new User(name, document, permissions), AccessTokens.Access);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <param name="Name">Method and pattern; the method is a star for a route that takes any.</param>
    /// <param name="Method">The method of requests.</param>
    /// <param name="Address">An address that the pattern matches: parameters get a number, which fits those that want one.</param>
    /// <param name="AnyOf">Its permissions; null when it names none.</param>
    /// <param name="IsAnonymous">Whether it is open to all.</param>
    /// <param name="Action">What the audit log calls it.</param>
    private sealed record Route(string Name, string Method, string Address, IReadOnlyList<string>? AnyOf, bool IsAnonymous, string? Action)
    {
        public static Route Of(string method, RouteEndpoint endpoint)
        {
            var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            return new(
                $"{method} {path}",
                method == "*" ? "POST" : method,
                string.Join('/', path.Split('/').Select(part => part.Contains('{') ? "1" : part)),
                endpoint.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf,
                endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
                endpoint.Metadata.GetMetadata<AuditMetadata>()?.Action);
        }
    }
}
