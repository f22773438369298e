using System.Net;
using System.Net.Http.Json;
using Platform.Server.Security;

namespace Platform.Server.Tests.Security;

public sealed class ThrottleTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private readonly SteppingClock _clock = new();
    private readonly SecurityOptions _options = new() { SignInFailuresPerUserMax = 3, SignInFailuresPerAddressMax = 5 };

    [Fact]
    public async Task Guessing_is_refused_until_the_window_ends_even_with_the_right_password()
    {
        using var server = new TestServer(new()
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            ["Security:SignInFailuresPerUserMax"] = "3",
        });
        for (var i = 0; i < 3; i++)
            (await server.OpenBrowser().SignInAsync("wrong")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Clock.Advance(TimeSpan.FromSeconds(60.5));

        var refused = await server.OpenBrowser().SignInAsync();
        var refusedLogin = await server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "ADMIN", password = TestServer.Password });

        await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "WF4507");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(240));
        await refusedLogin.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "WF4507");
        (await server.WithApiKey().GetAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.OK);

        server.Clock.Advance(TimeSpan.FromSeconds(240));
        (await server.OpenBrowser().SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void One_user_is_throttled_from_wherever_the_guesses_come()
    {
        var throttle = new SignInThrottle(_options, _clock);
        for (var i = 0; i < 3; i++)
            throttle.Begin("admin", IPAddress.Parse($"192.0.2.{i}")).ShouldBeNull();

        throttle.Begin("admin", IPAddress.Parse("192.0.2.99")).ShouldBe(_options.SignInWindow);
        throttle.Begin("somebody", Here).ShouldBeNull();
    }

    [Fact]
    public void One_address_is_throttled_whatever_names_it_tries()
    {
        var throttle = new SignInThrottle(_options, _clock);
        for (var i = 0; i < 5; i++)
            throttle.Begin($"user{i}", Here).ShouldBeNull();

        throttle.Begin("another", Here).ShouldNotBeNull();
        throttle.Begin("another", Here.MapToIPv6()).ShouldNotBeNull();
        throttle.Begin("another", IPAddress.Parse("192.0.2.2")).ShouldBeNull();
    }

    [Fact]
    public void All_addresses_of_one_IPv6_network_count_as_one()
    {
        var throttle = new SignInThrottle(_options, _clock);
        for (var i = 0; i < 5; i++)
            throttle.Begin($"user{i}", IPAddress.Parse($"2001:db8:1:2:{i}::1")).ShouldBeNull();

        throttle.Begin("another", IPAddress.Parse("2001:db8:1:2:ffff::1")).ShouldNotBeNull();
        throttle.Begin("another", IPAddress.Parse("2001:db8:1:3::1")).ShouldBeNull();
    }

    [Fact]
    public void A_success_forgets_the_failures_of_the_user_and_not_those_of_the_address()
    {
        var throttle = new SignInThrottle(_options, _clock);
        for (var i = 0; i < 2; i++)
            throttle.Begin("admin", Here).ShouldBeNull();
        throttle.Begin("admin", Here).ShouldBeNull();
        throttle.Succeed("admin", Here);

        for (var i = 0; i < 3; i++)
            throttle.Begin("admin", Here).ShouldBeNull($"attempt {i}");

        throttle.Begin("admin", Here).ShouldNotBeNull();
        throttle.Begin("somebody", Here).ShouldNotBeNull();
    }

    [Fact]
    public void A_flood_of_names_does_not_fill_the_memory()
    {
        var throttle = new SignInThrottle(_options, _clock);

        for (var i = 0; i < 30_000; i++)
            throttle.Begin($"user{i}", new IPAddress(i));

        throttle.Count.ShouldBeLessThanOrEqualTo(10_000);
    }

    [Fact]
    public async Task Nobody_and_somebody_take_the_same_work()
    {
        using var passwords = new Passwords();
        var stored = Passwords.Hash("some-password-123");

        (await passwords.VerifyAsync("some-password-123", stored, CancellationToken.None)).ShouldBeTrue();
        (await passwords.VerifyAsync("some-password-124", stored, CancellationToken.None)).ShouldBeFalse();
        (await passwords.VerifyAsync("some-password-123", null, CancellationToken.None)).ShouldBeFalse();

        stored.ShouldStartWith("pbkdf2-sha256$600000$");
        passwords.NobodysHash.ShouldStartWith("pbkdf2-sha256$600000$");
        passwords.NobodysHash.Length.ShouldBe(stored.Length);
        Passwords.Hash("some-password-123").ShouldNotBe(stored);
    }
}
