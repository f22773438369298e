using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Security;

/// <summary>The first start and the ones after it, on a real data directory.</summary>
public sealed class BootstrapTests : IDisposable
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("server-tests-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);

    [Fact]
    public async Task The_first_start_shows_a_password_and_a_key_that_work_and_the_second_shows_nothing()
    {
        string password, key, cookies;
        using (var first = Start())
        {
            var browser = first.OpenBrowser();
            var report = await first.Output.ReadAsync();
            password = Regex.Match(report, "with password (\\S+)").Groups[1].Value;
            key = Regex.Match(report, "API key\\s+(\\S+)").Groups[1].Value;
            password.Length.ShouldBe(23);
            key.ShouldStartWith("platform_");

            (await browser.SignInAsync(password)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await first.WithApiKey(key).GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
            cookies = browser.Cookies.GetCookieHeader(browser.Client.BaseAddress!);
        }

        using var second = Start();
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", cookies } } };
        (await second.Anonymous().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK, "sessions outlive a restart");
        (await second.OpenBrowser().SignInAsync(password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Output.ReadAsync()).ShouldNotContain("password");
        (await second.Output.ReadAsync()).ShouldNotContain("API key");
        (await second.Output.ReadAsync()).ShouldContain(_directory);
    }

    [Fact]
    public async Task No_secret_gets_into_the_log_or_onto_the_disk()
    {
        const string Wrong = "a-wrong-password-that-was-typed";
        string[] secrets;
        using (var server = Start())
        {
            var browser = server.OpenBrowser();
            var report = await server.Output.ReadAsync();
            var password = Regex.Match(report, "with password (\\S+)").Groups[1].Value;
            var key = Regex.Match(report, "API key\\s+(\\S+)").Groups[1].Value;
            await browser.SignInAsync(Wrong);
            await browser.SignInAsync("x", Wrong);
            await browser.SignInAsync(password);
            await browser.Client.GetAsync("/api/session");
            await server.WithApiKey(key).GetAsync("/api/session");
            await server.WithApiKey(key + "-wrong").GetAsync("/api/session");
            var cookie = browser.Cookies.GetCookies(browser.Client.BaseAddress!)["platform-session"]!.Value;
            secrets = [password, key, Wrong, browser.Token!, cookie];
            secrets.ShouldAllBe(secret => secret.Length > 20);
            server.Logged.ToString().ShouldContain("signed in");
            foreach (var secret in secrets)
                server.Logged.ToString().ShouldNotContain(secret);
        }

        var files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var file in files)
        {
            var content = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            foreach (var secret in secrets)
                content.ShouldNotContain(secret, Case.Sensitive, file);
        }
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_data()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var server = Start();
        await server.OpenBrowser().SignInAsync();

        foreach (var directory in Directory.GetDirectories(_directory, "*", SearchOption.AllDirectories).Append(_directory))
            File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, directory);
        var files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        files.Select(Path.GetFileName).ShouldContain("platform.db");
        files.Select(Path.GetFileName).ShouldContain("server.key");
        files.ShouldContain(file => file.EndsWith(".xml"));
        foreach (var file in files)
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task What_the_configuration_sets_is_not_shown_and_replaces_what_was_stored()
    {
        string cookies;
        using (var first = Start(password: "the-first-password", apiKey: "the-first-key-0123"))
        {
            var browser = first.OpenBrowser();
            (await browser.SignInAsync("the-first-password")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await first.WithApiKey("the-first-key-0123").GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await first.Output.ReadAsync()).ShouldNotContain("the-first");
            (await first.Output.ReadAsync()).ShouldNotContain("first start");
            cookies = browser.Cookies.GetCookieHeader(browser.Client.BaseAddress!);
        }

        using var second = Start(password: "the-second-password", apiKey: "the-second-key-0123");
        (await second.OpenBrowser().SignInAsync("the-first-password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.OpenBrowser().SignInAsync("the-second-password")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.WithApiKey("the-first-key-0123").GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.WithApiKey("the-second-key-0123").GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", cookies } } };
        (await second.Anonymous().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "sessions of the old password end");
        second.Logged.ToString().ShouldContain("earlier sessions ended");
    }

    [Fact]
    public async Task The_same_settings_at_the_next_start_change_nothing()
    {
        string cookies;
        using (var first = Start("the-same-password", "the-same-key-0123"))
        {
            var browser = first.OpenBrowser();
            await browser.SignInAsync("the-same-password");
            cookies = browser.Cookies.GetCookieHeader(browser.Client.BaseAddress!);
        }

        using var second = Start("the-same-password", "the-same-key-0123");
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", cookies } } };
        (await second.Anonymous().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Services.GetRequiredService<IWorkflowStore>().ListDocumentsAsync("apiKey", CancellationToken.None)).Count.ShouldBe(1);
        second.Logged.ToString().ShouldNotContain("earlier sessions ended");
    }

    private TestServer Start(string? password = null, string? apiKey = null)
    {
        var server = new TestServer(new()
        {
            ["Storage:DataDirectory"] = _directory,
            ["Security:BootstrapPassword"] = password,
            ["Security:BootstrapApiKey"] = apiKey,
        });
        server.Anonymous().Dispose();
        return server;
    }
}
