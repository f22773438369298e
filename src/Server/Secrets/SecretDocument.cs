using System.Text.Json.Serialization;

namespace Platform.Server.Secrets;

/// <summary>A secret as stored: its value is encrypted, everything else may be shown.</summary>
internal sealed record SecretDocument
{
    /// <summary>Id; the same over all versions of the value.</summary>
    public required string Id { get; init; }

    /// <summary>The name by which workflows ask for it, unique in any case.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>What it is for, or null.</summary>
    public string? Description { get; init; }

    /// <summary>A word by which lists are narrowed, or null.</summary>
    public string? Scope { get; init; }

    /// <summary>The only hosts that its value may be sent to: names, or <c>*.</c> and what they end with. Empty for all.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Whether it was revoked.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>Number of the value, from 1; each rotation counts on.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>From when on it is not given out any more, UTC; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key that the value is encrypted with.</summary>
    public required string KeyId { get; init; }

    /// <summary>The encrypted value.</summary>
    public required string Cipher { get; init; }

    /// <summary>What the encrypted value is bound to.</summary>
    [JsonIgnore]
    public string Binding => $"secret|{Id}|{Name}";
}

/// <summary>The JSON of stored secrets.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SecretDocument))]
internal sealed partial class SecretJson : JsonSerializerContext;
