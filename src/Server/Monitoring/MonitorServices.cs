using Platform.CustomActivities.Services;
using Platform.Runtime;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.Monitoring.Series;
using Platform.Server.Monitoring.Stopping;
using Platform.Server.Supervision;

namespace Platform.Server.Monitoring;

/// <summary>Puts health monitor, alerts, remedies and emergency stop into the host.</summary>
internal static class MonitorServices
{
    /// <summary>Adds the emergency stop. It is known before anything runs: add it before the runtime.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddEmergencyStop(this IServiceCollection services)
    {
        services.AddSingleton<EmergencyStop>();
        return services.AddHostedService(provider => provider.GetRequiredService<EmergencyStop>());
    }

    /// <summary>Adds the monitor, and what follows from it. After everything that it looks at.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">What is looked at.</param>
    /// <param name="alerts">Who is told.</param>
    /// <param name="remedies">What is done.</param>
    public static IServiceCollection AddMonitor(this IServiceCollection services, MonitorOptions options, AlertOptions alerts, RemedyOptions remedies)
    {
        services.AddSingleton(options).AddSingleton(alerts).AddSingleton(remedies);
        services.AddSingleton<SampleHistory>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<HostFigures>();
        services.AddSingleton<RunCounts>();
        services.AddSingleton(provider => new ServiceWatch(
            provider.GetRequiredService<ServiceRegistry>(), provider.GetRequiredService<HealthMonitor>(), options, provider.GetRequiredService<TimeProvider>())
        {
            IsStarting = provider.GetRequiredService<Supervisor>().IsStarting,
        });
        services.AddSingleton(provider => new WatchContext(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PlatformWatch>();
        services.AddSingleton<AlertSettings>();
        services.AddSingleton<NoticeQueue>();
        services.AddSingleton<Messenger>();
        services.AddSingleton(provider => new AlertContext(alerts, options.BetterAfter, provider.GetRequiredService<Ids>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AlertBook>();
        services.AddSingleton<RemedyStarter>();
        services.AddSingleton(provider =>
        {
            var settings = new NamedSettings<Remedy>(
                Remedy.DocumentKind, MonitorJson.Readable.Remedy, provider.GetRequiredService<IWorkflowStore>(), provider.GetRequiredService<ILogger<NamedSettings<Remedy>>>());
            settings.Begin(Remedy.BuiltIn.ToDictionary(remedy => remedy.Name, StringComparer.OrdinalIgnoreCase), remedies.ToRemedies());
            return settings;
        });
        services.AddSingleton(provider => new RemedyContext(
            remedies, options.BetterAfter, provider.GetRequiredService<Intake>(), provider.GetRequiredService<Ids>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RemedyBook>>())
        {
            CanRestart = subject => subject.StartsWith(Subject.ServicePrefix, StringComparison.OrdinalIgnoreCase)
                && provider.GetRequiredService<Supervisor>().HasCommand(subject[Subject.ServicePrefix.Length..]),
        });
        services.AddSingleton<RemedyBook>();
        services.AddSingleton(provider => new DutyContext(
            options, provider.GetRequiredService<PageNews>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MonitorDuty>>()));
        services.AddSingleton<MonitorDuty>();
        services.AddHostedService(provider => provider.GetRequiredService<MonitorDuty>());
        return services.AddHostedService<NoticeDuty>();
    }
}
