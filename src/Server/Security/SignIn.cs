using System.Net;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Operations;
using Platform.Server.Telemetry;

namespace Platform.Server.Security;

/// <summary>Checks a name and a password, for the session of a browser and for Elsa's login alike.</summary>
/// <param name="users">Who there is.</param>
/// <param name="passwords">Checks passwords.</param>
/// <param name="throttle">Limits guessing.</param>
/// <param name="metrics">Counts failures.</param>
/// <param name="logger">Log.</param>
internal sealed class SignIn(Users users, Passwords passwords, SignInThrottle throttle, ServerMetrics metrics, ILogger<SignIn> logger)
{
    private const int NameLengthMax = 200;

    /// <summary>Checks an attempt.</summary>
    /// <param name="request">Name and password.</param>
    /// <param name="address">From where.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<SignInResult> AttemptAsync(SignInRequest request, IPAddress? address, CancellationToken cancellationToken)
    {
        var id = Users.IdOf(request.Username.Trim());
        if (id.Length > NameLengthMax || request.Password.Length > SecurityOptions.PasswordLengthMax)
        {
            metrics.SignInFailed("password");
            return Refuse(null);
        }

        if (throttle.Begin(id, address) is { } retryAfter)
        {
            metrics.SignInFailed("throttled");
            Log.SignInThrottled(logger, address, retryAfter);
            AuditScope.Current?.Refine(entry => entry with { Action = "signin.throttled", Outcome = AuditEntry.Denied, Code = Problem.TooManySignIns.Code });
            return new SignInResult.TooMany(retryAfter);
        }

        var user = await users.FindAsync(id, cancellationToken);
        if (!await passwords.VerifyAsync(request.Password, user?.Document.LocalHash, cancellationToken))
        {
            metrics.SignInFailed("password");
            // The name of nobody is not logged: it may be a password that was typed into the wrong field.
            Log.SignInRefused(logger, user?.Document.Name ?? "(unknown)", address);
            return Refuse(user);
        }

        throttle.Succeed(id, address);
        Log.SignedIn(logger, user!.Document.Name, address);
        Name(user);
        return new SignInResult.Accepted(user);
    }

    /// <summary>Tells the audit log who it is that signs in.</summary>
    /// <param name="user">The user.</param>
    internal static void Name(User user) => AuditScope.Current?.Refine(entry => entry with
    {
        ActorKind = "user",
        ActorId = user.Id,
        ActorName = user.Document.Name,
        TargetId = user.Id,
        TargetName = user.Document.Name,
    });

    /// <summary>The audit log, too, names only users that exist.</summary>
    private static SignInResult.Refused Refuse(User? user)
    {
        AuditScope.Current?.Refine(entry => entry with
        {
            Action = "signin.failed",
            TargetId = user?.Id,
            TargetName = user?.Document.Name,
            Outcome = AuditEntry.Denied,
            Code = Problem.WrongPassword.Code,
        });
        return new SignInResult.Refused();
    }
}

/// <summary>What became of an attempt to sign in.</summary>
internal abstract record SignInResult
{
    private SignInResult()
    {
    }

    /// <summary>Does the one of three things that fits.</summary>
    /// <param name="accepted">The password is right.</param>
    /// <param name="refused">Name or password is wrong.</param>
    /// <param name="tooMany">There were too many failures; after how long to try again.</param>
    public T Match<T>(Func<User, T> accepted, Func<T> refused, Func<TimeSpan, T> tooMany) => this switch
    {
        Accepted result => accepted(result.User),
        TooMany result => tooMany(result.RetryAfter),
        _ => refused(),
    };

    /// <summary>The password is right.</summary>
    /// <param name="User">Who signed in.</param>
    public sealed record Accepted(User User) : SignInResult;

    /// <summary>Name or password is wrong; which one is not told.</summary>
    public sealed record Refused : SignInResult;

    /// <summary>Too many failures before.</summary>
    /// <param name="RetryAfter">How long to wait.</param>
    public sealed record TooMany(TimeSpan RetryAfter) : SignInResult;
}

/// <summary>Name and password, as a client sends them.</summary>
/// <param name="Username">Name, in any case.</param>
/// <param name="Password">Password.</param>
internal sealed record SignInRequest(string Username, string Password)
{
    /// <summary>Nothing of it: the password must not get into a log by chance.</summary>
    public override string ToString() => nameof(SignInRequest);
}
