using Platform.Server.Audit;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Signing in as Elsa's clients do it: a name and a password for a pair of tokens.</summary>
internal static class IdentityApi
{
    /// <summary>Maps <c>/elsa/api/identity</c>.</summary>
    /// <param name="routes">Where to.</param>
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/elsa/api/identity").WithTags("Identity");
        group.MapPost("/login", LoginAsync).AllowAnonymous().Audited("signin.succeeded", "user");
        group.MapPost("/refresh-token", RefreshAsync).AllowAnonymous().NotAudited("It prolongs a sign-in, which was audited.");
    }

    private static async Task<IResult> LoginAsync(HttpContext context, SignIn signIn, AccessTokens tokens)
    {
        var request = await JsonBody.ReadAsync(context.Request, SecurityJson.Default.SignInRequest);
        var result = await signIn.AttemptAsync(request, context.Connection.RemoteIpAddress, context.RequestAborted);
        return result.Match(
            user => Answer(user, tokens),
            // A wrong password is a 200 here: so Elsa's clients expect it.
            () => TypedResults.Ok(new LoginAnswer(false, null, null)),
            retryAfter => SessionApi.TooMany(context, retryAfter));
    }

    private static async Task<IResult> RefreshAsync(HttpContext context, Users users, AccessTokens tokens)
    {
        var credential = AuthenticationSchemes.FindToken(context.Request) is { } token ? tokens.Validate(token, AccessTokens.Refresh) : null;
        return credential is not null && await users.FindAsync(credential, context.RequestAborted) is { } user
            ? Answer(user, tokens)
            : Problem.NotSignedIn;
    }

    private static IResult Answer(User user, AccessTokens tokens) =>
        TypedResults.Ok(new LoginAnswer(true, tokens.Issue(user, AccessTokens.Access), tokens.Issue(user, AccessTokens.Refresh)));
}

/// <summary>What Elsa's login answers.</summary>
/// <param name="IsAuthenticated">Whether name and password are right.</param>
/// <param name="AccessToken">Goes with requests; null when they are wrong.</param>
/// <param name="RefreshToken">Gets the next pair; null when they are wrong.</param>
internal sealed record LoginAnswer(bool IsAuthenticated, string? AccessToken, string? RefreshToken);
