using System.Buffers;
using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Server.Security;

/// <summary>
/// Makes and checks the JSON web tokens of <c>identity/login</c>, in the form that Elsa's clients know. One algorithm, HMAC with SHA-256:
/// a token that names another, <c>none</c> included, is refused before anything of it is read.
/// </summary>
/// <param name="key">The server's secret.</param>
/// <param name="options">How long tokens last.</param>
/// <param name="clock">Time.</param>
internal sealed class AccessTokens(ServerKey key, SecurityOptions options, TimeProvider clock)
{
    /// <summary>The use of a token that goes with requests.</summary>
    public const string Access = "access";

    /// <summary>The use of a token that only gets a new pair.</summary>
    public const string Refresh = "refresh";

    /// <summary>Elsa's default for issuer and audience.</summary>
    private const string Issuer = "http://elsa.api";
    private const string UseClaim = "token_use";
    private const int TokenLengthMax = 8_192;
    private const int HashBytes = 32;
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private readonly byte[] _signingKey = key.Derive("access tokens");

    /// <summary>A token for a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="use"><see cref="Access"/> or <see cref="Refresh"/>.</param>
    public string Issue(User user, string use)
    {
        var now = clock.GetUtcNow();
        var lifetime = use == Refresh ? options.AccessTokenTimeout * 2 : options.AccessTokenTimeout;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("sub", user.Id);
            json.WriteString("name", user.Document.Name);
            WriteArray(json, "role", user.Document.Roles);
            WriteArray(json, Permissions.ClaimType, user.Permissions);
            json.WriteString(UseClaim, use);
            json.WriteString(Users.StampClaim, user.Document.Stamp);
            json.WriteString("iss", Issuer);
            json.WriteString("aud", Issuer);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("nbf", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        var content = Header + "." + Base64Url.EncodeToString(buffer.WrittenSpan);
        return content + "." + Base64Url.EncodeToString(Sign(content));
    }

    /// <summary>What a token says, or null when it is not a valid one of ours for this use.</summary>
    /// <param name="token">The token.</param>
    /// <param name="use"><see cref="Access"/> or <see cref="Refresh"/>.</param>
    public ClaimsPrincipal? Validate(string token, string use)
    {
        if (token.Length > TokenLengthMax || token.Split('.') is not [var header, var payload, var signature])
            return null;
        // Our own header, letter by letter: no other algorithm, no key from the token, nothing to interpret.
        if (header != Header || !IsSigned($"{header}.{payload}", signature))
            return null;
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = json.RootElement;
        var isValid = claims.GetProperty("iss").ValueEquals(Issuer)
            && claims.GetProperty("aud").ValueEquals(Issuer)
            && claims.GetProperty(UseClaim).ValueEquals(use)
            && claims.GetProperty("nbf").GetInt64() <= now
            && now < claims.GetProperty("exp").GetInt64();
        return isValid ? new ClaimsPrincipal(new ClaimsIdentity([Copy(claims, "sub"), Copy(claims, Users.StampClaim), new(OpenConnections.EndClaim, claims.GetProperty("exp").GetRawText())])) : null;
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private bool IsSigned(string content, string signature)
    {
        Span<byte> given = stackalloc byte[HashBytes];
        return signature.Length == Base64Url.GetEncodedLength(HashBytes)
            && Base64Url.TryDecodeFromChars(signature, given, out var length)
            && length == HashBytes
            && CryptographicOperations.FixedTimeEquals(given, Sign(content));
    }

    private byte[] Sign(string content) => HMACSHA256.HashData(_signingKey, Encoding.ASCII.GetBytes(content));

    private static Claim Copy(JsonElement claims, string name) => new(name, claims.GetProperty(name).GetString()!);
}
