using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Server.Security;

/// <summary>
/// Signing out at the provider, after the session here has ended: its own session ends too, and it sends the browser back. Only for
/// providers that say where, and only for people who came from there.
/// </summary>
/// <param name="options">The provider.</param>
/// <param name="metadata">What it says of itself.</param>
internal sealed class OidcSignOut(OidcOptions options, OidcMetadata metadata)
{
    /// <summary>Where the provider sends people back to.</summary>
    public const string ReturnPath = "/api/session/oidc/signed-out";

    /// <summary>The page of the provider to go to; null when there is none.</summary>
    /// <param name="request">The request that signs out.</param>
    /// <param name="proof">The token with which the session began; empty when it was too long to keep.</param>
    public async Task<string?> FindPageAsync(HttpRequest request, string proof)
    {
        if (!options.SignOutAtProvider || await FindAddressAsync(request.HttpContext.RequestAborted) is not { } address)
            return null;
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = options.ClientId,
            ["post_logout_redirect_uri"] = $"{request.Scheme}://{request.Host}{request.PathBase}{ReturnPath}",
            ["id_token_hint"] = proof.Length > 0 ? proof : null,
        };
        return QueryHelpers.AddQueryString(address, parameters);
    }

    private async Task<string?> FindAddressAsync(CancellationToken cancellationToken)
    {
        try
        {
            var address = (await metadata.GetConfigurationAsync(cancellationToken)).EndSessionEndpoint;
            return Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) ? address : null;
        }
        catch (OidcUnreachableException)
        {
            // The session here has ended, which is what was asked for first.
            return null;
        }
    }
}
