using System.Globalization;
using Platform.CustomActivities.Resilience;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Platform.CustomActivities.Services;

/// <summary>What the activities that call a registered service have in common: how the call is made, and what they tell of it.</summary>
public abstract class ServiceActivity : Activity<object>
{
    /// <summary>Longest time of the whole call, repetitions included. Default: only the limits of the service's policy.</summary>
    [Input(Description = "The longest time for the whole call with all its attempts, as hours:minutes:seconds.", Category = "Advanced")]
    public Input<TimeSpan?> Timeout { get; set; } = new((TimeSpan?)null);

    /// <summary>Status of the last response; 0 when there was none.</summary>
    [Output(Description = "The status code of the last response; 0 when there was none.")]
    public Output<int>? StatusCode { get; set; }

    /// <summary>Headers of the last response, by name in lower case.</summary>
    [Output(Description = "The headers of the last response.")]
    public Output<IDictionary<string, object>>? ResponseHeaders { get; set; }

    /// <summary>Number of requests that were sent.</summary>
    [Output(Description = "The number of requests that were sent.")]
    public Output<int>? Attempts { get; set; }

    /// <summary>Time that the call took with all its attempts.</summary>
    [Output(Description = "How long the call took with all its attempts.")]
    public Output<TimeSpan>? Duration { get; set; }

    /// <summary>Why the call failed, in a sentence; empty when it did not.</summary>
    [Output(Description = "Why the call failed; empty when it did not.")]
    public Output<string>? Error { get; set; }

    /// <summary>Who answered: service, cache or fallback; empty when nobody did.</summary>
    [Output(DisplayName = "Answered By", Description = "Who answered: service, cache or fallback; empty when nobody did.")]
    public Output<string>? AnsweredBy { get; set; }

    /// <summary>Makes the call and completes the activity.</summary>
    /// <param name="context">The activity.</param>
    /// <param name="service">The service.</param>
    /// <param name="request">What to send.</param>
    private protected async ValueTask SendAsync(ActivityExecutionContext context, ServiceClient service, ServiceRequest request)
    {
        var clock = context.GetRequiredService<TimeProvider>();
        var notes = new CallNotes((name, message, payload) => context.AddExecutionLogEntry(name, message, payload: payload));
        var timeout = context.Get(Timeout) is { } given && given > TimeSpan.Zero ? given : (TimeSpan?)null;
        var startedAt = clock.GetTimestamp();
        var reply = await service.SendAsync(request, notes, await context.FindPolicyAsync(), timeout, context.CancellationToken);
        context.Set(Attempts, notes.Attempts);
        context.Set(Duration, clock.GetElapsedTime(startedAt));
        if (reply.Response is { } response)
            await CompleteAsync(context, service, response, reply.AnsweredBy);
        else
            await FailAsync(context, service, reply.Exception);
    }

    private async ValueTask CompleteAsync(ActivityExecutionContext context, ServiceClient service, ServiceResponse response, string answeredBy)
    {
        context.Set(Result, ServiceJson.Read(response.Body, response.MediaType));
        context.Set(StatusCode, response.StatusCode);
        context.Set(ResponseHeaders, new Dictionary<string, object>(response.Headers, StringComparer.Ordinal));
        context.Set(AnsweredBy, answeredBy);
        if (response.IsSuccess)
        {
            context.Set(Error, "");
            await context.CompleteActivityWithOutcomesAsync("Done");
            return;
        }

        context.Set(Error, string.Create(CultureInfo.InvariantCulture, $"The service '{service.Name}' answered with status {response.StatusCode}."));
        await context.CompleteActivityWithOutcomesAsync("Failed");
    }

    private async ValueTask FailAsync(ActivityExecutionContext context, ServiceClient service, Exception? exception)
    {
        // The host stops or the run is cancelled: that is not the service's failure.
        context.CancellationToken.ThrowIfCancellationRequested();
        context.Set(StatusCode, 0);
        context.Set(AnsweredBy, "");
        switch (exception)
        {
            case BrokenCircuitException open:
                var again = open.RetryAfter is { } after ? string.Create(CultureInfo.InvariantCulture, $" The next one is let through in {after.TotalSeconds:0.0} s.") : "";
                var refused = $"The service '{service.Name}' failed too often lately, so no call is sent to it.{again}";
                context.AddExecutionLogEntry("CircuitOpen", refused);
                context.Set(Error, refused);
                await context.CompleteActivityWithOutcomesAsync("CircuitOpen");
                break;
            case CallRefusedException:
                context.Set(Error, exception.Message);
                await context.CompleteActivityWithOutcomesAsync("Failed");
                break;
            case HttpRequestException or TimeoutRejectedException or OperationCanceledException:
                context.Set(Error, exception is HttpRequestException
                    ? $"The service '{service.Name}' could not be reached: {exception.Message}"
                    : $"The service '{service.Name}' gave no answer in time.");
                await context.CompleteActivityWithOutcomesAsync("Failed");
                break;
            default:
                throw new InvalidOperationException($"The call of the service '{service.Name}' could not be made: {exception?.Message}", exception);
        }
    }
}
