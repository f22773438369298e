using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

public sealed class SessionTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Signing_in_answers_who_one_is_and_the_session_lasts()
    {
        var browser = _server.OpenBrowser();
        (await browser.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var answer = await browser.SignInAsync(username: " Admin ");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync()).ToJsonString().ShouldBe("""{"username":"admin","permissions":["*"]}""");
        (await (await browser.Client.GetAsync("/api/session")).JsonAsync()).ToJsonString().ShouldBe("""{"username":"admin","permissions":["*"]}""");
    }

    [Theory]
    [InlineData("admin", "a-wrong-long-password")]
    [InlineData("nobody", TestServer.Password)]
    [InlineData("admin", "")]
    public async Task A_wrong_name_and_a_wrong_password_are_refused_alike(string username, string password)
    {
        var browser = _server.OpenBrowser();

        var answer = await browser.SignInAsync(password, username);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4502"))["detail"]!.GetValue<string>()
            .ShouldBe("There is no user with this name and this password.");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task Scripts_cannot_read_the_session_cookie_and_other_sites_cannot_send_it()
    {
        var answer = await _server.Anonymous().PostAsJsonAsync("/api/session", new { username = "admin", password = TestServer.Password });

        var cookies = answer.Headers.GetValues("Set-Cookie").ToDictionary(cookie => cookie.Split('=')[0], cookie => cookie.ToLowerInvariant());
        cookies["platform-session"].ShouldContain("httponly");
        cookies["platform-session"].ShouldContain("samesite=strict");
        cookies["platform-xsrf"].ShouldNotContain("httponly");
        cookies["platform-xsrf"].ShouldContain("samesite=strict");
        cookies.Values.ShouldAllBe(cookie => !cookie.Contains("secure") && cookie.Contains("path=/"));
    }

    [Fact]
    public async Task Over_TLS_the_cookies_are_for_TLS_only()
    {
        var client = _server.Anonymous();
        client.BaseAddress = new Uri("https://localhost");

        var answer = await client.PostAsJsonAsync("/api/session", new { username = "admin", password = TestServer.Password });

        answer.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("secure"));
    }

    [Fact]
    public async Task A_cookie_is_worth_nothing_after_signing_out()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var stolen = browser.Cookies.GetCookieHeader(browser.Client.BaseAddress!);

        (await browser.SendAsync(HttpMethod.Delete, "/api/session", browser.Token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        browser.Cookies.GetCookieHeader(browser.Client.BaseAddress!).ShouldBeEmpty();
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", stolen } } };
        await (await _server.Anonymous().SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");
    }

    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_a_used_one_at_its_limit()
    {
        var idle = _server.OpenBrowser();
        var used = _server.OpenBrowser();
        await idle.SignInAsync();
        await used.SignInAsync();

        for (var hour = 0; hour < 7 * 24 - 10; hour += 10)
        {
            _server.Clock.Advance(TimeSpan.FromHours(10));
            (await used.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK, $"after {hour + 10} hours");
        }

        (await idle.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _server.Clock.Advance(TimeSpan.FromHours(10));
        (await used.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_when_the_user_is_disabled()
    {
        var browser = _server.OpenBrowser();
        await browser.SignInAsync();
        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        var stored = await store.FindDocumentAsync(Users.Kind, "admin", CancellationToken.None);

        var disabled = stored! with { Json = stored.Json.Replace("\"isDisabled\":false", "\"isDisabled\":true") };
        disabled.ShouldNotBe(stored);
        await store.CommitAsync(new Commit { Documents = [disabled] }, CancellationToken.None);

        (await browser.Client.GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Ended_sessions_do_not_pile_up_in_the_store()
    {
        await _server.OpenBrowser().SignInAsync();
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.OpenBrowser().SignInAsync();

        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        (await store.ListDocumentsAsync("session", CancellationToken.None)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"username":"admin","password":}""", "line 1 at position 32")]
    [InlineData("""{"username":"admin"}""", "cannot be read")]
    [InlineData("""{"username":null,"password":"x"}""", "$.username")]
    [InlineData("null", "null")]
    [InlineData("", "cannot be read")]
    public async Task An_unreadable_sign_in_is_told_where_it_is_wrong(string body, string expected)
    {
        var answer = await _server.Anonymous().PostAsync("/api/session", new StringContent(body, null, "application/json"));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4500"))["detail"]!.GetValue<string>().ShouldContain(expected);
    }

    [Fact]
    public async Task A_form_of_another_site_cannot_sign_anybody_in()
    {
        var form = new StringContent("""{"username":"admin","password":"a-good-long-password","x":"="}""", null, "text/plain");

        await (await _server.Anonymous().PostAsync("/api/session", form)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "WF4509");
    }
}
