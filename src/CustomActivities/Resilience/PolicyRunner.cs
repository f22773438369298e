using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// Makes calls under one policy: the time limit of the whole call around repetition around hedging around the guards of the service around
/// the time limit of each attempt. Continues where it was called from, so that the notes of a call need no lock.
/// </summary>
public sealed class PolicyRunner
{
    private static readonly ResiliencePropertyKey<Call> CallKey = new("Platform.Call");

    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline<AttemptResult> _retry;

    /// <summary>Makes a runner.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="clock">Time.</param>
    public PolicyRunner(ServicePolicy policy, TimeProvider clock)
    {
        (Policy, _clock) = (policy, clock);
        _retry = BuildRetry();
    }

    /// <summary>The policy.</summary>
    public ServicePolicy Policy { get; }

    /// <summary>Whether an exception says that the same may work later: no connection, no answer in time.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsPassing(Exception exception) => exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
        && exception is HttpRequestException or TimeoutRejectedException or TimeoutException or IOException;

    /// <summary>Whether a status says that the same may work later.</summary>
    /// <param name="status">The status.</param>
    public static bool IsPassing(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    /// <summary>Makes a call.</summary>
    /// <param name="call">What to do, and how.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <returns>The last result, or why there is none.</returns>
    public async Task<Outcome<AttemptResult>> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var timeout = Shorter(call.Timeout, Policy.Timeout);
        using var limit = timeout is { } time ? new CancellationTokenSource(time, _clock) : null;
        using var either = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        call.GivenUp = cancellationToken;
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, either?.Token ?? cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            var outcome = await _retry.ExecuteOutcomeAsync(OnceAsync, context, call);
            return outcome.Exception is OperationCanceledException exception && limit is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested
                ? Outcome.FromException<AttemptResult>(new TimeoutRejectedException("The call took longer than its time limit.", timeout!.Value, exception))
                : outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one < other ? one : other;

    private async ValueTask<Outcome<AttemptResult>> OnceAsync(ResilienceContext context, Call call)
    {
        try
        {
            return Outcome.FromResult(await (call.MayHedge && Policy.Hedging is { } hedging
                ? HedgedAsync(call, hedging, context.CancellationToken)
                : GuardedAsync(call, context.CancellationToken, context.CancellationToken)));
        }
        // The pipeline decides what follows from a failure, so every one of them is handed to it.
        catch (Exception exception)
        {
            return Outcome.FromException<AttemptResult>(exception);
        }
    }

    private async Task<AttemptResult> HedgedAsync(Call call, HedgingPolicy hedging, CancellationToken cancellationToken)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<AttemptResult>> running = [GuardedAsync(call, cancellationToken, decided.Token)];
        for (var begun = 1; ;)
        {
            using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var pause = begun <= hedging.MaxAttempts ? Task.Delay(hedging.Delay, _clock, awake.Token) : null;
            var first = await Task.WhenAny(pause is null ? running : [.. running, pause]);
            await awake.CancelAsync();
            if (first is not Task<AttemptResult> ended)
            {
                cancellationToken.ThrowIfCancellationRequested();
                begun++;
                call.Notes.Add("Hedge", $"There was no answer within {hedging.Delay}: another attempt begins beside it.");
                running.Add(GuardedAsync(call, cancellationToken, decided.Token));
                continue;
            }

            running.Remove(ended);
            if (running.Count > 0 && !IsGood(call, ended))
                continue;
            await decided.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            foreach (var late in running.Where(late => late.IsCompletedSuccessfully))
                (await late).Dispose();
            return await ended;
        }
    }

    private static bool IsGood(Call call, Task<AttemptResult> ended) =>
        ended.IsCompletedSuccessfully && !IsFailure(ended.Result) && !call.IsPassing(ended.Result, null);

