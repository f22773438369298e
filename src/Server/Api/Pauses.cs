using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Keeps a workflow from starting, while what runs goes on.</summary>
internal static class Pauses
{
    private const string Unnamed = "somebody";

    /// <summary>Maps <c>/api/definitions/{definitionId}/pause</c> and <c>/resume</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapPauses(this IEndpointRouteBuilder api)
    {
        var definition = api.MapGroup("/definitions/{definitionId}").WithTags("Queue");
        definition.MapGet("/pause", FindAsync).RequirePermission("read:queue", "manage:queue")
            .WithSummary("Tells whether a workflow is paused.")
            .Produces<PauseModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4628");
        definition.MapPost("/pause", PauseAsync).RequirePermission("manage:queue").Audited("workflow.pause", "workflow", "definitionId")
            .WithSummary("Keeps a workflow from starting; what runs goes on.")
            .Reads<PauseBody>(isOptional: true)
            .Produces<PauseModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4632")
            .Refuses(StatusCodes.Status404NotFound, "WF4628");
        definition.MapPost("/resume", ResumeAsync).RequirePermission("manage:queue").Audited("workflow.resume", "workflow", "definitionId")
            .WithSummary("Lets a workflow start again; what waited begins at once.")
            .Produces<PauseModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4628");
    }

    private static async Task<IResult> FindAsync(string definitionId, IWorkflowStore store, DispatchRules rules, CancellationToken cancellationToken)
    {
        var pause = rules.Find(definitionId)?.Pause;
        return pause is null && await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null
            ? Runs.Missing(definitionId)
            : ApiJson.Reply(ModelOf(definitionId, pause));
    }

    private static async Task<IResult> PauseAsync(string definitionId, HttpRequest request, IWorkflowStore store, DispatchRules rules, CancellationToken cancellationToken)
    {
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return Runs.Missing(definitionId);
        var body = request.ContentLength is null or 0 && !request.HasJsonContentType() ? new PauseBody() : await ApiJson.ReadAsync<PauseBody>(request);
        if (body.Mode is not ("queue" or "drop"))
        {
            return new Problem(
                StatusCodes.Status400BadRequest, "WF4632", "The mode of the pause is not known",
                "'mode' is \"queue\": starts wait until the workflow is resumed; or \"drop\": they are refused and counted.");
        }

        var mode = body.Mode == "drop" ? PauseMode.Drop : PauseMode.Queue;
        return ApiJson.Reply(ModelOf(definitionId, await rules.PauseAsync(definitionId, mode, NameOf(request), cancellationToken)));
    }

    private static async Task<IResult> ResumeAsync(string definitionId, HttpRequest request, IWorkflowStore store, DispatchRules rules, CancellationToken cancellationToken)
    {
        var ended = await rules.ResumeAsync(definitionId, NameOf(request), cancellationToken);
        if (ended is null && await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return Runs.Missing(definitionId);
        return ApiJson.Reply(ModelOf(definitionId, null) with { Dropped = ended?.Dropped ?? 0 });
    }

    private static string NameOf(HttpRequest request) => request.HttpContext.User.Identity?.Name is { Length: > 0 } name ? name : Unnamed;

    private static PauseModel ModelOf(string definitionId, DefinitionPause? pause) => pause is null
        ? new(definitionId, false, null, null, null, 0)
        : new(definitionId, true, pause.Mode == PauseMode.Drop ? "drop" : "queue", pause.By, pause.At, pause.Dropped);
}

/// <summary>How to pause.</summary>
/// <param name="Mode"><c>queue</c> or <c>drop</c>.</param>
internal sealed record PauseBody(string Mode = "queue");

/// <summary>Whether a workflow is paused.</summary>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="IsPaused">Whether nothing of it starts.</param>
/// <param name="Mode"><c>queue</c> or <c>drop</c>; null when it is not paused.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="PausedAt">When, UTC.</param>
/// <param name="Dropped">Starts that were dropped since; after a resume those of the pause that ended.</param>
internal sealed record PauseModel(string DefinitionId, bool IsPaused, string? Mode, string? PausedBy, DateTimeOffset? PausedAt, long Dropped);
