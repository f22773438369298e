using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Platform.Runtime.Activities;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Server.Audit;
using Platform.Server.Http;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// Links that publish one event to one instance, for people without an account: in an e-mail, for example. Whoever holds the link may
/// use it until it expires. Opening it only asks; programs that look at links in advance publish nothing.
/// </summary>
/// <param name="key">The server's secret; links are signed with it.</param>
/// <param name="options">Knows the address that the links get.</param>
/// <param name="server">Knows where the server listens.</param>
/// <param name="clock">Time.</param>
internal sealed class EventLinks(ServerKey key, HttpOptions options, IServer server, TimeProvider clock)
{
    private const int TokenLengthMax = 4_096;
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(365);
    private readonly byte[] _signingKey = key.Derive("event links");

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
        var now = clock.GetUtcNow();
        var expiresAt = lifetimeOrExpiry switch
        {
            TimeSpan lifetime when lifetime <= LifetimeMax => now + lifetime,
            DateTimeOffset moment => moment,
            DateTime moment => new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)),
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var lifetime) && lifetime <= LifetimeMax => now + lifetime,
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
            _ => throw new ArgumentException(
                "createEventTriggerUrl needs a lifetime of at most 365 days, for example TimeSpan.FromHours(8) or '08:00:00', or the moment at which the link expires.",
                nameof(lifetimeOrExpiry)),
        };
        if (expiresAt <= now || expiresAt > now + LifetimeMax)
            throw new ArgumentException("The link of createEventTriggerUrl must expire in the future, within 365 days.", nameof(lifetimeOrExpiry));
        var content = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()}\n{instanceId}\n{eventName}")));
        return $"{Origin()}{ElsaApi.Prefix}/events/trigger?t={content}.{Base64Url.EncodeToString(Sign(content))}";
    }

    /// <summary>What a token of ours says; null for any other and for one that has expired.</summary>
    internal (string EventName, string InstanceId)? Read(string? token)
    {
        if (token is null || token.Length > TokenLengthMax || token.Split('.') is not [var content, var signature])
            return null;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Base64Url.IsValid(signature) || !Base64Url.TryDecodeFromChars(signature, given, out var length) || length != given.Length || !CryptographicOperations.FixedTimeEquals(given, Sign(content)))
            return null;
        // It is signed, so it is as we wrote it.
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(content)).Split('\n', 3) is [var expiry, var instanceId, var eventName]
            && DateTimeOffset.FromUnixTimeSeconds(long.Parse(expiry, CultureInfo.InvariantCulture)) > clock.GetUtcNow()
            ? (eventName, instanceId)
            : null;
    }

    private static IResult Ask(string? t, EventLinks links)
    {
        if (links.Read(t) is not var (eventName, _))
            return Refusal();
        return Page(
            $"""
            <h1>{WebUtility.HtmlEncode(eventName)}</h1>
            <p>A workflow waits for this. Shall it go on?</p>
            <form method="post"><button>Yes, go on</button></form>
            """);
    }

    private static async Task<IResult> PublishAsync(string? t, HttpRequest request, EventLinks links, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        if (links.Read(t) is not var (eventName, instanceId))
            return Refusal();
        if (!request.HttpContext.RequestServices.GetRequiredService<Intake>().HasRoom(1))
            return Refusals.QueueFull;
        await runtime.PublishAsync(EventStimulus.For(eventName, null) with { InstanceId = instanceId }, cancellationToken);
        return request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html") ? Page("<h1>Thank you</h1><p>The workflow goes on.</p>") : Results.Ok();
    }

    private static IResult Refusal() =>
        Problems.Status(StatusCodes.Status400BadRequest, "WF4014", "This link is not valid, or has expired. Ask whoever sent it for a new one.");

    private static IResult Page(string content) => Results.Content(
        $"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Workflow</title></head><body>{content}</body></html>""",
        "text/html; charset=utf-8");

    private byte[] Sign(string content) => HMACSHA256.HashData(_signingKey, Encoding.UTF8.GetBytes(content));

    private string Origin()
    {
        var address = options.PublicUrl ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return address.TrimEnd('/');
    }
}
