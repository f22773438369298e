using System.Globalization;
using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>How many runs of a workflow there may be at once, and how many starts in a time.</summary>
internal static class Limits
{
    /// <summary>Maps <c>/api/definitions/{definitionId}/limits</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapLimits(this IEndpointRouteBuilder api)
    {
        var limits = api.MapGroup("/definitions/{definitionId}/limits").WithTags("Queue");
        limits.MapGet("", FindAsync).RequirePermission("read:queue", "manage:queue")
            .WithSummary("Tells the limits of a workflow, and how many runs take a place now.")
            .Produces<LimitsModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4627");
        limits.MapPut("", SetAsync).RequirePermission("manage:queue").Audited("limits.set", "workflow", "definitionId")
            .WithSummary("Sets how many runs of a workflow there may be at once, and how many starts in a time.")
            .Reads<LimitsBody>()
            .Produces<LimitsModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4626")
            .Refuses(StatusCodes.Status404NotFound, "WF4628");
        limits.MapDelete("", RemoveAsync).RequirePermission("manage:queue").Audited("limits.remove", "workflow", "definitionId")
            .WithSummary("Takes the limits of a workflow away.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4627");
    }

    private static async Task<IResult> FindAsync(string definitionId, Dispatch dispatch, CancellationToken cancellationToken) =>
        dispatch.Rules.Find(definitionId)?.Limits is { } limits ? ApiJson.Reply(await ModelOfAsync(definitionId, limits, dispatch, cancellationToken)) : NotSet(definitionId);

    private static async Task<IResult> SetAsync(string definitionId, HttpRequest request, IWorkflowStore store, Dispatch dispatch, CancellationToken cancellationToken)
    {
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return Runs.Missing(definitionId);
        var body = await ApiJson.ReadAsync<LimitsBody>(request);
        try
        {
            var rate = body.Rate is null ? null : new StartRate(body.Rate.Count, ReadPer(body.Rate.Per));
            var limits = new DefinitionLimits(body.MaxConcurrent, body.MaxConcurrentPerKey, rate);
            await dispatch.Rules.SetLimitsAsync(definitionId, limits, cancellationToken);
            return ApiJson.Reply(await ModelOfAsync(definitionId, limits, dispatch, cancellationToken));
        }
        catch (FormatException exception)
        {
            return new Problem(StatusCodes.Status400BadRequest, "WF4626", "The limits cannot be used", exception.Message);
        }
    }

    private static async Task<IResult> RemoveAsync(string definitionId, Dispatch dispatch, CancellationToken cancellationToken) =>
        await dispatch.Rules.SetLimitsAsync(definitionId, null, cancellationToken) ? Results.NoContent() : NotSet(definitionId);

    private static TimeSpan ReadPer(string text) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var per)
        ? per
        : throw new FormatException("'rate.per' is not a time. Write hours:minutes:seconds, \"00:01:00\" for a minute.");

    private static Problem NotSet(string definitionId) => new(
        StatusCodes.Status404NotFound, "WF4627", "No limits are set", $"The workflow '{definitionId}' has no limits.");

    private static async ValueTask<LimitsModel> ModelOfAsync(string definitionId, DefinitionLimits limits, Dispatch dispatch, CancellationToken cancellationToken) => new(
        definitionId,
        limits.MaxConcurrent,
        limits.MaxConcurrentPerKey,
        limits.Rate is { } rate ? new RateModel(rate.Count, rate.Per.ToString("c", CultureInfo.InvariantCulture)) : null,
        await dispatch.Gate.InProgressAsync(definitionId, cancellationToken));
}

/// <summary>What a request sets; null for no limit.</summary>
/// <param name="MaxConcurrent">Most runs in progress.</param>
/// <param name="MaxConcurrentPerKey">Most runs in progress with one concurrency key.</param>
/// <param name="Rate">Most starts in a time.</param>
internal sealed record LimitsBody(int? MaxConcurrent = null, int? MaxConcurrentPerKey = null, RateModel? Rate = null);

/// <summary>Most starts in any stretch of time of this length.</summary>
/// <param name="Count">Most starts.</param>
/// <param name="Per">The time, as hours:minutes:seconds.</param>
internal sealed record RateModel(int Count, string Per);

/// <summary>What is set for a workflow.</summary>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="MaxConcurrent">Most runs in progress.</param>
/// <param name="MaxConcurrentPerKey">Most runs in progress with one concurrency key.</param>
/// <param name="Rate">Most starts in a time.</param>
/// <param name="InProgress">Runs that take a place now; null when the limits do not count runs.</param>
internal sealed record LimitsModel(string DefinitionId, int? MaxConcurrent, int? MaxConcurrentPerKey, RateModel? Rate, int? InProgress);
