using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Scenarios;

/// <summary>Every route of the API has a scenario in which it succeeds, and one in which it refuses what it must refuse.</summary>
public sealed class CoverageTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    /// <summary>Routes that never succeed, each with the reason. An addition is a decision.</summary>
    private static readonly Dictionary<string, string> _neverSucceeds = new(StringComparer.Ordinal)
    {
        ["POST /elsa/api/admin/workflow-runtime/pause"] = "the server does not pause as a whole",
        ["POST /elsa/api/admin/workflow-runtime/force-drain"] = "the server needs no draining",
        ["POST /elsa/api/tenants"] = "there are no tenants",
        ["GET /elsa/api/tenants/{id}"] = "there are no tenants",
        ["POST /elsa/api/tenants/{id}"] = "there are no tenants",
        ["DELETE /elsa/api/tenants/{id}"] = "there are no tenants",
        ["POST /elsa/api/shells/{shellId}/reload"] = "there are no shells",
        ["GET /elsa/api/bookmark-queue/dead-letters/{id}"] = "it needs a dead letter, which DeadLetterQueueTests make",
        ["POST /elsa/api/bookmark-queue/dead-letters/{id}/replay"] = "it needs a dead letter, which DeadLetterQueueTests make",
        ["DELETE /elsa/api/bookmark-queue/dead-letters/{id}"] = "it needs a dead letter, which DeadLetterQueueTests make",
        ["POST /elsa/api/bulk-actions/import/workflow-instances"] = "it needs an exported instance, which InstanceTests make",
        ["GET /api/session/oidc"] = "it needs a sign-in provider, which OidcTests start",
        ["POST /elsa/api/events/trigger"] = "it needs a signed link, which EventLinkTests make",
        ["GET /elsa/api/events/trigger"] = "it needs a signed link, which EventLinkTests make",
        ["GET /api/alerts/{id}"] = "it needs an alert, which AlertApiTests make",
        ["POST /api/alerts/{id}/acknowledge"] = "it needs an alert, which AlertApiTests make",
        ["POST /api/emergency-stop"] = "it would stop what the other scenarios do; EmergencyStopTests have a server of their own",
        ["GET /elsa/api/bookmarks/resume"] = "it needs a signed link, which ResumeLinkTests make",
        ["POST /elsa/api/bookmarks/resume"] = "it needs a signed link, which ResumeLinkTests make",
    };

    /// <summary>Routes that read a body or an id, and have nothing to refuse. An addition is a decision.</summary>
    private static readonly Dictionary<string, string> _neverRefuses = new(StringComparer.Ordinal)
    {
        ["POST /elsa/api/admin/workflow-runtime/resume"] = "it tells the state",
        ["POST /elsa/api/actions/workflow-definitions/reload"] = "it reads nothing",
        ["POST /elsa/api/shells/reload"] = "it reads nothing",
        ["POST /elsa/api/tenants/refresh"] = "it reads nothing",
        ["POST /elsa/api/secrets/rotate-key"] = "it reads nothing",
        ["POST /api/emergency-stop/release"] = "what goes on already goes on",
        ["DELETE /api/session"] = "whoever is signed in may sign out",
    };

    [Fact]
    public void Every_route_has_a_scenario_in_which_it_succeeds_and_one_in_which_it_refuses()
    {
        var routes = Routes();
        var steps = Scenario.All.SelectMany(scenario => scenario.Steps).ToLookup(step => RouteOf(step, routes)?.Name);
        var gaps = new List<string>();
        foreach (var route in routes)
        {
            var own = steps[route.Name].Where(step => !step.IsNobodys || step.Succeeds).ToList();
            if (!own.Exists(step => step.Succeeds) && !_neverSucceeds.ContainsKey(route.Name) && !IsAbsent(route))
                gaps.Add($"{route.Name}: no scenario in which it succeeds");
            if (!own.Exists(step => !step.Succeeds) && CanRefuse(route) && !_neverRefuses.ContainsKey(route.Name))
                gaps.Add($"{route.Name}: no scenario in which it refuses something (an unknown id, a bad body, a wrong parameter)");
        }

        gaps.ShouldBeEmpty("Add steps to a file in tests/Server.Tests/Scenarios (Scenario.cs explains their form), or name the route above with the reason why it cannot be.");
        routes.Count.ShouldBeGreaterThan(130);
    }

    [Fact]
    public void Every_step_meets_a_route()
    {
        var routes = Routes();

        var lost = Scenario.All.SelectMany(scenario => scenario.Steps)
            .Where(step => IsApi(step.Path) && RouteOf(step, routes) is null && !step.Statuses.Exists(status => status is 404 or 405))
            .Select(step => $"{step.Place}: {step.Method} {step.Path}");

        lost.ShouldBeEmpty("no route of the server has this address");
    }

    [Fact]
    public void What_is_excused_is_there()
    {
        var names = Routes().Select(route => route.Name).ToHashSet(StringComparer.Ordinal);

        _neverSucceeds.Keys.Concat(_neverRefuses.Keys).ShouldAllBe(name => names.Contains(name));
    }

    /// <summary>What Elsa has and this server does not: one scenario tells of all of it.</summary>
    private static bool IsAbsent(ApiRoute route) => route.Name.Contains("{**rest}", StringComparison.Ordinal);

    private static bool CanRefuse(ApiRoute route) =>
        !IsAbsent(route) && (!route.Name.StartsWith("GET ", StringComparison.Ordinal) || route.Pattern.Parameters.Count > 0);

    private static bool IsApi(string path) => path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/elsa/api/", StringComparison.Ordinal);

    private List<ApiRoute> Routes()
    {
        using var started = server.CreateDefaultClient();
        return
        [
            .. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method =>
                    new ApiRoute($"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}", method, endpoint.RoutePattern)))
                .Where(route => IsApi(route.Name[(route.Method.Length + 1)..])),
        ];
    }

    private static ApiRoute? RouteOf(Step step, List<ApiRoute> routes)
    {
        var parts = step.Path.Split('?')[0].Trim('/').Split('/');
        return routes.Where(route => route.Method == step.Method && Matches(route.Pattern.PathSegments, parts))
            .OrderBy(route => Precedence(route.Pattern), StringComparer.Ordinal).FirstOrDefault();
    }

    private static bool Matches(IReadOnlyList<RoutePatternPathSegment> segments, string[] parts)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Parts is [RoutePatternParameterPart { IsCatchAll: true }])
                return true;
            if (i >= parts.Length || (segments[i].Parts is [RoutePatternLiteralPart literal] && !string.Equals(literal.Content, parts[i], StringComparison.OrdinalIgnoreCase)))
                return false;
        }

        return segments.Count == parts.Length;
    }

    /// <summary>Words before parameters before all the rest, from left to right.</summary>
    private static string Precedence(RoutePattern pattern) =>
        string.Concat(pattern.PathSegments.Select(segment => segment.Parts switch
        {
            [RoutePatternParameterPart { IsCatchAll: true }] => '3',
            [RoutePatternParameterPart] => '2',
            _ => '1',
        }));

    private sealed record ApiRoute(string Name, string Method, RoutePattern Pattern);
}
