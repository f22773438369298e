using System.Collections;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Platform.CustomActivities.Services;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// Lets activities follow the resilience strategy that their author chose in the designer: a named policy, or an expression that gives
/// the name of one or a strategy. Whichever activity uses it is marked with <c>[ResilienceCategory]</c>.
/// </summary>
public static class ResilientExecution
{
    private const string Property = "resilienceStrategy";
    private const int AttemptsMax = 20;

    /// <summary>Strategies of Elsa limit no attempt; the activity's own limit counts.</summary>
    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>The policy that the author of an activity chose; null when there is none, which the journal tells if one was meant.</summary>
    /// <param name="context">The activity.</param>
    public static async ValueTask<ServicePolicy?> FindPolicyAsync(this ActivityExecutionContext context)
    {
        if (!context.Activity.CustomProperties.TryGetValue(Property, out var property) || property is not IDictionary<string, object?> choice)
            return null;
        object? chosen = Text(choice, "strategyId");
        if (Text(choice, "mode") == "Expression")
        {
            if (choice.TryGetValue("expression", out var held) && held is IDictionary<string, object?> expression && Text(expression, "type") is { Length: > 0 } type)
                chosen = await context.EvaluateAsync<object>(new Expression(type, expression.TryGetValue("value", out var value) ? value : null));
            else
                chosen = null;
        }

        // An object that an expression gives may come as its text.
        if (chosen is string text && text.AsSpan().TrimStart().StartsWith("{") && DynamicJson.TryParse(text, out var read))
            chosen = read;
        var policies = context.GetRequiredService<ServiceRegistry>().Set.Policies;
        return chosen switch
        {
            null or "" => null,
            IDictionary<string, object?> strategy => Text(strategy, "id") is { Length: > 0 } id && policies.TryGetValue(id, out var named) ? named : ReadStrategy(strategy),
            _ when policies.TryGetValue(chosen.ToString() ?? "", out var named) => named,
            _ => Unknown(context, chosen),
        };
    }

    /// <summary>
    /// Makes attempts as the author of the activity chose, or one attempt when nothing was chosen. Attempts are in the journal. The limits
    /// and the circuit breaker are those of the registered service at the address, else of the policy and the address's host.
    /// </summary>
    /// <param name="context">The activity.</param>
    /// <param name="attempt">Makes one attempt.</param>
    /// <param name="address">What is called; null for nothing with a breaker.</param>
    /// <param name="mayHedge">Whether it may be done twice at once.</param>
    /// <param name="isPassing">Whether the same may work after an exception; null for no connection and no answer in time.</param>
    /// <exception cref="HttpRequestException">The breaker is open, or a limit lets no more through.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public static async Task<AttemptResult> RunResilientlyAsync(
        this ActivityExecutionContext context,
        Func<CancellationToken, Task<AttemptResult>> attempt,
        Uri? address = null,
        bool mayHedge = false,
        Func<Exception, bool>? isPassing = null)
    {
        if (await context.FindPolicyAsync() is not { } policy)
            return await attempt(context.CancellationToken);
        var registry = context.GetRequiredService<ServiceRegistry>();
        var notes = new CallNotes((name, message, payload) => context.AddExecutionLogEntry(name, message, payload: payload));
        var call = new Call(address?.Host ?? context.Activity.Type, notes, attempt)
        {
            Guards = registry.GuardsFor(policy, address),
            MayHedge = mayHedge,
            IsPassingException = isPassing ?? PolicyRunner.IsPassing,
        };
        var outcome = await registry.RunnerOf(policy).RunAsync(call, context.CancellationToken);
        switch (outcome.Exception)
        {
            case null:
                return outcome.Result!;
            case BrokenCircuitException or CallRefusedException:
                throw new HttpRequestException(outcome.Exception.Message, outcome.Exception);
            case TimeoutRejectedException:
                throw new TimeoutException(outcome.Exception.Message, outcome.Exception);
            default:
                ExceptionDispatchInfo.Throw(outcome.Exception);
                throw outcome.Exception;
        }
    }

    private static ServicePolicy? Unknown(ActivityExecutionContext context, object chosen)
    {
        context.AddExecutionLogEntry("StrategyNotFound", $"There is no policy '{chosen}', so none is followed. Choose another one, or make it: POST /api/policies.");
        return null;
    }

    /// <summary>A strategy as Elsa writes it: repetition only.</summary>
    private static ServicePolicy ReadStrategy(IDictionary<string, object?> strategy)
    {
        var policy = new ServicePolicy { TimeoutPerAttempt = NoLimit, IsInline = true };
        if (int.TryParse(Text(strategy, "maxRetryAttempts"), NumberStyles.None, CultureInfo.InvariantCulture, out var retries))
            policy.Retry.MaxAttempts = Math.Min(retries + 1, AttemptsMax);
        else
            policy.Retry.MaxAttempts++;
        if (TimeSpan.TryParse(Text(strategy, "delay"), CultureInfo.InvariantCulture, out var delay) && delay >= TimeSpan.Zero)
            policy.Retry.Delay = delay < TimeSpan.FromHours(1) ? delay : TimeSpan.FromHours(1);
        if (bool.TryParse(Text(strategy, "useJitter"), out var jitter))
            policy.Retry.UseJitter = jitter;
        if (Enum.TryParse<DelayBackoffType>(Text(strategy, "backoffType"), ignoreCase: true, out var growth) && Enum.IsDefined(growth))
            policy.Retry.BackoffType = growth;
        return policy;
    }

    private static string? Text(IDictionary<string, object?> members, string name) =>
        members.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { } value and not ICollection
            ? Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
}
