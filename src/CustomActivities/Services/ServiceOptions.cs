using System.ComponentModel.DataAnnotations;
using Polly;

namespace Platform.CustomActivities.Services;

/// <summary>A service that workflows call by its name, section <c>Services:{name}</c>.</summary>
public sealed class ServiceOptions
{
    /// <summary>Absolute address that paths are appended to, http or https. Required.</summary>
    [Required(ErrorMessage = "is missing. Give the address of the service, for example http://localhost:5060/inventory.")]
    public string? BaseAddress { get; set; }

    /// <summary>Path of the health check below the base address. Default: /health.</summary>
    [Required(AllowEmptyStrings = true)]
    public string HealthPath { get; set; } = "/health";

    /// <summary>How calls cope with failures.</summary>
    public ServicePolicy Policy { get; set; } = new();
}

/// <summary>How calls of a service cope with failures: a time limit inside a circuit breaker inside retries.</summary>
public sealed class ServicePolicy
{
    /// <summary>How long one attempt may take. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan TimeoutPerAttempt { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Repetition of failed attempts.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Refusal of calls while the service is down.</summary>
    public CircuitBreakerPolicy CircuitBreaker { get; set; } = new();
}

/// <summary>
/// Repetition of attempts that failed for a reason that may pass: no connection, no answer in time, status 408, 429, 500, 502, 503 or 504.
/// A Retry-After header of the service counts more than the computed delay. Every attempt of a call carries the same Idempotency-Key.
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
}

/// <summary>
/// Refusal of calls while the service is down: after too many failures none is sent for a while, then one is let through to see. One
/// breaker per service, shared by all workflows.
/// </summary>
public sealed class CircuitBreakerPolicy
{
    /// <summary>Opens after this many failures in a row. Not together with <see cref="FailureRatio"/>. Default: 5 when no ratio is given.</summary>
    [Range(2, 10_000, ErrorMessage = "must lie between 2 and 10000.")]
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
}
