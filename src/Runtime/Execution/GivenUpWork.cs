using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// Queued work that failed too often: a dead letter, which people can look at, replay or delete. It leaves the queue in the commit that
/// makes it one.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="signals">Announces what is replayed.</param>
/// <param name="options">How long and how many.</param>
/// <param name="clock">Time.</param>
public sealed class GivenUpWork(IWorkflowStore store, RuntimeSignals signals, RuntimeOptions options, TimeProvider clock)
{
    private const string Kind = "given-up-work";
    private const int ReasonLengthMax = 1_000;

    /// <summary>All that can be replayed, newest first.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<GivenUpItem>> ListAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return [.. (await store.ListDocumentsAsync(Kind, cancellationToken)).Select(Read).Where(item => item.ExpiresAt > now).OrderByDescending(item => item.GivenUpAt).ThenByDescending(item => item.Id, StringComparer.Ordinal)];
    }

    /// <summary>Queues work again, as if it were new.</summary>
    /// <param name="id">Id of the work.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>False when it is not kept (any more).</returns>
    public async ValueTask<bool> ReplayAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Kind, id, cancellationToken) is not { } document)
            return false;
        var item = Read(document);
        var work = new StoredWork(item.Id, item.Kind, item.Payload)
        {
            Key = item.Key,
            InstanceId = item.InstanceId,
            DefinitionId = item.DefinitionId,
            ConcurrencyKey = item.ConcurrencyKey,
            Priority = item.Priority,
            CreatedAt = item.CreatedAt,
            DueAt = clock.GetUtcNow(),
        };
        var commit = new Commit { DeletedDocuments = [new(Kind, id)], Work = [work] };
        AuditScope.Current?.AddTo(commit, new AuditChange("deadletter", id, item.Kind));
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome == CommitOutcome.Committed)
            signals.RaiseWorkAdded(work);
        // Its key is taken: the same was asked for meanwhile, and is queued.
        return outcome == CommitOutcome.Committed || await DeleteAsync(id, cancellationToken);
    }

    /// <summary>Forgets given-up work.</summary>
    /// <param name="id">Id of the work.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>False when it is not kept (any more).</returns>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Kind, id, cancellationToken) is null)
            return false;
        var commit = new Commit { DeletedDocuments = [new(Kind, id)] };
        AuditScope.Current?.AddTo(commit, new AuditChange("deadletter", id, null));
        await store.CommitAsync(commit, cancellationToken);
        return true;
    }

    /// <summary>Gives work up. What is too old or too much leaves in the same commit, the oldest first.</summary>
    internal async ValueTask AddAsync(StoredWork work, Exception exception)
    {
        var now = clock.GetUtcNow();
        var kept = (await store.ListDocumentsAsync(Kind, CancellationToken.None)).Select(Read).OrderByDescending(item => item.GivenUpAt).ToList();
        var gone = kept.Where((item, index) => item.ExpiresAt <= now || index >= options.DeadLettersMax - 1);
        var reason = exception.Message.Length <= ReasonLengthMax ? exception.Message : string.Concat(exception.Message.AsSpan(0, ReasonLengthMax), "…");
        var added = new GivenUpItem(work.Id, work.Kind, work.Payload, work.Key, work.InstanceId, work.Priority, work.CreatedAt, now, now + options.DeadLetterKeepTime)
        {
            DefinitionId = work.DefinitionId,
            ConcurrencyKey = work.ConcurrencyKey,
            Reason = $"It failed {work.Attempts} times, the last time with: {reason}",
        };
        await store.CommitAsync(
            new Commit
            {
                DeletedWork = [work.Id],
                DeletedDocuments = [.. gone.Select(item => new DocumentKey(Kind, item.Id))],
                Documents = [new(Kind, work.Id, JsonSerializer.Serialize(added, GivenUpJson.Default.GivenUpItem))],
            },
            CancellationToken.None);
    }

    private static GivenUpItem Read(StoredDocument document) => JsonSerializer.Deserialize(document.Json, GivenUpJson.Default.GivenUpItem)!;
}

/// <summary>Work that was given up, as stored.</summary>
/// <param name="Id">Id of the work.</param>
/// <param name="Kind">What it was to do.</param>
/// <param name="Payload">The request, in the form of queued work.</param>
/// <param name="Key">Its unique key, or null.</param>
/// <param name="InstanceId">The instance it concerns, or null.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="CreatedAt">When it was accepted, UTC.</param>
/// <param name="GivenUpAt">When it was given up, UTC.</param>
/// <param name="ExpiresAt">Until when it can be replayed, UTC.</param>
public sealed record GivenUpItem(
    string Id,
    string Kind,
    string Payload,
    string? Key,
    string? InstanceId,
    int Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset GivenUpAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>For a start: the definition; otherwise null.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>For a start: its concurrency key, or null.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }
}

/// <summary>The JSON of given-up work.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GivenUpItem))]
internal sealed partial class GivenUpJson : JsonSerializerContext;
