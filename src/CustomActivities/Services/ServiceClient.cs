using System.Globalization;
using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Calls one service under its policy. Reaches that service only: redirects are not followed and paths cannot leave the base address, so
/// that a registration allows no more than it says.
/// </summary>
public sealed class ServiceClient : IDisposable
{
    private const int ResponseBytesMax = 10 * 1024 * 1024;
    private const int DefaultFailures = 5;

    /// <summary>Below it Polly's breaker does not work at all.</summary>
    private const int FewestCalls = 2;

    private static readonly ResiliencePropertyKey<ServiceCall> CallKey = new("Platform.ServiceCall");

    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly TimeProvider _clock;
    private int _failuresInARow;

    internal ServiceClient(string name, ServiceOptions options, TimeProvider clock)
    {
        Name = name;
        BaseAddress = new Uri((options.BaseAddress ?? "").TrimEnd('/') + "/");
        HealthPath = options.HealthPath;
        Policy = options.Policy;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        };
        _http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = ResponseBytesMax };
        _pipeline = Build();
    }

    /// <summary>Name of the service.</summary>
    public string Name { get; }

    /// <summary>Address that paths are appended to; ends with a slash.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Path of the health check.</summary>
    public string HealthPath { get; }

    /// <summary>How calls cope with failures.</summary>
    public ServicePolicy Policy { get; }

    /// <summary>State of the circuit breaker: Closed, Open, HalfOpen or Isolated.</summary>
    public string CircuitState => _breaker.CircuitState.ToString();

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>The address of a path of this service.</summary>
    /// <param name="path">Path below the base address, with or without a leading slash; may have a query.</param>
    /// <exception cref="InvalidOperationException">The path leads out of the base address.</exception>
    public Uri AddressOf(string? path)
    {
        var address = new Uri(BaseAddress.AbsoluteUri + (path ?? "").Trim().TrimStart('/'));
        if (address.Authority != BaseAddress.Authority || !address.AbsolutePath.StartsWith(BaseAddress.AbsolutePath, StringComparison.Ordinal))
            throw new InvalidOperationException($"The path '{path}' leads out of the service '{Name}' ({BaseAddress}).");
        return address;
    }

    /// <summary>Sends one request outside the policy: no repetition, no breaker. For probes.</summary>
    /// <param name="path">Path below the base address.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    internal async Task<HttpResponseMessage> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path));
        return await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>Makes a call under the policy. Continues where it was called from, so that the call's journal needs no lock.</summary>
    /// <param name="call">What to send and where to note what happens.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The last response, or why there is none.</returns>
    internal async Task<Outcome<HttpResponseMessage>> SendAsync(ServiceCall call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(AttemptAsync, context, call);
            call.NoteOpened(Name);
            return outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<HttpResponseMessage>> AttemptAsync(ResilienceContext context, ServiceCall call)
    {
        call.Attempts++;
        var startedAt = _clock.GetTimestamp();
        try
        {
            using var request = call.MakeRequest();
            var response = await _http.SendAsync(request, context.CancellationToken);
            call.NoteAttempt((int)response.StatusCode, null, _clock.GetElapsedTime(startedAt));
            return Outcome.FromResult(response);
        }
        // The pipeline decides what follows from a failure, so every one of them is handed to it.
        catch (Exception exception)
        {
            var reason = exception is OperationCanceledException ? "no answer in time" : exception.Message;
            call.NoteAttempt(null, reason, _clock.GetElapsedTime(startedAt));
            return Outcome.FromException<HttpResponseMessage>(exception);
        }
    }

    private ResiliencePipeline<HttpResponseMessage> Build()
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = Name, TimeProvider = _clock };
        var (retry, breaker) = (Policy.Retry, Policy.CircuitBreaker);
        if (retry.MaxAttempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = retry.MaxAttempts - 1,
                Delay = retry.Delay,
                BackoffType = retry.BackoffType,
                UseJitter = retry.UseJitter,
                MaxDelay = retry.MaxDelay,
                ShouldHandle = args => new(IsTransient(args.Outcome)),
                DelayGenerator = args => new(RetryAfterOf(args.Outcome.Result)),
                OnRetry = OnRetry,
            });
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            // Counted in a row, the failure that completes the row is the first one that the breaker hears of, and enough.
            FailureRatio = breaker.FailureRatio ?? 0,
            MinimumThroughput = breaker.FailureRatio is null ? FewestCalls : breaker.MinimumThroughput,
            SamplingDuration = breaker.SamplingDuration,
            BreakDuration = breaker.BreakDuration,
            StateProvider = _breaker,
            ShouldHandle = args => new(breaker.FailureRatio is null ? CompletesRow(args.Outcome, breaker.Failures ?? DefaultFailures) : IsFailure(args.Outcome)),
            OnOpened = OnOpened,
        });
        return builder.AddTimeout(new TimeoutStrategyOptions { Timeout = Policy.TimeoutPerAttempt }).Build();
    }

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } } => false,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result: { } response } => (int)response.StatusCode is 408 or 429 or 500 or 502 or 503 or 504,
        _ => false,
    };

    /// <summary>What says that the service is down; a 429 says that it is up and busy.</summary>
    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result: { } response } => (int)response.StatusCode >= 500,
        _ => false,
    };

    /// <summary>Whether an outcome is at least the last of so many failures in a row. Asked once per attempt.</summary>
    private bool CompletesRow(Outcome<HttpResponseMessage> outcome, int failures)
    {
        if (IsFailure(outcome))
            return Interlocked.Increment(ref _failuresInARow) >= failures;
        Interlocked.Exchange(ref _failuresInARow, 0);
        return false;
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage? response)
    {
        if (response?.Headers.RetryAfter is not { } header)
            return null;
        var wanted = header.Delta ?? header.Date - _clock.GetUtcNow();
        if (wanted is not { } delay || delay < TimeSpan.Zero)
            return null;
        return delay < Policy.Retry.MaxDelay ? delay : Policy.Retry.MaxDelay;
    }

    private ValueTask OnRetry(OnRetryArguments<HttpResponseMessage> args)
    {
        var call = args.Context.Properties.GetValue(CallKey, null!);
        call.NoteOpened(Name);
        var next = string.Create(CultureInfo.InvariantCulture, $"Attempt {args.AttemptNumber + 2} follows in {args.RetryDelay.TotalMilliseconds:0} ms.");
        call.Note("Retry", next, new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["attempt"] = args.AttemptNumber + 2,
            ["delayMs"] = args.RetryDelay.TotalMilliseconds,
        });
        return default;
    }

    /// <summary>Comes from another thread, so it only leaves word; the call notes it in its journal when it goes on.</summary>
    private static ValueTask OnOpened(OnCircuitOpenedArguments<HttpResponseMessage> args)
    {
        args.Context.Properties.GetValue(CallKey, null!).OpenedFor(args.BreakDuration);
        return default;
    }
}
