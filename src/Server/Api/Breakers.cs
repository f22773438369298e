using System.Globalization;
using Platform.CustomActivities.Resilience;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The circuit breakers that workflows name with the activity 'Circuit Breaker'.</summary>
internal static class Breakers
{
    private static readonly TimeSpan LongestBreak = TimeSpan.FromDays(365);

    /// <summary>Maps <c>/api/breakers</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapBreakers(this IEndpointRouteBuilder api)
    {
        var breakers = api.MapGroup("/breakers").WithTags("Services").Takes("name", "Name of the circuit breaker, in any case.");
        breakers.MapGet("", List).RequirePermission("read:services", "manage:services")
            .WithSummary("Lists the circuit breakers that workflows have used.")
            .Produces<BreakerList>();
        breakers.MapGet("/{name}", Find).RequirePermission("read:services", "manage:services")
            .WithSummary("Reads how one circuit breaker of workflows stands.")
            .Produces<BreakerModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4882");
        breakers.MapPost("/{name}/open", OpenAsync).RequirePermission("manage:services").Audited("breaker.open", "breaker", "name")
            .WithSummary("Opens a circuit breaker of workflows, for a time or until somebody closes it.")
            .Reads<BreakerBody>(isOptional: true)
            .Produces<BreakerModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4805")
            .Refuses(StatusCodes.Status404NotFound, "WF4882");
        breakers.MapPost("/{name}/close", CloseAsync).RequirePermission("manage:services").Audited("breaker.close", "breaker", "name")
            .WithSummary("Closes a circuit breaker of workflows.")
            .Produces<BreakerModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4882");
    }

    /// <summary>How long a request wants a breaker to be open; null until somebody closes it.</summary>
    /// <param name="request">The request.</param>
    internal static async Task<(TimeSpan? Duration, Problem? Problem)> ReadBreakAsync(HttpRequest request)
    {
        var body = request.ContentLength is null or 0 && !request.HasJsonContentType() ? new BreakerBody() : await ApiJson.ReadAsync<BreakerBody>(request);
        if (body.Duration is not { } text)
            return (null, null);
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time <= LongestBreak)
            return (time, null);
        return (null, new Problem(
            StatusCodes.Status400BadRequest, "WF4805", "The time of the break cannot be used",
            "'duration' is a time as hours:minutes:seconds, \"00:05:00\" for five minutes, at most 365 days. Without one the breaker stays open until somebody closes it."));
    }

    /// <summary>Who sets a breaker by hand.</summary>
    /// <param name="request">The request.</param>
    internal static string NameOf(HttpRequest request) => request.HttpContext.User.Identity?.Name is { Length: > 0 } name ? name : "somebody";

    private static IResult List(NamedBreakers breakers, int skip = 0, int take = 50)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var all = breakers.All;
        return ApiJson.Reply(new BreakerList([.. all.Skip(skip).Take(take).Select(breaker => new BreakerModel(breaker.Name, breaker.Snapshot))], all.Count));
    }

    private static IResult Find(string name, NamedBreakers breakers) =>
        breakers.Find(name) is var (known, snapshot) ? ApiJson.Reply(new BreakerModel(known, snapshot)) : Missing(name);

    private static async Task<IResult> OpenAsync(string name, HttpRequest request, NamedBreakers breakers, BreakerBook book, TimeProvider clock)
    {
        if (breakers.Find(name) is not var (known, before))
            return Missing(name);
        var (duration, problem) = await ReadBreakAsync(request);
        if (problem is not null)
            return problem;
        var now = clock.GetUtcNow();
        await book.SetAsync(known, new BreakerSnapshot(BreakerState.Open, now, before.Failures, now + duration, NameOf(request)));
        return Find(known, breakers);
    }

    private static async Task<IResult> CloseAsync(string name, HttpRequest request, NamedBreakers breakers, BreakerBook book, TimeProvider clock)
    {
        if (breakers.Find(name) is not var (known, _))
            return Missing(name);
        await book.SetAsync(known, new BreakerSnapshot(BreakerState.Closed, clock.GetUtcNow(), 0, null, NameOf(request)));
        return Find(known, breakers);
    }

    private static Problem Missing(string name) => new(
        StatusCodes.Status404NotFound, "WF4882", "There is no such circuit breaker", $"No workflow has used a circuit breaker '{name}'. GET /api/breakers lists those that were used.");
}

/// <summary>How long to open a breaker.</summary>
/// <param name="Duration">Hours:minutes:seconds; null until somebody closes it.</param>
internal sealed record BreakerBody(string? Duration = null);

/// <summary>A circuit breaker of workflows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Breaker">How it stands.</param>
internal sealed record BreakerModel(string Name, BreakerSnapshot Breaker);

/// <summary>A page of circuit breakers.</summary>
/// <param name="Items">The breakers, by name.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record BreakerList(IReadOnlyList<BreakerModel> Items, int TotalCount);
