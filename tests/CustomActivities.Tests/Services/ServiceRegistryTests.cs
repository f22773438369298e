using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;

namespace Platform.CustomActivities.Tests.Services;

public sealed class ServiceRegistryTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("Services:a:Dependencies:0", "nobody", "The service 'a' depends on the service 'nobody', which is not registered. There are: a, b.")]
    [InlineData("Services:a:Dependencies:0", "bb", "Did you mean 'b'?")]
    [InlineData("Services:a:PolicyName", "strict", "The service 'a' names the policy 'strict', which is not there. There is no policy yet.")]
    [InlineData("Services:a:Policy:Fallback:Service", "nobody", "falls back to the service 'nobody', which is not registered")]
    [InlineData("Policies:p:Fallback:Service", "nobody", "The policy 'p' falls back to the service 'nobody'")]
    [InlineData("Policies:p:Fallback:CachedMaxAge", "01:00:00", "Policies:p:Fallback says nothing. Give Service, Cached, Workflow or Value.")]
    [InlineData("Policies:p:Retry:Statuses:teapot:MaxAttempts", "1", "Policies:p:Retry:Statuses:teapot is no status.")]
    [InlineData("Policies:p:Retry:Statuses:404:MaxAttempt", "1", "Policies:p:Retry:Statuses:404:MaxAttempt is not known. Did you mean 'MaxAttempts'?")]
    [InlineData("Policies:p:Bulkhead:MaxConcurrent", "0", "Policies:p:Bulkhead:MaxConcurrent must lie between 1 and 10000.")]
    [InlineData("Policies:p:Retry", "often", "Policies:p:Retry is 'often'. It holds further keys:")]
    [InlineData("Services:a:Owner:Name", "x", "Services:a:Owner holds further keys. Give it one value.")]
    [InlineData("Services:a:BaseAddresses:0", "http://x", "Services:a has both BaseAddress and BaseAddresses.")]
    [InlineData("Services:a b:BaseAddress", "http://x", "'a b' cannot be a name.")]
    public void What_does_not_fit_together_is_told(string key, string value, string expected)
    {
        var settings = ServiceHarness.Configure(("Services:a:BaseAddress", "http://a"), ("Services:b:BaseAddress", "http://b"), (key, value));

        Should.Throw<OptionsProblemException>(() => ServiceConfiguration.ReadAll(settings)).Message.ShouldContain(expected);
    }

    [Fact]
    public void A_circle_of_dependencies_is_told_link_by_link()
    {
        var settings = ServiceHarness.Configure(
            ("Services:a:BaseAddress", "http://a"), ("Services:b:BaseAddress", "http://b"), ("Services:c:BaseAddress", "http://c"),
            ("Services:a:Dependencies:0", "b"), ("Services:b:Dependencies:0", "c"), ("Services:c:Dependencies:0", "b"));

        Should.Throw<OptionsProblemException>(() => ServiceConfiguration.ReadAll(settings)).Problems
            .ShouldBe(["Services depend on one another in a circle: b -> c -> b. Take one of these dependencies out."]);
    }

    [Fact]
    public void A_service_comes_after_all_that_it_needs()
    {
        var set = ServiceConfiguration.ReadAll(ServiceHarness.Configure(
            ("Services:a:BaseAddress", "http://a"), ("Services:b:BaseAddress", "http://b"), ("Services:c:BaseAddress", "http://c"), ("Services:d:BaseAddress", "http://d"),
            ("Services:a:Dependencies:0", "b"), ("Services:a:Dependencies:1", "c"), ("Services:b:Dependencies:0", "c")));

        set.WithDependencies("a").ShouldBe(["c", "b", "a"]);
        set.DependentsOf("c").ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_change_keeps_breakers_and_what_did_not_change()
    {
        using var registry = new ServiceRegistry(Set(("Services:a:BaseAddress", "http://a"), ("Services:b:BaseAddress", "http://b")), _clock);
        var (a, b) = (registry.Get("a"), registry.Get("b"));
        a.Breaker.Restore(new BreakerSnapshot(BreakerState.Open, _clock.GetUtcNow(), 5, null, "admin"));
        var changed = Set(("Services:a:BaseAddress", "http://a2"));

        registry.Replace(new ServiceSet(new Dictionary<string, ServiceOptions> { ["a"] = changed.Services["a"], ["b"] = b.Options }, changed.Policies));

        registry.Get("a").ShouldNotBeSameAs(a);
        registry.Get("a").BaseAddress.ShouldBe(new Uri("http://a2/"));
        registry.Get("a").Breaker.Snapshot.State.ShouldBe(BreakerState.Open);
        registry.Get("b").ShouldBeSameAs(b);
        registry.Includes("a2", 80).ShouldBeTrue();
        registry.Includes("a2", 81).ShouldBeFalse();
        registry.Includes("a", 80).ShouldBeFalse();
    }

    private static ServiceSet Set(params (string Key, string Value)[] settings) => ServiceConfiguration.ReadAll(ServiceHarness.Configure(settings));
}
