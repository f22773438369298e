using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Server.Tests.Security;

/// <summary>The server behind a real proxy and under a path of its host.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly CookieContainer _cookies = new();
    private TestServer? _server;
    private FrontProxy? _proxy;
    private HttpClient? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _browser?.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/flows")]
    [InlineData(null)]
    public async Task Under_a_path_everything_stays_below_it_whether_the_proxy_takes_it_away_or_not(string? stripped)
    {
        await StartAsync(new() { ["Proxy:PathBase"] = "/flows" }, stripped, tells: false);

        (await _browser!.GetAsync(At("/flows/"))).Headers.Location!.ToString().ShouldBe("/flows/studio/");
        var signedIn = await SignInAsync("/flows");
        signedIn.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("; path=/flows;", StringComparison.Ordinal));
        (await _browser.GetAsync(At("/flows/api/session"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _browser.GetStringAsync(At("/flows/api/docs"))).ShouldContain("data-document=\"/flows/api/openapi.json\"");

        using var signOut = new HttpRequestMessage(HttpMethod.Delete, At("/flows/api/session"));
        signOut.Headers.Add("X-XSRF-TOKEN", _cookies.GetCookies(At("/flows/api"))["platform-xsrf"]!.Value);
        (await _browser.SendAsync(signOut)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _cookies.GetCookies(At("/flows/api")).ShouldBeEmpty("signing out takes both cookies back");
    }

    [Fact]
    public async Task A_trusted_proxy_tells_who_asks_and_how()
    {
        await StartAsync(new() { ["Proxy:Trusted:0"] = "127.0.0.0/8", ["Proxy:Trusted:1"] = "::1" });

        var signedIn = await SignInAsync("");

        signedIn.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        (await AddressInAuditAsync()).ShouldBe("203.0.113.7");
    }

    [Fact]
    public async Task What_anybody_else_says_in_these_headers_is_ignored()
    {
        await StartAsync(new() { ["Proxy:Trusted:0"] = "10.0.0.5" });

        var signedIn = await SignInAsync("");

        signedIn.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => !cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        (await AddressInAuditAsync()).ShouldBeOneOf("127.0.0.1", "::1");
    }

    [Fact]
    public async Task Of_a_longer_list_only_what_the_last_proxy_added_counts()
    {
        await StartAsync(new() { ["Proxy:Trusted:0"] = "127.0.0.0/8", ["Proxy:Trusted:1"] = "::1" });
        using var request = new HttpRequestMessage(HttpMethod.Post, At("/api/session")) { Content = JsonContent.Create(new { username = "admin", password = TestServer.Password }) };
        request.Headers.Add("X-Forwarded-For", "198.51.100.9");
        (await _browser!.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AddressInAuditAsync()).ShouldBe("203.0.113.7");
    }

    [Theory]
    [InlineData("trusted", true)]
    [InlineData("named", true)]
    [InlineData("neither", false)]
    public async Task A_socket_of_our_own_page_opens_where_the_server_knows_its_address(string how, bool opens)
    {
        await StartAsync(how switch
        {
            "trusted" => new() { ["Proxy:Trusted:0"] = "127.0.0.0/8", ["Proxy:Trusted:1"] = "::1" },
            "named" => new() { ["Http:PublicUrl"] = "http://flows.example.org" },
            _ => [],
        });
        var session = string.Join("; ", (await SignInAsync("")).Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        var own = how == "named" ? "http://flows.example.org" : _proxy!.Address.GetLeftPart(UriPartial.Authority);

        (await OpenSocketAsync(session, own) != HttpStatusCode.Forbidden).ShouldBe(opens);
        foreach (var other in (string[])["https://evil.example", "null", "http://flows.example.org.evil.example", "https://flows.example.org:444"])
            (await OpenSocketAsync(session, other)).ShouldBe(HttpStatusCode.Forbidden, other);
    }

    [Fact]
    public async Task Nobody_gets_another_origin_believed_by_naming_it()
    {
        await StartAsync([], tells: false);
        var session = string.Join("; ", (await SignInAsync("")).Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        (await OpenSocketAsync(session, "https://evil.example", ("X-Forwarded-Host", "evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_sign_in_provider_is_told_the_address_that_people_use()
    {
        await using var provider = await OpenIdProvider.StartAsync(TimeProvider.System);
        await StartAsync(
            new()
            {
                ["Proxy:PathBase"] = "/flows", ["Proxy:Trusted:0"] = "127.0.0.0/8", ["Proxy:Trusted:1"] = "::1",
                ["Security:Oidc:Authority"] = provider.Address, ["Security:Oidc:ClientId"] = OpenIdProvider.ClientId,
            },
            "/flows");

        var begun = await _browser!.GetAsync(At("/flows/api/session/oidc?returnTo=/flows/studio/instances"));

        var wanted = $"https://{_proxy!.Address.Authority}/flows/api/session/oidc/callback";
        begun.Headers.Location!.Query.ShouldContain("redirect_uri=" + Uri.EscapeDataString(wanted), Case.Insensitive);
    }

    private Uri At(string path) => new(_proxy!.Address, path);

    private async Task StartAsync(Dictionary<string, string?> settings, string? stripped = null, bool tells = true)
    {
        _server = new TestServer(new(settings)
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        });
        _server.UseKestrel(0);
        _server.StartServer();
        // Cookies have an end, by which the client throws them away.
        _server.Clock.Advance(TimeProvider.System.GetUtcNow() - _server.Clock.GetUtcNow());
        var target = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        _proxy = await FrontProxy.StartAsync(target, stripped, tells);
        _browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, CookieContainer = _cookies });
    }

    private async Task<HttpResponseMessage> SignInAsync(string path)
    {
        var answer = await _browser!.PostAsJsonAsync(At(path + "/api/session"), new { username = "admin", password = TestServer.Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    private async Task<string> AddressInAuditAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At("/api/audit?action=signin.succeeded"));
        request.Headers.Add("X-Api-Key", TestServer.ApiKey);
        return (await (await _browser!.SendAsync(request)).JsonAsync())["items"]![0]!["who"]!["address"]!.GetValue<string>();
    }

    private async Task<HttpStatusCode> OpenSocketAsync(string session, string origin, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, At("/elsa/hubs/workflow-instance?id=none"));
        request.Headers.Add("Cookie", session);
        request.Headers.Add("Origin", origin);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
