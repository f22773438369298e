using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Services;
using Platform.Engine;
using Polly;

namespace Platform.CustomActivities.Tests.Services;

public sealed class ServiceConfigurationTests
{
    [Fact]
    public void A_service_has_defaults_for_everything_but_its_address()
    {
        var service = ServiceConfiguration.Read(ServiceHarness.Configure(("Services:shop:BaseAddress", "http://shop"))).ShouldHaveSingleItem();

        service.Key.ShouldBe("shop");
        service.Value.HealthPath.ShouldBe("/health");
        service.Value.Policy.TimeoutPerAttempt.ShouldBe(TimeSpan.FromSeconds(10));
        service.Value.Policy.Retry.BackoffType.ShouldBe(DelayBackoffType.Exponential);
    }

    [Theory]
    [InlineData("BaseAdress", "x", "Services:shop:BaseAdress is not known. Did you mean 'BaseAddress'?")]
    [InlineData("Policy:Retri:Delay", "x", "Services:shop:Policy:Retri is not known. Did you mean 'Retry'?")]
    [InlineData("Policy:Retry:Colour", "x", "Services:shop:Policy:Retry:Colour is not known. Known keys:")]
    [InlineData("BaseAddress", "shop:80", "Services:shop:BaseAddress is 'shop:80', which is no address.")]
    [InlineData("BaseAddress", "http://u:p@shop", "holds a user name or a password")]
    [InlineData("Policy:Retry:MaxAttempts", "0", "Services:shop:Policy:Retry:MaxAttempts must lie between 1 and 20.")]
    [InlineData("Policy:TimeoutPerAttempt", "soon", "Services:shop:Policy:TimeoutPerAttempt")]
    [InlineData("Policy:CircuitBreaker:FailureRatio", "2", "Services:shop:Policy:CircuitBreaker:FailureRatio must lie between 0.01 and 1.")]
    [InlineData("Process:Arguments:0", "x", "Services:shop:Process:Executable is missing. Name the program that is to be started, for example dotnet.")]
    [InlineData("Process:Executabel", "x", "Services:shop:Process:Executabel is not known. Did you mean 'Executable'?")]
    [InlineData("Process:Executable", "dotnet ", "Services:shop:Process:Executable begins or ends with a blank.")]
    [InlineData("Process:Environment:A=B", "x", "Services:shop:Process: 'A=B' cannot be the name of an environment variable.")]
    [InlineData("Process:Secrets:TOKEN", "", "Services:shop:Process:Secrets:TOKEN names no secret.")]
    [InlineData("Process:Restart:MaxRestarts", "-1", "Services:shop:Process:Restart:MaxRestarts must lie between 0 and 1000.")]
    [InlineData("Process:Restart:InitialDelay", "00:01:00", "Services:shop:Process:Restart:InitialDelay is longer than MaxDelay.")]
    [InlineData("Process:StopTimeout", "soon", "Services:shop:Process:StopTimeout")]
    [InlineData("Process:LogFiles", "0", "Services:shop:Process:LogFiles must lie between 1 and 100.")]
    public void A_mistake_names_its_key_and_the_remedy(string key, string value, string expected)
    {
        var settings = ServiceHarness.Configure(("Services:shop:BaseAddress", "http://shop"), ("Services:shop:" + key, value));

        Should.Throw<OptionsProblemException>(() => new ServiceCollection().AddServiceActivities(settings)).Message.ShouldContain(expected);
    }

    [Fact]
    public void All_mistakes_are_listed_at_once()
    {
        var settings = ServiceHarness.Configure(
            ("Services:one:HealthPath", "/x"),
            ("Services:two:BaseAddress", "http://two"),
            ("Services:two:Policy:CircuitBreaker:Failures", "3"),
            ("Services:two:Policy:CircuitBreaker:FailureRatio", "0.5"));

        var problems = Should.Throw<OptionsProblemException>(() => ServiceConfiguration.Read(settings)).Problems;

        problems.ShouldBe(
        [
            "Services:one:BaseAddress is missing. Give the address of the service, for example http://localhost:5060/inventory.",
            "Services:two:Policy:CircuitBreaker has both Failures and FailureRatio. Keep one of them.",
        ]);
    }

    [Fact]
    public async Task The_choices_of_a_service_are_the_registered_ones()
    {
        var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddServiceActivities(ServiceHarness.Configure(("Services:b:BaseAddress", "http://b"), ("Services:a:BaseAddress", "http://a")))
            .BuildServiceProvider();

        var input = typeof(CallService).GetProperty(nameof(CallService.Service))!;
        var choices = await new ServiceChoices(services.GetRequiredService<ServiceRegistry>()).GetUIPropertiesAsync(input, null, CancellationToken.None);

        choices[InputUIHints.DropDown].ShouldBeOfType<DropDownProps>().SelectList!.Items.Select(item => item.Value).ShouldBe(["a", "b"]);
    }
}
