using System.Globalization;
using Platform.Server.Operations;
using Platform.Server.Secrets;

namespace Platform.Server.Http;

/// <summary>How callers of an endpoint sign.</summary>
/// <param name="Secret">Name of the secret.</param>
/// <param name="Tolerance">How far the time of a signature may be from ours.</param>
/// <param name="BodyBytesMax">Largest body that is read to check it.</param>
internal sealed record WebhookRule(string Secret, TimeSpan Tolerance, long BodyBytesMax)
{
    private static readonly TimeSpan _default = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _max = TimeSpan.FromDays(1);

    /// <summary>The tolerance that holds.</summary>
    /// <param name="wanted">What the endpoint says, or null.</param>
    public static TimeSpan Bound(TimeSpan? wanted) => wanted is { } given && given > TimeSpan.Zero ? (given < _max ? given : _max) : _default;
}

/// <summary>
/// Checks the signatures of incoming webhooks before anything of them is believed. A message that comes again is taken with 200 and causes
/// nothing: its id is stored with what it caused the first time.
/// </summary>
/// <param name="secrets">Has the secrets.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class WebhookCheck(SecretStore secrets, TimeProvider clock, ILogger<WebhookCheck> logger)
{
    private const string SeenPrefix = "webhook:";
    private const int IdLengthMax = 256;

    /// <summary>The one answer to whatever is wrong with a signature: who forges one learns nothing from it.</summary>
    private static readonly Problem _wrong = new(
        StatusCodes.Status401Unauthorized,
        "WF4761",
        "The signature of the webhook is wrong",
        "The request needs the headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks, signed with the secret of this endpoint and sent just now.");

    private static readonly Problem _unable = new(
        StatusCodes.Status503ServiceUnavailable,
        "WF4762",
        "The signature of the webhook cannot be checked",
        "The secret of this endpoint is missing on the server, or cannot be used. Its operator has to mend it; send the request again later.");

    /// <summary>The instance that a signed request starts.</summary>
    /// <param name="trigger">The endpoint.</param>
    /// <param name="request">The request.</param>
    public static string InstanceIdOf(HttpTrigger trigger, HttpRequest request) =>
        HttpTrigger.InstanceIdOf("webhook", trigger.DefinitionId, trigger.ActivityId, request.Headers[WebhookSignature.IdHeader].ToString());

    /// <summary>Why a request is refused; null when its signature is right. The body can be read again afterwards.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rule">What it must fulfil.</param>
    public async ValueTask<Problem?> RefusalAsync(HttpContext context, WebhookRule rule)
    {
        var request = context.Request;
        if (secrets.Reveal(rule.Secret) is not { } secret || WebhookSignature.ReadKey(secret) is not { } key)
        {
            Log.WebhookSecretUnusable(logger, request.Path, rule.Secret);
            return _unable;
        }

        // The cheap half first: a body is read only for who could have signed it.
        if (request.Headers[WebhookSignature.IdHeader] is not [{ Length: > 0 and <= IdLengthMax } id]
            || request.Headers[WebhookSignature.SignatureHeader] is not [{ Length: > 0 } signatures]
            || !long.TryParse(request.Headers[WebhookSignature.TimestampHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp)
            || Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - (double)timestamp) > rule.Tolerance.TotalSeconds)
            return Refused(request);
        byte[] body;
        try
        {
            body = await RequestBody.BufferAsync(request, rule.BodyBytesMax, context.RequestAborted);
        }
        catch (BodyTooLargeException)
        {
            return Problem.TooLarge with { Detail = $"The body of the request is larger than {rule.BodyBytesMax} bytes, the limit of this endpoint." };
        }

        return WebhookSignature.IsRight(key, id, timestamp, body, signatures) ? null : Refused(request);
    }

    /// <summary>Whether an instance has seen a message before; from now on it has.</summary>
    /// <param name="seen">Properties of the instance, which are stored with what the message causes.</param>
    /// <param name="context">The request, whose signature is right.</param>
    /// <param name="rule">How long ids are remembered: as long as their signature holds.</param>
    public bool IsRepeated(IDictionary<string, object?> seen, HttpContext context, WebhookRule rule)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var name in seen.Keys.Where(name => name.StartsWith(SeenPrefix, StringComparison.Ordinal) && seen[name] is IConvertible until && until.ToInt64(CultureInfo.InvariantCulture) < now).ToList())
            seen.Remove(name);
        var key = SeenPrefix + context.Request.Headers[WebhookSignature.IdHeader];
        if (seen.ContainsKey(key))
            return true;
        seen[key] = now + (2 * (long)rule.Tolerance.TotalSeconds);
        return false;
    }

    private Problem Refused(HttpRequest request)
    {
        Log.WebhookRefused(logger, request.Path, request.HttpContext.Connection.RemoteIpAddress);
        return _wrong;
    }
}
