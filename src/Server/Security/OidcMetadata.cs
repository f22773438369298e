using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Server.Security;

/// <summary>
/// What the provider says of itself, its keys above all. It is read when it is first needed and kept for an hour, also for longer when
/// the provider does not answer then; a key that is not known lets it be read at once, but not again and again.
/// </summary>
/// <param name="options">Where the provider is.</param>
/// <param name="clock">Time.</param>
internal sealed class OidcMetadata(OidcOptions options, TimeProvider clock) : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private const int BytesMax = 1_000_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = BytesMax };
    private OpenIdConnectConfiguration? _current;
    private DateTimeOffset _readAt;
    private DateTimeOffset _staleAt;

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _reading.Dispose();
    }

    /// <inheritdoc />
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        if (_current is { } known && clock.GetUtcNow() < _staleAt)
            return known;
        await _reading.WaitAsync(cancel);
        try
        {
            if (_current is not null && clock.GetUtcNow() < _staleAt)
                return _current;
            try
            {
                return await ReadAsync(cancel);
            }
            catch (OidcUnreachableException) when (_current is not null)
            {
                _staleAt = clock.GetUtcNow() + RetryAfter;
                return _current;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc />
    /// <remarks>Does nothing: an unknown key is what asks for a new description, and <see cref="TryRefreshAsync"/> waits for it.</remarks>
    public void RequestRefresh()
    {
    }

    /// <summary>Reads the description anew, because a token was signed by a key that it does not name.</summary>
    /// <returns>The description; null when it was read a moment ago.</returns>
    public async Task<OpenIdConnectConfiguration?> TryRefreshAsync()
    {
        await _reading.WaitAsync();
        try
        {
            return clock.GetUtcNow() < _readAt + RetryAfter ? null : await ReadAsync(CancellationToken.None);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync(CancellationToken cancel)
    {
        var address = options.Authority!.TrimEnd('/') + "/.well-known/openid-configuration";
        _readAt = clock.GetUtcNow();
        try
        {
            var retriever = new HttpDocumentRetriever(_client) { RequireHttps = !new Uri(address).IsLoopback };
            _current = await OpenIdConnectConfigurationRetriever.GetAsync(address, retriever, cancel);
            _staleAt = _readAt + KeptFor;
            return _current;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or TaskCanceledException or InvalidOperationException or ArgumentException or System.Text.Json.JsonException)
        {
            throw new OidcUnreachableException($"The sign-in provider does not describe itself at {address}. {exception.Message}", exception);
        }
    }
}

/// <summary>Checks tokens of the provider. After it changed its keys the first token already is checked against the new ones.</summary>
/// <param name="metadata">Knows the keys.</param>
internal sealed class OidcTokens(OidcMetadata metadata) : JsonWebTokenHandler
{
    /// <inheritdoc />
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.Exception is not SecurityTokenSignatureKeyNotFoundException || await metadata.TryRefreshAsync() is not { } renewed)
            return result;
        validationParameters.IssuerSigningKeys = renewed.SigningKeys;
        return await base.ValidateTokenAsync(token, validationParameters);
    }
}
