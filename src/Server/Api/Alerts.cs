using Platform.Runtime;
using Platform.Server.Audit;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Notifications;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Alerts, who is told of them, and silences.</summary>
internal static class Alerts
{
    private const int NoteLengthMax = 1_000;

    /// <summary>Maps <c>/api/alerts</c>, <c>/api/alert-channels</c> and <c>/api/silences</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts").Takes("id", "Id of the alert.");
        alerts.MapGet("", List).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists alerts, those that were opened last in front.")
            .Takes("state", "Only in this state: open, acknowledged or resolved.")
            .Takes("severity", "Only of this severity: info, warning or critical.")
            .Takes("rule", "Only of this rule.")
            .Takes("subject", "Only of this subject.")
            .Produces<AlertList>();
        alerts.MapGet("/{id}", Find).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Reads one alert, and who was told of it.")
            .Produces<Alert>()
            .Refuses(StatusCodes.Status404NotFound, "WF4842");
        alerts.MapPost("/{id}/acknowledge", AcknowledgeAsync).RequirePermission("manage:monitor").Audited("alert.acknowledge", "alert", "id")
            .WithSummary("Says that somebody looks after an alert.")
            .Reads<AcknowledgeBody>(isOptional: true)
            .Produces<Alert>()
            .Refuses(StatusCodes.Status404NotFound, "WF4842")
            .Refuses(StatusCodes.Status409Conflict, "WF4843");
        var channels = api.MapGroup("/alert-channels").WithTags("Alerts").Takes("name", "Name of the channel, in any case.");
        channels.MapGet("", ListChannels).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists the channels that are told of alerts. Their addresses are never shown.")
            .Produces<AlertChannelList>();
        channels.MapPost("/{name}/test", TestAsync).RequirePermission("manage:monitor").Audited("alert-channel.test", "alert-channel", "name")
            .WithSummary("Sends a test notice by a channel.")
            .Produces<AlertChannelTest>()
            .Refuses(StatusCodes.Status404NotFound, "WF4847");
        var silences = api.MapGroup("/silences").WithTags("Alerts").Takes("id", "Id of the silence.");
        silences.MapGet("", ListSilences).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists the silences that are not over, the one that ends first in front.")
            .Produces<SilenceList>();
        silences.MapPost("", SilenceAsync).RequirePermission("manage:monitor").Audited("silence.create", "silence")
            .WithSummary("Keeps alerts of a rule or a subject from being told and from starting remedies, for a while.")
            .Reads<SilenceBody>()
            .Produces<Silence>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4848");
        silences.MapDelete("/{id}", EndSilenceAsync).RequirePermission("manage:monitor").Audited("silence.delete", "silence", "id")
            .WithSummary("Ends a silence.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4849");
    }

    /// <summary>Who sends a request, for what is kept of it.</summary>
    /// <param name="request">The request.</param>
    internal static string NameOf(HttpRequest request) => request.HttpContext.User.Identity?.Name is { Length: > 0 } name ? name : "somebody";

    private static Problem Missing(string id) => new(StatusCodes.Status404NotFound, "WF4842", "There is no such alert", $"There is no alert '{id}'. Resolved alerts are forgotten after Alerts:KeepFor.");

    private static IResult List(AlertBook book, int skip = 0, int take = 50, string? state = null, string? severity = null, string? rule = null, string? subject = null)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var alerts = book.All
            .Where(alert => Is(state, alert.State.ToString()) && Is(severity, alert.Severity.ToString()) && Is(rule, alert.Rule) && Is(subject, alert.Subject))
            .ToList();
        return ApiJson.Reply(new AlertList([.. alerts.Skip(skip).Take(take)], alerts.Count));

        static bool Is(string? wanted, string value) => string.IsNullOrEmpty(wanted) || wanted.Equals(value, StringComparison.OrdinalIgnoreCase);
    }

    private static IResult Find(string id, AlertBook book) => book.Find(id) is { } alert ? ApiJson.Reply(alert) : Missing(id);

    private static async Task<IResult> AcknowledgeAsync(string id, HttpRequest request, AlertBook book)
    {
        var body = request.ContentLength is null or 0 && !request.HasJsonContentType() ? new AcknowledgeBody() : await ApiJson.ReadAsync<AcknowledgeBody>(request);
        if (body.Note is { Length: > NoteLengthMax })
            return Problem.Unreadable with { Detail = $"'note' has at most {NoteLengthMax} characters." };
        if (await book.AcknowledgeAsync(id, NameOf(request), body.Note) is not { } alert)
            return Missing(id);
        return alert.IsActive
            ? ApiJson.Reply(alert)
            : new Problem(StatusCodes.Status409Conflict, "WF4843", "The alert is over", "The condition of the alert does not hold any more, so there is nothing to look after.");
    }

    private static IResult ListChannels(Messenger messenger)
    {
        var items = messenger.Channels.Select(channel => new AlertChannel(channel.Name, channel.Kind.ToString().ToLowerInvariant(), channel.Host)).ToList();
        return ApiJson.Reply(new AlertChannelList(items, items.Count));
    }

    private static async Task<IResult> TestAsync(string name, HttpRequest request, Messenger messenger, Ids ids)
    {
        if (messenger.Find(name) is not { } channel)
        {
            return new Problem(
                StatusCodes.Status404NotFound, "WF4847", "There is no such channel",
                $"There is no channel '{name}'. There are: {string.Join(", ", messenger.Channels.Select(known => known.Name))}. Channels are set in Alerts:Channels.");
        }

        var notice = new Notice("Test", $"{NameOf(request)} tests the channel '{channel.Name}'.", nameof(Severity.Info));
        var error = await messenger.TellAsync(channel, notice, null, ids.New(), request.HttpContext.RequestAborted);
        return ApiJson.Reply(new AlertChannelTest(channel.Name, error));
    }

    private static IResult ListSilences(AlertSettings settings, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var silences = settings.Silences;
        return ApiJson.Reply(new SilenceList([.. silences.Skip(skip).Take(take)], silences.Count));
    }

    private static async Task<IResult> SilenceAsync(HttpRequest request, AlertSettings settings, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<SilenceBody>(request);
        if (MistakeOf(body, settings, clock.GetUtcNow()) is { } mistake)
            return new Problem(StatusCodes.Status400BadRequest, "WF4848", "The silence cannot be used", mistake);
        var silence = await settings.AddAsync(body.Rule, body.Subject, body.Until.ToUniversalTime(), body.Reason, NameOf(request));
        return ApiJson.Reply(silence, StatusCodes.Status201Created);
    }

    private static string? MistakeOf(SilenceBody body, AlertSettings settings, DateTimeOffset now)
    {
        if (body is { Rule: null, Subject: null })
            return "Give 'rule', 'subject' or both. To silence everything, write \"subject\": \"*\".";
        if (body.Rule is { } rule && settings.Rules.Find(rule) is null)
            return $"There is no rule '{rule}'. GET /api/alert-rules lists them.";
        if (body.Subject is { } subject && Condition.WhyNotSubject(subject) is { } mistake)
            return mistake;
        if (body.Until <= now)
            return "'until' is in the past.";
        if (body.Reason is { Length: > NoteLengthMax })
            return $"'reason' has at most {NoteLengthMax} characters.";
        return settings.Silences.Count >= AlertSettings.SilencesMax ? $"There are {AlertSettings.SilencesMax} silences, which is the most." : null;
    }

    private static async Task<IResult> EndSilenceAsync(string id, AlertSettings settings) => await settings.RemoveAsync(id)
        ? Results.NoContent()
        : new Problem(StatusCodes.Status404NotFound, "WF4849", "There is no such silence", $"There is no silence '{id}'. Those that are over vanish.");
}

