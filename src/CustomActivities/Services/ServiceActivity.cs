using System.Globalization;
using Platform.CustomActivities.Resilience;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Platform.CustomActivities.Services;

/// <summary>What the activities that call a registered service have in common: how the call is made, and what they tell of it.</summary>
public abstract class ServiceActivity : Activity<object>
{
    private const string ServiceProperty = "StandInFor";
    private const string OutcomeProperty = "StandInOutcome";
    private const string ValueProperty = "StandInValue";

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
        var (outcome, error) = Report(context, service.Name, reply);
        if (reply.StandIn is null)
            await context.CompleteActivityWithOutcomesAsync(outcome);
        else
            await StandInAsync(context, request, reply, new StandInFor(service.Name, error, outcome));
    }

    private async ValueTask StandInAsync(ActivityExecutionContext context, ServiceRequest request, ServiceReply failed, StandInFor call)
    {
        var policy = failed.StandIn!;
        var input = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["Service"] = call.Service,
            ["Method"] = request.Method.Method,
            ["Path"] = request.Path,
            ["Error"] = call.Error,
            ["StatusCode"] = failed.Response?.StatusCode ?? 0,
        };
        if (request.Body is { } body && ServiceJson.Read(body.ToArray(), request.MediaType) is { } sent)
            input["Body"] = sent;
        if (context.GetService<StandInWorkflows>() is not { } workflows)
        {
            await EndWithoutStandInAsync(context, call, policy.Value, "this server runs none.");
            return;
        }

        var (refusal, waits, output) = await workflows.RunAsync(context, policy.Workflow!, input, OnStandInEndedAsync);
        if (refusal is not null)
        {
            await EndWithoutStandInAsync(context, call, policy.Value, refusal);
            return;
        }

        context.AddExecutionLogEntry("Fallback", $"The service '{call.Service}' failed; the workflow '{policy.Workflow}' answers instead.");
        if (!waits)
        {
            await EndAsync(context, call, policy.Value, output);
            return;
        }

        context.SetProperty(ServiceProperty, call.Service);
        context.SetProperty(OutcomeProperty, call.Outcome);
        context.SetProperty(ValueProperty, policy.Value);
    }

    private ValueTask OnStandInEndedAsync(ActivityExecutionContext context)
    {
        var call = new StandInFor(context.GetProperty<string>(ServiceProperty)!, "", context.GetProperty<string>(OutcomeProperty)!);
        return EndAsync(context, call, context.GetProperty<string>(ValueProperty), context.GetRequiredService<StandInWorkflows>().EndOf(context));
    }

    private async ValueTask EndAsync(ActivityExecutionContext context, StandInFor call, string? value, IDictionary<string, object?>? outputs)
    {
        if (outputs is null)
        {
            await EndWithoutStandInAsync(context, call, value, "it did not end well.");
            return;
        }

        context.Set(Result, outputs.TryGetValue("Result", out var result) ? result : outputs);
        context.Set(StatusCode, 200);
        context.Set(ResponseHeaders, new Dictionary<string, object>(StringComparer.Ordinal));
        context.Set(AnsweredBy, "fallback");
        context.Set(Error, "");
        await context.CompleteActivityWithOutcomesAsync("Done");
    }

    private async ValueTask EndWithoutStandInAsync(ActivityExecutionContext context, StandInFor call, string? value, string reason)
    {
        context.AddExecutionLogEntry("Fallback", $"No workflow stands in for the service '{call.Service}': {reason}");
        var outcome = call.Outcome;
        if (value is not null)
        {
            context.AddExecutionLogEntry("Fallback", ServiceClient.ValueGiven(call.Service));
            outcome = Report(context, call.Service, ServiceReply.Fixed(value)).Outcome;
        }

        await context.CompleteActivityWithOutcomesAsync(outcome);
    }

    /// <summary>Sets the outputs.</summary>
    private (string Outcome, string Error) Report(ActivityExecutionContext context, string service, ServiceReply reply)
    {
        if (reply.Response is not { } response)
            return ReportFailure(context, service, reply.Exception);
        context.Set(Result, ServiceJson.Read(response.Body, response.MediaType));
        context.Set(StatusCode, response.StatusCode);
        context.Set(ResponseHeaders, new Dictionary<string, object>(response.Headers, StringComparer.Ordinal));
        context.Set(AnsweredBy, reply.AnsweredBy);
        var error = response.IsSuccess ? "" : string.Create(CultureInfo.InvariantCulture, $"The service '{service}' answered with status {response.StatusCode}.");
        context.Set(Error, error);
        return (response.IsSuccess ? "Done" : "Failed", error);
    }

    private (string Outcome, string Error) ReportFailure(ActivityExecutionContext context, string service, Exception? exception)
    {
        // The host stops or the run is cancelled: that is not the service's failure.
        context.CancellationToken.ThrowIfCancellationRequested();
        var error = exception switch
        {
            BrokenCircuitException open => $"The service '{service}' failed too often lately, so no call is sent to it.{NextProbe(open)}",
            CallRefusedException => exception.Message,
            HttpRequestException => $"The service '{service}' could not be reached: {exception.Message}",
            TimeoutRejectedException or OperationCanceledException => $"The service '{service}' gave no answer in time.",
            _ => throw new InvalidOperationException($"The call of the service '{service}' could not be made: {exception?.Message}", exception),
        };
        context.Set(StatusCode, 0);
        context.Set(AnsweredBy, "");
        context.Set(Error, error);
        if (exception is not BrokenCircuitException)
            return ("Failed", error);
        context.AddExecutionLogEntry("CircuitOpen", error);
        return ("CircuitOpen", error);
    }

    private static string NextProbe(BrokenCircuitException open) =>
        open.RetryAfter is { } after ? string.Create(CultureInfo.InvariantCulture, $" The next one is let through in {after.TotalSeconds:0.0} s.") : "";

    /// <summary>The call that a workflow answers.</summary>
    private sealed record StandInFor(string Service, string Error, string Outcome);
}
