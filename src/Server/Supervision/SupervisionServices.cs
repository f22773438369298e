using Platform.CustomActivities.Services;
using Platform.Runtime.Execution;
using Platform.Server.Api;

namespace Platform.Server.Supervision;

/// <summary>Puts the supervision of services into the host.</summary>
internal static class SupervisionServices
{
    /// <summary>
    /// Adds it. It ends after what runs workflows, which call the services to the last: add it before the runtime, and after services and
    /// secrets, which it needs to begin.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">What it may do.</param>
    public static void AddSupervision(this WebApplicationBuilder builder, SupervisionOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.Configure<HostOptions>(host => host.ShutdownTimeout += options.ShutdownTimeout);
        services.AddSingleton<ServiceLogs>();
        services.AddSingleton<ServerLog>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<ServerLog>());
        services.AddSingleton<Launcher>();
        services.AddSingleton<ProcessRecords>();
        services.AddSingleton<Commands>();
        services.AddSingleton(provider => new SupervisorParts(
            provider.GetRequiredService<ServiceRegistry>(),
            provider.GetRequiredService<Launcher>(),
            provider.GetRequiredService<ProcessRecords>(),
            provider.GetRequiredService<ServiceLogs>(),
            new Lazy<WorkflowRuntime>(provider.GetRequiredService<WorkflowRuntime>),
            provider.GetRequiredService<ILogger<Supervisor>>())
        {
            StateChanged = () => provider.GetRequiredService<PageNews>().Tell(PageNews.Monitor),
        });
        services.AddSingleton<Supervisor>();
        services.AddHostedService(provider => provider.GetRequiredService<Supervisor>());
    }
}
