using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Why somebody who comes from an OpenID provider is not signed in.</summary>
internal static class OidcProblems
{
    /// <summary>There is no provider.</summary>
    public static readonly Problem Off = new(
        StatusCodes.Status404NotFound, "WF4764", "There is no sign-in provider", "Nobody signs in at another server here. The section Security:Oidc sets one up.");

    /// <summary>The provider does not answer, or not as it must.</summary>
    public static readonly Problem Unreachable = Denied("WF4766", "The sign-in provider does not answer", "The sign-in provider cannot be reached, or refuses this server. The server's log tells why.");

    /// <summary>The answer belongs to no sign-in that this browser has begun.</summary>
    public static readonly Problem NotBegun = Denied("WF4767", "The sign-in is not known", "This sign-in was not begun in this browser, or it has taken too long. Begin it again.");

    /// <summary>The provider said no.</summary>
    public static readonly Problem Refused = Denied("WF4768", "The sign-in provider refused", "The sign-in provider did not let you in, or you cancelled it there.");

    /// <summary>The token is not to be trusted.</summary>
    public static readonly Problem Untrusted = Denied("WF4769", "The proof of the sign-in cannot be trusted", "What the sign-in provider sent is not valid here: it is for somebody else, expired, or not signed by the provider.");

    /// <summary>There is no such user, and none is made.</summary>
    public static readonly Problem Unknown = Denied("WF4770", "You have no user here", "You are signed in at the provider, but have no user here. Ask an administrator to make one.");

    /// <summary>The user is disabled.</summary>
    public static readonly Problem Disabled = Denied("WF4771", "Your user is disabled", "Your user here is disabled. Ask an administrator.");

    /// <summary>The address may be somebody else's.</summary>
    public static readonly Problem Unverified = Denied("WF4772", "The e-mail address is not verified", "The sign-in provider has not verified your e-mail address. Verify it there, and sign in again.");

    /// <summary>The address is of another domain.</summary>
    public static readonly Problem WrongDomain = Denied("WF4773", "The e-mail address is of another domain", "Only e-mail addresses of certain domains may sign in here.");

    /// <summary>The provider does not say what is needed.</summary>
    public static readonly Problem Incomplete = Denied("WF4774", "The sign-in provider does not tell your name", "The sign-in provider does not tell your name or e-mail address, or it cannot be the name of a user here. Ask an administrator.");

    /// <summary>No role follows.</summary>
    public static readonly Problem NoRole = Denied("WF4775", "You have no role here", "Nothing that the sign-in provider says of you gives you a role here. Ask an administrator.");

    /// <summary>The name belongs to another one.</summary>
    public static readonly Problem Taken = Denied("WF4776", "Your name is another user's", "There is a user with your name here that does not sign in by this account. Ask an administrator.");

    /// <summary>The problem behind a failed answer of the provider.</summary>
    /// <param name="failure">What the framework says.</param>
    /// <param name="query">The answer.</param>
    public static Problem Of(Exception? failure, IQueryCollection query)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OidcUnreachableException or HttpRequestException or IOException or TaskCanceledException:
                    return Unreachable;
                case SecurityTokenException or SecurityTokenArgumentException or OpenIdConnectProtocolInvalidNonceException:
                    return Untrusted;
                case OpenIdConnectProtocolException:
                    return query.ContainsKey("error") ? Refused : query.ContainsKey("code") && cause.Message.Contains("IDX21", StringComparison.Ordinal) ? Untrusted : Unreachable;
            }
        }

        return failure is AuthenticationFailureException ? NotBegun : Unreachable;
    }

    private static Problem Denied(string code, string title, string detail) => new(StatusCodes.Status403Forbidden, code, title, detail);
}

/// <summary>The provider's description cannot be read.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="cause">Why.</param>
internal sealed class OidcUnreachableException(string message, Exception cause) : Exception(message, cause);
