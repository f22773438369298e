using System.Globalization;
using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Server.Audit;
using Platform.Server.Elsa.Definitions;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Starts runs through the queue: for later, in front of others, one at a time, once.</summary>
internal static class Runs
{
    private const int PriorityMax = 100;
    private const int TextLengthMax = 255;

    /// <summary>A clock that runs wrong must not fill the queue with what never begins.</summary>
    private static readonly TimeSpan DelayMax = TimeSpan.FromDays(3660);

    /// <summary>Maps <c>/api/definitions/{definitionId}/runs</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapRuns(this IEndpointRouteBuilder api) =>
        api.MapPost("/definitions/{definitionId}/runs", StartAsync).WithTags("Queue").RequirePermission("exec:workflow-definitions").Audited("workflow.run", "workflow", "definitionId")
            .WithSummary("Queues a run of a workflow: for now or later, in front of others, once per idempotency key.")
            .Reads<RunBody>()
            .TakesHeader("Idempotency-Key", "The same key means the same request: it is done once, and its answer is given again. 1 to 255 visible ASCII characters.")
            .Produces<RunModel>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status400BadRequest, "WF4620")
            .Refuses(StatusCodes.Status404NotFound, "WF4628")
            .Refuses(StatusCodes.Status409Conflict, "WF4622")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "WF4521")
            .Refuses(StatusCodes.Status429TooManyRequests, "WF4624");

    private static async Task<IResult> StartAsync(
        string definitionId, HttpRequest request, WorkflowDefinitions definitions, KeyedStarts keyed, WorkflowRuntime runtime, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<RunBody>(request);
        if (MistakeOf(body) is { } mistake)
            return Unusable(mistake);
        if (!TryReadDue(body, clock, out var dueAt, out mistake))
            return Unusable(mistake);
        if (!TryReadKey(body, request, out var key, out mistake))
            return Unusable(mistake);
        var version = VersionOptions.TryParse(body.VersionOptions, out var given) ? given : VersionOptions.Published;
        var cancellationToken = request.HttpContext.RequestAborted;
        if (await definitions.FindAsync(definitionId, version, cancellationToken) is null)
            return Missing(definitionId, $"There is no workflow '{definitionId}' with the version {version}.");
        if (await Refusals.OfQueueingAsync(request.HttpContext, definitionId, 1) is { } refusal)
            return refusal;
        var start = new StartRequest
        {
            DefinitionId = definitionId,
            Version = version,
            CorrelationId = body.CorrelationId,
            ConcurrencyKey = body.ConcurrencyKey,
            Name = body.Name,
            Input = body.Input?.ToDictionary(member => member.Key, member => DynamicJson.FromElement(member.Value), StringComparer.Ordinal),
        };
        var terms = new QueueTerms(body.Priority, dueAt);
        var audited = new AuditedStart(definitionId);
        start = audited.Follow(start);
        if (key is null)
        {
            var work = await runtime.DispatchAsync(start, terms, cancellationToken);
            audited.End();
            return Accepted(request, new RunModel(work.InstanceId!, work.Id, work.DueAt));
        }

        var id = await keyed.DispatchAsync(start, key, terms, cancellationToken);
        audited.End();
        return id is not null
            ? Accepted(request, new RunModel(id, null, null))
            : IdempotencyKey.Reused(definitionId);
    }

    /// <summary>404 for a workflow.</summary>
    internal static Problem Missing(string definitionId, string? detail = null) => new(
        StatusCodes.Status404NotFound, "WF4628", "There is no such workflow", detail ?? $"There is no workflow definition '{definitionId}'.");

    private static IResult Accepted(HttpRequest request, RunModel run)
    {
        request.HttpContext.Response.Headers.Location = $"{request.PathBase}{PlatformApi.Prefix}/instances/{Uri.EscapeDataString(run.InstanceId)}/explain";
        return ApiJson.Reply(run, StatusCodes.Status202Accepted);
    }

    private static string? MistakeOf(RunBody body)
    {
        if (body.Priority is < -PriorityMax or > PriorityMax)
            return $"'priority' is a whole number from -{PriorityMax} to {PriorityMax}; higher goes first.";
        if (body.ConcurrencyKey is { Length: 0 or > TextLengthMax })
            return $"'concurrencyKey' has 1 to {TextLengthMax} characters.";
        if (body.CorrelationId is { Length: 0 or > TextLengthMax })
            return $"'correlationId' has 1 to {TextLengthMax} characters.";
        if (body.VersionOptions is { } options && !VersionOptions.TryParse(options, out _))
            return $"'versionOptions' cannot be '{options}'. Write Published, Latest, LatestOrPublished, Draft or a version number.";
        return null;
    }

    private static bool TryReadDue(RunBody body, TimeProvider clock, out DateTimeOffset? dueAt, out string mistake)
    {
        (dueAt, mistake) = (null, "");
        var now = clock.GetUtcNow();
        if (body is { Delay: not null, DueAt: not null })
            mistake = "Send 'delay' or 'dueAt', not both.";
        else if (body.Delay is { } text && !(TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var delay) && delay >= TimeSpan.Zero && delay <= DelayMax))
            mistake = $"'delay' is a time of at most {DelayMax.Days} days. Write days.hours:minutes:seconds, \"00:15:00\" for a quarter of an hour.";
        else if (body.DueAt is { } moment && moment - now > DelayMax)
            mistake = $"'dueAt' is at most {DelayMax.Days} days from now.";
        else if (body.Delay is { } given)
            dueAt = now + TimeSpan.ParseExact(given, "c", CultureInfo.InvariantCulture);
        else
            dueAt = body.DueAt?.ToUniversalTime();
        return mistake.Length == 0;
    }

    private static bool TryReadKey(RunBody body, HttpRequest request, out string? key, out string mistake)
    {
        mistake = "";
        key = body.IdempotencyKey;
        if (request.Headers.TryGetValue(IdempotencyKey.Header, out var values))
        {
            if (values is not [{ } header] || (key is not null && key != header))
                mistake = $"Send one idempotency key: in the header {IdempotencyKey.Header} or as 'idempotencyKey'.";
            else
                key = header;
        }

        if (key is not null && !KeyedStarts.IsKey(key))
            mistake = $"An idempotency key has 1 to {KeyedStarts.KeyLengthMax} visible ASCII characters.";
        return mistake.Length == 0;
    }

    private static Problem Unusable(string detail) => new(StatusCodes.Status400BadRequest, "WF4620", "The run cannot be queued like this", detail);
}

