using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Elsa's calls to load definitions anew and to index their triggers. Here a definition, its plan and its triggers are never older than
/// its last commit, so there is nothing left to do; the answer tells what is fresh.
/// </summary>
internal static class DefinitionReloads
{
    private const string Reason = "It changes nothing: what it asks for holds at any time.";

    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionReloads(this IEndpointRouteBuilder api)
    {
        var actions = api.MapGroup("/actions/workflow-definitions").NotAudited(Reason);
        actions.MapPost("/refresh", RefreshAsync).RequirePermission("actions:workflow-definitions:refresh");
        actions.MapPost("/reload", () => Results.Ok()).RequirePermission("actions:workflow-definitions:reload");
    }

    private static async Task<IResult> RefreshAsync(Body<DefinitionIdsRequest> body, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        var wanted = body.Value.DefinitionIds is { Count: > 0 } ids ? ids.Where(id => !string.IsNullOrEmpty(id)).Distinct(StringComparer.Ordinal).ToList() : null;
        var page = await definitions.ListAsync(new DefinitionFilter { Versions = VersionOptions.Published, DefinitionIds = wanted }, cancellationToken);
        var fresh = page.Items.Select(version => version.DefinitionId).Distinct(StringComparer.Ordinal).ToList();
        return Wire.Json(new RefreshedReply(fresh, wanted is null ? [] : [.. wanted.Except(fresh)]));
    }
}

/// <summary>Definitions whose triggers are those of their published version.</summary>
/// <param name="Refreshed">Definition ids.</param>
/// <param name="NotFound">Ids under which nothing is published.</param>
internal sealed record RefreshedReply(IReadOnlyList<string> Refreshed, IReadOnlyList<string> NotFound);
