using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Server.Http;

/// <summary>
/// Signatures by Standard Webhooks: HMAC with SHA-256 over <c>id.timestamp.body</c>, written <c>v1,base64</c>. Secrets are base64, with or
/// without <c>whsec_</c> in front.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>Header with the id of the message, the same each time it is sent.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Header with the time of sending, in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>Header with the signatures, a blank between two.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";
    private const int KeyBytesMin = 16;

    /// <summary>The key of a secret; null when the text is none.</summary>
    /// <param name="secret">The value of the secret.</param>
    public static byte[]? ReadKey(string secret)
    {
        var text = secret.Trim();
        if (text.StartsWith(SecretPrefix, StringComparison.Ordinal))
            text = text[SecretPrefix.Length..];
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length >= KeyBytesMin ? key[..length] : null;
    }

    /// <summary>The signature of a message, as the header has it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="id">Id of the message.</param>
    /// <param name="timestamp">Time of sending.</param>
    /// <param name="body">The body, byte for byte.</param>
    public static string Sign(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body) => Version + Convert.ToBase64String(Compute(key, id, timestamp, body));

    /// <summary>Whether one of several signatures is right.</summary>
    /// <param name="key">The key.</param>
    /// <param name="id">Id of the message.</param>
    /// <param name="timestamp">Time of sending.</param>
    /// <param name="body">The body, byte for byte.</param>
    /// <param name="signatures">What the header says.</param>
    public static bool IsRight(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body, string signatures)
    {
        var expected = Compute(key, id, timestamp, body);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
                && length == given.Length
                && CryptographicOperations.FixedTimeEquals(given, expected))
                return true;
        }

        return false;
    }

    private static byte[] Compute(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
