using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Operations;

/// <summary>
/// Elsa's switches of the whole runtime. This server tells its state. It pauses workflow by workflow (<c>/api/definitions/{id}/pause</c>),
/// stops all work in an emergency (<c>/api/emergency-stop</c>), and needs no draining: what it holds is stored, so that it may simply be stopped.
/// </summary>
internal static class RuntimeAdminRoutes
{
    private const string NoPause =
        "This server does not pause as a whole. Pause workflows one by one with POST /api/definitions/{definitionId}/pause; to stop all work in an emergency, POST /api/emergency-stop.";

    private const string NoDrain = "This server needs no draining: stop it, and what was under way goes on from its last commit at the next start.";

    /// <summary>Maps the routes.</summary>
    public static void MapRuntimeAdmin(this IEndpointRouteBuilder api)
    {
        var admin = api.MapGroup("/admin/workflow-runtime");
        admin.MapGet("/status", Show).RequirePermission("read:workflow-runtime");
        admin.MapPost("/resume", Show).RequirePermission("manage:workflow-runtime").NotAudited("It changes nothing: the server is never paused as a whole.");
        admin.MapPost("/pause", () => Problems.Invalid(AbsentRoutes.Code, "$", NoPause)).RequirePermission("manage:workflow-runtime").NotAudited("It is always refused.");
        admin.MapPost("/force-drain", () => Problems.Invalid(AbsentRoutes.Code, "$", NoDrain)).RequirePermission("manage:workflow-runtime").NotAudited("It is always refused.");
    }

    private static IResult Show(InstanceRunner runner, Intake intake, ServerGeneration generation) => Wire.Json(new RuntimeStatus(
        new RuntimeState("None", intake.HasRoom(1), null, null, null, null, generation.Id),
        [],
        runner.RunningInstances.Count));
}

/// <summary>Tells one start of the server from the next.</summary>
/// <param name="Id">Made at the start.</param>
internal sealed record ServerGeneration(string Id);

/// <summary>What the runtime is doing.</summary>
/// <param name="State">Whether it takes new work.</param>
/// <param name="Sources">Elsa's sources of work that can be paused one by one; there are none.</param>
/// <param name="ActiveExecutionCycleCount">Instances that are executing right now.</param>
internal sealed record RuntimeStatus(RuntimeState State, IReadOnlyList<string> Sources, int ActiveExecutionCycleCount);

/// <summary>Whether the runtime takes new work.</summary>
/// <param name="Reason">Why not; <c>None</c> when it does.</param>
/// <param name="IsAcceptingNewWork">False when as much is queued as may be, or all work is stopped.</param>
/// <param name="PausedAt">Always null.</param>
/// <param name="DrainStartedAt">Always null.</param>
/// <param name="PauseReasonText">Always null.</param>
/// <param name="PauseRequestedBy">Always null.</param>
/// <param name="GenerationId">Changes with every start of the server.</param>
internal sealed record RuntimeState(
    string Reason,
    bool IsAcceptingNewWork,
    DateTimeOffset? PausedAt,
    DateTimeOffset? DrainStartedAt,
    string? PauseReasonText,
    string? PauseRequestedBy,
    string GenerationId);
