using System.Collections.Concurrent;
using System.Text.Json;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>When a key was last used. Stored as kind <c>apiKeyUse</c> beside the key, so that it cannot overwrite a change of the key.</summary>
/// <param name="At">When, UTC.</param>
internal sealed record ApiKeyUseDocument(DateTimeOffset At);

/// <summary>Remembers when keys were used, to ten minutes: the first use in that time is written, all others cost a look into memory.</summary>
/// <param name="store">Where it is kept.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class ApiKeyUses(IWorkflowStore store, TimeProvider clock, ILogger<ApiKeyUses> logger)
{
    /// <summary>Kind of the stored uses.</summary>
    public const string Kind = "apiKeyUse";

    private static readonly TimeSpan _precision = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _written = new(StringComparer.Ordinal);

    /// <summary>A key is used.</summary>
    /// <param name="id">Id of the stored key.</param>
    public ValueTask NoteAsync(string id)
    {
        var now = clock.GetUtcNow();
        if (_written.TryGetValue(id, out var before))
            return now - before >= _precision && _written.TryUpdate(id, now, before) ? WriteAsync(id, now) : default;
        return _written.TryAdd(id, now) ? WriteAsync(id, now) : default;
    }

    /// <summary>When keys were last used, by id of the stored key; those that never were are not there.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyDictionary<string, DateTimeOffset>> ListAsync(CancellationToken cancellationToken)
    {
        var used = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var stored in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ApiKeyUseDocument) is { } use)
                used[stored.Id] = use.At;
        }

        return used;
    }

    private async ValueTask WriteAsync(string id, DateTimeOffset now)
    {
        try
        {
            var document = new StoredDocument(Kind, id, JsonSerializer.Serialize(new ApiKeyUseDocument(now), SecurityJson.Default.ApiKeyUseDocument));
            await store.CommitAsync(new Commit { Documents = [document] }, CancellationToken.None);
        }
        catch (StoreException exception)
        {
            // The request itself may only read, and then works while the store cannot write.
            Log.KeyUseNotWritten(logger, exception, ApiKeys.ShortIdOf(id));
        }
    }
}
