using System.Globalization;
using Platform.Runtime.Dispatching;

namespace Platform.Server.Operations;

/// <summary>What callers get when a workflow may not start now, or the server takes no more: a problem, and when to come back.</summary>
internal static class Refusals
{
    /// <summary>Too many calls run workflows.</summary>
    public static readonly Refusal Busy = new(
        new Problem(
            StatusCodes.Status503ServiceUnavailable, "WF4625", "The server is busy",
            "As many requests run workflows as may at once (Runtime:BurstsMax). Send the request again later."),
        TimeSpan.FromSeconds(1));

    /// <summary>All work is stopped.</summary>
    public static readonly Refusal Stopped = new(
        new Problem(
            StatusCodes.Status503ServiceUnavailable, "WF4860", "All work is stopped",
            "Somebody stopped all work of this server in an emergency. Nothing was begun or queued. Send the request again when it is released; GET /api/emergency-stop tells who stopped it, and why."),
        TimeSpan.FromMinutes(1));

    /// <summary>Too much is queued.</summary>
    public static readonly Refusal QueueFull = new(
        new Problem(
            StatusCodes.Status429TooManyRequests, "WF4624", "The queue is full",
            "As much work is queued as may be (Runtime:QueueMax). Send the request again later; GET /api/queue tells what is queued."),
        TimeSpan.FromSeconds(10));

    /// <summary>Why a call does not run a workflow now.</summary>
    /// <param name="intake">Said no.</param>
    public static Refusal OfCall(Intake intake) => intake.IsClosed ? Stopped : Busy;

    /// <summary>Why nothing is queued now.</summary>
    /// <param name="intake">Said no.</param>
    public static Refusal OfQueue(Intake intake) => intake.IsClosed ? Stopped : QueueFull;

    /// <summary>A definition may not start now.</summary>
    /// <param name="hold">Why.</param>
    public static Refusal Of(StartHold hold) => new(
        hold.Kind switch
        {
            HoldKind.Paused => new Problem(StatusCodes.Status503ServiceUnavailable, "WF4621", "The workflow is paused", hold.Reason),
            HoldKind.Dropped => new Problem(StatusCodes.Status409Conflict, "WF4622", "The workflow is paused and takes no starts", hold.Reason),
            HoldKind.Concurrency or HoldKind.KeyConcurrency or HoldKind.Rate =>
                new Problem(StatusCodes.Status429TooManyRequests, "WF4623", "The workflow is at its limit", hold.Reason),
        },
        hold.RetryAfter);

    /// <summary>Why starts of a definition are not queued; null when they are.</summary>
    /// <param name="context">The request.</param>
    /// <param name="definitionId">The definition.</param>
    /// <param name="count">How many.</param>
    public static async ValueTask<IResult?> OfQueueingAsync(HttpContext context, string definitionId, int count)
    {
        var intake = context.RequestServices.GetRequiredService<Intake>();
        if (!intake.HasRoom(count))
            return OfQueue(intake);
        var rules = context.RequestServices.GetRequiredService<DispatchRules>();
        if (rules.RefusalOf(definitionId) is not { } hold)
            return null;
        await rules.CountDroppedAsync(definitionId);
        return Of(hold);
    }
}

/// <summary>A refusal of a request that may be sent again.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="RetryAfter">When to send it again; null when that is not worth it.</param>
internal sealed record Refusal(Problem Problem, TimeSpan? RetryAfter) : IResult
{
    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (RetryAfter is { } span)
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problem.WriteAsync(httpContext);
    }
}
