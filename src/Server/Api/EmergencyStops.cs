using Platform.Server.Audit;
using Platform.Server.Monitoring.Stopping;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Stops all work in an emergency, and lets it go on.</summary>
internal static class EmergencyStops
{
    private const int ReasonLengthMax = 1_000;

    /// <summary>Maps <c>/api/emergency-stop</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapEmergencyStop(this IEndpointRouteBuilder api)
    {
        var stop = api.MapGroup("/emergency-stop").WithTags("Emergency stop");
        stop.MapGet("", (EmergencyStop emergency) => Reply(emergency)).RequirePermission("read:monitor", "manage:emergency-stop")
            .WithSummary("Tells whether all work is stopped, by whom and why.")
            .Produces<EmergencyStopModel>();
        stop.MapPost("", EngageAsync).RequirePermission("manage:emergency-stop").Audited("emergency-stop.engage", "emergency-stop")
            .WithSummary("Stops all work: what runs is brought to a place where it can go on later, new work is refused with 503. Reading goes on. It survives a restart.")
            .Reads<EmergencyStopBody>(isOptional: true)
            .Produces<EmergencyStopModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4500");
        stop.MapPost("/release", ReleaseAsync).RequirePermission("manage:emergency-stop").Audited("emergency-stop.release", "emergency-stop")
            .WithSummary("Lets all work go on; what was queued, became due or was interrupted begins at once.")
            .Produces<EmergencyStopModel>();
    }

    private static async Task<IResult> EngageAsync(HttpRequest request, EmergencyStop emergency)
    {
        var body = request.ContentLength is null or 0 && !request.HasJsonContentType() ? new EmergencyStopBody() : await ApiJson.ReadAsync<EmergencyStopBody>(request);
        if (body.Reason is { Length: > ReasonLengthMax })
            return Problem.Unreadable with { Detail = $"'reason' has at most {ReasonLengthMax} characters." };
        await emergency.EngageAsync(Alerts.NameOf(request), body.Reason);
        return Reply(emergency);
    }

    private static async Task<IResult> ReleaseAsync(HttpRequest request, EmergencyStop emergency)
    {
        await emergency.ReleaseAsync(Alerts.NameOf(request));
        return Reply(emergency);
    }

    private static IResult Reply(EmergencyStop emergency)
    {
        var state = emergency.State;
        return ApiJson.Reply(new EmergencyStopModel(state is not null, emergency.Phase, state?.By, state?.At, state?.Reason, emergency.BusyCount));
    }
}

/// <summary>Why to stop.</summary>
/// <param name="Reason">The reason, for others.</param>
internal sealed record EmergencyStopBody(string? Reason = null);

/// <summary>Whether all work is stopped.</summary>
/// <param name="IsStopped">Whether somebody stopped it.</param>
/// <param name="State">What it does: running, stopping while the last of it comes to a place where it can go on later, stopped.</param>
/// <param name="By">Who stopped it, or null.</param>
/// <param name="At">When, or null.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="BusyInstances">What runs right now.</param>
internal sealed record EmergencyStopModel(bool IsStopped, StopPhase State, string? By, DateTimeOffset? At, string? Reason, int BusyInstances);
