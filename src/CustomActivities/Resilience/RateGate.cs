namespace Platform.CustomActivities.Resilience;

/// <summary>Lets at most so many through in any stretch of time of a length. Who comes too early waits, in turn, or is refused. Thread-safe.</summary>
/// <param name="policy">How many, and how long they may wait.</param>
/// <param name="clock">Time.</param>
public sealed class RateGate(RateLimitPolicy policy, TimeProvider clock)
{
    private readonly Lock _sync = new();

    // The moments of the last so many, a ring: the oldest of them says when there is room again.
    private readonly DateTimeOffset[] _moments = new DateTimeOffset[policy.Count];
    private int _next;

    /// <summary>Takes a place.</summary>
    /// <param name="wait">How long to wait before going on; when refused, how long it would have been.</param>
    /// <returns>Whether there is one within the longest wait.</returns>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_sync)
        {
            var now = clock.GetUtcNow();
            var free = _moments[_next] == default ? now : _moments[_next] + policy.Per;
            wait = free > now ? free - now : TimeSpan.Zero;
            if (wait > policy.MaxWait)
                return false;
            _moments[_next] = now + wait;
            _next = (_next + 1) % _moments.Length;
            return true;
        }
    }
}
