using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>Makes, changes and ends API keys.</summary>
/// <param name="store">Where keys are kept.</param>
/// <param name="users">Whose they are.</param>
/// <param name="uses">When they were used.</param>
/// <param name="connections">Open connections, which end with the key.</param>
/// <param name="names">Knows the permissions that there are.</param>
/// <param name="clock">Time.</param>
internal sealed class KeyChanges(IWorkflowStore store, Users users, ApiKeyUses uses, OpenConnections connections, PermissionNames names, TimeProvider clock) : IDisposable
{
    /// <summary>Most keys.</summary>
    public const int CountMax = 1_000;

    private const int NameLengthMax = 100;
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>All keys, the newest first.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<ApiKey>();
        var used = await uses.ListAsync(cancellationToken);
        foreach (var stored in await store.ListDocumentsAsync(ApiKeys.Kind, cancellationToken))
        {
            var document = JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ApiKeyDocument)
                ?? throw new InvalidOperationException($"The stored key '{ApiKeys.ShortIdOf(stored.Id)}' is null.");
            keys.Add(new ApiKey(stored.Id, document, used.TryGetValue(stored.Id, out var at) ? at : null));
        }

        return [.. keys.OrderByDescending(key => key.Document.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal)];
    }

    /// <summary>The key, or null.</summary>
    /// <param name="shortId">The id that people know.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<ApiKey?> FindAsync(string shortId, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(key => key.ShownId == shortId);

    /// <summary>Makes a key.</summary>
    /// <param name="actor">Who does it; the key is theirs, and permits nothing that they do not have.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="permissions">What it permits.</param>
    /// <param name="expiresAt">When it ends; null for never.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The key itself, to be shown once, and what is stored of it.</returns>
    public async ValueTask<Outcome<MadeApiKey>> CreateAsync(
        ClaimsPrincipal actor, string name, IReadOnlyList<string> permissions, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var all = await ListAsync(cancellationToken);
            if (all.Count >= CountMax)
                return AccountProblems.BadKey($"There are {CountMax} API keys, the most there can be. Delete some first.");
            var key = ApiKeys.Generate();
            // Two keys that people could not tell apart; nobody will live to see it.
            while (all.Any(other => ApiKeys.ShortIdOf(other.Id) == ApiKeys.ShortIdOf(ApiKeys.IdOf(key))))
                key = ApiKeys.Generate();
            var document = new ApiKeyDocument(name, permissions)
            {
                Prefix = ApiKeys.ShownOf(key),
                CreatedAt = clock.GetUtcNow(),
                ExpiresAt = expiresAt,
                OwnerId = await OwnerOfAsync(actor, all, cancellationToken),
                CreatedBy = actor.FindFirstValue("name"),
            };
            return (await PutAsync(actor, ApiKeys.IdOf(key), null, document)).Then(stored => new MadeApiKey(key, stored));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes a key.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="shortId">The id that people know.</param>
    /// <param name="change">Changes it.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<ApiKey>> ChangeAsync(ClaimsPrincipal actor, string shortId, Func<ApiKeyDocument, ApiKeyDocument> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(shortId, cancellationToken) is { } key
                ? await PutAsync(actor, key.Id, key, change(key.Document))
                : AccountProblems.NoKey(shortId);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deletes a key.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="shortId">The id that people know.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<ApiKey>> DeleteAsync(ClaimsPrincipal actor, string shortId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (await FindAsync(shortId, cancellationToken) is not { } key)
                return AccountProblems.NoKey(shortId);
            if (Permissions.Missing(actor, key.Document.Permissions) is { Count: > 0 } missing)
                return AccountProblems.TooMuch($"The key '{key.Document.Name}'", missing);
            var commit = new Commit { DeletedDocuments = [new DocumentKey(ApiKeys.Kind, key.Id), new DocumentKey(ApiKeyUses.Kind, key.Id)] };
            AuditScope.Current?.AddTo(commit, new AuditChange(ApiKeys.Kind, ApiKeys.ShortIdOf(key.Id), key.Document.Name) { Before = Describe(key.Document) });
            await store.CommitAsync(commit, CancellationToken.None);
            connections.End(ApiKeys.ShortIdOf(key.Id));
            return key;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>What the audit log may tell: neither the key nor its whole hash.</summary>
    private static JsonObject Describe(ApiKeyDocument key) => new()
    {
        ["name"] = key.Name,
        ["permissions"] = new JsonArray([.. key.Permissions.Select(permission => JsonValue.Create(permission))]),
        ["owner"] = key.OwnerId,
        ["expiresAt"] = key.ExpiresAt,
        ["isRevoked"] = key.RevokedAt is not null,
    };

    /// <summary>A key that a key makes belongs to the same user, so that it ends with the user as well.</summary>
    private async ValueTask<string?> OwnerOfAsync(ClaimsPrincipal actor, IReadOnlyList<ApiKey> all, CancellationToken cancellationToken)
    {
        var subject = actor.FindFirstValue("sub") ?? "";
        if (all.FirstOrDefault(key => ApiKeys.ShortIdOf(key.Id) == subject) is { } maker)
            return maker.Document.OwnerId;
        return await users.ReadAsync(subject, cancellationToken) is { } user ? user.Id : null;
    }

    private async ValueTask<Outcome<ApiKey>> PutAsync(ClaimsPrincipal actor, string id, ApiKey? before, ApiKeyDocument wanted)
    {
        var document = wanted with { Name = wanted.Name.Trim(), Permissions = [.. wanted.Permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
        if (document.Name.Length is 0 or > NameLengthMax)
            return AccountProblems.BadKey($"The name of a key has 1 to {NameLengthMax} characters.");
        if (names.WhyNot(document.Permissions) is { } why)
            return AccountProblems.BadKey(why);
        if (document.ExpiresAt != before?.Document.ExpiresAt && document.ExpiresAt <= clock.GetUtcNow())
            return AccountProblems.BadKey("'expiresAt' is over already. To end a key now, revoke it.");
        if (Permissions.Missing(actor, document.Permissions.Union(before?.Document.Permissions ?? [])) is { Count: > 0 } missing)
            return AccountProblems.TooMuch($"The key '{document.Name}'", missing);
        var commit = new Commit { Documents = [new StoredDocument(ApiKeys.Kind, id, JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument))] };
        AuditScope.Current?.AddTo(commit, new AuditChange(ApiKeys.Kind, ApiKeys.ShortIdOf(id), document.Name)
        {
            Before = before is null ? null : Describe(before.Document),
            After = Describe(document),
        });
        await store.CommitAsync(commit, CancellationToken.None);
        if (before is not null)
            connections.End(ApiKeys.ShortIdOf(id));
        return new ApiKey(id, document, before?.LastUsedAt);
    }
}

/// <summary>A key with everything that is shown of it.</summary>
/// <param name="Id">Id of the stored key: its whole hash, which is not shown.</param>
/// <param name="Document">The key as stored.</param>
/// <param name="LastUsedAt">When it was last used, to ten minutes; null for never.</param>
internal sealed record ApiKey(string Id, ApiKeyDocument Document, DateTimeOffset? LastUsedAt)
{
    /// <summary>The id that people know.</summary>
    public string ShownId => ApiKeys.ShortIdOf(Id)[(ApiKeys.ShortIdOf(Id).IndexOf(':', StringComparison.Ordinal) + 1)..];
}

/// <summary>A key that was just made.</summary>
/// <param name="Secret">The key itself, which is kept nowhere.</param>
/// <param name="Key">What is stored of it.</param>
internal sealed record MadeApiKey(string Secret, ApiKey Key)
{
    /// <summary>Nothing of it: the key must not get into a log by chance.</summary>
    public override string ToString() => nameof(MadeApiKey);
}
