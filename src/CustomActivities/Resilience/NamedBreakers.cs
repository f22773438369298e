namespace Platform.CustomActivities.Resilience;

/// <summary>
/// The circuit breakers that workflows name, one per name for all of them; those of services stand with the services. Thread-safe.
/// </summary>
/// <param name="clock">Time.</param>
public sealed class NamedBreakers(TimeProvider clock)
{
    /// <summary>Longest name.</summary>
    public const int NameLengthMax = 200;

    /// <summary>Most breakers; of those that are closed the one that was not used for the longest time is forgotten.</summary>
    public const int CountMax = 1000;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Named> _breakers = new(StringComparer.OrdinalIgnoreCase);
    private long _made;

    /// <summary>Called when one opens or closes; the execution that made it waits for it. Default: nobody.</summary>
    public Func<string, BreakerSnapshot, ValueTask>? Changed { get; set; }

    /// <summary>All of them with how they stand, by name.</summary>
    public IReadOnlyList<(string Name, BreakerSnapshot Snapshot)> All
    {
        get
        {
            lock (_sync)
                return [.. _breakers.Values.OrderBy(named => named.Name, StringComparer.OrdinalIgnoreCase).Select(named => (named.Name, named.Breaker.Snapshot))];
        }
    }

    /// <summary>The breaker of a name as it was first written, and how it stands; null when nothing has used it.</summary>
    /// <param name="name">The name, in any case.</param>
    public (string Name, BreakerSnapshot Snapshot)? Find(string name)
    {
        lock (_sync)
            return _breakers.GetValueOrDefault(name) is { } named ? (named.Name, named.Breaker.Snapshot) : null;
    }

    /// <summary>Goes on from a given state, which was stored or is set by hand.</summary>
    /// <param name="name">The name.</param>
    /// <param name="snapshot">The state.</param>
    /// <returns>False when there is no room for another one.</returns>
    public bool Restore(string name, BreakerSnapshot snapshot)
    {
        lock (_sync)
        {
            if (Get_NeedsLock(name) is not { } named)
                return false;
            named.Breaker.Restore(snapshot);
            return true;
        }
    }

    /// <summary>Asks whether something may be tried. Whoever may must tell <see cref="ExitAsync"/> how it ended.</summary>
    /// <param name="name">Name of the breaker.</param>
    /// <param name="policy">When it opens and for how long, from now on.</param>
    /// <param name="probeLimit">After what time without a word of a probe another one is let through.</param>
    /// <exception cref="InvalidOperationException">There are too many names.</exception>
    internal BreakerEntry Enter(string name, CircuitBreakerPolicy policy, TimeSpan probeLimit)
    {
        lock (_sync)
        {
            var named = Get_NeedsLock(name) ?? throw new InvalidOperationException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"WF4881: There are {CountMax} circuit breakers that are not closed, so '{name}' cannot be added. Use fewer names, or close some: GET /api/breakers."));
            named.UsedAt = clock.GetUtcNow();
            named.Breaker.Follow(policy, probeLimit);
            var mayGo = named.Breaker.TryEnter(out var period, out var retryAfter);
            return new BreakerEntry(mayGo ? new BreakerPass(named.Name, named.Made, period) : null, named.Breaker.Snapshot, retryAfter);
        }
    }

    /// <summary>Counts how something ended, and tells when that opened or closed the breaker.</summary>
    /// <param name="pass">From <see cref="Enter"/>; one of a former process counts no more.</param>
    /// <param name="end">How it ended.</param>
    /// <returns>How the breaker stands when this made it open or close; else null.</returns>
    internal async ValueTask<BreakerSnapshot?> ExitAsync(BreakerPass pass, CallEnd end)
    {
        var changed = Exit(pass, end);
        if (changed is not null && Changed is { } tell)
            await tell(pass.Name, changed);
        return changed;
    }

    /// <summary>Gives back the place of something that was given up, which says nothing.</summary>
    /// <param name="pass">From <see cref="Enter"/>.</param>
    internal void Abandon(BreakerPass pass) => Exit(pass, CallEnd.Abandoned);

    private BreakerSnapshot? Exit(BreakerPass pass, CallEnd end)
    {
        lock (_sync)
            return _breakers.GetValueOrDefault(pass.Name) is { } named && named.Made == pass.Made ? named.Breaker.Exit(pass.Period, end) : null;
    }

    private Named? Get_NeedsLock(string name)
    {
        if (_breakers.TryGetValue(name, out var known))
            return known;
        if (_breakers.Count >= CountMax)
        {
            var idle = _breakers.Values.Where(named => named.Breaker.Snapshot.State == BreakerState.Closed).MinBy(named => named.UsedAt);
            if (idle is null)
                return null;
            _breakers.Remove(idle.Name);
        }

        var now = clock.GetUtcNow();
        // No two that were ever made have the same number, not even in two processes.
        _made = Math.Max(_made + 1, now.UtcTicks);
        return _breakers[name] = new Named(name, new Breaker(new CircuitBreakerPolicy(), clock), _made) { UsedAt = now };
    }

    private sealed record Named(string Name, Breaker Breaker, long Made)
    {
        public DateTimeOffset UsedAt { get; set; }
    }
}

/// <summary>The right to try something, which is kept with the instance that has it.</summary>
/// <param name="Name">Name of the breaker.</param>
/// <param name="Made">Which breaker of that name.</param>
/// <param name="Period">Its state at that time.</param>
internal sealed record BreakerPass(string Name, long Made, int Period);

/// <summary>What a breaker said.</summary>
/// <param name="Pass">The right to go on; null when it lets nothing through.</param>
/// <param name="Snapshot">How it stands.</param>
/// <param name="RetryAfter">When it lets nothing through: in what time to ask again; null when nobody knows.</param>
internal sealed record BreakerEntry(BreakerPass? Pass, BreakerSnapshot Snapshot, TimeSpan? RetryAfter);
