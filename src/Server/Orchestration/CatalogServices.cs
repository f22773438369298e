using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Runtime.Store;
using Platform.Server.Supervision;

namespace Platform.Server.Orchestration;

/// <summary>Puts registered services into the host.</summary>
internal static class CatalogServices
{
    /// <summary>Adds them. They are known before anything runs: add them before the runtime.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Where they are described.</param>
    /// <exception cref="OptionsProblemException">What describes them cannot be used.</exception>
    public static void AddServiceCatalog(this WebApplicationBuilder builder, OrchestrationOptions options)
    {
        ServicesFile.AddTo(builder.Configuration, options, builder.Environment);
        var configured = ServiceConfiguration.ReadAll(builder.Configuration);
        builder.Services.AddSingleton<StandInWorkflows, StandInRuns>();
        builder.Services.AddSingleton(provider => new ServiceRegistry(configured, provider.GetRequiredService<TimeProvider>())
        {
            Guard = provider.GetService<RequestGuard>(),
        });
        builder.Services.AddSingleton<Throttles>().AddSingleton<NamedBreakers>().AddSingleton<BreakerBook>();
        builder.Services.AddSingleton(provider => new ServiceCatalog(
            configured,
            provider.GetRequiredService<ServiceRegistry>(),
            provider.GetRequiredService<IWorkflowStore>(),
            provider.GetRequiredService<SupervisionOptions>(),
            provider.GetRequiredService<ILogger<ServiceCatalog>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ServiceCatalog>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BreakerBook>());
    }
}
