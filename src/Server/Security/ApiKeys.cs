using System.Buffers.Text;
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
}

/// <summary>API keys in the store.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Time.</param>
internal sealed class ApiKeys(IWorkflowStore store, TimeProvider clock)
{
    /// <summary>Kind of the stored keys.</summary>
    public const string Kind = "apiKey";

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
        if (document.ExpiresAt <= clock.GetUtcNow())
            return null;
        var identity = new ClaimsIdentity(scheme, "name", "role");
        identity.AddClaim(new Claim("sub", ShortIdOf(id)));
        identity.AddClaim(new Claim("name", document.Name));
        identity.AddClaims(document.Permissions.Select(permission => new Claim(Permissions.ClaimType, permission)));
        return new ClaimsPrincipal(identity);
    }
}
