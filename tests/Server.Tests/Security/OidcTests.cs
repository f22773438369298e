using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Security;

/// <summary>Signing in at an OpenID provider: what lets people in, and everything that does not.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Home = "/studio/";
    private readonly SteppingClock _clock = new();
    private readonly HttpClient _plain = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private OpenIdProvider _provider = null!;
    private TestServer? _server;

    public async Task InitializeAsync() => _provider = await OpenIdProvider.StartAsync(_clock);

    public async Task DisposeAsync()
    {
        _plain.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Somebody_new_comes_back_to_the_page_with_a_session_of_this_server()
    {
        var browser = Open(Provisioning());

        var target = await SignInAsync(browser, "/studio/workflows/definitions/orders/edit?tab=2");

        target.ShouldBe("/studio/workflows/definitions/orders/edit?tab=2");
        var session = await SessionAsync(browser);
        session["username"]!.GetValue<string>().ShouldBe("ann");
        session["permissions"]!.AsArray().Select(permission => permission!.GetValue<string>()).ShouldBe(["read:*"]);
        _provider.Asked!["response_type"].ToString().ShouldBe("code");
        _provider.Asked["code_challenge_method"].ToString().ShouldBe("S256");
        _provider.Asked["scope"].ToString().ShouldBe("openid profile email");
        var user = await UserAsync("ann");
        user["displayName"]!.GetValue<string>().ShouldBe("Ann Example");
        user["hasPassword"]!.GetValue<bool>().ShouldBeFalse();

        (await browser.SendAsync(HttpMethod.Delete, "/api/session", browser.Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.Client.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_out_leads_to_the_provider_with_its_token_and_back()
    {
        var browser = Open(Provisioning());
        await SignInAsync(browser);

        var page = new Uri((await (await SignOutAsync(browser, HttpStatusCode.OK)).JsonAsync())["continueAt"]!.GetValue<string>());
        (await browser.Client.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "here it has ended whatever the provider does");
        page.GetLeftPart(UriPartial.Path).ShouldBe(_provider.Address + "/logout");
        var sentBack = (await _plain.GetAsync(page)).Headers.Location!;
        _provider.SignedOut!["id_token_hint"].ToString().ShouldBe(_provider.LastToken);
        sentBack.ToString().ShouldBe("http://localhost/api/session/oidc/signed-out");
        var back = await browser.Client.GetAsync(new Uri(sentBack.PathAndQuery, UriKind.Relative));
        back.Headers.Location!.ToString().ShouldBe(Home);
        _server!.Logged.ToString().ShouldNotContain("eyJ");
    }

    [Fact]
    public async Task Whoever_did_not_come_from_the_provider_signs_out_here_only()
    {
        var browser = Open(Provisioning());
        await browser.SignInAsync();
        await SignOutAsync(browser, HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("/logout", false)]
    public async Task A_provider_that_names_no_page_or_is_not_to_be_asked_keeps_its_session(string? path, bool isOn)
    {
        _provider.EndSessionPath = path;
        var browser = Open(new(Provisioning()) { ["SignOutAtProvider"] = isOn ? "true" : "false" });
        await SignInAsync(browser);
        await SignOutAsync(browser, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_token_that_is_too_long_for_a_cookie_is_not_kept_and_the_provider_is_asked_without_it()
    {
        var browser = Open(Provisioning());
        _provider.Spoil = token => token["more"] = new string('x', 5_000);
        await SignInAsync(browser);

        var page = (await (await SignOutAsync(browser, HttpStatusCode.OK)).JsonAsync())["continueAt"]!.GetValue<string>();
        page.ShouldContain("client_id=platform");
        page.ShouldNotContain("id_token_hint");
    }

    [Fact]
    public async Task The_sign_in_page_learns_of_the_provider_only_when_there_is_one()
    {
        var browser = Open(new() { ["DisplayName"] = "Example Corp" });
        (await browser.Client.GetStringAsync(new Uri("/api/session/methods", UriKind.Relative))).ShouldBe("""{"password":true,"oidc":{"displayName":"Example Corp","address":"api/session/oidc"}}""");

        await using var without = TestServer.WithCredentials();
        var client = without.Anonymous();
        (await client.GetStringAsync(new Uri("/api/session/methods", UriKind.Relative))).ShouldBe("""{"password":true,"oidc":null}""");
        await (await client.GetAsync(new Uri("/api/session/oidc", UriKind.Relative))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4764");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/studio/\\..\\x")]
    [InlineData("/studio/../api/keys")]
    [InlineData("/api/keys")]
    [InlineData("")]
    public async Task Nobody_is_sent_on_to_anything_but_a_page_of_ours(string returnTo) =>
        (await SignInAsync(Open(Provisioning()), returnTo)).ShouldBe(Home);

    [Fact]
    public async Task A_user_who_was_made_beforehand_is_linked_once_and_known_by_the_account_from_then_on()
    {
        var browser = Open();
        await MakeUserAsync("""{"name":"Ann","external":true,"roles":["author"]}""");

        (await SignInAsync(browser)).ShouldBe(Home);
        _provider.Claims["preferred_username"] = "ann.married";
        (await SignInAsync(browser)).ShouldBe(Home);

        (await SessionAsync(browser))["username"]!.GetValue<string>().ShouldBe("Ann");
        _provider.Claims["preferred_username"] = "ann";
        _provider.Claims["sub"] = "2002";
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4776", "the name of Ann, by another account");
    }

    [Fact]
    public async Task A_name_does_not_lead_to_a_user_with_a_password()
    {
        var browser = Open(Provisioning());
        _provider.Claims["preferred_username"] = "admin";
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4776");
        (await browser.Client.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Somebody_unknown_is_refused_when_users_are_made_beforehand() =>
        (await SignInAsync(Open(), "/studio/instances")).ShouldBe("/studio/instances?signin=WF4770");

    [Fact]
    public async Task A_disabled_user_stays_out_and_a_user_who_is_disabled_loses_the_session()
    {
        var browser = Open(Provisioning());
        await SignInAsync(browser);
        await AdminAsync(HttpMethod.Post, "/api/users/ann/disable");

        (await browser.Client.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4771");
        var audit = await AdminAsync(HttpMethod.Get, "/api/audit?action=signin.*");
        audit["items"]![0]!["action"]!.GetValue<string>().ShouldBe("signin.failed");
        audit["items"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4771");
        audit["items"]![1]!["action"]!.GetValue<string>().ShouldBe("signin.succeeded");
        audit["items"]![1]!["who"]!["name"]!.GetValue<string>().ShouldBe("ann");
    }

    [Fact]
    public async Task A_user_who_was_deleted_and_made_anew_is_another_one()
    {
        var browser = Open();
        await MakeUserAsync("""{"name":"ann","external":true,"roles":["author"]}""");
        await SignInAsync(browser);
        await AdminAsync(HttpMethod.Delete, "/api/users/ann");
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4770");
    }

    [Fact]
    public async Task Roles_follow_the_provider_at_each_sign_in()
    {
        var browser = Open(new()
        {
            ["AutoProvision"] = "true",
            ["RolesClaim"] = "realm_access.roles",
            ["Roles:0:Value"] = "flow-authors", ["Roles:0:Role"] = "author",
            ["Roles:1:Value"] = "flow-operators", ["Roles:1:Role"] = "operator",
        });
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4775");

        _provider.Claims["realm_access"] = new JsonObject { ["roles"] = new JsonArray("flow-operators", "flow-authors", "something else") };
        (await SignInAsync(browser)).ShouldBe(Home);
        (await UserAsync("ann"))["roles"]!.ToJsonString().ShouldBe("""["author","operator"]""");

        _provider.Claims["realm_access"] = new JsonObject { ["roles"] = new JsonArray("flow-operators") };
        (await SignInAsync(browser)).ShouldBe(Home);
        (await UserAsync("ann"))["roles"]!.ToJsonString().ShouldBe("""["operator"]""");

        _provider.Claims.Remove("realm_access");
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4775");
    }

    [Fact]
    public async Task Claims_of_the_user_info_count_when_they_are_asked_for()
    {
        var browser = Open(new() { ["AutoProvision"] = "true", ["UserInfo"] = "true", ["Roles:0:Value"] = "team", ["Roles:0:Role"] = "author" });
        _provider.UserInfo = new() { ["roles"] = new JsonArray("other", "team") };
        (await SignInAsync(browser)).ShouldBe(Home);
        (await UserAsync("ann"))["roles"]!.ToJsonString().ShouldBe("""["author"]""");
    }

    [Theory]
    [InlineData("""{"email_verified":false}""", "WF4772")]
    [InlineData("""{"email_verified":null}""", "WF4772")]
    [InlineData("""{"email":"ann@evil.example"}""", "WF4773")]
    [InlineData("""{"email":"ann@example.com.evil.example"}""", "WF4773")]
    [InlineData("""{"email":"ann@sub.example.com"}""", "WF4773")]
    [InlineData("""{"email":null}""", "WF4774")]
    [InlineData("""{"email":"ann@EXAMPLE.com"}""", null)]
    public async Task Only_verified_addresses_of_the_allowed_domains_come_in(string claims, string? code)
    {
        var browser = Open(new(Provisioning()) { ["EmailDomains:0"] = "example.com", ["NameClaim"] = "email" });
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject().ToList())
        {
            if (value is null)
                _provider.Claims.Remove(name);
            else
                _provider.Claims[name] = value.DeepClone();
        }

        (await SignInAsync(browser)).ShouldBe(code is null ? Home : $"/studio/?signin={code}");
    }

    [Fact]
    public async Task An_address_that_is_called_unverified_is_refused_also_where_nobody_asks_for_it()
    {
        var browser = Open(new(Provisioning()) { ["RequireVerifiedEmail"] = "false" });
        _provider.Claims["email_verified"] = false;
        (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4772");
    }

    [Fact]
    public async Task A_name_that_cannot_be_one_here_is_told()
    {
        _provider.Claims["preferred_username"] = "<script>";
        (await SignInAsync(Open(Provisioning()))).ShouldBe("/studio/?signin=WF4774");
    }

    [Fact]
    public async Task A_token_for_somebody_else_from_somebody_else_or_out_of_time_is_not_believed()
    {
        var browser = Open(Provisioning());
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var (what, spoil) in new (string, Action<JsonObject>)[]
        {
            ("audience", token => token["aud"] = "another-client"),
            ("issuer", token => token["iss"] = "https://evil.example"),
            ("nonce", token => token["nonce"] = "another"),
            ("no nonce", token => token.Remove("nonce")),
            ("expired", token => token["exp"] = now - 121),
            ("no end", token => token.Remove("exp")),
            ("not yet", token => token["nbf"] = now + 121),
        })
        {
            _provider.Spoil = spoil;
            (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4769", what);
        }

        _provider.Spoil = token => (token["exp"], token["nbf"]) = (now - 119, now - 200);
        (await SignInAsync(browser)).ShouldBe(Home, "clocks may differ by two minutes");
    }

    [Fact]
    public async Task A_signature_by_a_key_that_is_not_the_providers_is_not_believed_and_asks_for_keys_once()
    {
        var browser = Open(Provisioning());
        _provider.SignsWithUnknownKey = true;
        await SignInAsync(browser);
        var reads = _provider.KeyReads;
        for (var attempt = 0; attempt < 3; attempt++)
            (await SignInAsync(browser)).ShouldBe("/studio/?signin=WF4769");
        _provider.KeyReads.ShouldBe(reads, "within ten seconds the keys are not asked for again");
    }

    [Fact]
    public async Task The_first_sign_in_after_the_provider_changed_its_key_succeeds()
    {
        var browser = Open(Provisioning());
        await SignInAsync(browser);
        _provider.RotateKey();
        _clock.Advance(TimeSpan.FromSeconds(30));
        _server!.Clock.Advance(TimeSpan.FromSeconds(30));

        (await SignInAsync(browser)).ShouldBe(Home);
        _provider.KeyReads.ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_that_this_browser_did_not_ask_for_signs_nobody_in()
    {
        var victim = Open(Provisioning());
        var attacker = _server!.OpenBrowser();
        var stolen = await AuthorizeAsync(attacker);

        foreach (var answer in (string[])[stolen, "/api/session/oidc/callback?code=x&state=made-up", "/api/session/oidc/callback?code=x", "/api/session/oidc/callback"])
            await ShouldFailAsync(victim, answer, "WF4767");

        (await SendBackAsync(attacker, stolen)).ShouldBe(Home);
        await ShouldFailAsync(attacker, stolen, "WF4767");
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_signs_nobody_in()
    {
        var browser = Open(Provisioning());
        var answer = await AuthorizeAsync(browser);
        _server!.Clock.Advance(TimeSpan.FromMinutes(16));
        _clock.Advance(TimeSpan.FromMinutes(16));
        await ShouldFailAsync(browser, answer, "WF4767");
    }

    [Fact]
    public async Task A_no_of_the_provider_is_told()
    {
        var browser = Open(Provisioning());
        var state = (await AuthorizeAsync(browser, "/studio/instances")).Split("state=")[1];
        (await SendBackAsync(browser, $"/api/session/oidc/callback?error=access_denied&state={state}")).ShouldBe("/studio/instances?signin=WF4768");
        state = (await AuthorizeAsync(browser)).Split("state=")[1];
        (await SendBackAsync(browser, $"/api/session/oidc/callback?error=server_error&state={state}")).ShouldBe("/studio/?signin=WF4768");
    }

    [Fact]
    public async Task A_code_that_the_provider_does_not_know_and_a_provider_that_is_gone_are_told()
    {
        var browser = Open(Provisioning());
        var state = (await AuthorizeAsync(browser)).Split("state=")[1];
        (await SendBackAsync(browser, $"/api/session/oidc/callback?code=unknown&state={state}")).ShouldBe("/studio/?signin=WF4766");

        var settings = Settings(Provisioning());
        await _provider.DisposeAsync();
        await using var alone = new TestServer(settings);
        var redirect = await alone.OpenBrowser().Client.GetAsync(new Uri("/api/session/oidc?returnTo=/studio/instances", UriKind.Relative));
        redirect.Headers.Location!.ToString().ShouldBe("/studio/instances?signin=WF4766");
        alone.Logged.ToString().ShouldContain("[4540] A sign-in by the provider was refused with WF4766");
        _provider = await OpenIdProvider.StartAsync(_clock);
    }

    [Fact]
    public async Task No_token_code_or_secret_gets_into_the_log()
    {
        var browser = Open(Provisioning());
        var answer = await AuthorizeAsync(browser);
        await SendBackAsync(browser, answer);
        _provider.Spoil = token => token["aud"] = "another";
        await SignInAsync(browser);
        var ours = string.Join('\n', _server!.Logged.ToString().Split('\n').Where(line => line.Contains("Platform.Server", StringComparison.Ordinal)));
        ours.ShouldContain("WF4769");
        ours.ShouldNotContain(OpenIdProvider.ClientSecret);
        ours.ShouldNotContain("eyJ");
        ours.ShouldNotContain(answer.Split("code=")[1].Split('&')[0]);
    }

    private static Dictionary<string, string?> Provisioning() => new() { ["AutoProvision"] = "true", ["DefaultRole"] = "reader" };

    private Dictionary<string, string?> Settings(Dictionary<string, string?>? oidc)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            ["Security:Oidc:Authority"] = _provider.Address,
            ["Security:Oidc:ClientId"] = OpenIdProvider.ClientId,
            ["Security:Oidc:ClientSecret"] = OpenIdProvider.ClientSecret,
        };
        foreach (var (key, value) in oidc ?? [])
            settings["Security:Oidc:" + key] = value;
        return settings;
    }

    /// <summary>The cookies of a sign-in have an end, by which a browser throws them away: the clocks of both begin with the machine's.</summary>
    private Browser Open(Dictionary<string, string?>? oidc = null)
    {
        _server = new TestServer(Settings(oidc));
        _server.Clock.Advance(TimeProvider.System.GetUtcNow() - _server.Clock.GetUtcNow());
        _clock.Advance(_server.Clock.GetUtcNow() - _clock.GetUtcNow());
        return _server.OpenBrowser();
    }

    private static async Task<HttpResponseMessage> SignOutAsync(Browser browser, HttpStatusCode expected)
    {
        var answer = await browser.SendAsync(HttpMethod.Delete, "/api/session", browser.Token);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    private async Task<string> SignInAsync(Browser browser, string? returnTo = null) => await SendBackAsync(browser, await AuthorizeAsync(browser, returnTo));

    /// <summary>Goes to the provider; answers with what it sends the browser back to.</summary>
    private async Task<string> AuthorizeAsync(Browser browser, string? returnTo = null)
    {
        var begun = await browser.Client.GetAsync(new Uri("/api/session/oidc" + (returnTo is null ? "" : $"?returnTo={Uri.EscapeDataString(returnTo)}"), UriKind.Relative));
        begun.StatusCode.ShouldBe(HttpStatusCode.Redirect, await begun.Content.ReadAsStringAsync());
        var authorized = await _plain.GetAsync(begun.Headers.Location);
        authorized.Headers.Location!.Host.ShouldBe("localhost");
        return authorized.Headers.Location.PathAndQuery;
    }

    private static async Task<string> SendBackAsync(Browser browser, string answer)
    {
        var ended = await browser.Client.GetAsync(new Uri(answer, UriKind.Relative));
        ended.StatusCode.ShouldBe(HttpStatusCode.Redirect, await ended.Content.ReadAsStringAsync());
        return ended.Headers.Location!.ToString();
    }

    private static async Task ShouldFailAsync(Browser browser, string answer, string code)
    {
        (await SendBackAsync(browser, answer)).ShouldEndWith($"?signin={code}", Case.Sensitive, answer);
    }

    private static async Task<JsonNode> SessionAsync(Browser browser)
    {
        var answer = await browser.Client.GetAsync(new Uri("/api/session", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }

    private async Task MakeUserAsync(string user)
    {
        using var content = new StringContent(user, System.Text.Encoding.UTF8, "application/json");
        var made = await _server!.WithApiKey().PostAsync(new Uri("/api/users", UriKind.Relative), content);
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        (await made.JsonAsync())["password"].ShouldBeNull();
    }

    private Task<JsonNode> UserAsync(string id) => AdminAsync(HttpMethod.Get, $"/api/users/{id}");

    private async Task<JsonNode> AdminAsync(HttpMethod method, string path)
    {
        var answer = await _server!.WithApiKey().SendAsync(new HttpRequestMessage(method, path));
        ((int)answer.StatusCode).ShouldBeLessThan(300);
        return answer.StatusCode == HttpStatusCode.NoContent ? new JsonObject() : await answer.JsonAsync();
    }
}
