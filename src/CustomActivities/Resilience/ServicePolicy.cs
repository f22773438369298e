using System.ComponentModel.DataAnnotations;
using Polly;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// How calls cope with failures. From the outside in: a cached answer, the fallback, the time limit of the whole call, repetition, hedging;
/// and around each attempt the rate limit, the bulkhead, the circuit breaker and the time limit of the attempt.
/// </summary>
public sealed class ServicePolicy
{
    /// <summary>One sentence for people. Default: none.</summary>
    [StringLength(500)]
    public string? Description { get; set; }

    /// <summary>How long one attempt may take. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan TimeoutPerAttempt { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the whole call may take, all attempts and delays included. Default: no limit of its own.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Repetition of failed attempts.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Refusal of calls while the service is down.</summary>
    public CircuitBreakerPolicy CircuitBreaker { get; set; } = new();

    /// <summary>Most attempts at once. Default: no limit.</summary>
    public BulkheadPolicy? Bulkhead { get; set; }

    /// <summary>Most attempts in a time. Default: no limit.</summary>
    public RateLimitPolicy? RateLimit { get; set; }

    /// <summary>A second attempt beside one that is slow. Default: none.</summary>
    public HedgingPolicy? Hedging { get; set; }

    /// <summary>What is answered when the call failed. Default: the failure itself.</summary>
    public FallbackPolicy? Fallback { get; set; }

    /// <summary>Answers that are kept, so that the same question is not asked again. Default: none.</summary>
    public CachePolicy? Cache { get; set; }

    /// <summary>Whether it was written into an activity, so that nothing else shares it.</summary>
    internal bool IsInline { get; init; }

    /// <summary>The same with other time limits.</summary>
    /// <param name="timeoutPerAttempt">Limit of an attempt; null for the same.</param>
    /// <param name="timeout">Limit of the whole call; null for the same.</param>
    internal ServicePolicy With(TimeSpan? timeoutPerAttempt, TimeSpan? timeout)
    {
        var copy = (ServicePolicy)MemberwiseClone();
        copy.TimeoutPerAttempt = timeoutPerAttempt ?? TimeoutPerAttempt;
        copy.Timeout = timeout ?? Timeout;
        return copy;
    }
}

/// <summary>
/// Repetition of attempts that failed for a reason that may pass: no connection, no answer in time, status 408, 429, 500, 502, 503 or 504.
/// Every attempt of a call carries the same Idempotency-Key.
/// </summary>
public sealed class RetryPolicy
{
    /// <summary>Attempts in all, the first one included; 1 never repeats. Default: 3.</summary>
    [Range(1, 20, ErrorMessage = "must lie between 1 and 20.")]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Delay before the first repetition. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must lie between 00:00:00 and 01:00:00.")]
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How the delay grows: Constant, Linear or Exponential. Default: Exponential.</summary>
    public DelayBackoffType BackoffType { get; set; } = DelayBackoffType.Exponential;

    /// <summary>Whether delays vary at random, so that callers do not come back all at once. Default: true.</summary>
    public bool UseJitter { get; set; } = true;

    /// <summary>Longest delay, also when the service asks for a longer one. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "must lie between 00:00:00 and 1.00:00:00.")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a Retry-After header of the service counts more than the computed delay. Default: true.</summary>
    public bool HonourRetryAfter { get; set; } = true;

    /// <summary>Rules for single statuses (<c>404</c>) or a hundred of them (<c>5xx</c>); the single one counts more. Default: none.</summary>
    public Dictionary<string, StatusRule> Statuses { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rule for a status; null when there is none.</summary>
    /// <param name="status">Status of an answer.</param>
    public StatusRule? RuleFor(int status) => Statuses.Count == 0 ? null
        : Statuses.GetValueOrDefault(status.ToString(System.Globalization.CultureInfo.InvariantCulture))
        ?? Statuses.GetValueOrDefault((status / 100).ToString(System.Globalization.CultureInfo.InvariantCulture) + "xx");
}

/// <summary>How attempts are repeated that were answered with a certain status.</summary>
public sealed class StatusRule
{
    /// <summary>Attempts in all; 1 never repeats. Default: as the policy says.</summary>
    [Range(1, 20, ErrorMessage = "must lie between 1 and 20.")]
    public int? MaxAttempts { get; set; }

    /// <summary>Delay before each repetition, the same every time. Default: as the policy says.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must lie between 00:00:00 and 01:00:00.")]
    public TimeSpan? Delay { get; set; }
}

/// <summary>
/// Refusal of calls while the service is down: after too many failures none is sent for a while, then a few are let through to see. One
/// breaker per service, shared by all workflows, stored over restarts. A failure is no connection, no answer in time, or a status from 500.
/// </summary>
public sealed class CircuitBreakerPolicy
{
    /// <summary>Failures in a row when nothing else is said.</summary>
    internal const int DefaultFailures = 5;

