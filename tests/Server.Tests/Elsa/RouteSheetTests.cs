using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Server.Tests.Elsa;

/// <summary>Every address that Elsa's server has is answered here: what this server does not have too.</summary>
public sealed class RouteSheetTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    /// <summary>Elsa's addresses, below its prefix. Users, roles, applications and links that resume are tested where they are.</summary>
    private const string Sheet = """
        GET /descriptors/activities
        GET /descriptors/activities/x
        POST /descriptors/activities/x/options/y
        GET /descriptors/expression-descriptors
        GET /descriptors/storage-drivers
        GET /descriptors/variables
        GET /descriptors/workflow-activation-strategies
        GET /descriptors/incident-strategies
        GET /descriptors/log-persistence-strategies
        GET /descriptors/commit-strategies/workflows
        GET /descriptors/commit-strategies/activities
        GET /descriptors/output-converters
        GET /features/installed
        GET /features/installed/x
        POST /scripting/javascript/type-definitions/x
        GET /package/version
        GET /workflow-definitions
        GET /workflow-definitions/x
        GET /workflow-definitions/by-definition-id/x
        GET /workflow-definitions/by-id/x
        GET /workflow-definitions/many-by-id
        GET /workflow-definitions/subgraph/x
        GET /workflow-definitions/subgraph/segments/x
        GET /workflow-definitions/query/count
        GET /workflow-definitions/x/consumers
        GET /workflow-definitions/validation/is-name-unique
        POST /workflow-definitions
        DELETE /workflow-definitions/x
        DELETE /workflow-definition-versions/x
        POST /workflow-definitions/x/publish
        POST /workflow-definitions/x/retract
        POST /bulk-actions/delete/workflow-definitions/by-definition-id
        POST /bulk-actions/delete/workflow-definitions/by-id
        POST /bulk-actions/publish/workflow-definitions/by-definition-ids
        POST /bulk-actions/retract/workflow-definitions/by-definition-ids
        GET /workflow-definitions/x/export
        POST /bulk-actions/export/workflow-definitions
        POST /workflow-definitions/import
        PUT /workflow-definitions/x/import
        POST /workflow-definitions/import-files
        POST /workflow-definitions/x/update-references
        POST /workflow-definitions/x/revert/1
        POST /workflow-definitions/x/execute
        GET /workflow-definitions/x/execute
        POST /workflow-definitions/x/dispatch
        POST /workflow-definitions/x/bulk-dispatch
        GET /workflow-definitions/x/versions
        DELETE /workflow-definitions/x/version/1
        POST /actions/workflow-definitions/refresh
        POST /actions/workflow-definitions/reload
        POST /workflow-instances
        GET /workflow-instances
        GET /workflow-instances/x
        GET /workflow-instances/x/execution-state
        POST /workflow-instances/x/journal
        GET /workflow-instances/x/journal
        GET /workflow-instances/x/journal/y
        GET /workflow-instances/x/variables
        POST /workflow-instances/x/variables
        DELETE /workflow-instances/x
        POST /bulk-actions/delete/workflow-instances/by-id
        POST /bulk-actions/delete/workflow-instances
        POST /cancel/workflow-instances/x
        POST /bulk-actions/cancel/workflow-instances
        POST /bulk-actions/cancel/workflow-instances/
        GET /workflow-instances/x/export
        POST /bulk-actions/export/workflow-instances
        POST /bulk-actions/import/workflow-instances
        POST /activity-executions/report
        GET /activity-executions/list
        GET /activity-execution-summaries/list
        GET /activity-executions/by-id
        GET /activity-executions/x
        GET /activity-executions/x/call-stack
        GET /activity-executions/count
        POST /tests/activities
        GET /resilience/strategies
        GET /resilience/retries/x
        GET /simulate-response
        GET /secrets/descriptors
        POST /secrets/picker
        POST /secrets
        GET /secrets
        GET /secrets/x
        POST /secrets/x
        DELETE /secrets/x
        POST /secrets/x/rotate
        POST /secrets/x/revoke
        POST /secrets/x/test
        POST /alterations/submit
        POST /alterations/dry-run
        POST /alterations/run
        GET /alterations/x
        POST /alterations/workflows/retry
        POST /tasks/x/complete
        POST /events/x/trigger
        GET /events/trigger
        GET /bookmark-queue/dead-letters
        GET /bookmark-queue/dead-letters/x
        DELETE /bookmark-queue/dead-letters/x
        POST /bookmark-queue/dead-letters/x/replay
        GET /admin/workflow-runtime/status
        POST /admin/workflow-runtime/pause
        POST /admin/workflow-runtime/resume
        POST /admin/workflow-runtime/force-drain
        GET /labels
        POST /labels
        GET /labels/x
        POST /labels/x
        DELETE /labels/x
        GET /workflow-definitions/x/labels
        POST /workflow-definitions/x/labels
        POST /identity/login
        POST /identity/refresh-token
        POST /identity/secrets/hash
        GET /tenants
        POST /tenants
        GET /tenants/x
        POST /tenants/x
        DELETE /tenants/x
        POST /tenants/refresh
        POST /shells/reload
        POST /shells/x/reload
        GET /workflow-contexts/provider-descriptors
        GET /external-authentication/login-methods
        GET /external-authentication/connections
        POST /external-authentication/connections
        GET /external-authentication/sessions
        POST /external-authentication/logout
        GET /dashboard/summary
        GET /diagnostics/structured-logs
        GET /diagnostics/console-logs
        GET /diagnostics/opentelemetry/traces
        GET /ai/agents
        POST /ai/chat
        GET /webhooks
        POST /webhooks
        GET /environments
        """;

    [Fact]
    public async Task Every_address_of_elsa_is_answered_by_a_route()
    {
        var lost = new List<string>();
        foreach (var line in Sheet.Split('\n'))
        {
            var (method, path) = (line.Split(' ')[0], line.Split(' ')[1]);
            var answer = await server.SendAsync(new HttpMethod(method), path, method is "POST" or "PUT" ? ElsaServer.Json("{}") : null);
            if (answer.Status is 405 or >= 500 || answer.Text.Contains("WF4504", StringComparison.Ordinal))
                lost.Add($"{line}: {answer.Status} {answer.Text}");
        }

        // A failure by request is no failure of ours.
        lost.RemoveAll(line => line.StartsWith("GET /simulate-response: 503", StringComparison.Ordinal));
        lost.ShouldBeEmpty();
    }

    [Fact]
    public void No_two_routes_have_one_address()
    {
        using var started = server.CreateDefaultClient();
        var addresses = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])
                .Select(method => $"{method} {string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : part.IsParameter ? "{}" : "")))) }"))
            .Where(address => !address.StartsWith("* ", StringComparison.Ordinal));

        addresses.ShouldBeUnique("requests to them would fail: the router could not choose");
    }
}
