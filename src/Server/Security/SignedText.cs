using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Server.Security;

/// <summary>Text that goes through other hands and comes back as it was: readable, and signed with the server's own key.</summary>
/// <param name="key">The key for one use.</param>
internal sealed class SignedText(byte[] key)
{
    private const int LengthMax = 8_192;

    /// <summary>The text as it may be given away.</summary>
    /// <param name="text">The text.</param>
    public string Write(string text)
    {
        var content = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
        return content + "." + Base64Url.EncodeToString(Sign(content));
    }

    /// <summary>The text again; null for anything that <see cref="Write"/> did not make.</summary>
    /// <param name="signed">What came back.</param>
    public string? Read(string? signed)
    {
        if (signed is null || signed.Length > LengthMax || signed.Split('.') is not [var content, var signature])
            return null;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Base64Url.IsValid(signature)
            && Base64Url.TryDecodeFromChars(signature, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Sign(content))
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(content))
            : null;
    }

    private byte[] Sign(string content) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(content));
}
