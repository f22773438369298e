using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Services;

namespace Platform.CustomActivities.Tests.Services;

/// <summary>Makes harnesses with registered services.</summary>
internal static class ServiceHarness
{
    public static ActivityHarness Create(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddServiceActivities(Configure(settings));
        return new ActivityHarness(services.BuildServiceProvider(), clock);
    }

    public static IConfiguration Configure(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        // A later setting replaces an earlier one.
        .AddInMemoryCollection(settings.Reverse().DistinctBy(setting => setting.Key).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build();
}
