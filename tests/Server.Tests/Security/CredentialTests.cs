using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

/// <summary>API keys, and the tokens of Elsa's login.</summary>
public sealed class CredentialTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("Authorization", "ApiKey " + TestServer.ApiKey)]
    [InlineData("Authorization", "apikey  " + TestServer.ApiKey)]
    [InlineData("X-Api-Key", TestServer.ApiKey)]
    public async Task An_API_key_signs_in(string header, string value) =>
        (await SendAsync("/api/session", header, value)).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("Authorization", "ApiKey " + TestServer.ApiKey + "x")]
    [InlineData("Authorization", "ApiKey")]
    [InlineData("Authorization", "ApiKey ")]
    [InlineData("Authorization", TestServer.ApiKey)]
    [InlineData("Authorization", "Basic YWRtaW46YS1nb29kLWxvbmctcGFzc3dvcmQ=")]
    [InlineData("X-Api-Key", "00000000-0000-0000-0000-000000000000")]
    public async Task Anything_else_does_not(string header, string value) =>
        await (await SendAsync("/api/session", header, value)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");

    [Fact]
    public async Task A_wrong_key_is_not_helped_by_a_session()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        browser.Client.DefaultRequestHeaders.Add("X-Api-Key", "wrong");

        (await browser.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_ends_at_its_time()
    {
        await AddKeyAsync("a-key-that-ends-soon", ["*"], _server.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        (await SendAsync("/api/session", "X-Api-Key", "a-key-that-ends-soon")).StatusCode.ShouldBe(HttpStatusCode.OK);

        _server.Clock.Advance(TimeSpan.FromHours(1));

        (await SendAsync("/api/session", "X-Api-Key", "a-key-that-ends-soon")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Login_gives_a_pair_of_tokens_as_Elsas_clients_expect_them()
    {
        var answer = await LoginAsync(TestServer.Password);

        answer["isAuthenticated"]!.GetValue<bool>().ShouldBeTrue();
        var claims = Claims(answer["accessToken"]!.GetValue<string>());
        claims.GetProperty("sub").GetString().ShouldBe("admin");
        claims.GetProperty("name").GetString().ShouldBe("admin");
        claims.GetProperty("permissions")[0].GetString().ShouldBe("*");
        claims.GetProperty("token_use").GetString().ShouldBe("access");
        claims.GetProperty("iss").GetString().ShouldBe("http://elsa.api");
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(3600);
        Claims(answer["refreshToken"]!.GetValue<string>()).GetProperty("token_use").GetString().ShouldBe("refresh");
        (await SendAsync("/api/session", "Authorization", $"Bearer {answer["accessToken"]}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wrong_login_is_a_200_that_says_so() =>
        (await LoginAsync("a-wrong-long-password")).ToJsonString().ShouldBe("""{"isAuthenticated":false,"accessToken":null,"refreshToken":null}""");

    [Fact]
    public async Task A_refresh_token_gets_a_new_pair_and_opens_nothing_else()
    {
        var refresh = (await LoginAsync(TestServer.Password))["refreshToken"]!.GetValue<string>();
        (await SendAsync("/api/session", "Authorization", $"Bearer {refresh}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var renewed = await RefreshAsync(refresh);

        renewed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync("/api/session", "Authorization", $"Bearer {(await renewed.JsonAsync())["accessToken"]}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_access_token_is_no_refresh_token() =>
        await (await RefreshAsync((await LoginAsync(TestServer.Password))["accessToken"]!.GetValue<string>())).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");

    [Fact]
    public async Task Tokens_end_at_their_time()
    {
        var answer = await LoginAsync(TestServer.Password);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        (await SendAsync("/api/session", "Authorization", $"Bearer {answer["accessToken"]}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(answer["refreshToken"]!.GetValue<string>())).StatusCode.ShouldBe(HttpStatusCode.OK);

        _server.Clock.Advance(TimeSpan.FromHours(1));

        (await RefreshAsync(answer["refreshToken"]!.GetValue<string>())).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tokens_end_when_the_password_changes()
    {
        var token = (await LoginAsync(TestServer.Password))["accessToken"]!.GetValue<string>();
        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        var stored = (await store.FindDocumentAsync(Users.Kind, "admin", CancellationToken.None))!;
        var user = JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.UserDocument)! with { Stamp = "another" };
        await store.CommitAsync(
            new Commit { Documents = [stored with { Json = JsonSerializer.Serialize(user, SecurityJson.Default.UserDocument) }] }, CancellationToken.None);

        (await SendAsync("/api/session", "Authorization", $"Bearer {token}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Forged_tokens_are_refused()
    {
        var token = (await LoginAsync(TestServer.Password))["accessToken"]!.GetValue<string>();
        var (header, payload, signature) = token.Split('.') switch { var parts => (parts[0], parts[1], parts[2]) };
        var none = Encode("""{"alg":"none","typ":"JWT"}""");
        var hs512 = Encode("""{"alg":"HS512","typ":"JWT"}""");
        var otherKey = Base64Url.EncodeToString(HMACSHA256.HashData(new byte[32], Encoding.ASCII.GetBytes($"{header}.{payload}")));
        var changed = Encode(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload)).Replace("\"name\":\"admin\"", "\"name\":\"other\""));
        changed.ShouldNotBe(payload);

        string[] forged =
        [
            $"{none}.{payload}.", $"{none}.{payload}.{signature}", $"{none}.{payload}", $"{hs512}.{payload}.{signature}",
            $"{header}.{payload}.{otherKey}", $"{header}.{payload}.", $"{header}.{changed}.{signature}", $"{header}.{payload}.{signature}.",
            $"{header}.{payload}.{signature[..^1]}", $".{payload}.{signature}", "..", "", new string('a', 20_000),
        ];

        foreach (var attempt in forged)
            (await SendAsync("/api/session", "Authorization", $"Bearer {attempt}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, attempt);
        (await SendAsync("/api/session", "Authorization", $"Bearer {token}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_hubs_take_a_credential_from_the_address()
    {
        var token = (await LoginAsync(TestServer.Password))["accessToken"]!.GetValue<string>();

        const string Hub = "/elsa/hubs/workflow-instance/negotiate?negotiateVersion=1";
        (await _server.Anonymous().PostAsync($"{Hub}&access_token={token}", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.Anonymous().PostAsync($"{Hub}&access_token={TestServer.ApiKey}", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.Anonymous().PostAsync($"{Hub}&access_token=wrong", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.Anonymous().PostAsync(Hub, null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.Anonymous().GetAsync($"/api/session?access_token={token}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.Anonymous().GetAsync($"/api/session?access_token={TestServer.ApiKey}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static JsonElement Claims(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;

    private Task<HttpResponseMessage> SendAsync(string path, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
        return _server.Anonymous().SendAsync(request);
    }

    private async Task<System.Text.Json.Nodes.JsonNode> LoginAsync(string password)
    {
        var answer = await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> RefreshAsync(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/elsa/api/identity/refresh-token");
        request.Headers.Add("Authorization", $"Bearer {token}");
        return _server.Anonymous().SendAsync(request);
    }

    private async Task AddKeyAsync(string key, string[] permissions, DateTimeOffset? expiresAt)
    {
        var document = new ApiKeyDocument("test", permissions) { ExpiresAt = expiresAt };
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(key), JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }
}
