using System.Globalization;
using Platform.Runtime.Activities;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Server.Audit;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// Links that publish one event to one instance, for people without an account: in an e-mail, for example. Whoever holds the link may
/// use it until it expires. Opening it only asks; programs that look at links in advance publish nothing.
/// </summary>
/// <param name="key">The server's secret; links are signed with it.</param>
/// <param name="terms">Where links lead, and until when.</param>
internal sealed class EventLinks(ServerKey key, LinkTerms terms)
{
    private readonly SignedText _signed = new(key.Derive("event links"));

    /// <summary>Maps the routes behind the links. The link itself is the permission.</summary>
    /// <param name="api">The API.</param>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/events/trigger", Ask).AllowAnonymous();
        api.MapPost("/events/trigger", PublishAsync).AllowAnonymous().NotAudited("The link names nobody; the journal of the instance that it reaches tells it.");
    }

    /// <summary>A link.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="instanceId">The instance that receives it.</param>
    /// <param name="lifetimeOrExpiry">How long the link can be used, as a time span, or until when. At most 365 days.</param>
    /// <exception cref="ArgumentException">The event has no name, or the time is over or too long.</exception>
    public string Create(string? eventName, string instanceId, object? lifetimeOrExpiry)
    {
        if (string.IsNullOrWhiteSpace(eventName))
            throw new ArgumentException("createEventTriggerUrl needs the name of an event.", nameof(eventName));
        var expiresAt = terms.ExpiryOf("createEventTriggerUrl", lifetimeOrExpiry);
        return $"{terms.Origin}{ElsaApi.Prefix}/events/trigger?t={_signed.Write(string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()}\n{instanceId}\n{eventName}"))}";
    }

    /// <summary>What a token of ours says; null for any other and for one that has expired.</summary>
    internal (string EventName, string InstanceId)? Read(string? token) =>
        _signed.Read(token)?.Split('\n', 3) is [var expiry, var instanceId, var eventName]
        && DateTimeOffset.FromUnixTimeSeconds(long.Parse(expiry, CultureInfo.InvariantCulture)) > terms.Now
            ? (eventName, instanceId)
            : null;

    private static IResult Ask(string? t, EventLinks links)
    {
        if (links.Read(t) is not var (eventName, _))
            return Refusal();
        return LinkPage.Ask(eventName, "A workflow waits for this. Shall it go on?", "Yes, go on");
    }

    private static async Task<IResult> PublishAsync(string? t, HttpRequest request, EventLinks links, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        if (links.Read(t) is not var (eventName, instanceId))
            return Refusal();
        var intake = request.HttpContext.RequestServices.GetRequiredService<Intake>();
        if (!intake.HasRoom(1))
            return Refusals.OfQueue(intake);
        await runtime.PublishAsync(EventStimulus.For(eventName, null) with { InstanceId = instanceId }, cancellationToken);
        return LinkPage.IsWanted(request) ? LinkPage.Tell(StatusCodes.Status200OK, "Thank you", "The workflow goes on.") : Results.Ok();
    }

    private static IResult Refusal() =>
        Problems.Status(StatusCodes.Status400BadRequest, "WF4014", "This link is not valid, or has expired. Ask whoever sent it for a new one.");
}