/// <summary>Asks for a run.</summary>
/// <param name="Input">Inputs by name.</param>
/// <param name="CorrelationId">Correlation id.</param>
/// <param name="Name">Name of the instance.</param>
/// <param name="Priority">Higher goes first, -100 to 100.</param>
/// <param name="Delay">How long it waits at least.</param>
/// <param name="DueAt">Not before this moment.</param>
/// <param name="IdempotencyKey">The same key means the same run.</param>
/// <param name="ConcurrencyKey">What it shares with others of which only so many may be in progress.</param>
/// <param name="VersionOptions">Which version; the published one when absent.</param>
internal sealed record RunBody(
    Dictionary<string, JsonElement>? Input = null,
    string? CorrelationId = null,
    string? Name = null,
    int Priority = 0,
    string? Delay = null,
    DateTimeOffset? DueAt = null,
    string? IdempotencyKey = null,
    string? ConcurrencyKey = null,
    string? VersionOptions = null);

/// <summary>A run that was accepted.</summary>
/// <param name="InstanceId">The id it has or will have.</param>
/// <param name="ItemId">The item of the queue; null with an idempotency key, which may stand for a run that has begun.</param>
/// <param name="DueAt">When it may begin, UTC; null with an idempotency key.</param>
internal sealed record RunModel(string InstanceId, string? ItemId, DateTimeOffset? DueAt);
