using Microsoft.AspNetCore.Http.Connections;
using Platform.Runtime;
using Platform.Server.Audit;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Elsa.Descriptors;
using Platform.Server.Elsa.Identity;
using Platform.Server.Elsa.Instances;
using Platform.Server.Elsa.Labels;
using Platform.Server.Elsa.Live;
using Platform.Server.Elsa.Operations;
using Platform.Server.Elsa.Resilience;
using Platform.Server.Elsa.Secrets;
using Platform.Server.Security;

namespace Platform.Server.Elsa;

/// <summary>The REST API and the hub that Elsa Studio and other clients of Elsa speak.</summary>
internal static class ElsaApi
{
    /// <summary>Where the API is.</summary>
    public const string Prefix = "/elsa/api";

    /// <summary>Where the hub of instance viewers is: beside the API, as Studio expects it.</summary>
    public const string HubPath = "/elsa/hubs/workflow-instance";

    /// <summary>Adds what the API needs.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Its options; null for the defaults.</param>
    public static IServiceCollection AddElsaApi(this IServiceCollection services, ElsaApiOptions? options = null)
    {
        services.AddSingleton(options ?? new ElsaApiOptions());
        services.AddSingleton<ActivityTree>();
        services.AddSingleton<ElsaDocuments>();
        services.AddSingleton<DefinitionImport>();
        services.AddSingleton<DocumentComparison>();
        services.AddSingleton<DefinitionConflicts>();
        services.AddSingleton<InputFields>();
        services.AddSingleton<ActivityDescriptors>();
        services.AddSingleton<WorkflowStates>();
        services.AddSingleton<LinkTerms>();
        services.AddSingleton<EventLinks>();
        services.AddSingleton<ResumeLinks>();
        services.AddSingleton<InstanceObservers>();
        services.AddSingleton<Labels.Labels>();
        services.AddSingleton<SimulatedResponses>();
        services.AddSingleton(provider => new ServerGeneration(provider.GetRequiredService<Ids>().New()));
        services.AddSingleton<InstanceNews>();
        services.AddSingleton<LiveUpdates>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveUpdates>());
        services.AddSignalR().AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        return services;
    }

    /// <summary>Maps every route of the API, one line per resource.</summary>
    public static IEndpointRouteBuilder MapElsaApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Prefix).AddEndpointFilter(RequestBody.RefuseUnusableAsync);
        api.MapDescriptors();
        api.MapDefinitionLists();
        api.MapDefinitionEdits();
        api.MapDefinitionBulk();
        api.MapDefinitionFiles();
        api.MapDefinitionGraph();
        api.MapDefinitionExecution();
        api.MapDefinitionReloads();
        api.MapLabels();
        api.MapActivityTestRuns();
        api.MapTypeDefinitions();
        api.MapInstances();
        api.MapVariableEdits();
        api.MapJournal();
        api.MapActivityExecutions();
        api.MapInstanceBulk();
        api.MapInstanceFiles();
        api.MapAlterations();
        api.MapDeadLetterQueue();
        api.MapSimulatedResponses();
        api.MapRuntimeAdmin();
        api.MapAbsentFeatures();
        api.MapStimuli();
        api.MapResumeLinks();
        api.MapSecrets();
        api.MapResilience();
        api.MapIdentityRoutes();
        app.MapHub<WorkflowInstanceHub>(HubPath, LiveTransports).RequirePermission("read:workflow-instances").NotAudited("It only reads.");
        return app;
    }

    /// <summary>
    /// Sockets, and polling where a proxy forwards none. Streams of server-sent events are left out: a proxy that collects answers before
    /// it passes them on holds these back for ever. A poll ends before the minute after which proxies give up.
    /// </summary>
    private static void LiveTransports(HttpConnectionDispatcherOptions options)
    {
        options.Transports = HttpTransportType.WebSockets | HttpTransportType.LongPolling;
        options.LongPolling.PollTimeout = TimeSpan.FromSeconds(30);
    }
}
