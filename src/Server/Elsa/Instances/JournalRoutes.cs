using Platform.Engine.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>The journal of an instance.</summary>
internal static class JournalRoutes
{
    private const int TakeDefault = 100;
    private const int TakeMax = 10_000;

    /// <summary>Maps the routes.</summary>
    public static void MapJournal(this IEndpointRouteBuilder api)
    {
        var journal = api.MapGroup("/workflow-instances/{id}/journal").RequirePermission("read:workflow-instances").NotAudited("It only reads.");
        journal.MapPost("", (string id, Body<JournalRequest> body, HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken) =>
            ListAsync(id, body.Value.Filter ?? new JournalFilter(), request, store, cancellationToken));
        journal.MapGet("", (string id, HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken) =>
            ListAsync(id, new JournalFilter(), request, store, cancellationToken));
        journal.MapGet("/{activityId}", FindLastAsync);
    }

    private static async Task<IResult> ListAsync(
        string id, JournalFilter filter, HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var skip = Math.Max(request.Query.Number("skip", ref refusal) ?? 0, 0);
        var take = Math.Clamp(request.Query.Number("take", ref refusal) ?? TakeDefault, 0, TakeMax);
        if (refusal is not null)
            return refusal;
        var history = await ActivityRecords.ReadAsync(store, id, cancellationToken);
        if (history.Journal.Count == 0 && await store.FindInstanceAsync(id, cancellationToken) is null)
            return Problems.NotFound("workflow instance", id);
        var matches = Matches(history, filter).ToList();
        return Wire.Json(new JournalPage([.. matches.Skip(skip).Take(take).Select(ActivityRecords.ToJournal)], matches.Count));
    }

    private static async Task<IResult> FindLastAsync(string id, string activityId, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var history = await ActivityRecords.ReadAsync(store, id, cancellationToken);
        return history.Journal.LastOrDefault(entry => entry.Execution.ActivityId == activityId) is { } last
            ? Wire.Json(ActivityRecords.ToJournal(last))
            : Problems.NotFound("journal entry of the activity", activityId);
    }

    private static IEnumerable<JournalEntry> Matches(ExecutionHistory history, JournalFilter filter)
    {
        var (ids, nodeIds) = (SetOf(filter.ActivityIds), SetOf(filter.ActivityNodeIds));
        var (excluded, events) = (SetOf(filter.ExcludedActivityTypes), SetOf(filter.EventNames));
        return history.Journal.Where(entry =>
            (ids is null || ids.Contains(entry.Execution.ActivityId))
            && (nodeIds is null || nodeIds.Contains(entry.Execution.NodeId))
            && (excluded is null || !excluded.Contains(entry.Execution.ActivityType))
            && (events is null || events.Contains(entry.EventName)));
    }

    private static HashSet<string>? SetOf(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? new HashSet<string>(texts, StringComparer.Ordinal) : null;
}
