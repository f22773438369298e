namespace Platform.CustomActivities.Services;

/// <summary>What a host puts before the requests of activities: it looks through each one before it is sent, and throws when it must not be.</summary>
/// <param name="isNeeded">Whether there is anything to look for at the moment.</param>
/// <param name="check">Looks through a request, with its content in memory.</param>
public sealed class RequestGuard(Func<bool> isNeeded, Func<HttpRequestMessage, CancellationToken, ValueTask> check)
{
    /// <summary>Looks through a request.</summary>
    /// <param name="makeRequest">Makes the request; called only when there is something to look for.</param>
    /// <param name="cancellationToken">Ends the reading of the content.</param>
    public async ValueTask CheckAsync(Func<HttpRequestMessage> makeRequest, CancellationToken cancellationToken)
    {
        if (!isNeeded())
            return;
        using var request = makeRequest();
        await check(request, cancellationToken);
    }
}
