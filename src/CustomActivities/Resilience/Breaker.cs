namespace Platform.CustomActivities.Resilience;

/// <summary>What a circuit breaker does with calls.</summary>
public enum BreakerState
{
    /// <summary>It lets all through. Too many failures move it to <see cref="Open"/>, and so does an operator.</summary>
    Closed,

    /// <summary>It lets none through. The end of its break moves it to <see cref="HalfOpen"/>; an operator closes it.</summary>
    Open,

    /// <summary>It lets a few through to see. When all of them succeed it is <see cref="Closed"/>; after a failure <see cref="Open"/> again.</summary>
    HalfOpen,
}

/// <summary>How a circuit breaker stands.</summary>
/// <param name="State">What it does with calls.</param>
/// <param name="Since">When it came into this state, UTC.</param>
/// <param name="Failures">Failures: in a row while it is closed, those that opened it otherwise.</param>
/// <param name="NextProbeAt">When calls are let through again, UTC; null when it is closed, or open until somebody closes it.</param>
/// <param name="By">Who opened or closed it by hand; null when it did so itself.</param>
public sealed record BreakerSnapshot(BreakerState State, DateTimeOffset Since, int Failures, DateTimeOffset? NextProbeAt, string? By);

/// <summary>How a call ended, for the breaker.</summary>
public enum CallEnd
{
    /// <summary>The service works.</summary>
    Succeeded,

    /// <summary>The service does not work.</summary>
    Failed,

    /// <summary>The call was given up by the caller, which says nothing about the service.</summary>
    Abandoned,
}

/// <summary>
/// A circuit breaker with an exact number of probes, whose state can be stored and restored, and set by hand. Calls that end after it
/// changed its state do not count any more. Thread-safe.
/// </summary>
public sealed class Breaker
{
    private const int Slices = 10;

    private readonly TimeProvider _clock;
    private readonly Lock _sync = new();
    private readonly (long Number, int Calls, int Failures)[] _window = new (long, int, int)[Slices];
    private CircuitBreakerPolicy _policy;
    private BreakerSnapshot _now;
    private int _failuresInARow;
    private int _probes;
    private int _probesSucceeded;
    private int _period;
    private TimeSpan? _probeLimit;
    private DateTimeOffset _probeAt;

    /// <summary>Makes a closed breaker.</summary>
    /// <param name="policy">When it opens and for how long.</param>
    /// <param name="clock">Time.</param>
    public Breaker(CircuitBreakerPolicy policy, TimeProvider clock)
    {
        (_policy, _clock) = (policy, clock);
        _now = new BreakerSnapshot(BreakerState.Closed, clock.GetUtcNow(), 0, null, null);
    }

    /// <summary>How it stands now.</summary>
    public BreakerSnapshot Snapshot
    {
        get
        {
            lock (_sync)
                return _now.State == BreakerState.Closed ? _now with { Failures = Failures_NeedsLock() } : _now;
        }
    }

    /// <summary>Takes another policy, for calls from now on.</summary>
    /// <param name="policy">When it opens and for how long.</param>
    /// <param name="probeLimit">How long a probe may take before others are let through in its place; null when probes end by themselves.</param>
    public void Follow(CircuitBreakerPolicy policy, TimeSpan? probeLimit = null)
    {
        lock (_sync)
            (_policy, _probeLimit) = (policy, probeLimit);
    }

    /// <summary>Goes on from a given state, which was stored or is set by hand: closed, or open and maybe due for a probe.</summary>
    /// <param name="state">The state.</param>
    public void Restore(BreakerSnapshot state)
    {
        lock (_sync)
            Move_NeedsLock(state.State == BreakerState.Closed ? state : state with { State = BreakerState.Open });
    }

