using Platform.Runtime;
using Platform.Runtime.Execution;
using Platform.Runtime.Stimuli;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Operations;

/// <summary>Dead letters as Elsa's clients read them. Our own <c>/api/dead-letters</c> tells the same, and what still waits.</summary>
internal static class DeadLetterRoutes
{
    private const string Kind = "dead letter";
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 1_000;

    /// <summary>Maps the routes.</summary>
    public static void MapDeadLetterQueue(this IEndpointRouteBuilder api)
    {
        var letters = api.MapGroup("/bookmark-queue/dead-letters");
        letters.MapGet("", ListAsync).RequirePermission("read:dead-letters");
        letters.MapGet("/{id}", FindAsync).RequirePermission("read:dead-letters");
        letters.MapPost("/{id}/replay", ReplayAsync).RequirePermission("manage:dead-letters").Audited("deadletter.replay", "deadletter", "id");
        letters.MapDelete("/{id}", DeleteAsync).RequirePermission("manage:dead-letters").Audited("deadletter.delete", "deadletter", "id");
    }

    private static async Task<IResult> ListAsync(HttpRequest request, KeptStimuli kept, WorkQueue queue, RuntimeOptions options, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var size = request.Query.Number("pageSize", ref refusal) ?? PageSizeDefault;
        var (skip, take) = QueryText.Paging(request.Query.Number("page", ref refusal), size, ref refusal);
        if (refusal is null && size > PageSizeMax)
            refusal = Problems.Invalid("WF4005", "pageSize", $"A page holds {PageSizeMax} rows at most.");
        if (refusal is not null)
            return refusal;
        var instanceId = request.Query.Text("workflowInstanceId");
        var all = (await ReadAsync(kept, queue, options, cancellationToken)).Where(letter => instanceId is null || letter.WorkflowInstanceId == instanceId).ToList();
        return Wire.Json(new DeadLetterPage([.. all.Skip(skip).Take(take ?? size)], all.Count));
    }

    private static async Task<IResult> FindAsync(string id, KeptStimuli kept, WorkQueue queue, RuntimeOptions options, CancellationToken cancellationToken) =>
        (await ReadAsync(kept, queue, options, cancellationToken)).FirstOrDefault(letter => letter.Id == id) is { } letter
            ? Wire.Json(letter)
            : Problems.NotFound(Kind, id);

    private static async Task<IResult> ReplayAsync(string id, KeptStimuli kept, WorkQueue queue, CancellationToken cancellationToken) =>
        IsDead(id, kept) && await kept.ReplayAsync(id, cancellationToken) || await queue.GivenUp.ReplayAsync(id, cancellationToken)
            ? Wire.Json(new ReplayReply(true, null, null))
            : Problems.NotFound(Kind, id);

    private static async Task<IResult> DeleteAsync(string id, KeptStimuli kept, WorkQueue queue, CancellationToken cancellationToken) =>
        IsDead(id, kept) && await kept.DeleteAsync(id, cancellationToken) || await queue.GivenUp.DeleteAsync(id, cancellationToken)
            ? Results.NoContent()
            : Problems.NotFound(Kind, id);

    /// <summary>What waits for its bookmark is none of Elsa's dead letters.</summary>
    private static bool IsDead(string id, KeptStimuli kept) => kept.List().Any(stimulus => stimulus.Id == id && stimulus.IsDead);

    private static async ValueTask<IEnumerable<DeadLetterItem>> ReadAsync(
        KeptStimuli kept, WorkQueue queue, RuntimeOptions options, CancellationToken cancellationToken) =>
        kept.List().Where(stimulus => stimulus.IsDead).Select(stimulus => DeadLetterItem.Of(stimulus, options.DeadLetterKeepTime))
            .Concat((await queue.GivenUp.ListAsync(cancellationToken)).Select(DeadLetterItem.Of))
            .OrderByDescending(letter => letter.DeadLetteredAt).ThenByDescending(letter => letter.Id, StringComparer.Ordinal);
}

/// <summary>A page of dead letters, newest first.</summary>
internal sealed record DeadLetterPage(IReadOnlyList<DeadLetterItem> Items, int TotalCount);

/// <summary>What became of a replay.</summary>
/// <param name="Replayed">Whether it is on its way again.</param>
/// <param name="QueueItemId">The queued item that it became; always null: it is delivered at once, or keeps its id.</param>
/// <param name="Reason">Why not; null when it is.</param>
internal sealed record ReplayReply(bool Replayed, string? QueueItemId, string? Reason);

/// <summary>A dead letter in Elsa's shape.</summary>
internal sealed record DeadLetterItem(
    string Id,
    string OriginalQueueItemId,
    string? WorkflowInstanceId,
    string? CorrelationId,
    string? BookmarkId,
    string? StimulusHash,
    string? ActivityInstanceId,
    string? ActivityTypeName,
    DateTimeOffset OriginalCreatedAt,
    DateTimeOffset DeadLetteredAt,
    string Reason)
{
    /// <summary>Whether it can be replayed: as long as it is there.</summary>
    public bool CanReplay { get; } = true;

    /// <summary>When it was replayed; always null: what is replayed is no dead letter any more.</summary>
    public DateTimeOffset? ReplayedAt { get; }

    /// <summary>A stimulus that reached nothing in its time.</summary>
    public static DeadLetterItem Of(KeptStimulus stimulus, TimeSpan keepTime) => new(
        stimulus.Id, stimulus.Id, stimulus.InstanceId, stimulus.CorrelationId, null, stimulus.Hash, stimulus.ActivityInstanceId, stimulus.Name,
        stimulus.CreatedAt, stimulus.ExpiresAt - keepTime, stimulus.Reason ?? "");

    /// <summary>Queued work that failed too often.</summary>
    public static DeadLetterItem Of(GivenUpItem item) => new(
        item.Id, item.Id, item.InstanceId, null, null, null, null, item.Kind, item.CreatedAt, item.GivenUpAt, item.Reason);
}
