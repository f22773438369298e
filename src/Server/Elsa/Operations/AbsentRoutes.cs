using System.Text.Json.Nodes;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Operations;

/// <summary>
/// What Elsa has and this server does not: its lists are empty, nothing can be added to them, and <c>features/installed</c> does not name
/// it. So clients that ask without looking there get an answer that is true, and say why in words when they try to change something.
/// </summary>
internal static class AbsentRoutes
{
    /// <summary>Code of the refusals.</summary>
    public const string Code = "WF4720";

    private const string Nothing = "It is always refused: this server does not have the feature.";

    /// <summary>Maps the routes. A route that the server does have goes first, because it is more specific.</summary>
    public static void MapAbsentFeatures(this IEndpointRouteBuilder api)
    {
        MapTenants(api.MapGroup("/tenants").RequirePermission("read:tenants").NotAudited(Nothing));
        MapShells(api.MapGroup("/shells").RequirePermission("actions:shells:reload").NotAudited("There is nothing to reload, so it changes nothing."));
        api.MapGet("/workflow-contexts/provider-descriptors", Empty).RequirePermission();
        Map(api, "/external-authentication", "External authentication in Elsa's form");
        Map(api, "/dashboard", "Elsa's dashboard");
        Map(api, "/diagnostics", "Elsa's diagnostics");
        Map(api, "/ai", "Elsa's assistant");
        Map(api, "/webhooks", "Elsa's list of webhooks");
        Map(api, "/environments", "A list of environments");
        Map(api, "/identity/secrets", "Hashing secrets for Elsa's configuration");
    }

    private static void Map(IEndpointRouteBuilder api, string prefix, string feature)
    {
        var area = api.MapGroup(prefix).RequirePermission().NotAudited(Nothing);
        area.MapGet("/{**rest}", Empty);
        area.MapMethods("/{**rest}", ["POST", "PUT", "DELETE", "PATCH"], () => Refuse(feature));
    }

    private static void MapTenants(RouteGroupBuilder tenants)
    {
        tenants.MapGet("", Empty);
        tenants.MapPost("", () => Refuse("Tenancy"));
        tenants.MapPost("/refresh", () => Results.Ok());
        tenants.MapGet("/{id}", (string id) => Problems.NotFound("tenant", id));
        tenants.MapPost("/{id}", (string id) => Problems.NotFound("tenant", id));
        tenants.MapDelete("/{id}", (string id) => Problems.NotFound("tenant", id));
    }

    private static void MapShells(RouteGroupBuilder shells)
    {
        shells.MapPost("/reload", (TimeProvider clock) => Wire.Json(new ShellsReloaded("Completed", null, clock.GetUtcNow(), [])));
        shells.MapPost("/{shellId}/reload", (string shellId) => Problems.NotFound("shell", shellId));
    }

    private static IResult Empty() => Wire.Json(new EmptyList());

    private static IResult Refuse(string feature) => Problems.Invalid(Code, "$", $"{feature} is not part of this server, so nothing was changed.");
}

/// <summary>A list in which nothing is, in both forms that Elsa's lists have.</summary>
internal sealed record EmptyList
{
    /// <summary>The rows; none.</summary>
    public IReadOnlyList<JsonObject> Items { get; } = [];

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Number of rows on all pages.</summary>
    public int TotalCount { get; }
}

/// <summary>Elsa's answer after its shells were loaded anew.</summary>
internal sealed record ShellsReloaded(string Status, string? RequestedShellId, DateTimeOffset ReloadedAt, IReadOnlyList<string> Shells);
