using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Platform.Server.Security;

/// <summary>Finds out by what a request is signed in: an API key, an access token, else the session cookie.</summary>
internal static class AuthenticationSchemes
{
    /// <summary>The scheme that chooses among the others.</summary>
    public const string Any = "Any";

    /// <summary>The scheme of API keys: <c>Authorization: ApiKey ...</c> or <c>X-Api-Key: ...</c>.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>The scheme of access tokens: <c>Authorization: Bearer ...</c>.</summary>
    public const string Bearer = "Bearer";

    /// <summary>Browsers cannot set headers on sockets, so hubs alone take the credential from the address.</summary>
    private const string HubPath = "/elsa/hubs";

    /// <summary>The scheme for a request.</summary>
    /// <param name="context">The request.</param>
    public static string Choose(HttpContext context)
    {
        if (FindApiKey(context.Request) is not null)
            return ApiKey;
        return context.Request.Headers.Authorization.Count > 0 || FindHubToken(context.Request) is not null ? Bearer : Sessions.Scheme;
    }

    /// <summary>The API key that a request carries, or null.</summary>
    /// <param name="request">The request.</param>
    public static string? FindApiKey(HttpRequest request) =>
        FindInHeader(request, ApiKey)
        ?? (request.Headers["X-Api-Key"] is [{ } key] ? key.Trim() : null)
        ?? (FindHubToken(request) is { } token && !IsToken(token) ? token : null);

    /// <summary>The access token that a request carries, or null.</summary>
    /// <param name="request">The request.</param>
    public static string? FindToken(HttpRequest request) => FindInHeader(request, Bearer) ?? FindHubToken(request);

    private static string? FindInHeader(HttpRequest request, string scheme) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        && header.Length > scheme.Length
        && header[scheme.Length] == ' '
            ? header[scheme.Length..].Trim()
            : null;

    private static string? FindHubToken(HttpRequest request) =>
        request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase)
        && request.Headers.Authorization.Count == 0
        && request.Query["access_token"] is [{ Length: > 0 } token]
            ? token
            : null;

    /// <summary>Access tokens have two dots between their parts.</summary>
    private static bool IsToken(string credential) => credential.Count(letter => letter == '.') == 2;
}

/// <summary>Signs requests in by their API key.</summary>
/// <param name="keys">The keys there are.</param>
/// <param name="options">Options of the scheme; there are none.</param>
/// <param name="loggers">Log.</param>
/// <param name="encoder">Not used.</param>
internal sealed class ApiKeyAuthentication(
    ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AuthenticationSchemes.FindApiKey(Request) is not { } key)
            return AuthenticateResult.NoResult();
        return await keys.AuthenticateAsync(key, Scheme.Name, Context.RequestAborted) is { } principal
            ? AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name))
            : AuthenticateResult.Fail("The API key is not known, or it has ended.");
    }
}

/// <summary>Signs requests in by their access token.</summary>
/// <param name="tokens">Checks tokens.</param>
/// <param name="users">Who there is.</param>
/// <param name="options">Options of the scheme; there are none.</param>
/// <param name="loggers">Log.</param>
/// <param name="encoder">Not used.</param>
internal sealed class BearerAuthentication(
    AccessTokens tokens, Users users, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AuthenticationSchemes.FindToken(Request) is not { } token)
            return AuthenticateResult.NoResult();
        ClaimsPrincipal? credential = tokens.Validate(token, AccessTokens.Access);
        return credential is not null && await users.FindAsync(credential, Context.RequestAborted) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(Users.PrincipalOf(user, Scheme.Name, credential.FindAll(OpenConnections.EndClaim)), Scheme.Name))
            : AuthenticateResult.Fail("The access token is not valid, or it has ended.");
    }
}
