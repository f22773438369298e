using Platform.Server.Compatibility;
using Platform.Server.OpenApi;

namespace Platform.Server.Api;

/// <summary>The server's own REST API: what Elsa's does not have. Strict about what it reads, and every refusal is a problem with a code.</summary>
internal static class PlatformApi
{
    /// <summary>Where the API is.</summary>
    public const string Prefix = "/api";

    /// <summary>Maps every route of the API, one line per resource.</summary>
    /// <param name="app">Where to.</param>
    public static void MapPlatformApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Prefix);
        api.MapOpenApi();
        api.MapRunSearch();
        api.MapInstances();
        api.MapInstanceLinks();
        api.MapRunLogs();
        api.MapWorkflows();
        api.MapTestInputs();
        api.MapWorkflowTags();
        api.MapDefinitionSyncs();
        api.MapRuns();
        api.MapQueue();
        api.MapLimits();
        api.MapPauses();
        api.MapReruns();
        api.MapBulk();
        api.MapDeadLetters();
        api.MapSchedules();
        api.MapScheduleCalendar();
        api.MapEvents();
        api.MapStorage();
        api.MapRetention();
        api.MapAudit();
        api.MapServices();
        api.MapProcesses();
        api.MapPolicies();
        api.MapBreakers();
        api.MapOperations();
        api.MapDiscovery();
        api.MapMonitor();
        api.MapMetricSeries();
        api.MapAlerts();
        api.MapAlertRules();
        api.MapRemedies();
        api.MapEmergencyStop();
        api.MapAutomation();
        api.MapOrchestrator();
        api.MapPipelines();
        api.MapUserAccounts();
        api.MapRoles();
        api.MapKeys();
        api.MapSettings();
        api.MapNews();
    }
}