    /// <summary>One attempt behind the guards of the service, when there are any.</summary>
    /// <param name="call">The call.</param>
    /// <param name="whole">Cancelled when the whole call is over.</param>
    /// <param name="own">Cancelled also when another attempt was good.</param>
    private async Task<AttemptResult> GuardedAsync(Call call, CancellationToken whole, CancellationToken own)
    {
        if (call.Guards is not { } guards)
            return await AttemptAsync(call, own);
        return await guards.RunAsync(token => AttemptAsync(call, token), Judge, call.NoteOpened, own);

        // An attempt that ran into the limit of the whole call had its time; one that nobody needs any more says nothing.
        CallEnd Judge(AttemptResult? result, Exception? exception) => (result, exception) switch
        {
            (_, OperationCanceledException) => whole.IsCancellationRequested && !call.GivenUp.IsCancellationRequested ? CallEnd.Failed : CallEnd.Abandoned,
            (_, not null) => call.IsPassing(null, exception) ? CallEnd.Failed : CallEnd.Abandoned,
            ({ } value, _) => IsFailure(value) ? CallEnd.Failed : CallEnd.Succeeded,
            _ => CallEnd.Succeeded,
        };
    }

    /// <summary>What says that the service is down; a 429 says that it is up and busy.</summary>
    private static bool IsFailure(AttemptResult result) => result.Status >= 500;

    private async Task<AttemptResult> AttemptAsync(Call call, CancellationToken cancellationToken)
    {
        var number = call.Notes.Begin();
        var startedAt = _clock.GetTimestamp();
        using var limit = new CancellationTokenSource(Policy.TimeoutPerAttempt, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await call.Attempt(either.Token);
            call.Notes.AddAttempt(number, result.Status, null, _clock.GetElapsedTime(startedAt));
            return result;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            call.Notes.AddAttempt(number, null, "no answer in time", _clock.GetElapsedTime(startedAt));
            throw new TimeoutRejectedException("There was no answer in time.", Policy.TimeoutPerAttempt, exception);
        }
        catch (Exception exception)
        {
            call.Notes.AddAttempt(number, null, exception is OperationCanceledException ? "given up" : exception.Message, _clock.GetElapsedTime(startedAt));
            throw;
        }
    }

    private ResiliencePipeline<AttemptResult> BuildRetry()
    {
        var retry = Policy.Retry;
        var most = Math.Max(retry.MaxAttempts, retry.Statuses.Values.Max(rule => rule.MaxAttempts) ?? 1);
        if (most < 2)
            return ResiliencePipeline<AttemptResult>.Empty;
        return new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = _clock }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = most - 1,
                Delay = retry.Delay,
                BackoffType = retry.BackoffType,
                UseJitter = retry.UseJitter,
                MaxDelay = retry.MaxDelay,
                ShouldHandle = args => new(ShouldRepeat(args)),
                DelayGenerator = args => new(DelayAfter(args.Outcome.Result)),
                OnRetry = OnRetry,
            })
            .Build();
    }

    private bool ShouldRepeat(RetryPredicateArguments<AttemptResult> args)
    {
        var made = args.AttemptNumber + 1;
        if (args.Outcome.Result is { Status: { } status } && Policy.Retry.RuleFor(status) is { } rule)
            return made < (rule.MaxAttempts ?? Policy.Retry.MaxAttempts);
        return made < Policy.Retry.MaxAttempts
            && args.Outcome.Exception is not (BrokenCircuitException or CallRefusedException)
            && args.Context.Properties.GetValue(CallKey, null!).IsPassing(args.Outcome.Result, args.Outcome.Exception);
    }

    private TimeSpan? DelayAfter(AttemptResult? result)
    {
        if (Policy.Retry.HonourRetryAfter && result?.RetryAfter is { } wanted && wanted >= TimeSpan.Zero)
            return wanted < Policy.Retry.MaxDelay ? wanted : Policy.Retry.MaxDelay;
        return result?.Status is { } status ? Policy.Retry.RuleFor(status)?.Delay : null;
    }

    private static ValueTask OnRetry(OnRetryArguments<AttemptResult> args)
    {
        var error = args.Outcome.Exception is TimeoutRejectedException ? "no answer in time" : args.Outcome.Exception?.Message;
        args.Context.Properties.GetValue(CallKey, null!).Notes.AddRetry(args.AttemptNumber + 2, args.RetryDelay, args.Outcome.Result?.Status, error);
        args.Outcome.Result?.Dispose();
        return default;
    }
}
