using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Security;

/// <summary>Users and roles over REST: who may change whom, and what ends at once.</summary>
public sealed class AccountTests : IDisposable
{
    private const string Password = "seven-brown-lanterns";
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_user_signs_in_with_what_the_roles_permit_and_a_change_of_them_holds_at_once()
    {
        using var admin = _server.WithApiKey();
        var made = await CreateAsync(admin, "Ada", "reader");
        made["user"]!["id"]!.GetValue<string>().ShouldBe("ada");
        made["password"].ShouldBeNull();
        var ada = await SignInAsync("ada");
        (await ada.Client.GetAsync("/api/schedules")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await ada.SendAsync(HttpMethod.Put, "/api/retention/none", ada.Token)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");

        var changed = await (await admin.PutAsJsonAsync("/api/users/ada", new { roles = new[] { "operator" }, displayName = "Ada L." })).JsonAsync();

        changed["permissions"]!.AsArray().Select(permission => permission!.GetValue<string>()).ShouldContain("manage:schedules");
        (await (await ada.Client.GetAsync("/api/session")).JsonAsync())["permissions"]!.AsArray().Count.ShouldBeGreaterThan(5);
        (await (await admin.GetAsync("/api/users?search=ada l")).JsonAsync())["totalCount"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Disabling_a_user_ends_sessions_tokens_and_keys_at_once_and_enabling_brings_none_back()
    {
        using var admin = _server.WithApiKey();
        await CreateAsync(admin, "bea", "administrator");
        var bea = await SignInAsync("bea");
        var tokens = await (await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "bea", password = Password })).JsonAsync();
        using var bearer = _server.Anonymous();
        bearer.DefaultRequestHeaders.Add("Authorization", $"Bearer {tokens["accessToken"]}");
        var key = (await (await bearer.PostAsJsonAsync("/api/keys", new { name = "of bea", permissions = new[] { "read:*" } })).JsonAsync())["key"]!.GetValue<string>();
        using var program = _server.WithApiKey(key);
        foreach (var client in new[] { bea.Client, bearer, program })
            (await client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await admin.PostAsync("/api/users/bea/disable", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (var client in new[] { bea.Client, bearer, program })
            await (await client.GetAsync("/api/session")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");
        await (await _server.OpenBrowser().SignInAsync(Password, "bea")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4502");
        (await admin.PostAsync("/api/users/bea/enable", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bearer.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.OpenBrowser().SignInAsync(Password, "bea")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_grants_more_than_they_have_or_takes_over_somebody_who_has_more()
    {
        using var admin = _server.WithApiKey();
        await CreateRoleAsync(admin, "staff", "create:user", "update:user", "delete:user", "create:role", "update:role", "delete:role", "read:user", "read:role");
        await CreateAsync(admin, "cy", "staff");
        var cy = await SignInAsync("cy");
        var requests = new (HttpMethod Method, string Path, object? Body)[]
        {
            (HttpMethod.Post, "/api/users", new { name = "puppet", password = Password, roles = new[] { "administrator" } }),
            (HttpMethod.Put, "/api/users/cy", new { roles = new[] { "staff", "administrator" } }),
            (HttpMethod.Put, "/api/users/admin", new { roles = new[] { "staff" } }),
            (HttpMethod.Put, "/api/users/admin/password", new { password = Password }),
            (HttpMethod.Post, "/api/users/admin/disable", null),
            (HttpMethod.Post, "/api/users/admin/sign-out", null),
            (HttpMethod.Delete, "/api/users/admin", null),
            (HttpMethod.Post, "/api/roles", new { name = "mine", permissions = new[] { "*" } }),
            (HttpMethod.Post, "/api/roles", new { name = "mine", permissions = new[] { "update:*" } }),
            (HttpMethod.Put, "/api/roles/staff", new { name = "staff", permissions = new[] { "create:user", "read:audit" } }),
            (HttpMethod.Put, "/elsa/api/identity/users/admin", new { password = Password }),
            (HttpMethod.Post, "/elsa/api/identity/roles", new { name = "mine", permissions = new[] { "*" } }),
        };

        foreach (var (method, path, body) in requests)
            (await (await SendAsync(cy, method, path, body)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4743"))["detail"].ShouldNotBeNull();

        (await SendAsync(cy, HttpMethod.Post, "/api/users", new { name = "helper", password = Password, roles = new[] { "staff" } })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await _server.OpenBrowser().SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_last_administrator_cannot_be_removed_disabled_or_degraded_in_any_way()
    {
        using var admin = _server.WithApiKey();
        await (await admin.DeleteAsync("/api/users/admin")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4744");
        await (await admin.PostAsync("/api/users/admin/disable", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4744");
        await (await admin.PutAsJsonAsync("/api/users/admin", new { roles = new[] { "reader" } })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4744");
        await (await admin.DeleteAsync("/elsa/api/identity/users/admin")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4744");

        // An own role with all permissions is as good, until it loses them.
        await CreateRoleAsync(admin, "root", "*");
        (await admin.PutAsJsonAsync("/api/users/admin", new { roles = new[] { "root" } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await admin.PutAsJsonAsync("/api/roles/root", new { name = "root", permissions = new[] { "read:*" } })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4744");
        await (await admin.DeleteAsync("/api/roles/root")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4750");

        await CreateAsync(admin, "dee", "administrator");
        var removals = await Task.WhenAll(admin.DeleteAsync("/api/users/admin"), admin.DeleteAsync("/api/users/dee"));
        removals.Select(removal => removal.StatusCode).ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Conflict], ignoreOrder: true);
    }

    [Fact]
    public async Task Ones_own_password_needs_the_old_one_and_ends_the_other_sessions()
    {
        using var admin = _server.WithApiKey();
        await CreateRoleAsync(admin, "staff", "update:user");
        await CreateAsync(admin, "eve", "reader", "staff");
        var (here, elsewhere) = (await SignInAsync("eve"), await SignInAsync("eve"));
        const string changed = "nine-quiet-harbours";

        await (await SendAsync(here, HttpMethod.Put, "/api/session/password", new { currentPassword = "wrong", newPassword = changed })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4752");
        await (await SendAsync(here, HttpMethod.Put, "/api/session/password", new { currentPassword = Password, newPassword = "short" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4745");
        await (await SendAsync(here, HttpMethod.Put, "/api/users/eve/password", new { password = changed })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4753");
        (await SendAsync(here, HttpMethod.Put, "/api/session/password", new { currentPassword = Password, newPassword = changed })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await here.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await elsewhere.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(here, HttpMethod.Put, "/api/users/eve", new { roles = new[] { "reader", "staff" } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.OpenBrowser().SignInAsync(Password, "eve")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.OpenBrowser().SignInAsync(changed, "eve")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await admin.PutAsJsonAsync("/api/session/password", new { currentPassword = changed, newPassword = Password })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4754");
    }

    [Theory]
    [InlineData("short", "12 at least")]
    [InlineData("aaaaaaaaaaaaaaaa", "different characters")]
    [InlineData("Password1234!!", "everybody tries first")]
    [InlineData("francesca2026", "name of the user")]
    public async Task A_weak_password_is_refused_with_the_reason(string password, string reason)
    {
        using var admin = _server.WithApiKey();

        var refused = await admin.PostAsJsonAsync("/api/users", new { name = "francesca", password });

        (await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4745"))["detail"]!.GetValue<string>().ShouldContain(reason);
    }

    [Theory]
    [InlineData("""{"name":"two words","roles":[]}""", 400, "WF4746")]
    [InlineData("""{"name":"gus","roles":["none"]}""", 400, "WF4746")]
    [InlineData("""{"name":"ADMIN"}""", 409, "WF4747")]
    [InlineData("""{"roles":[]}""", 400, "WF4500")]
    [InlineData("""{"name":"gus","isAdministrator":true}""", 400, "WF4500")]
    public async Task A_user_that_cannot_be_is_refused(string body, int status, string code) =>
        await (await _server.WithApiKey().PostAsync("/api/users", new StringContent(body, null, "application/json"))).ShouldBeProblemAsync((HttpStatusCode)status, code);

    [Theory]
    [InlineData("PUT", "/api/roles/reader", """{"name":"reader","permissions":["*"]}""", 409, "WF4749")]
    [InlineData("DELETE", "/api/roles/administrator", null, 409, "WF4749")]
    [InlineData("POST", "/api/roles", """{"name":"x","permissions":["raed:audit"]}""", 400, "WF4748")]
    [InlineData("POST", "/api/roles", """{"name":"Operator","permissions":[]}""", 409, "WF4747")]
    [InlineData("GET", "/api/roles/none", null, 404, "WF4741")]
    [InlineData("GET", "/api/users/none", null, 404, "WF4740")]
    [InlineData("GET", "/api/users?take=0", null, 400, "WF4500")]
    public async Task What_cannot_be_done_to_roles_and_users_is_refused(string method, string path, string? body, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, null, "application/json") };

        await (await _server.WithApiKey().SendAsync(request)).ShouldBeProblemAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task The_audit_log_tells_what_changed_and_no_password_hash_or_key()
    {
        using var admin = _server.WithApiKey();
        await CreateAsync(admin, "hal", "reader");
        await admin.PutAsJsonAsync("/api/users/hal", new { roles = new[] { "author" } });
        var set = await (await admin.PutAsJsonAsync("/api/users/hal/password", new { })).JsonAsync();
        await admin.PostAsync("/api/users/hal/sign-out", null);
        var made = await (await admin.PostAsJsonAsync("/api/keys", new { name = "k", permissions = new[] { "read:audit" } })).JsonAsync();
        await admin.PostAsync($"/api/keys/{made["apiKey"]!["id"]}/revoke", null);
        await admin.DeleteAsync("/api/users/hal");

        var log = (await (await admin.GetAsync("/api/audit?take=50")).JsonAsync())["items"]!.AsArray().Reverse().Select(entry => entry!).ToList();
        log = [.. log.Where(entry => entry["who"]!["kind"]!.GetValue<string>() == "apiKey")];

        log.Select(entry => entry["action"]!.GetValue<string>()).ShouldBe(
            ["user.create", "user.update", "user.set-password", "user.sign-out", "apiKey.create", "apiKey.revoke", "user.delete"]);
        log[1]["before"]!.ToJsonString().ShouldBe("""{"roles":["reader"]}""");
        log[1]["after"]!.ToJsonString().ShouldBe("""{"roles":["author"]}""");
        log[5]["after"]!.ToJsonString().ShouldBe("""{"isRevoked":true}""");
        var text = string.Concat(log.Select(entry => entry.ToJsonString()));
        text.ShouldNotContain(Password);
        text.ShouldNotContain(set["password"]!.GetValue<string>());
        text.ShouldNotContain(made["key"]!.GetValue<string>());
        text.ShouldNotContain("pbkdf2");
    }

    [Fact]
    public async Task Clients_of_Elsa_manage_users_roles_and_applications_in_its_shapes()
    {
        using var admin = _server.WithApiKey();
        var role = await PostAsync(admin, "/elsa/api/identity/roles", new { name = "Support Team", permissions = new[] { "read:workflow-instances" } });
        role.ToJsonString().ShouldBe("""{"id":"support-team","name":"Support Team","permissions":["read:workflow-instances"],"tenantId":null}""");
        var user = await PostAsync(admin, "/elsa/api/identity/users", new { name = "ida", roles = new[] { "support-team" } });
        user["password"]!.GetValue<string>().Length.ShouldBe(23);
        user["hashedPassword"]!.GetValue<string>().ShouldBeEmpty();
        var application = await PostAsync(admin, "/elsa/api/identity/applications", new { name = "robot", roles = new[] { "support-team" } });

        (await (await admin.GetAsync("/elsa/api/identity/users")).JsonAsync())["users"]!.AsArray()[1]!.ToJsonString()
            .ShouldBe("""{"id":"ida","name":"ida","roles":["support-team"],"tenantId":null}""");
        (await (await admin.GetAsync("/elsa/api/identity/roles")).JsonAsync())["roles"]!.AsArray().Count.ShouldBe(5);
        using var robot = _server.WithApiKey(application["apiKey"]!.GetValue<string>());
        (await robot.GetAsync("/elsa/api/workflow-instances")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await robot.GetAsync("/elsa/api/workflow-definitions")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var impact = await (await admin.GetAsync("/elsa/api/identity/roles/support-team/deletion-impact")).JsonAsync();
        (impact["canDelete"]!.GetValue<bool>(), impact["warnings"]!.ToJsonString()).ShouldBe((false, """["role_in_use"]"""));
        (await admin.PutAsJsonAsync("/elsa/api/identity/users/ida", new { roles = Array.Empty<string>(), password = Password })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.OpenBrowser().SignInAsync(Password, "ida")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await admin.DeleteAsync("/elsa/api/identity/roles/support-team")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await admin.DeleteAsync("/elsa/api/identity/users/ida")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_open_socket_closes_when_its_user_is_kept_out()
    {
        using var admin = _server.WithApiKey();
        await CreateAsync(admin, "joe", "reader");
        var login = await (await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "joe", password = Password })).JsonAsync();
        var sockets = _server.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request => request.Headers.Authorization = $"Bearer {login["accessToken"]}";
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var socket = await sockets.ConnectAsync(new Uri(_server.Server.BaseAddress, "/elsa/hubs/workflow-instance"), timeout.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, timeout.Token);
        var buffer = new byte[1_024];
        (await socket.ReceiveAsync(buffer, timeout.Token)).MessageType.ShouldBe(WebSocketMessageType.Text);

        await admin.PostAsync("/api/users/joe/disable", null);

        while (socket.State == WebSocketState.Open && await NextAsync() is WebSocketMessageType.Text)
            socket.State.ShouldBe(WebSocketState.Open);

        async Task<WebSocketMessageType> NextAsync()
        {
            try
            {
                return (await socket.ReceiveAsync(buffer, timeout.Token)).MessageType;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !timeout.IsCancellationRequested)
            {
                return WebSocketMessageType.Close;
            }
        }
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static async Task<JsonNode> CreateAsync(HttpClient client, string name, params string[] roles)
    {
        var answer = await client.PostAsJsonAsync("/api/users", new { name, password = Password, roles });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static async Task CreateRoleAsync(HttpClient client, string name, params string[] permissions) =>
        (await client.PostAsJsonAsync("/api/roles", new { name, permissions })).StatusCode.ShouldBe(HttpStatusCode.Created);

    private static Task<HttpResponseMessage> SendAsync(Browser browser, HttpMethod method, string path, object? body)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-XSRF-TOKEN", browser.Token);
        return browser.Client.SendAsync(request);
    }

    private async Task<Browser> SignInAsync(string name)
    {
        var browser = _server.OpenBrowser();
        (await browser.SignInAsync(Password, name)).StatusCode.ShouldBe(HttpStatusCode.OK);
        return browser;
    }
}