/// <summary>What somebody says of an alert.</summary>
/// <param name="Note">What they do about it, or null.</param>
internal sealed record AcknowledgeBody(string? Note = null);

/// <summary>What to silence.</summary>
/// <param name="Until">Until when.</param>
/// <param name="Rule">Only alerts of this rule.</param>
/// <param name="Subject">Only alerts of this subject, or *, or service:*.</param>
/// <param name="Reason">Why.</param>
internal sealed record SilenceBody(DateTimeOffset Until, string? Rule = null, string? Subject = null, string? Reason = null);

/// <summary>Alerts.</summary>
/// <param name="Items">One page of them.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record AlertList(IReadOnlyList<Alert> Items, int TotalCount);

/// <summary>A channel that is told of alerts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>console</c>, <c>webhook</c>, <c>slack</c> or <c>email</c>.</param>
/// <param name="Host">The host of its address, or null.</param>
internal sealed record AlertChannel(string Name, string Kind, string? Host);

/// <summary>The channels.</summary>
/// <param name="Items">The channels.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record AlertChannelList(IReadOnlyList<AlertChannel> Items, int TotalCount);

/// <summary>What came of a test.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Error">Why it could not be told; null when it was.</param>
internal sealed record AlertChannelTest(string Channel, string? Error);

/// <summary>Silences.</summary>
/// <param name="Items">One page of them.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record SilenceList(IReadOnlyList<Silence> Items, int TotalCount);
