using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>API keys: what programs sign in with.</summary>
internal static class Keys
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Maps <c>/api/keys</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/keys").WithTags("API keys").Takes("id", "Id of the API key, as the list shows it.");
        group.MapGet("", ListAsync).RequirePermission("read:application")
            .WithSummary("Lists the API keys, the newest first, without the keys themselves.")
            .Produces<KeyList>();
        group.MapGet("/{id}", FindAsync).RequirePermission("read:application")
            .WithSummary("Shows an API key without the key itself.")
            .Produces<KeyModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4742");
        group.MapPost("", CreateAsync).RequirePermission("create:application").Audited("apiKey.create", "apiKey")
            .WithSummary("Makes an API key and shows it, this once.")
            .Reads<KeyBody>()
            .Produces<KeyCreated>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4751")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743");
        group.MapPut("/{id}", ChangeAsync).RequirePermission("update:application").Audited("apiKey.update", "apiKey", "id")
            .WithSummary("Replaces name, permissions and end of an API key.")
            .Reads<KeyBody>()
            .Produces<KeyModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4751")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4742");
        group.MapPost("/{id}/revoke", RevokeAsync).RequirePermission("update:application").Audited("apiKey.revoke", "apiKey", "id")
            .WithSummary("Ends an API key at once; it stays in the list.")
            .Produces<KeyModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4751")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4742");
        group.MapDelete("/{id}", DeleteAsync).RequirePermission("delete:application").Audited("apiKey.delete", "apiKey", "id")
            .WithSummary("Deletes an API key, which ends it at once.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4742");
    }

    private static async Task<IResult> ListAsync(KeyChanges keys, TimeProvider clock, CancellationToken cancellationToken, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var all = await keys.ListAsync(cancellationToken);
        return ApiJson.Reply(new KeyList([.. all.Skip(skip).Take(take).Select(key => ToModel(key, clock))], all.Count));
    }

    private static async Task<IResult> FindAsync(string id, KeyChanges keys, TimeProvider clock, CancellationToken cancellationToken) =>
        await keys.FindAsync(id, cancellationToken) is { } key ? ApiJson.Reply(ToModel(key, clock)) : AccountProblems.NoKey(id);

    private static async Task<IResult> CreateAsync(HttpContext context, KeyChanges keys, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<KeyBody>(context.Request);
        var outcome = await keys.CreateAsync(context.User, body.Name, body.Permissions, body.ExpiresAt?.ToUniversalTime(), context.RequestAborted);
        return outcome.ToResult(made => ApiJson.Reply(new KeyCreated(ToModel(made.Key, clock), made.Secret), StatusCodes.Status201Created));
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext context, KeyChanges keys, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<KeyBody>(context.Request);
        var outcome = await keys.ChangeAsync(
            context.User, id, key => key with { Name = body.Name, Permissions = body.Permissions, ExpiresAt = body.ExpiresAt?.ToUniversalTime() }, context.RequestAborted);
        return outcome.ToResult(key => ApiJson.Reply(ToModel(key, clock)));
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, KeyChanges keys, TimeProvider clock) =>
        (await keys.ChangeAsync(context.User, id, key => key with { RevokedAt = key.RevokedAt ?? clock.GetUtcNow() }, context.RequestAborted))
        .ToResult(key => ApiJson.Reply(ToModel(key, clock)));

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, KeyChanges keys) =>
        (await keys.DeleteAsync(context.User, id, context.RequestAborted)).ToResult(_ => Results.NoContent());

    private static KeyModel ToModel(ApiKey key, TimeProvider clock)
    {
        var document = key.Document;
        var status = document.RevokedAt is not null ? KeyStatus.Revoked : document.ExpiresAt <= clock.GetUtcNow() ? KeyStatus.Expired : KeyStatus.Active;
        return new(
            key.ShownId, document.Name, document.Prefix, document.Permissions, status, document.OwnerId, document.CreatedBy, document.IsBootstrap,
            document.CreatedAt, document.ExpiresAt, document.RevokedAt, key.LastUsedAt);
    }
}

/// <summary>Whether a key can be used.</summary>
internal enum KeyStatus
{
    /// <summary>It can.</summary>
    Active,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Somebody ended it.</summary>
    Revoked,
}

/// <summary>A key to be made, or what it is changed to.</summary>
internal sealed record KeyBody(string Name, IReadOnlyList<string> Permissions, DateTimeOffset? ExpiresAt = null);

/// <summary>An API key without the key itself.</summary>
/// <param name="Id">The beginning of its hash, as in the audit log.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Prefix">First characters of the key.</param>
/// <param name="Permissions">What it permits; never more than its owner may do.</param>
/// <param name="Status">Whether it can be used.</param>
/// <param name="Owner">Id of the user whose key it is; null for the bootstrap key and what it made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="IsBootstrap">Whether it is the key of the first start or of the configuration.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
/// <param name="LastUsedAt">When it was last used, to ten minutes; null for never.</param>
internal sealed record KeyModel(
    string Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Permissions,
    KeyStatus Status,
    string? Owner,
    string? CreatedBy,
    bool IsBootstrap,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt);

/// <summary>A key that was made, and the key itself, which nobody can read again.</summary>
internal sealed record KeyCreated(KeyModel ApiKey, string Key)
{
    /// <summary>Nothing of it: the key must not get into a log by chance.</summary>
    public override string ToString() => nameof(KeyCreated);
}

/// <summary>A page of keys.</summary>
internal sealed record KeyList(IReadOnlyList<KeyModel> Items, int TotalCount);
