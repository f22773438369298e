using System.Collections.Concurrent;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// Lets at most so many executions go on in any stretch of time, over all workflows that name the same throttle; the others wait for their
/// turn, without a thread and over a restart. The places are counted in memory: after a restart the count begins anew. Ends with
/// <c>Done</c>, or with <c>Refused</c> when the wait would be too long.
/// </summary>
[Activity("Platform", "Resilience", "Let at most so many go on in a time; the others wait for their turn.")]
[FlowNode("Done", "Refused")]
public sealed class Throttle : Activity
{
    /// <summary>Name that is shared by all that are counted together. Default: one per place in the workflow.</summary>
    [Input(DisplayName = "Name", Description = "All activities with the same name are counted together. Empty counts this activity alone.")]
    public Input<string?> Key { get; set; } = new((string?)null);

    /// <summary>How many in the time, 1 to 10000. Default: 10.</summary>
    [Input(Description = "How many may go on in the time.", DefaultValue = 10)]
    public Input<int> Count { get; set; } = new(10);

    /// <summary>The time. Default: 1 s.</summary>
    [Input(Description = "The time, as hours:minutes:seconds.", DefaultValue = "00:00:01")]
    public Input<TimeSpan> Per { get; set; } = new(TimeSpan.FromSeconds(1));

    /// <summary>Longest wait. Default: 1 hour.</summary>
    [Input(DisplayName = "Longest Wait", Description = "The longest wait; whoever would wait longer is refused.", DefaultValue = "01:00:00")]
    public Input<TimeSpan> LongestWait { get; set; } = new(TimeSpan.FromHours(1));

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (count, per) = (context.Get(Count), context.Get(Per));
        if (count is < 1 or > 10_000 || per <= TimeSpan.Zero)
            throw new InvalidOperationException($"{count} in {per} cannot be counted. Give a number from 1 to 10000 and a time longer than zero.");
        var name = context.Get(Key) is { Length: > 0 } given ? given.Trim() : $"{context.WorkflowExecutionContext.Plan.Definition.DefinitionId}/{context.Activity.Id}";
        var gate = context.GetRequiredService<Throttles>().Of(name, new RateLimitPolicy { Count = count, Per = per, MaxWait = context.Get(LongestWait) });
        if (!gate.TryTake(out var wait))
        {
            context.AddExecutionLogEntry("Refused", $"It would be its turn in {wait}, which is too long.");
            await context.CompleteActivityWithOutcomesAsync("Refused");
        }
        else if (wait > TimeSpan.Zero)
        {
            context.AddExecutionLogEntry("Throttled", $"It is its turn in {wait}.");
            context.DelayFor(wait, GoOnAsync);
        }
        else
        {
            await context.CompleteActivityWithOutcomesAsync("Done");
        }
    }

    private ValueTask GoOnAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync("Done");
}

/// <summary>The throttles of this process by name.</summary>
/// <param name="clock">Time.</param>
public sealed class Throttles(TimeProvider clock)
{
    private const int NamesMax = 10_000;

    private readonly ConcurrentDictionary<string, (RateLimitPolicy Policy, RateGate Gate)> _gates = new(StringComparer.Ordinal);

    /// <summary>The gate of a name; a new one when the name has another limit now.</summary>
    /// <param name="name">The name.</param>
    /// <param name="policy">The limit.</param>
    public RateGate Of(string name, RateLimitPolicy policy)
    {
        if (_gates.Count >= NamesMax)
            _gates.Clear();
        return _gates.AddOrUpdate(
            name,
            _ => (policy, new RateGate(policy, clock)),
            (_, known) => (known.Policy.Count, known.Policy.Per, known.Policy.MaxWait) == (policy.Count, policy.Per, policy.MaxWait) ? known : (policy, new RateGate(policy, clock))).Gate;
    }
}
