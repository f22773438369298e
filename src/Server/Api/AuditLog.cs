using System.Globalization;
using System.Text.Json;
using Platform.Runtime.Store;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The audit log, to read. Nothing here, or anywhere in the API, changes or deletes an entry.</summary>
internal static class AuditLog
{
    private const int TakeMax = 1_000;
    private const int TakeDefault = 50;

    /// <summary>Maps <c>/api/audit</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("", ListAsync).RequirePermission("read:audit");
        audit.MapGet("/{id}", FindAsync).RequirePermission("read:audit");
    }

    private static async Task<IResult> ListAsync([AsParameters] AuditQuery query, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var take = query.Take ?? TakeDefault;
        if (take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'take' is between 1 and {TakeMax}." };
        if (query.Outcome is not (null or AuditEntry.Ok or AuditEntry.Denied or AuditEntry.Failed))
            return Problem.Unreadable with { Detail = $"The outcome '{query.Outcome}' is not known. Write Ok, Denied or Failed, or leave it out for all." };
        if (!TryReadMoment(query.From, out var from) || !TryReadMoment(query.To, out var to))
            return Problem.Unreadable with { Detail = "'from' and 'to' are moments, for example 2026-01-31T08:00:00Z; UTC when no offset is given." };
        if (query.Before is { } before && await store.FindAuditAsync(before, cancellationToken) is null)
            return Missing(before);
        var found = await store.ListAuditAsync(
            new AuditFilter
            {
                Actor = query.Who,
                Action = query.Action,
                TargetKind = query.TargetKind,
                TargetId = query.TargetId,
                Outcome = query.Outcome,
                From = from,
                To = to,
                Search = query.Search,
                BeforeId = query.Before,
                Take = take + 1,
            },
            cancellationToken);
        var page = found.Take(take).Select(ToAnswer).ToList();
        return ApiJson.Reply(new AuditList(page, found.Count > take ? page[^1].Id : null));
    }

    private static async Task<IResult> FindAsync(string id, IWorkflowStore store, CancellationToken cancellationToken) =>
        await store.FindAuditAsync(id, cancellationToken) is { } entry ? ApiJson.Reply(ToAnswer(entry)) : Missing(id);

    private static bool TryReadMoment(string? text, out DateTimeOffset? moment)
    {
        moment = null;
        if (text is null)
            return true;
        var isRead = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read);
        moment = read;
        return isRead;
    }

    private static Problem Missing(string id) => new(
        StatusCodes.Status404NotFound, "WF4700", "There is no such audit entry",
        $"There is no audit entry '{id}'. Entries are kept for the time that Retention:Audit sets, at most as many as Retention:AuditMax says.");

    private static AuditModel ToAnswer(AuditEntry entry) => new(
        entry.Id,
        entry.At,
        new AuditActor(entry.ActorKind, entry.ActorId, entry.ActorName, entry.Address),
        entry.Action,
        entry.TargetKind is null ? null : new AuditTarget(entry.TargetKind, entry.TargetId, entry.TargetName),
        Read(entry.Before),
        Read(entry.After),
        entry.Outcome,
        entry.Code,
        entry.TraceId);

    private static JsonElement? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, ApiJson.Default.JsonElement);
}

/// <summary>Which entries are asked for; members that are left out do not narrow.</summary>
internal sealed record AuditQuery
{
    /// <summary>Id or name of who did it, in any case.</summary>
    public string? Who { get; init; }

    /// <summary>An action, for example <c>workflow.publish</c>, or all that begin alike: <c>workflow.*</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Kind of thing.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Id of the thing.</summary>
    public string? TargetId { get; init; }

    /// <summary><c>Ok</c>, <c>Denied</c> or <c>Failed</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>At this moment or later.</summary>
    public string? From { get; init; }

    /// <summary>Before this moment.</summary>
    public string? To { get; init; }

    /// <summary>Text that names, ids, address, action or changes hold, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>The page after the entry with this id.</summary>
    public string? Before { get; init; }

    /// <summary>Most entries. Default: 50.</summary>
    public int? Take { get; init; }
}

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Give it as <c>before</c> for the next page; null on the last one. New entries do not move the pages.</param>
internal sealed record AuditList(IReadOnlyList<AuditModel> Items, string? Next);

/// <summary>Who did it.</summary>
/// <param name="Kind"><c>user</c>, <c>apiKey</c>, <c>system</c> or <c>anonymous</c>.</param>
/// <param name="Id">Id of the user or key.</param>
/// <param name="Name">Name at that time.</param>
/// <param name="Address">Where the request came from.</param>
internal sealed record AuditActor(string Kind, string? Id, string? Name, string? Address);

/// <summary>What it was done to.</summary>
internal sealed record AuditTarget(string Kind, string? Id, string? Name);

/// <summary>An entry of the audit log.</summary>
internal sealed record AuditModel(
    string Id,
    DateTimeOffset At,
    AuditActor Who,
    string Action,
    AuditTarget? Target,
    JsonElement? Before,
    JsonElement? After,
    string Outcome,
    string? Code,
    string? TraceId);
