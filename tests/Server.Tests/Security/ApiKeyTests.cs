using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

/// <summary>API keys over REST: shown once, never more than their owner, ended at once.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private const string Password = "seven-brown-lanterns";
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_and_permits_what_it_says()
    {
        using var admin = _server.WithApiKey();
        var made = await CreateAsync(admin, ["read:workflow-instances"]);
        var key = made["key"]!.GetValue<string>();
        key.ShouldStartWith("platform_");
        using var program = _server.WithApiKey(key);

        (await program.GetAsync("/elsa/api/workflow-instances")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await program.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await admin.GetStringAsync("/api/keys")).ShouldNotContain(key);
        (await admin.GetStringAsync($"/api/keys/{Id(made)}")).ShouldNotContain(key);
        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        (await store.ListDocumentsAsync(ApiKeys.Kind, CancellationToken.None)).ShouldAllBe(stored => !stored.Json.Contains(key));
        _server.Logged.ToString().ShouldNotContain(key);
    }

    [Fact]
    public async Task A_revoked_key_a_deleted_one_and_one_whose_time_is_over_are_refused_at_once()
    {
        using var admin = _server.WithApiKey();
        var (revoked, deleted, ending) = (await CreateAsync(admin, ["read:*"]), await CreateAsync(admin, ["read:*"]), await CreateAsync(admin, ["read:*"], _server.Clock.GetUtcNow().AddHours(1)));
        foreach (var made in new[] { revoked, deleted, ending })
            (await ShowAsync(made)).ShouldBe(HttpStatusCode.OK);

        (await (await admin.PostAsync($"/api/keys/{Id(revoked)}/revoke", null)).JsonAsync())["status"]!.GetValue<string>().ShouldBe("Revoked");
        (await admin.DeleteAsync($"/api/keys/{Id(deleted)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _server.Clock.Advance(TimeSpan.FromHours(1));

        foreach (var made in new[] { revoked, deleted, ending })
            (await ShowAsync(made)).ShouldBe(HttpStatusCode.Unauthorized);
        var items = (await (await admin.GetAsync("/api/keys")).JsonAsync())["items"]!.AsArray();
        items.Select(item => item!["status"]!.GetValue<string>()).Order().ShouldBe(["Active", "Expired", "Revoked"]);
    }

    [Fact]
    public async Task A_key_never_permits_more_than_its_owner_and_ends_with_the_owner()
    {
        using var admin = _server.WithApiKey();
        await admin.PostAsJsonAsync("/api/roles", new { name = "builder", permissions = new[] { "create:application", "update:application", "read:*" } });
        await admin.PostAsJsonAsync("/api/users", new { name = "ann", password = Password, roles = new[] { "builder" } });
        using var ann = await LoginAsync("ann");
        await (await ann.PostAsJsonAsync("/api/keys", new { name = "too much", permissions = new[] { "read:audit", "*" } })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4743");
        var made = await CreateAsync(ann, ["read:*", "create:application"]);
        made["apiKey"]!["owner"]!.GetValue<string>().ShouldBe("ann");
        using var program = _server.WithApiKey(made["key"]!.GetValue<string>());
        var child = await CreateAsync(program, ["read:*"]);
        child["apiKey"]!["owner"]!.GetValue<string>().ShouldBe("ann");
        await (await ann.PostAsync($"/api/keys/{await BootstrapIdAsync(admin)}/revoke", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4743");

        await admin.PutAsJsonAsync("/api/roles/builder", new { name = "builder", permissions = new[] { "read:audit" } });

        (await program.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await program.GetAsync("/elsa/api/workflow-instances")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await program.PostAsJsonAsync("/api/keys", new { name = "x", permissions = new[] { "read:audit" } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await admin.DeleteAsync("/api/users/ann");
        (await ShowAsync(made)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ShowAsync(child)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task That_a_key_was_used_is_written_once_in_ten_minutes()
    {
        using var admin = _server.WithApiKey();
        var made = await CreateAsync(admin, ["read:*"]);
        (await LastUsedAsync(admin, made)).ShouldBeNull();
        var first = _server.Clock.GetUtcNow();

        await ShowAsync(made);
        _server.Clock.Advance(TimeSpan.FromMinutes(9));
        await ShowAsync(made);
        (await LastUsedAsync(admin, made)).ShouldBe(first);
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(made);

        (await LastUsedAsync(admin, made)).ShouldBe(first.AddMinutes(10));
    }

    [Theory]
    [InlineData("""{"name":"","permissions":["read:*"]}""", 400, "WF4751")]
    [InlineData("""{"name":"k","permissions":["read:everything-there-is"]}""", 400, "WF4751")]
    [InlineData("""{"name":"k","permissions":["read:*"],"expiresAt":"2020-01-01T00:00:00Z"}""", 400, "WF4751")]
    [InlineData("""{"name":"k"}""", 400, "WF4500")]
    public async Task A_key_that_cannot_be_is_refused(string body, int status, string code) =>
        await (await _server.WithApiKey().PostAsync("/api/keys", new StringContent(body, null, "application/json"))).ShouldBeProblemAsync((HttpStatusCode)status, code);

    private static string Id(JsonNode made) => made["apiKey"]!["id"]!.GetValue<string>();

    private static async Task<JsonNode> CreateAsync(HttpClient client, string[] permissions, DateTimeOffset? expiresAt = null)
    {
        var answer = await client.PostAsJsonAsync("/api/keys", new { name = "a key", permissions, expiresAt });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static async Task<string> BootstrapIdAsync(HttpClient admin) =>
        (await (await admin.GetAsync("/api/keys")).JsonAsync())["items"]!.AsArray().Single(item => item!["isBootstrap"]!.GetValue<bool>())!["id"]!.GetValue<string>();

    private static async Task<DateTimeOffset?> LastUsedAsync(HttpClient admin, JsonNode made) =>
        (await (await admin.GetAsync($"/api/keys/{Id(made)}")).JsonAsync())["lastUsedAt"]?.GetValue<DateTimeOffset>();

    private async Task<HttpClient> LoginAsync(string username)
    {
        var answer = await (await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username, password = Password })).JsonAsync();
        var client = _server.Anonymous();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {answer["accessToken"]}");
        return client;
    }

    private async Task<HttpStatusCode> ShowAsync(JsonNode made)
    {
        using var client = _server.WithApiKey(made["key"]!.GetValue<string>());
        return (await client.GetAsync("/api/session")).StatusCode;
    }
}
