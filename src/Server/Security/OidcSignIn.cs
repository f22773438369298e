using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Runtime.Audit;
using Platform.Server.Audit;
using Platform.Server.Operations;
using Platform.Server.Telemetry;

namespace Platform.Server.Security;

/// <summary>
/// Signing in at an OpenID provider: authorization code with PKCE. The framework checks state, nonce and token; what comes of it is a
/// session of this server like any other, or a page that says why not.
/// </summary>
/// <param name="accounts">Finds the user.</param>
/// <param name="sessions">Starts the session.</param>
/// <param name="trail">The audit log.</param>
/// <param name="metrics">Counts failures.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class OidcSignIn(OidcAccounts accounts, Sessions sessions, AuditTrail trail, ServerMetrics metrics, TimeProvider clock, ILogger<OidcSignIn> logger)
    : OpenIdConnectEvents
{
    /// <summary>Name of the authentication scheme.</summary>
    public const string Scheme = "Oidc";

    /// <summary>Where the provider sends people back to.</summary>
    public const string CallbackPath = "/api/session/oidc/callback";

    private const string Home = "/studio/";
    private const string BegunAt = "begunAt";
    private const int TargetLengthMax = 2_000;

    /// <summary>A token longer than that would not leave enough room in the headers of each request, in which its cookie comes.</summary>
    private const int ProofLengthMax = 4_000;

    /// <summary>How long somebody may take at the provider.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Sends a browser to the provider.</summary>
    /// <param name="context">The request.</param>
    /// <param name="returnTo">Where to go afterwards: a page of the web UI.</param>
    public async Task<IResult> BeginAsync(HttpContext context, string? returnTo)
    {
        var target = TargetOf(context.Request, returnTo);
        try
        {
            var properties = new AuthenticationProperties { RedirectUri = target };
            properties.Items[BegunAt] = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            await context.ChallengeAsync(Scheme, properties);
            return Results.Empty;
        }
        catch (OidcUnreachableException exception)
        {
            return Results.LocalRedirect(Tell(context, OidcProblems.Unreachable, exception.Message, target));
        }
    }

    /// <inheritdoc />
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        // Whoever is asked is told nothing but what is needed.
        context.ProtocolMessage.SetParameter("x-client-SKU", null);
        context.ProtocolMessage.SetParameter("x-client-ver", null);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task TokenValidated(TokenValidatedContext context)
    {
        context.Properties!.Items[Sessions.ProofItem] = context.TokenEndpointResponse?.IdToken is { Length: <= ProofLengthMax } token ? token : "";
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task SignedOutCallbackRedirect(RemoteSignOutContext context)
    {
        context.Response.Redirect(context.Request.PathBase + Home);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override async Task TicketReceived(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var result = await trail.FollowAsync(http, new AuditMetadata("signin.succeeded", "user", null), () => EnterAsync(http, context.Principal!, context.Properties));
        var target = context.ReturnUri ?? http.Request.PathBase + Home;
        http.Response.Redirect(result is Problem problem ? Tell(http, problem, problem.Title, target) : target);
        context.HandleResponse();
    }

    /// <inheritdoc />
    public override async Task RemoteFailure(RemoteFailureContext context) =>
        await RefuseAsync(context, OidcProblems.Of(context.Failure, context.Request.Query), context.Failure?.Message ?? "", context.Properties?.RedirectUri);

    /// <inheritdoc />
    public override async Task AccessDenied(AccessDeniedContext context) =>
        await RefuseAsync(context, OidcProblems.Refused, "access_denied", context.ReturnUrl ?? context.Properties?.RedirectUri);

    /// <summary>Browsers forget the cookies of a sign-in after that time; whoever keeps them is refused here.</summary>
    private bool IsInTime(AuthenticationProperties? properties) =>
        properties?.Items.TryGetValue(BegunAt, out var text) == true
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var begunAt)
        && clock.GetUtcNow() <= DateTimeOffset.FromUnixTimeSeconds(begunAt) + Patience;

    private async ValueTask<object?> EnterAsync(HttpContext http, ClaimsPrincipal account, AuthenticationProperties? properties)
    {
        var outcome = IsInTime(properties) ? await accounts.EnterAsync(account, http.RequestAborted) : OidcProblems.NotBegun;
        if (outcome.Value is not { } user)
        {
            AuditScope.Current?.Refine(entry => entry with { Action = "signin.failed" });
            return outcome.Refusal;
        }

        SignIn.Name(user);
        await sessions.StartAsync(http, user, properties!.Items.TryGetValue(Sessions.ProofItem, out var proof) ? proof : null);
        Log.SignedIn(logger, user.Document.Name, http.Connection.RemoteIpAddress);
        return null;
    }

    private async Task RefuseAsync<TOptions>(HandleRequestContext<TOptions> context, Problem problem, string reason, string? target)
        where TOptions : AuthenticationSchemeOptions
    {
        var http = context.HttpContext;
        await trail.FollowAsync(http, new AuditMetadata("signin.failed", "user", null), () => ValueTask.FromResult<object?>(problem));
        http.Response.Redirect(Tell(http, problem, reason, target ?? http.Request.PathBase + Home));
        context.HandleResponse();
    }

    /// <summary>Counts and logs a failure, and names the page that tells it.</summary>
    private string Tell(HttpContext http, Problem problem, string reason, string target)
    {
        metrics.SignInFailed("oidc");
        Log.ProviderSignInRefused(logger, problem.Code, http.Connection.RemoteIpAddress, reason);
        return QueryHelpers.AddQueryString(target, "signin", problem.Code);
    }

    /// <summary>The page to return to: one of the web UI's, on this server. Anything else would let a link lead through us to elsewhere.</summary>
    private static string TargetOf(HttpRequest request, string? returnTo)
    {
        var home = request.PathBase + Home;
        var isPage = returnTo is { Length: <= TargetLengthMax } && returnTo.StartsWith(home, StringComparison.Ordinal)
            && returnTo.AsSpan().IndexOf('\\') < 0 && !returnTo.Any(char.IsControl) && !returnTo.Contains("/../", StringComparison.Ordinal);
        return isPage ? returnTo! : home;
    }
}

/// <summary>Puts the sign-in at a provider into the host.</summary>
internal static class OidcServices
{
    /// <summary>Adds it when it is configured.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The provider.</param>
    public static void AddOidc(this IServiceCollection services, OidcOptions options)
    {
        services.AddSingleton(options);
        if (!options.IsOn)
            return;
        services.AddSingleton<OidcMetadata>();
        services.AddSingleton<OidcTokens>();
        services.AddSingleton<NewUserStamp>();
        services.AddSingleton<OidcAccounts>();
        services.AddSingleton<OidcSignIn>();
        services.AddSingleton<OidcSignOut>();
        services.AddAuthentication().AddOpenIdConnect(OidcSignIn.Scheme, oidc => Set(oidc, options));
        services.AddOptions<OpenIdConnectOptions>(OidcSignIn.Scheme).Configure<OidcMetadata, OidcTokens, TimeProvider>((oidc, metadata, tokens, clock) =>
        {
            oidc.ConfigurationManager = metadata;
            oidc.TokenHandler = tokens;
            oidc.TimeProvider = clock;
            oidc.TokenValidationParameters.LifetimeValidator = (notBefore, expires, _, _) => IsInTime(clock.GetUtcNow().UtcDateTime, notBefore, expires, options.ClockSkew);
        });
    }

    private static bool IsInTime(DateTime now, DateTime? notBefore, DateTime? expires, TimeSpan skew) =>
        expires is { } end && now - skew < end && (notBefore is not { } begin || begin <= now + skew);

    private static void Set(OpenIdConnectOptions oidc, OidcOptions options)
    {
        oidc.Authority = options.Authority;
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.RequireHttpsMetadata = !new Uri(options.Authority!).IsLoopback;
        oidc.CallbackPath = OidcSignIn.CallbackPath;
        // Ended sessions end here; nobody else may end them.
        oidc.RemoteSignOutPath = null;
        oidc.SignedOutCallbackPath = OidcSignOut.ReturnPath;
        oidc.SignInScheme = Sessions.Scheme;
        oidc.EventsType = typeof(OidcSignIn);
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        // The answer comes as a link: its cookies need not go with requests that other sites send.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.SaveTokens = false;
        oidc.MapInboundClaims = false;
        oidc.Prompt = options.Prompt;
        oidc.BackchannelTimeout = TimeSpan.FromSeconds(10);
        oidc.RemoteAuthenticationTimeout = OidcSignIn.Patience;
        oidc.RefreshOnIssuerKeyNotFound = false;
        oidc.Scope.Clear();
        foreach (var scope in options.Scopes)
            oidc.Scope.Add(scope);
        foreach (var cookie in new[] { oidc.NonceCookie, oidc.CorrelationCookie })
        {
            cookie.HttpOnly = true;
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        oidc.ClaimActions.Clear();
        oidc.GetClaimsFromUserInfoEndpoint = options.UserInfo;
        foreach (var claim in new[] { options.NameClaim, options.RolesClaim, "name", "email", "email_verified" }.Distinct(StringComparer.Ordinal))
            oidc.ClaimActions.MapJsonKey(claim, claim);
        oidc.TokenValidationParameters.RequireSignedTokens = true;
        oidc.TokenValidationParameters.RequireExpirationTime = true;
        oidc.TokenValidationParameters.ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    }
}
