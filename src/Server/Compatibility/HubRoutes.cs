using System.Text.Json.Serialization;
using Platform.CustomActivities.Services;
using Platform.Server.Api;
using Platform.Server.Monitoring.Health;

namespace Platform.Server.Compatibility;

/// <summary>The health and the pages of a hub of services: one word for those who watch it, and where people look.</summary>
internal static class HubRoutes
{
    /// <summary>Where the pages are; see src/Studio/wwwroot/pages.</summary>
    private static readonly Dictionary<string, string> _pages = new(StringComparer.Ordinal)
    {
        ["/dashboard"] = "/studio/",
        ["/dashboard/services"] = "/studio/services",
        ["/dashboard/metrics"] = "/studio/metrics",
        ["/dashboard/alerts"] = "/studio/alerts",
        ["/orchestrator/dashboard"] = "/studio/",
    };

    /// <summary>Maps <c>/health</c> and <c>/dashboard</c>.</summary>
    /// <param name="routes">Where to.</param>
    public static void MapHub(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Show).WithTags("Health").AllowAnonymous();
        foreach (var (path, page) in _pages)
            routes.MapGet(path, (HttpContext context) => Results.Redirect(context.Request.PathBase + page)).AllowAnonymous();
    }

    /// <summary>Open to all, so words and a number only.</summary>
    private static IResult Show(HttpContext context, HealthMonitor monitor, ServiceRegistry registry, CompatibilityOptions options)
    {
        context.Response.Headers.CacheControl = "no-store";
        // Before the first look nothing is known to be wrong. A service that is down makes the hub degraded and not unhealthy: it works.
        var own = MonitorRoutes.Overall([.. monitor.Views.Where(view => !view.IsService)]);
        var managed = MonitorRoutes.Overall([.. monitor.Views.Where(view => view.IsService)]);
        var status = own > SubjectStatus.Healthy ? own : managed > SubjectStatus.Healthy ? SubjectStatus.Degraded : SubjectStatus.Healthy;
        return ApiJson.Reply(
            new HubHealth(status, options.Role, registry.Services.Count),
            status == SubjectStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}

/// <summary>How a hub is.</summary>
/// <param name="Status">The worst of the parts of the platform; degraded when only a service is not healthy.</param>
/// <param name="Role">What it is.</param>
/// <param name="ManagedServices">How many services are registered.</param>
internal sealed record HubHealth(SubjectStatus Status, string Role, [property: JsonPropertyName("managed_services")] int ManagedServices);