    /// <summary>Asks whether a call may be sent. Whoever may must say with <see cref="Exit"/> how it ended.</summary>
    /// <param name="period">Given to <see cref="Exit"/>.</param>
    /// <param name="retryAfter">When it may not: in what time to ask again; null when nobody knows.</param>
    public bool TryEnter(out int period, out TimeSpan? retryAfter)
    {
        lock (_sync)
        {
            retryAfter = null;
            if (_now.State == BreakerState.Open && _now.NextProbeAt <= _clock.GetUtcNow())
                Move_NeedsLock(_now with { State = BreakerState.HalfOpen, Since = _clock.GetUtcNow() });
            period = _period;
            if (_now.State == BreakerState.Closed)
                return true;
            if (_now.State == BreakerState.HalfOpen)
            {
                retryAfter = TimeSpan.Zero;
                if (_probes >= _policy.HalfOpenProbes && !ForgetProbes_NeedsLock())
                    return false;
                period = _period;
                _probeAt = _clock.GetUtcNow();
                _probes++;
                return true;
            }

            retryAfter = _now.NextProbeAt - _clock.GetUtcNow();
            return false;
        }
    }

    /// <summary>Counts how a call ended.</summary>
    /// <param name="period">From <see cref="TryEnter"/>.</param>
    /// <param name="end">How it ended.</param>
    /// <returns>How the breaker stands when this made it open or close; else null.</returns>
    public BreakerSnapshot? Exit(int period, CallEnd end)
    {
        lock (_sync)
        {
            if (period != _period)
                return null;
            return _now.State switch
            {
                BreakerState.HalfOpen => ExitProbe_NeedsLock(end),
                _ when end == CallEnd.Abandoned => null,
                _ => Count_NeedsLock(end == CallEnd.Failed) ? OpenBySelf_NeedsLock(Failures_NeedsLock()) : null,
            };
        }
    }

    /// <summary>Probes of which nothing was heard for too long do not count any more; what they tell later does not either.</summary>
    private bool ForgetProbes_NeedsLock()
    {
        if (_probeLimit is not { } limit || _clock.GetUtcNow() - _probeAt < limit)
            return false;
        Move_NeedsLock(_now);
        return true;
    }

    private BreakerSnapshot? ExitProbe_NeedsLock(CallEnd end)
    {
        if (end == CallEnd.Failed)
            return OpenBySelf_NeedsLock(_now.Failures + 1);
        if (end == CallEnd.Abandoned)
        {
            // Its place is free again: it told nothing.
            _probes--;
            return null;
        }

        return ++_probesSucceeded < _policy.HalfOpenProbes
            ? null
            : Move_NeedsLock(new BreakerSnapshot(BreakerState.Closed, _clock.GetUtcNow(), 0, null, null));
    }

    private bool Count_NeedsLock(bool isFailure)
    {
        _failuresInARow = isFailure ? _failuresInARow + 1 : 0;
        if (_policy.FailureRatio is not { } ratio)
            return _failuresInARow >= (_policy.Failures ?? CircuitBreakerPolicy.DefaultFailures);
        var number = _clock.GetUtcNow().UtcTicks / SliceTicks;
        ref var slice = ref _window[number % Slices];
        if (slice.Number != number)
            slice = (number, 0, 0);
        slice.Calls++;
        slice.Failures += isFailure ? 1 : 0;
        var (calls, failures) = Window_NeedsLock();
        return calls >= _policy.MinimumThroughput && failures >= ratio * calls;
    }

    private long SliceTicks => Math.Max(_policy.SamplingDuration.Ticks / Slices, 1);

    private (int Calls, int Failures) Window_NeedsLock()
    {
        var oldest = (_clock.GetUtcNow().UtcTicks / SliceTicks) - Slices;
        var (calls, failures) = (0, 0);
        foreach (var slice in _window.Where(slice => slice.Number > oldest))
        {
            calls += slice.Calls;
            failures += slice.Failures;
        }

        return (calls, failures);
    }

    private int Failures_NeedsLock() => _now.State != BreakerState.Closed ? _now.Failures
        : _policy.FailureRatio is null ? _failuresInARow
        : Window_NeedsLock().Failures;

    private BreakerSnapshot OpenBySelf_NeedsLock(int failures)
    {
        var now = _clock.GetUtcNow();
        return Move_NeedsLock(new BreakerSnapshot(BreakerState.Open, now, failures, now + _policy.BreakDuration, null));
    }

    private BreakerSnapshot Move_NeedsLock(BreakerSnapshot to)
    {
        _now = to;
        _period++;
        _failuresInARow = 0;
        _probes = 0;
        _probesSucceeded = 0;
        Array.Clear(_window);
        return to;
    }
}