    /// <summary>Opens after this many failures in a row. Not together with <see cref="FailureRatio"/>. Default: 5 when no ratio is given.</summary>
    [Range(1, 10_000, ErrorMessage = "must lie between 1 and 10000.")]
    public int? Failures { get; set; }

    /// <summary>Opens when this share of the calls within <see cref="SamplingDuration"/> failed, 0.01 to 1. Default: not used.</summary>
    [Range(0.01, 1.0, ErrorMessage = "must lie between 0.01 and 1.")]
    public double? FailureRatio { get; set; }

    /// <summary>Calls within <see cref="SamplingDuration"/> before <see cref="FailureRatio"/> counts. Default: 10.</summary>
    [Range(2, 10_000, ErrorMessage = "must lie between 2 and 10000.")]
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Time over which calls are counted. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.500 and 1.00:00:00.")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long no call is sent once it opened. Default: 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.500 and 1.00:00:00.")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Calls that are let through afterwards, exactly; the breaker closes when all of them succeeded. Default: 1.</summary>
    [Range(1, 100, ErrorMessage = "must lie between 1 and 100.")]
    public int HalfOpenProbes { get; set; } = 1;
}

/// <summary>Most attempts at once, so that one slow service does not take everything.</summary>
public sealed class BulkheadPolicy
{
    /// <summary>Attempts at once. Default: 10.</summary>
    [Range(1, 10_000, ErrorMessage = "must lie between 1 and 10000.")]
    public int MaxConcurrent { get; set; } = 10;

    /// <summary>Attempts that may wait for their turn; further ones are refused. Default: 0.</summary>
    [Range(0, 100_000, ErrorMessage = "must lie between 0 and 100000.")]
    public int MaxQueued { get; set; }
}

/// <summary>Most attempts in any stretch of time of a length.</summary>
public sealed class RateLimitPolicy
{
    /// <summary>Attempts in the time. Default: 100.</summary>
    [Range(1, 10_000, ErrorMessage = "must lie between 1 and 10000.")]
    public int Count { get; set; } = 100;

    /// <summary>The time. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan Per { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an attempt may wait for its turn; one that would wait longer is refused. Default: 0, none waits.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must lie between 00:00:00 and 01:00:00.")]
    public TimeSpan MaxWait { get; set; }
}

/// <summary>
/// Another attempt beside one that is slow; the first good answer counts and the others are given up. Only for GET, HEAD and OPTIONS,
/// which change nothing when they are sent twice.
/// </summary>
public sealed class HedgingPolicy
{
    /// <summary>How long an attempt is waited for before another one begins. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00", ErrorMessage = "must lie between 00:00:00.010 and 00:10:00.")]
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Further attempts. Default: 1.</summary>
    [Range(1, 5, ErrorMessage = "must lie between 1 and 5.")]
    public int MaxAttempts { get; set; } = 1;
}

/// <summary>
/// What is answered when the call failed after all repetitions or was not let through: what another service answers, else the last good
/// answer to the same question, else what a workflow gives, else a fixed value. An answer that says what is wrong with the question (status 400 to 499 but for 408
/// and 429) is no such failure.
/// </summary>
public sealed class FallbackPolicy
{
    /// <summary>Name of the service that is asked instead, with the same path. Default: none.</summary>
    [StringLength(100)]
    public string? Service { get; set; }

    /// <summary>Whether the last good answer to the same question is given. Default: false.</summary>
    public bool Cached { get; set; }

    /// <summary>How old that answer may be. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00", ErrorMessage = "must lie between 00:00:01 and 30.00:00:00.")]
    public TimeSpan CachedMaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Definition id of a workflow that answers instead, as a child of the run: its output <c>Result</c>, or all its outputs by name. Its inputs are
    /// <c>Service</c>, <c>Method</c>, <c>Path</c>, <c>Body</c>, <c>Error</c> and <c>StatusCode</c>. Default: none.
    /// </summary>
    [StringLength(200)]
    public string? Workflow { get; set; }

    /// <summary>A fixed answer, JSON or text, given with status 200. Default: none.</summary>
    [StringLength(65_536)]
    public string? Value { get; set; }
}

/// <summary>
/// Good answers to GET and HEAD are kept; the same question, with the same headers, is answered from there. Of several that ask the same
/// at once one asks the service, and the others get its answer.
/// </summary>
public sealed class CachePolicy
{
    /// <summary>How long an answer is kept. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most answers that are kept for a service; the oldest ones go. Default: 1000.</summary>
    [Range(1, 100_000, ErrorMessage = "must lie between 1 and 100000.")]
    public int MaxEntries { get; set; } = 1000;
}
