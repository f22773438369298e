using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>
/// A key by which a program signs in. Stored as kind <c>apiKey</c>; the id is the SHA-256 of the key, by which it is found. A plain hash
/// is enough because a key is random, unlike a password.
/// </summary>
/// <param name="Name">Name for people.</param>
/// <param name="Permissions">What it permits, wildcards included.</param>
internal sealed record ApiKeyDocument(string Name, IReadOnlyList<string> Permissions)
{
    /// <summary>First characters of the key, by which people tell keys apart.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>True for the one key that the start makes or takes from the configuration.</summary>
    public bool IsBootstrap { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends, UTC; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The user whose key it is, or null. It permits what this user may do as well, and ends with the user.</summary>
    public string? OwnerId { get; init; }

    /// <summary>Name of who made it, or null for the start.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it was revoked, UTC; null while it holds.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>API keys in the store.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="users">Whose they are.</param>
/// <param name="uses">Remembers when they are used.</param>
/// <param name="clock">Time.</param>
internal sealed class ApiKeys(IWorkflowStore store, Users users, ApiKeyUses uses, TimeProvider clock)
{
    /// <summary>Kind of the stored keys.</summary>
    public const string Kind = "apiKey";

    /// <summary>The claim with the user whose key it is.</summary>
    public const string OwnerClaim = "owner";

    private const string KeyPrefix = "platform_";
    private const int SecretBytes = 32;
    private const int ShownLength = 12;
    private const int KeyLengthMax = 500;

    /// <summary>A new random key. The prefix lets scanners for leaked secrets know it.</summary>
    public static string Generate() => KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The id under which a key is stored.</summary>
    /// <param name="key">The key.</param>
    public static string IdOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The id by which people and the audit log know a key: the beginning of its hash.</summary>
    /// <param name="id">Id of the stored key.</param>
    public static string ShortIdOf(string id) => "apiKey:" + id[..ShownLength];

    /// <summary>The beginning of a key, which may be shown.</summary>
    /// <param name="key">The key.</param>
    public static string ShownOf(string key) => key.StartsWith(KeyPrefix, StringComparison.Ordinal) ? key[..ShownLength] : "";

    /// <summary>The principal of requests with this key, or null when it is unknown or has ended.</summary>
    /// <param name="key">What the request carries.</param>
    /// <param name="scheme">Name of the authentication scheme.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<ClaimsPrincipal?> AuthenticateAsync(string key, string scheme, CancellationToken cancellationToken)
    {
        if (key.Length is 0 or > KeyLengthMax)
            return null;
        var id = IdOf(key);
        if (await store.FindDocumentAsync(Kind, id, cancellationToken) is not { } stored)
            return null;
        var document = JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ApiKeyDocument)!;
        if (document.RevokedAt is not null || document.ExpiresAt <= clock.GetUtcNow())
            return null;
        var permissions = document.Permissions;
        if (document.OwnerId is { } ownerId)
        {
            if (await users.FindAsync(ownerId, cancellationToken) is not { } owner)
                return null;
            // What the owner has lost since, the key has lost too.
            permissions = Permissions.Common(permissions, owner.Permissions);
        }

        await uses.NoteAsync(id);
        var identity = new ClaimsIdentity(scheme, "name", "role");
        identity.AddClaim(new Claim("sub", ShortIdOf(id)));
        identity.AddClaim(new Claim("name", document.Name));
        if (document.OwnerId is not null)
            identity.AddClaim(new Claim(OwnerClaim, document.OwnerId));
        if (document.ExpiresAt is { } end)
            identity.AddClaim(new Claim(OpenConnections.EndClaim, end.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        identity.AddClaims(permissions.Select(permission => new Claim(Permissions.ClaimType, permission)));
        return new ClaimsPrincipal(identity);
    }
}
