using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>A browser that is signed in. Stored as kind <c>session</c>; signing out deletes it, so that a copied cookie is worth nothing.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Stamp">The user's stamp when signing in.</param>
/// <param name="EndsAt">When it ends whatever happens, UTC.</param>
internal sealed record SessionDocument(string UserId, string Stamp, DateTimeOffset EndsAt);

/// <summary>
/// Sessions of browsers. The session cookie holds only the session's id, encrypted, and scripts cannot read it; its readable companion
/// holds a token that is bound to the session and that our own pages send back in a header (<see cref="CrossSiteCheck"/>).
/// </summary>
/// <param name="store">Where sessions are kept.</param>
/// <param name="users">Who there is.</param>
/// <param name="key">The server's secret.</param>
/// <param name="options">How long sessions last.</param>
/// <param name="clock">Time.</param>
internal sealed class Sessions(IWorkflowStore store, Users users, ServerKey key, SecurityOptions options, TimeProvider clock) : CookieAuthenticationEvents
{
    /// <summary>Name of the authentication scheme.</summary>
    public const string Scheme = "Session";

    /// <summary>Name of the session cookie.</summary>
    public const string CookieName = "platform-session";

    /// <summary>Name of the cookie that scripts of our pages read.</summary>
    public const string TokenCookieName = "platform-xsrf";

    /// <summary>Name of the header in which they send it back.</summary>
    public const string TokenHeaderName = "X-XSRF-TOKEN";

    /// <summary>Member of the session cookie, which is encrypted: the provider's proof of who signed in, which it wants back at the end.</summary>
    public const string ProofItem = "idToken";

    private const string Kind = "session";
    private const string IdClaim = "sid";
    private const int IdBytes = 32;
    private readonly byte[] _tokenKey = key.Derive("cross-site check");

    /// <summary>Starts a session and gives the browser its cookies.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who signed in.</param>
    /// <param name="proof">The provider's proof; null for somebody who signed in here.</param>
    public Task StartAsync(HttpContext context, User user, string? proof = null) => StartAsync(context, user, [], proof);

    /// <summary>Replaces the session of a request by a new one, after a change that ended all sessions of its user.</summary>
    /// <param name="context">The request of a session.</param>
    /// <param name="user">The user after the change.</param>
    public async Task RenewAsync(HttpContext context, User user) =>
        await StartAsync(context, user, context.User.FindFirstValue(IdClaim) is { } id ? [new DocumentKey(Kind, DocumentIdOf(id))] : [], await FindProofAsync(context));

    /// <summary>The provider's proof with which the session of a request began; null when it began here.</summary>
    /// <param name="context">The request of a session.</param>
    public static async Task<string?> FindProofAsync(HttpContext context) =>
        (await context.AuthenticateAsync(Scheme)).Properties?.Items.TryGetValue(ProofItem, out var proof) == true ? proof : null;

    private async Task StartAsync(HttpContext context, User user, List<DocumentKey> replaced, string? proof)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        var session = new SessionDocument(user.Id, user.Document.Stamp, clock.GetUtcNow() + options.SessionTimeout);
        var commit = new Commit
        {
            Documents = [new StoredDocument(Kind, DocumentIdOf(id), JsonSerializer.Serialize(session, SecurityJson.Default.SessionDocument))],
            DeletedDocuments = [.. await FindEndedAsync(context.RequestAborted), .. replaced],
        };
        // A renewed session belongs to a change that has its own entry.
        if (replaced.Count == 0)
            AuditScope.Current?.AddTo(commit, new AuditChange("user", user.Id, user.Document.Name));
        await store.CommitAsync(commit, context.RequestAborted);
        var ticket = new ClaimsPrincipal(new ClaimsIdentity([new Claim(IdClaim, id)], Scheme));
        var properties = new AuthenticationProperties { AllowRefresh = true };
        if (proof is not null)
            properties.Items[ProofItem] = proof;
        await context.SignInAsync(Scheme, ticket, properties);
        GiveToken(context, id);
    }

    /// <summary>Ends the session of a request and takes the cookies back.</summary>
    /// <param name="context">The request.</param>
    public async Task EndAsync(HttpContext context)
    {
        if (context.User.FindFirstValue(IdClaim) is { } id)
        {
            var commit = new Commit { DeletedDocuments = [new DocumentKey(Kind, DocumentIdOf(id))] };
            AuditScope.Current?.AddTo(commit, new AuditChange("user", context.User.FindFirstValue("sub") ?? "", context.User.FindFirstValue("name")));
            await store.CommitAsync(commit, CancellationToken.None);
        }

        await context.SignOutAsync(Scheme);
        context.Response.Cookies.Delete(TokenCookieName, TokenCookie(context));
    }

    /// <summary>Whether a request carries the token of its session.</summary>
    /// <param name="context">The request of a session.</param>
    /// <param name="user">Who is signed in by the session.</param>
    public bool HasToken(HttpContext context, ClaimsPrincipal user) =>
        context.Request.Headers[TokenHeaderName] is [{ } given]
        && user.FindFirstValue(IdClaim) is { } id
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(TokenOf(id)));

    /// <summary>Gives the browser the readable cookie again when it lost it.</summary>
    /// <param name="context">The request of a session.</param>
    public void RestoreToken(HttpContext context)
    {
        if (context.User.FindFirstValue(IdClaim) is { } id && context.Request.Cookies[TokenCookieName] != TokenOf(id))
            GiveToken(context, id);
    }

    /// <inheritdoc />
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var cancellationToken = context.HttpContext.RequestAborted;
        if (context.Principal?.FindFirst(IdClaim) is { } id
            && await store.FindDocumentAsync(Kind, DocumentIdOf(id.Value), cancellationToken) is { } stored
            && JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.SessionDocument) is { } session
            && clock.GetUtcNow() < session.EndsAt
            && await users.FindAsync(session.UserId, cancellationToken) is { } user
            && user.Document.Stamp == session.Stamp)
        {
            // The cookie keeps the id only; who that is, and what they may do, is read anew each time.
            context.ReplacePrincipal(Users.PrincipalOf(user, Scheme, id, new Claim(OpenConnections.EndClaim, session.EndsAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))));
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
        context.Response.Cookies.Delete(TokenCookieName, TokenCookie(context.HttpContext));
    }

    /// <inheritdoc />
    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) => Problem.NotSignedIn.WriteAsync(context.HttpContext);

    /// <inheritdoc />
    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) => Problem.NotPermitted.WriteAsync(context.HttpContext);

    /// <summary>The id is hashed because what stands in the database must not be enough to make a cookie.</summary>
    private static string DocumentIdOf(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(id)));

    private async ValueTask<List<DocumentKey>> FindEndedAsync(CancellationToken cancellationToken)
    {
        var ended = new List<DocumentKey>();
        foreach (var stored in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.SessionDocument)!.EndsAt <= clock.GetUtcNow())
                ended.Add(new DocumentKey(Kind, stored.Id));
        }

        return ended;
    }

    private void GiveToken(HttpContext context, string id) =>
        context.Response.Cookies.Append(TokenCookieName, TokenOf(id), TokenCookie(context));

    private string TokenOf(string id) => Base64Url.EncodeToString(HMACSHA256.HashData(_tokenKey, Encoding.ASCII.GetBytes(id)));

    private static CookieOptions TokenCookie(HttpContext context) => new()
    {
        HttpOnly = false,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        // Another server may have another path of the same host.
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
        IsEssential = true,
    };
}
