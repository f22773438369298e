using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Security;

public sealed class CrossSiteTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task An_unsafe_request_of_a_session_needs_the_token_of_that_session()
    {
        var browser = _server.OpenBrowser();
        var other = _server.OpenBrowser();
        await browser.SignInAsync();
        await other.SignInAsync();
        var token = browser.Token!;
        other.Token.ShouldNotBe(token);

        foreach (var wrong in new[] { null, "", "x", other.Token, token[..^1], token + "A" })
        {
            await (await browser.SendAsync(HttpMethod.Delete, "/api/session", wrong)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4506");
            await (await browser.SendAsync(HttpMethod.Post, "/elsa/api/anything", wrong)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4506");
        }

        await (await browser.SendAsync(HttpMethod.Post, "/elsa/api/anything", token)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");
        (await browser.SendAsync(HttpMethod.Delete, "/api/session", token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_token_from_before_signing_in_again_is_void()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var before = browser.Token;

        (await browser.SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);

        browser.Token.ShouldNotBe(before);
        await (await browser.SendAsync(HttpMethod.Delete, "/api/session", before)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4506");
    }

    [Fact]
    public async Task Keys_and_tokens_in_headers_need_no_further_proof()
    {
        await (await _server.WithApiKey().PostAsync("/elsa/api/anything", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");
        var login = await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password = TestServer.Password });
        var request = new HttpRequestMessage(HttpMethod.Post, "/elsa/api/anything");
        request.Headers.Add("Authorization", $"Bearer {(await login.JsonAsync())["accessToken"]}");
        await (await _server.Anonymous().SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");
    }

    [Fact]
    public async Task A_lost_readable_cookie_comes_back()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var token = browser.Token;
        browser.Cookies.GetCookies(browser.Client.BaseAddress!)["platform-xsrf"]!.Expired = true;

        await browser.Client.GetAsync("/api/session");

        browser.Token.ShouldBe(token);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "http://localhost:81", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost", 404)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 404)]
    public async Task A_socket_of_a_session_must_come_from_our_own_pages(string header, string value, int expected)
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/hubs/anything");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add(header, value);

        ((int)(await browser.Client.SendAsync(request)).StatusCode).ShouldBe(expected);
    }

    [Fact]
    public async Task Where_nobody_needs_to_sign_in_an_unproven_session_counts_as_nobody()
    {
        using var server = TestServer.WithCredentials(services => services.AddSingleton<IStartupFilter>(new Probe()));
        var browser = server.OpenBrowser();
        await browser.SignInAsync();

        (await (await browser.SendAsync(HttpMethod.Post, "/open/probe", null)).Content.ReadAsStringAsync()).ShouldBe("nobody");
        (await (await browser.SendAsync(HttpMethod.Post, "/open/probe", browser.Token)).Content.ReadAsStringAsync()).ShouldBe("admin");
    }

    [Fact]
    public async Task A_workflow_that_wants_somebody_signed_in_wants_the_proof_too()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var document = Flow.Of(Flow.Starts(Flow.Step(
                "endpoint",
                "Elsa.HttpEndpoint",
                ("path", "Literal", "guarded"),
                ("supportedMethods", "Object", """["POST"]"""),
                ("authorize", "Literal", "True"))), Flow.Respond("in"));
        await _server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
            new DefinitionDraft(document) { DefinitionId = "guarded", Name = "guarded" }, publish: true, CancellationToken.None);

        var forged = await browser.SendAsync(HttpMethod.Post, "/workflows/guarded", null);
        var own = await browser.SendAsync(HttpMethod.Post, "/workflows/guarded", browser.Token);

        forged.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        (await own.Content.ReadAsStringAsync()).ShouldBe("in");
    }

    /// <summary>An endpoint that is open to all, as those of workflows are.</summary>
    private sealed class Probe : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            app.UseEndpoints(routes => routes.MapPost("/open/probe", (HttpContext context) => context.User.Identity?.Name ?? "nobody").AllowAnonymous());
        };
    }
}
