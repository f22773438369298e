using System.Text.Json;
using Platform.Runtime.Execution;
using Platform.Runtime.Stimuli;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Stimuli that reached nothing, those that still wait for a bookmark too, and queued work that failed too often.</summary>
internal static class DeadLetters
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Maps <c>/api/dead-letters</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapDeadLetters(this IEndpointRouteBuilder api)
    {
        var letters = api.MapGroup("/dead-letters").WithTags("Dead letters");
        letters.MapGet("", ListAsync).RequirePermission("read:dead-letters")
            .WithSummary("Lists stimuli that reached nothing, and queued work that failed too often; newest first.")
            .Produces<DeadLetterList>()
            .Takes("state", "Dead for dead letters, Waiting for stimuli whose bookmark may still come; both when it is left out.")
            .Takes("search", "Text that name, payload, ids or reason hold, in any case.");
        letters.MapPost("/{id}/replay", ReplayAsync).RequirePermission("manage:dead-letters").Audited("deadletter.replay", "deadletter", "id")
            .WithSummary("Delivers a dead letter again, as if it had just happened.")
            .Produces(StatusCodes.Status202Accepted)
            .Takes("id", "Id of the dead letter.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
        letters.MapDelete("/{id}", DeleteAsync).RequirePermission("manage:dead-letters").Audited("deadletter.delete", "deadletter", "id")
            .WithSummary("Forgets a dead letter.")
            .Produces(StatusCodes.Status204NoContent)
            .Takes("id", "Id of the dead letter.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
    }

    private static async Task<IResult> ListAsync(
        KeptStimuli kept, WorkQueue queue, CancellationToken cancellationToken, string? state = null, string? search = null, int skip = 0, int take = TakeDefault)
    {
        if (state is not (null or "Dead" or "Waiting"))
            return Problem.Unreadable with { Detail = $"The state '{state}' is not known. Write state=Dead or state=Waiting, or leave it out for both." };
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        IEnumerable<DeadLetter> letters = kept.List().Select(ToAnswer);
        if (state is not "Waiting")
            letters = (await queue.GivenUp.ListAsync(cancellationToken)).Select(ToAnswer).Concat(letters).OrderByDescending(letter => letter.CreatedAt);
        var found = letters.Where(letter => (state is null || letter.State == state) && Matches(letter, search)).ToList();
        return ApiJson.Reply(new DeadLetterList([.. found.Skip(skip).Take(take)], found.Count));
    }

    private static async Task<IResult> ReplayAsync(string id, KeptStimuli kept, WorkQueue queue, CancellationToken cancellationToken) =>
        await kept.ReplayAsync(id, cancellationToken) || await queue.GivenUp.ReplayAsync(id, cancellationToken) ? TypedResults.Accepted((string?)null) : Missing(id);

    private static async Task<IResult> DeleteAsync(string id, KeptStimuli kept, WorkQueue queue, CancellationToken cancellationToken) =>
        await kept.DeleteAsync(id, cancellationToken) || await queue.GivenUp.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : Missing(id);

    private static Problem Missing(string id) =>
        Problem.NotFound with { Detail = $"There is no dead letter and no kept stimulus '{id}'. It was delivered, replayed or deleted, or its time is over." };

    private static bool Matches(DeadLetter letter, string? search) => string.IsNullOrEmpty(search)
        || new[] { letter.Name, letter.Payload?.GetRawText(), letter.CorrelationId, letter.InstanceId, letter.Reason }.Any(text => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true);

    private static DeadLetter ToAnswer(KeptStimulus letter) => new(
        letter.Id, letter.IsDead ? "Dead" : "Waiting", "Stimulus", letter.Name, letter.Payload is null ? null : JsonSerializer.Deserialize(letter.Payload, ApiJson.Default.JsonElement),
        letter.CorrelationId, letter.InstanceId, letter.CreatedAt, letter.ExpiresAt, letter.Reason);

    private static DeadLetter ToAnswer(GivenUpItem item) =>
        new(item.Id, "Dead", "Work", item.Kind, null, null, item.InstanceId, item.CreatedAt, item.ExpiresAt, item.Reason);
}

/// <summary>One page of dead letters and kept stimuli, newest first.</summary>
/// <param name="Items">The letters.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetter> Items, long TotalCount);

/// <summary>A stimulus that reached nothing, or work that was given up.</summary>
/// <param name="Id">Id.</param>
/// <param name="State"><c>Waiting</c> or <c>Dead</c>.</param>
/// <param name="Kind"><c>Stimulus</c> or <c>Work</c>.</param>
/// <param name="Name">Name of the stimulus, or what the work was to do.</param>
/// <param name="Payload">What a stimulus is matched by.</param>
/// <param name="CorrelationId">Correlation id it is meant for, or null.</param>
/// <param name="InstanceId">Instance it is meant for, or null.</param>
/// <param name="CreatedAt">When it happened, UTC.</param>
/// <param name="ExpiresAt">When it becomes a dead letter; for a dead one, when it is deleted. UTC.</param>
/// <param name="Reason">Why it is a dead letter; null while it waits.</param>
internal sealed record DeadLetter(
    string Id,
    string State,
    string Kind,
    string Name,
    JsonElement? Payload,
    string? CorrelationId,
    string? InstanceId,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    string? Reason);
