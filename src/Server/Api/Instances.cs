using Platform.Runtime.Activities;
using Platform.Runtime.Explanations;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>What can be asked of one instance beyond Elsa's API.</summary>
internal static class Instances
{
    /// <summary>Maps <c>/api/instances</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapInstances(this IEndpointRouteBuilder api)
    {
        var instances = api.MapGroup("/instances/{id}").WithTags("Instances");
        instances.MapGet("/progress", FindProgressAsync).RequirePermission("read:workflow-instances")
            .WithSummary("How far an instance says that it is, as *Report Progress* told it.")
            .Produces<InstanceProgress>()
            .Takes("id", "Id of the instance.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504", "WF4811");
        instances.MapGet("/explain", ExplainAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Says in sentences what an instance is doing, what it waits for and what went wrong.")
            .Produces<InstanceExplanation>()
            .Takes("id", "Id of the instance.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
    }

    private static async Task<IResult> ExplainAsync(string id, InstanceExplainer explainer, CancellationToken cancellationToken) =>
        await explainer.ExplainAsync(id, cancellationToken) is { } explanation
            ? ApiJson.Reply(explanation)
            : Problem.NotFound with { Detail = $"There is no workflow instance '{id}'. It was deleted, or was never started; no start of it is queued." };

    private static async Task<IResult> FindProgressAsync(string id, InstanceExplainer explainer, CancellationToken cancellationToken)
    {
        if (await explainer.ExplainAsync(id, cancellationToken) is not { } explanation)
            return Problem.NotFound with { Detail = $"There is no workflow instance '{id}'." };
        return explanation.Progress is { } progress
            ? ApiJson.Reply(progress)
            : new Problem(StatusCodes.Status404NotFound, "WF4811", "No progress was reported", $"The instance '{id}' has not reported its progress. The activity 'Report Progress' does.");
    }
}
