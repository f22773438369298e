using Microsoft.Extensions.Configuration;
using Platform.CustomActivities.Services;
using Platform.Server.Orchestration;

namespace Platform.Server.Tests.Orchestration;

public sealed class ServicesFileTests
{
    private const string Text = """
        policies:
          standard:
            retry: { maxAttempts: 5, delay: "00:00:02" }
        services:
          - name: paperwork-service
            baseAddress: http://localhost:8010
            policyName: standard
            tags: [heal7, documents]
          - name: saju-service
            baseAddresses: [http://localhost:8012, http://localhost:9012]
            dependencies: [paperwork-service]
            owner: ~
        profiles:
          production:
            services:
              saju-service:
                baseAddresses: [https://saju.internal]
            policies:
              standard:
                retry: { maxAttempts: 2 }
        """;

    [Fact]
    public void It_describes_services_and_policies_as_the_configuration_does()
    {
        var set = Read(Text, null, "Development");

        set.Services.Keys.Order(StringComparer.Ordinal).ShouldBe(["paperwork-service", "saju-service"]);
        set.Services["paperwork-service"].Tags.ShouldBe(["heal7", "documents"]);
        set.Services["saju-service"].BaseAddresses.ShouldBe(["http://localhost:8012", "http://localhost:9012"]);
        set.Services["saju-service"].Owner.ShouldBeNull();
        set.PolicyOf(set.Services["paperwork-service"]).Retry.MaxAttempts.ShouldBe(5);
    }

    [Fact]
    public void A_profile_changes_single_keys_and_whole_lists()
    {
        var set = Read(Text, null, "Production");

        set.Services["saju-service"].BaseAddresses.ShouldBe(["https://saju.internal"]);
        set.Services["paperwork-service"].BaseAddress.ShouldBe("http://localhost:8010");
        set.Policies["standard"].Retry.MaxAttempts.ShouldBe(2);
        set.Policies["standard"].Retry.Delay.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("servises: {}", "services.yaml, line 1: 'servises' is not known. Did you mean 'services'?")]
    [InlineData("services: [a", "services.yaml, line")]
    [InlineData("services:\n  - baseAddress: http://a", "line 2: the item of the list has no name.")]
    [InlineData("services:\n  - {name: a}\n  - {name: A}", "line 3: 'A' is there twice.")]
    [InlineData("- a", "services.yaml is no map.")]
    [InlineData("services:\n  a: {baseAddress: nowhere}", "Services:a:BaseAddress is 'nowhere', which is no address.")]
    [InlineData("services:\n  a: {baseAddress: http://a, colour: red}", "Services:a:colour is not known.")]
    [InlineData("profiles: {test: {servises: {}}}", "'servises' is not known")]
    public void A_mistake_names_its_place(string text, string expected) =>
        Should.Throw<OptionsProblemException>(() => Read(text, null, "test")).Message.ShouldContain(expected);

    [Fact]
    public void A_profile_that_is_asked_for_must_be_there() =>
        Should.Throw<OptionsProblemException>(() => Read(Text, "staging", "Production")).Message
            .ShouldContain("Orchestration:Profile is 'staging', which services.yaml does not have. It has: production.");

    private static ServiceSet Read(string text, string? profile, string environment) => ServiceConfiguration.ReadAll(
        new ConfigurationBuilder().AddInMemoryCollection(new ServicesFile("services.yaml", profile, environment).Read(text)).Build());
}
