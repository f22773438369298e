using System.Globalization;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Signing in and out in a browser.</summary>
internal static class SessionApi
{
    /// <summary>Maps <c>/api/session</c>.</summary>
    /// <param name="routes">Where to.</param>
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/session").WithTags("Session");
        group.MapPost("", SignInAsync).AllowAnonymous().Audited("signin.succeeded", "user")
            .WithSummary("Signs a person in: sets the cookies of the session.")
            .Reads<SignInRequest>()
            .Produces<SessionAnswer>()
            .Refuses(StatusCodes.Status401Unauthorized, "WF4502")
            .Refuses(StatusCodes.Status429TooManyRequests, "WF4507");
        group.MapGet("/methods", ListMethods).AllowAnonymous()
            .WithSummary("Tells how people can sign in.")
            .Produces<SessionMethods>();
        group.MapGet("/oidc", BeginAsync).AllowAnonymous()
            .WithSummary("Sends a browser to the sign-in provider, from which it comes back signed in.")
            .Takes("returnTo", "The page of the web UI to come back to.")
            .Produces(StatusCodes.Status302Found)
            .Refuses(StatusCodes.Status404NotFound, "WF4764");
        group.MapGet("", Show).RequirePermission()
            .WithSummary("Tells who is signed in and what they may do.")
            .Produces<SessionAnswer>();
        group.MapPut("/password", ChangePasswordAsync).RequirePermission().Audited("user.set-password", "user")
            .WithSummary("Changes the password of whoever is signed in; all other sessions of theirs end.")
            .Reads<PasswordChange>()
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status400BadRequest, "WF4745")
            .Refuses(StatusCodes.Status403Forbidden, "WF4752")
            .Refuses(StatusCodes.Status409Conflict, "WF4754")
            .Refuses(StatusCodes.Status429TooManyRequests, "WF4507");
        group.MapDelete("", SignOutAsync).RequirePermission().Audited("signout", "user")
            .WithSummary("Signs out: ends the session and takes its cookies back. Answers with a page of the sign-in provider when its session is to end too.")
            .Produces<SignedOut>()
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SignIn signIn, Sessions sessions)
    {
        var request = await JsonBody.ReadAsync(context.Request, SecurityJson.Default.SignInRequest);
        var result = await signIn.AttemptAsync(request, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (result is SignInResult.Accepted accepted)
            await sessions.StartAsync(context, accepted.User);
        return result.Match(
            user => TypedResults.Ok(new SessionAnswer(user.Document.Name, user.Permissions)),
            () => Problem.WrongPassword,
            retryAfter => TooMany(context, retryAfter));
    }

    private static SessionMethods ListMethods(OidcOptions oidc) =>
        new(true, oidc.IsOn ? new OidcMethod(oidc.DisplayName, "api/session/oidc") : null);

    private static async Task<IResult> BeginAsync(HttpContext context, OidcOptions oidc, string? returnTo = null) =>
        oidc.IsOn ? await context.RequestServices.GetRequiredService<OidcSignIn>().BeginAsync(context, returnTo) : OidcProblems.Off;

    private static SessionAnswer Show(HttpContext context, Sessions sessions)
    {
        sessions.RestoreToken(context);
        return new SessionAnswer(
            context.User.FindFirst("name")?.Value ?? "",
            [.. context.User.FindAll(Permissions.ClaimType).Select(claim => claim.Value)]);
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, Accounts accounts, Sessions sessions, SignInThrottle throttle)
    {
        var change = await JsonBody.ReadAsync(context.Request, SecurityJson.Default.PasswordChange);
        var id = context.User.FindFirst("sub")?.Value ?? "";
        // Whoever found an open browser must not find out its password here.
        if (throttle.Begin(id, context.Connection.RemoteIpAddress) is { } retryAfter)
            return TooMany(context, retryAfter);
        var outcome = await accounts.ChangeOwnPasswordAsync(context.User, change.CurrentPassword, change.NewPassword, context.RequestAborted);
        if (outcome.Value is not { } user)
            return outcome.ToResult(_ => TypedResults.NoContent());
        throttle.Succeed(id, context.Connection.RemoteIpAddress);
        if (context.User.Identity?.AuthenticationType == Sessions.Scheme)
            await sessions.RenewAsync(context, user);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, ILogger<SignIn> logger)
    {
        var proof = context.User.Identity?.AuthenticationType == Sessions.Scheme ? await Sessions.FindProofAsync(context) : null;
        await sessions.EndAsync(context);
        Log.SignedOut(logger, context.User.FindFirst("name")?.Value ?? "");
        return proof is not null && context.RequestServices.GetService<OidcSignOut>() is { } provider && await provider.FindPageAsync(context.Request, proof) is { } page
            ? TypedResults.Ok(new SignedOut(page))
            : TypedResults.NoContent();
    }

    /// <summary>Refuses a sign-in and says after how many seconds to try again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="retryAfter">How long to wait.</param>
    internal static IResult TooMany(HttpContext context, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Problem.TooManySignIns;
    }
}

/// <summary>Who is signed in.</summary>
/// <param name="Username">Name.</param>
/// <param name="Permissions">What they may do, wildcards included.</param>
internal sealed record SessionAnswer(string Username, IReadOnlyList<string> Permissions);

/// <summary>A session has ended here.</summary>
/// <param name="ContinueAt">Where to send the browser, so that the provider ends its session too; it comes back from there.</param>
internal sealed record SignedOut(string ContinueAt);

/// <summary>How people can sign in.</summary>
/// <param name="Password">Whether by name and password.</param>
/// <param name="Oidc">By which provider; null when there is none.</param>
internal sealed record SessionMethods(bool Password, OidcMethod? Oidc);

/// <summary>A sign-in provider.</summary>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Address">Where to send the browser, from the root of this server on.</param>
internal sealed record OidcMethod(string DisplayName, string Address);

/// <summary>A change of one's own password.</summary>
/// <param name="CurrentPassword">The password until now.</param>
/// <param name="NewPassword">The password from now on.</param>
internal sealed record PasswordChange(string CurrentPassword, string NewPassword)
{
    /// <summary>Nothing of it: the passwords must not get into a log by chance.</summary>
    public override string ToString() => nameof(PasswordChange);
}
