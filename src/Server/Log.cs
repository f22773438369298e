using System.Net;

namespace Platform.Server;

/// <summary>Every log message of the server. Event ids 4000 to 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Error, "The request {Method} {Path} failed; error id {ErrorId}.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path, string errorId);

    [LoggerMessage(4002, LogLevel.Warning, "The store did not answer the readiness probe.")]
    public static partial void StoreNotReady(ILogger logger, Exception exception);

    [LoggerMessage(4003, LogLevel.Warning, "{Address} can be reached from other machines without encryption. Passwords and keys can be read on the way: put TLS in front, or listen on localhost.")]
    public static partial void ListeningOpenly(ILogger logger, string address);

    [LoggerMessage(4004, LogLevel.Warning, "The data directory {Path} can be read by other users of this machine. Take that away: chmod 700.")]
    public static partial void DataDirectoryOpen(ILogger logger, string path);

    [LoggerMessage(4010, LogLevel.Information, "{User} signed in from {Address}.")]
    public static partial void SignedIn(ILogger logger, string user, IPAddress? address);

    [LoggerMessage(4011, LogLevel.Warning, "A sign-in as {User} from {Address} was refused: wrong name or password.")]
    public static partial void SignInRefused(ILogger logger, string user, IPAddress? address);

    [LoggerMessage(4012, LogLevel.Warning, "A sign-in from {Address} was refused: too many failures, the next attempt is possible in {RetryAfter}.")]
    public static partial void SignInThrottled(ILogger logger, IPAddress? address, TimeSpan retryAfter);

    [LoggerMessage(4013, LogLevel.Information, "{User} signed out.")]
    public static partial void SignedOut(ILogger logger, string user);

    [LoggerMessage(4014, LogLevel.Warning, "The password of {User} was set from Security:BootstrapPassword; earlier sessions ended.")]
    public static partial void PasswordReset(ILogger logger, string user);

    [LoggerMessage(4015, LogLevel.Warning, "The bootstrap API key was set from Security:BootstrapApiKey; the one before is void.")]
    public static partial void ApiKeyReset(ILogger logger);

    [LoggerMessage(4016, LogLevel.Warning, "{Method} {Path} of {User} was refused: it did not prove that it comes from this server's own pages.")]
    public static partial void CrossSiteRefused(ILogger logger, string method, string path, string? user);

    [LoggerMessage(4030, LogLevel.Warning, "Viewers of the instance {InstanceId} could not be told what happened.")]
    public static partial void TellingViewersFailed(ILogger logger, Exception exception, string instanceId);
}
