using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Tells open pages that something changed, so that they ask again.</summary>
internal static class News
{
    private const int SecondsDefault = 60;
    private const int SecondsMax = 300;

    /// <summary>Maps <c>/api/news</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapNews(this IEndpointRouteBuilder api) =>
        api.MapGet("/news", Listen).WithTags("News").RequirePermission()
            .WithSummary("Tells as server-sent events which kinds of things changed; what changed is asked for by the routes of these things.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Takes("seconds", $"How long the stream stays open, up to {SecondsMax}. Default: {SecondsDefault}. Whoever listens opens another one, with the rights of that time.")
            .Refuses(StatusCodes.Status400BadRequest, "WF4500");

    private static IResult Listen(PageNews news, IHostApplicationLifetime lifetime, TimeProvider clock, CancellationToken cancellationToken, int seconds = SecondsDefault) =>
        seconds is < 0 or > SecondsMax
            ? Problem.Unreadable with { Detail = $"'seconds' is between 0 and {SecondsMax}." }
            : TypedResults.ServerSentEvents(ReadAsync(news, TimeSpan.FromSeconds(seconds), clock, lifetime.ApplicationStopping, cancellationToken));

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        PageNews news, TimeSpan duration, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(duration, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping, cancellationToken);
        using var listener = news.Listen();
        // The first words come at once: a browser takes the stream as open only then.
        yield return new SseItem<string>(news.LifeId, "life") { ReconnectionInterval = TimeSpan.FromMilliseconds(500) };
        while (await listener.NextAsync(ended.Token) is { } topics)
            yield return new SseItem<string>(string.Join(' ', topics), "changed");
    }
}
