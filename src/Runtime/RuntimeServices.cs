using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Runtime.Alterations;
using Platform.Runtime.Bulk;
using Platform.Runtime.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Explanations;
using Platform.Runtime.Recovering;
using Platform.Runtime.Retention;
using Platform.Runtime.Reruns;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Searching;
using Platform.Runtime.Stimuli;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime;

/// <summary>The parts of the durable runtime.</summary>
public static class RuntimeServices
{
    /// <summary>
    /// Adds the durable runtime. The host adds the engine, the store and the clock. The order of the hosted services matters: what
    /// documents may use is known before anything runs; recovery is started last and stopped first.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Options of the runtime.</param>
    public static IServiceCollection AddRuntime(this IServiceCollection services, RuntimeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RuntimeEvents>();
        services.AddSingleton<RuntimeSignals>();
        services.AddSingleton<WorkCodec>();
        services.AddSingleton<DispatchRules>();
        services.AddSingleton<StartGate>();
        services.AddSingleton<Withdrawals>();
        services.AddSingleton<Intake>();
        services.AddSingleton<Dispatch>();
        services.AddSingleton<HeldStarts>();
        services.AddSingleton<QueueItems>();
        services.AddSingleton<Outbox>();
        services.TryAddSingleton(new FlightRecorder(null));
        services.AddSingleton<CrashWatch>();
        services.AddSingleton<UsableWorkflows>();
        services.AddSingleton<ConsumingWorkflows>();
        services.AddSingleton<PlanCache>();
        services.AddSingleton<TriggerIndexer>();
        services.AddSingleton<WorkflowDefinitions>();
        services.AddSingleton<InstanceRunner>();
        services.AddSingleton<BackgroundActivities>();
        services.AddSingleton<Cancellation>();
        services.AddSingleton<KeptStimuli>();
        services.AddSingleton<WorkflowRuntime>();
        services.AddSingleton<KeyedStarts>();
        services.AddSingleton<InstanceAlterations>();
        services.AddSingleton<AlterationTargets>();
        services.AddSingleton<AlterationPlans>();
        services.AddSingleton<QueuedStartExplainer>();
        services.TryAddSingleton(new RerunEnvironment(null));
        services.AddSingleton<Reruns.Reruns>();
        services.AddSingleton<BulkTargets>();
        services.AddSingleton<BulkActions>();
        services.AddSingleton<BulkJobs>();
        services.AddSingleton<InstanceJobs>();
        services.AddSingleton<InstanceExplainer>();
        services.AddSingleton<ScheduleRuns>();
        services.AddSingleton<ScheduleTicks>();
        services.AddSingleton<ScheduleControl>();
        services.AddSingleton<ScheduleCalendar>();
        services.AddSingleton<WorkExecution>();
        services.AddSingleton<WorkQueue>();
        services.AddSingleton<WorkStop>();
        services.AddSingleton<DueTimes>();
        services.AddSingleton<WorkProgress>();
        services.TryAddSingleton<RuntimeMetricsOptions>();
        services.AddSingleton<RuntimeMetrics>();
        services.TryAddSingleton<RetentionOptions>();
        services.AddSingleton<RetentionDuty>();
        services.AddHostedService(provider => provider.GetRequiredService<DispatchRules>());
        services.AddHostedService(provider => provider.GetRequiredService<CrashWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<UsableWorkflows>());
        services.AddHostedService(provider => provider.GetRequiredService<KeptStimuli>());
        services.AddHostedService(provider => provider.GetRequiredService<WorkQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<HeldStarts>());
        services.AddHostedService(provider => provider.GetRequiredService<DueTimes>());
        services.AddHostedService(provider => provider.GetRequiredService<RetentionDuty>());
        services.AddHostedService<VersionRetentionDuty>();
        services.AddHostedService<Recovery>();
        return services;
    }

    /// <summary>Adds what follows runs and indexes them for the search, behind their commits.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Options of the search.</param>
    public static IServiceCollection AddRunSearch(this IServiceCollection services, SearchOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RunIndexer>();
        services.AddSingleton<SearchIndexDuty>();
        services.AddHostedService(provider => provider.GetRequiredService<SearchIndexDuty>());
        return services;
    }
}
