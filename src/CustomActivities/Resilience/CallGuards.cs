using System.Globalization;
using System.Threading.RateLimiting;
using Polly.CircuitBreaker;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// What stands between an attempt and a service, shared by all calls of it: rate limit, bulkhead and circuit breaker. The breaker outlives
/// a change of the policy.
/// </summary>
public sealed class CallGuards : IDisposable
{
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly RateGate? _rate;
    private readonly ConcurrencyLimiter? _bulkhead;

    /// <summary>Makes the guards.</summary>
    /// <param name="name">Name of the service, for messages.</param>
    /// <param name="policy">The limits.</param>
    /// <param name="breaker">The breaker to go on with; null for a new one.</param>
    /// <param name="clock">Time.</param>
    public CallGuards(string name, ServicePolicy policy, Breaker? breaker, TimeProvider clock)
    {
        (_name, _clock) = (name, clock);
        Breaker = breaker ?? new Breaker(policy.CircuitBreaker, clock);
        Breaker.Follow(policy.CircuitBreaker);
        _rate = policy.RateLimit is { } limit ? new RateGate(limit, clock) : null;
        if (policy.Bulkhead is { } bulkhead)
        {
            _bulkhead = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = bulkhead.MaxConcurrent,
                QueueLimit = bulkhead.MaxQueued,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });
        }
    }

    /// <summary>The circuit breaker.</summary>
    public Breaker Breaker { get; }

    /// <summary>Called when the breaker opens or closes; whoever calls waits for it. Default: nobody.</summary>
    public Func<BreakerSnapshot, ValueTask>? BreakerChanged { get; set; }

    /// <inheritdoc />
    public void Dispose() => _bulkhead?.Dispose();

    /// <summary>Makes one attempt behind the guards.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="judge">Says of a result or an exception how the attempt ended.</param>
    /// <param name="note">Told when this attempt made the breaker open or close.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="BrokenCircuitException">The breaker is open.</exception>
    /// <exception cref="CallRefusedException">The rate limit or the bulkhead lets no more through.</exception>
    public async Task<AttemptResult> RunAsync(
        Func<CancellationToken, Task<AttemptResult>> attempt,
        Func<AttemptResult?, Exception?, CallEnd> judge,
        Action<BreakerSnapshot> note,
        CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(cancellationToken);
        using var lease = _bulkhead is null ? null : await _bulkhead.AcquireAsync(1, cancellationToken);
        if (lease is { IsAcquired: false })
            throw new CallRefusedException($"As many calls of the service '{_name}' as its bulkhead allows are under way, and its queue is full.");
        if (!Breaker.TryEnter(out var period, out var retryAfter))
            throw Refusal(retryAfter);
        var end = CallEnd.Abandoned;
        try
        {
            var result = await attempt(cancellationToken);
            end = judge(result, null);
            return result;
        }
        catch (Exception exception)
        {
            end = judge(null, exception);
            throw;
        }
        finally
        {
            if (Breaker.Exit(period, end) is { } changed)
            {
                note(changed);
                if (BreakerChanged is { } tell)
                    await tell(changed);
            }
        }
    }

    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        if (_rate is null)
            return;
        if (!_rate.TryTake(out var wait))
        {
            throw new CallRefusedException(string.Create(
                CultureInfo.InvariantCulture, $"The rate limit of the service '{_name}' is reached; the next call is possible in {wait.TotalSeconds:0.0##} s."));
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _clock, cancellationToken);
    }

    private BrokenCircuitException Refusal(TimeSpan? retryAfter)
    {
        var message = $"The circuit breaker of the service '{_name}' is open.";
        return retryAfter is { } after ? new BrokenCircuitException(message, after) : new BrokenCircuitException(message);
    }
}
