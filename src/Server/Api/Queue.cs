using Platform.Runtime;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>What is queued, and why it waits.</summary>
internal static class Queue
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Maps <c>/api/queue</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapQueue(this IEndpointRouteBuilder api)
    {
        var queue = api.MapGroup("/queue").WithTags("Queue");
        queue.MapGet("", CountAsync).RequirePermission("read:queue", "manage:queue")
            .WithSummary("Tells how much work is queued, by kind and workflow.")
            .Produces<QueueModel>();
        queue.MapGet("/items", ListAsync).RequirePermission("read:queue", "manage:queue")
            .WithSummary("Lists queued work in the order in which it is done.")
            .Produces<QueueItemList>()
            .Takes("kind", "Only this kind of work: start, stimulus ...")
            .Takes("instanceId", "Only work of this instance.")
            .Takes("due", "now for what is due, later for what waits for its time; both when it is left out.");
        queue.MapDelete("/items/{id}", WithdrawAsync).RequirePermission("manage:queue").Audited("queue.withdraw", "work", "id")
            .WithSummary("Takes back a queued start that has not begun.")
            .Produces(StatusCodes.Status204NoContent)
            .Takes("id", "Id of the queued item.")
            .Refuses(StatusCodes.Status404NotFound, "WF4629")
            .Refuses(StatusCodes.Status409Conflict, "WF4630", "WF4631");
    }

    private static async Task<IResult> CountAsync(QueueItems items, Intake intake, RuntimeOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var depths = await items.CountAsync(cancellationToken);
        return ApiJson.Reply(new QueueModel(
            depths.Sum(depth => depth.Due + depth.Delayed + depth.Held + depth.Paused),
            options.QueueMax,
            intake.EnteredCount,
            options.BurstsMax,
            depths.Count == 0 ? null : now - depths.Min(depth => depth.OldestAt),
            [
                .. depths.Select(depth => new QueueDepthModel(
                    depth.Kind, depth.DefinitionId, depth.Due, depth.Delayed, depth.Held, depth.Paused, now - depth.OldestAt)),
            ]));
    }

    private static async Task<IResult> ListAsync(
        QueueItems items, TimeProvider clock, CancellationToken cancellationToken,
        string? definitionId = null, string? kind = null, string? instanceId = null, string? due = null, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        if (due is not (null or "now" or "later"))
            return Problem.Unreadable with { Detail = "Write due=now for what is due, due=later for what waits for its time, or leave it out for both." };
        var now = clock.GetUtcNow();
        var filter = new WorkFilter
        {
            DefinitionId = definitionId,
            Kinds = kind is null ? null : [kind],
            InstanceId = instanceId,
            DueUntil = due == "now" ? now : null,
            DueAfter = due == "later" ? now : null,
            Skip = skip,
            Take = take,
        };
        var page = await items.ListAsync(filter, cancellationToken);
        return ApiJson.Reply(new QueueItemList([.. page.Items.Select(ToAnswer)], page.TotalCount));
    }

    private static async Task<IResult> WithdrawAsync(string id, QueueItems items, CancellationToken cancellationToken) =>
        await items.WithdrawAsync(id, cancellationToken) switch
        {
            WithdrawResult.Withdrawn => Results.NoContent(),
            WithdrawResult.NotFound => new Problem(
                StatusCodes.Status404NotFound, "WF4629", "There is no such item", $"There is no queued item '{id}'. It was done or taken back; the instance tells, if there is one."),
            WithdrawResult.Running => new Problem(
                StatusCodes.Status409Conflict, "WF4630", "The item runs already", $"A worker has begun with the item '{id}'. Cancel the instance instead."),
            WithdrawResult.NotAStart => new Problem(
                StatusCodes.Status409Conflict, "WF4631", "The item cannot be taken back", $"The item '{id}' is not a start: running instances rely on it. Cancel the instance that it concerns."),
            WithdrawResult.Child => new Problem(
                StatusCodes.Status409Conflict, "WF4631", "The item cannot be taken back", $"The item '{id}' starts a child, for which its parent may wait. Cancel the parent."),
        };

    private static QueueItemModel ToAnswer(QueueItem item) => new(
        item.Work.Id, item.Work.Kind, item.State, item.Work.DefinitionId, item.Work.InstanceId, item.Work.ConcurrencyKey,
        item.Work.Priority, item.Work.CreatedAt, item.Work.DueAt, item.Work.Attempts);
}

/// <summary>How much is queued.</summary>
/// <param name="Total">All queued work.</param>
/// <param name="QueueMax">The most that is taken from outside.</param>
/// <param name="RequestsInProgress">Requests from outside that run workflows now.</param>
/// <param name="BurstsMax">The most of these.</param>
/// <param name="OldestAge">How long the oldest has been queued; null when nothing is.</param>
/// <param name="Items">By kind and definition.</param>
internal sealed record QueueModel(long Total, int QueueMax, int RequestsInProgress, int BurstsMax, TimeSpan? OldestAge, IReadOnlyList<QueueDepthModel> Items);

/// <summary>How much of a kind, and for starts of a definition, is queued.</summary>
/// <param name="Kind">Kind of work.</param>
/// <param name="DefinitionId">For starts the workflow.</param>
/// <param name="Due">What waits for a worker, or has one.</param>
/// <param name="Delayed">What waits for its time.</param>
/// <param name="Held">What a limit holds.</param>
/// <param name="Paused">What a pause holds.</param>
/// <param name="OldestAge">How long the oldest has been queued.</param>
internal sealed record QueueDepthModel(string Kind, string? DefinitionId, long Due, long Delayed, long Held, long Paused, TimeSpan OldestAge);

/// <summary>One page of the queue, in the order in which it is done.</summary>
/// <param name="Items">The items.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record QueueItemList(IReadOnlyList<QueueItemModel> Items, long TotalCount);

/// <summary>A queued item.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Kind of work.</param>
/// <param name="State">What it waits for.</param>
/// <param name="DefinitionId">For starts the workflow.</param>
/// <param name="InstanceId">The instance that it concerns, or that it will be.</param>
/// <param name="ConcurrencyKey">For starts the concurrency key.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="QueuedAt">When it was queued, UTC.</param>
/// <param name="DueAt">Not before this moment, UTC.</param>
/// <param name="Attempts">How often it failed.</param>
internal sealed record QueueItemModel(
    string Id,
    string Kind,
    QueueState State,
    string? DefinitionId,
    string? InstanceId,
    string? ConcurrencyKey,
    int Priority,
    DateTimeOffset QueuedAt,
    DateTimeOffset DueAt,
    int Attempts);
