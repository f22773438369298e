using System.Collections.Concurrent;

namespace Platform.Server.Operations;

/// <summary>Knows since when each check is as it is, and tells the log when one changes.</summary>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class CheckHistory(TimeProvider clock, ILogger<CheckHistory> logger)
{
    private readonly ConcurrentDictionary<string, HealthCheck> _last = new(StringComparer.Ordinal);

    /// <summary>The check as it is now.</summary>
    /// <param name="name">What was looked at.</param>
    /// <param name="status">How it is.</param>
    /// <param name="detail">Why, in a sentence; null when there is nothing to say.</param>
    public HealthCheck Note(string name, CheckStatus status, string? detail)
    {
        var known = _last.GetValueOrDefault(name);
        var check = new HealthCheck(name, status, known?.Status == status ? known.SinceUtc : clock.GetUtcNow(), detail);
        _last[name] = check;
        if (status != CheckStatus.Ok && known?.Status != status)
            Log.CheckChanged(logger, name, status == CheckStatus.Failed ? "failed" : "degraded", detail);
        else if (status == CheckStatus.Ok && known is not null && known.Status != status)
            Log.CheckRecovered(logger, name);
        return check;
    }
}
