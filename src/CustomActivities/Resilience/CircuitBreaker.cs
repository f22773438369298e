using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// Runs <see cref="Body"/> as long as it works. After too many of its executions faulted, over all workflows that use the same name, it is
/// left out for a time and <see cref="Fallback"/> runs instead; then a few are let through to see. Ends with <c>Done</c> after the body and with
/// <c>CircuitOpen</c> after the fallback. Without a fallback it faults while the breaker is open, with the code <c>WF4880</c>.
/// </summary>
[Activity("Platform", "Resilience", "Leave an activity out for a time after it failed too often.", DisplayName = "Circuit Breaker")]
[FlowNode("Done", "CircuitOpen")]
public sealed class CircuitBreaker : Activity
{
    private const string NameKey = "breaker";
    private const string MadeKey = "made";
    private const string PeriodKey = "period";

    private readonly ActivityCompletionCallback _onBodyCompleted;
    private readonly ActivityCompletionCallback _onFallbackCompleted;

    /// <summary>Makes one without parts.</summary>
    public CircuitBreaker()
    {
        _onBodyCompleted = OnBodyCompletedAsync;
        _onFallbackCompleted = OnFallbackCompletedAsync;
    }

    /// <summary>Name that is shared by all that are counted together. Default: one per place in the workflow.</summary>
    [Input(DisplayName = "Name", Description = "All circuit breakers with the same name are one, over all workflows. Empty counts this activity alone.")]
    public Input<string?> Key { get; set; } = new((string?)null);

    /// <summary>Faults in a row that open it, when no ratio is given. Default: 5.</summary>
    [Input(Description = "It opens after this many faults in a row, unless a ratio is given.", DefaultValue = 5)]
    public Input<int> Failures { get; set; } = new(5);

    /// <summary>Share of the executions within the sampling time that opens it, 0.01 to 1. Default: not used.</summary>
    [Input(DisplayName = "Failure Ratio", Description = "It opens when this share of the executions within the sampling time faulted, 0.01 to 1. Empty counts faults in a row.")]
    public Input<double?> FailureRatio { get; set; } = new((double?)null);

    /// <summary>Executions before the ratio counts. Default: 10.</summary>
    [Input(DisplayName = "Minimum Throughput", Description = "So many executions are needed before the ratio counts.", DefaultValue = 10, Category = "Advanced")]
    public Input<int> MinimumThroughput { get; set; } = new(10);

    /// <summary>Time over which the ratio counts. Default: 30 s.</summary>
    [Input(DisplayName = "Sampling Duration", Description = "The time over which the ratio counts.", DefaultValue = "00:00:30", Category = "Advanced")]
    public Input<TimeSpan> SamplingDuration { get; set; } = new(TimeSpan.FromSeconds(30));

    /// <summary>How long the body is left out. Default: 60 s.</summary>
    [Input(DisplayName = "Break Duration", Description = "How long the body is left out once the breaker opened.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> BreakDuration { get; set; } = new(TimeSpan.FromSeconds(60));

    /// <summary>Executions that are let through after the break; it closes when all of them succeed. Default: 1.</summary>
    [Input(DisplayName = "Half Open Probes", Description = "So many are let through after the break to see; it closes when all of them succeed.", DefaultValue = 1, Category = "Advanced")]
    public Input<int> HalfOpenProbes { get; set; } = new(1);

    /// <summary>After what time without a word of a probe another one is let through. Default: 10 min.</summary>
    [Input(DisplayName = "Longest Probe", Description = "When nothing is heard of a probe for so long, another one is let through in its place.", DefaultValue = "00:10:00", Category = "Advanced")]
    public Input<TimeSpan> LongestProbe { get; set; } = new(TimeSpan.FromMinutes(10));

    /// <summary>Exception types that count as failures. Default: all.</summary>
    [Input(
        DisplayName = "Error Types",
        Description = "Only these count as failures: names of exception types or of their base types, or the category or type of a Fault. Empty counts all.",
        UIHint = InputUIHints.MultiText,
        Category = "Filter")]
    public Input<ICollection<string>> ErrorTypes { get; set; } = new([]);

    /// <summary>Codes that count as failures. Default: all.</summary>
    [Input(DisplayName = "Error Codes", Description = "Only faults with one of these codes count as failures. Empty counts all.", UIHint = InputUIHints.MultiText, Category = "Filter")]
    public Input<ICollection<string>> ErrorCodes { get; set; } = new([]);

    /// <summary>Messages that count as failures: a part of the message, or a pattern with * and ?. Default: all.</summary>
    [Input(DisplayName = "Message", Description = "Only faults whose message contains this, or matches it as a pattern with * and ?, count as failures. Empty counts all.", Category = "Filter")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <summary>Whether the fallback also runs after a fault of the body that counts. Default: false, the fault goes on outwards.</summary>
    [Input(
        DisplayName = "Fall Back After Faults",
        Description = "Run the fallback also after a fault of the body that counts, while the breaker is closed. Otherwise the fault goes on outwards.",
        UIHint = InputUIHints.Checkbox,
        DefaultValue = false)]
    public Input<bool> FallbackAfterFaults { get; set; } = new(false);

    /// <summary>What is tried.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>Runs instead while the breaker is open.</summary>
    [Port]
    public IActivity? Fallback { get; set; }

    /// <summary>How the breaker stood when it was asked: Closed, Open or HalfOpen.</summary>
    [Output(Description = "How the breaker stood when it was asked: Closed, Open or HalfOpen.")]
    public Output<string>? State { get; set; }

    /// <summary>Why the fallback ran; empty when the body did.</summary>
    [Output(Description = "Why the fallback ran; empty when it did not.")]
    public Output<string>? Error { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        // A repetition after a crash, or by hand, begins anew: what it held is not held any more.
        if (TakePass(context) is { } former)
            Breakers(context).Abandon(former);
        var name = context.Get(Key)?.Trim() is { Length: > 0 } given ? given : $"{context.WorkflowExecutionContext.Plan.Definition.DefinitionId}/{context.Activity.Id}";
        if (name.Length > NamedBreakers.NameLengthMax)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The name of the circuit breaker is longer than {NamedBreakers.NameLengthMax} characters."));
        var entry = Breakers(context).Enter(name, ReadPolicy(context), ReadLongestProbe(context));
        context.Set(State, entry.Snapshot.State.ToString());
        context.Set(Error, "");
        if (entry.Pass is { } pass)
        {
            context.SetProperty(NameKey, pass.Name);
            context.SetProperty(MadeKey, pass.Made);
            context.SetProperty(PeriodKey, pass.Period);
            return context.ScheduleActivityAsync(Body, _onBodyCompleted);
        }

        var again = entry.RetryAfter is { } after && after > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" The next one is let through in {after.TotalSeconds:0.0} s.") : "";
        var refused = $"The circuit breaker '{name}' is open.{again}";
        context.AddExecutionLogEntry("CircuitOpen", refused);
        if (Fallback is null)
            throw new FaultException("WF4880", "Resilience", "CircuitOpen", $"WF4880: {refused}");
        context.Set(Error, refused);
        return context.ScheduleActivityAsync(Fallback, _onFallbackCompleted);
    }

    /// <inheritdoc />
    protected override async ValueTask<bool> HandleFaultAsync(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        // Of several faults in one execution of the body the first one counts; one of the fallback is none of the body.
        if (TakePass(context) is not { } pass)
            return false;
        var counts = new FaultFilter(context.Get(ErrorTypes), context.Get(ErrorCodes), context.Get(Message)).Matches(faulted, exception);
        Note(context, pass, await Breakers(context).ExitAsync(pass, counts ? CallEnd.Failed : CallEnd.Succeeded));
        if (!counts || Fallback is null || !context.Get(FallbackAfterFaults))
            return false;
        context.Set(Error, FaultFilter.MessageOf(faulted, exception));
        return true;
    }

    /// <inheritdoc />
    protected override ValueTask OnFaultHandledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        context.ScheduleActivityAsync(Fallback, _onFallbackCompleted);

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        OnCanceled(context);
        return context.CompleteActivityAsync();
    }

    /// <inheritdoc />
    protected override void OnCanceled(ActivityExecutionContext context)
    {
        if (TakePass(context) is { } pass)
            Breakers(context).Abandon(pass);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) =>
        ReferenceEquals(child, Fallback) ? _onFallbackCompleted : _onBodyCompleted;

    private static NamedBreakers Breakers(ActivityExecutionContext context) => context.GetRequiredService<NamedBreakers>();

    /// <summary>The pass of an execution, which can be given back once.</summary>
    private static BreakerPass? TakePass(ActivityExecutionContext context)
    {
        if (context.GetProperty<string>(NameKey) is not { Length: > 0 } name)
            return null;
        context.SetProperty(NameKey, null);
        return new BreakerPass(name, context.GetProperty<long>(MadeKey), context.GetProperty<int>(PeriodKey));
    }

    private static void Note(ActivityExecutionContext context, BreakerPass pass, BreakerSnapshot? changed)
    {
        if (changed is { State: BreakerState.Open })
            context.AddExecutionLogEntry("CircuitOpened", string.Create(CultureInfo.InvariantCulture, $"The circuit breaker '{pass.Name}' opened after {changed.Failures} failures, until {changed.NextProbeAt:u}."));
        else if (changed is not null)
            context.AddExecutionLogEntry("CircuitClosed", $"The circuit breaker '{pass.Name}' closed.");
    }

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        if (TakePass(context) is { } pass)
            Note(context, pass, await Breakers(context).ExitAsync(pass, CallEnd.Succeeded));
        await context.CompleteActivityWithOutcomesAsync("Done");
    }

    private static ValueTask OnFallbackCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityWithOutcomesAsync("CircuitOpen");

    private CircuitBreakerPolicy ReadPolicy(ActivityExecutionContext context)
    {
        var ratio = context.Get(FailureRatio);
        var policy = new CircuitBreakerPolicy
        {
            Failures = ratio is null ? context.Get(Failures) : null,
            FailureRatio = ratio,
            MinimumThroughput = context.Get(MinimumThroughput),
            SamplingDuration = context.Get(SamplingDuration),
            BreakDuration = context.Get(BreakDuration),
            HalfOpenProbes = context.Get(HalfOpenProbes),
        };
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(policy, new ValidationContext(policy), results, validateAllProperties: true))
            throw new InvalidOperationException($"The circuit breaker cannot be used: {string.Join(" ", results.Select(result => $"'{result.MemberNames.FirstOrDefault()}' {result.ErrorMessage}"))}");
        return policy;
    }

    private TimeSpan ReadLongestProbe(ActivityExecutionContext context)
    {
        var longest = context.Get(LongestProbe);
        return longest > TimeSpan.Zero ? longest : throw new InvalidOperationException($"The longest probe is {longest}. It must be longer than zero, for example 00:10:00.");
    }
}
