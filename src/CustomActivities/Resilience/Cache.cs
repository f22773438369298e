using System.Globalization;
using System.Text;

namespace Platform.CustomActivities.Resilience;

/// <summary>
/// Finds out something once for all who want to know the same: <see cref="Body"/> sets <see cref="Variable"/>, which is kept under the key for a time;
/// who comes with that key meanwhile gets it without the body. Of several that come at once, over all workflows, one executes the body and
/// the others wait for it. What is kept is in memory, at most 10,000 results of up to 1 MiB, 64 MiB together.
/// </summary>
[Activity("Platform", "Resilience", "Keep what an activity finds out, for all who want to know the same.")]
public sealed class Cache : Activity
{
    private const string KeyProperty = "key";
    private const string WaitsProperty = "waits";
    private const int KeyLengthMax = 500;
    private static readonly TimeSpan _firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestDuration = TimeSpan.FromDays(30);

    private readonly ActivityCompletionCallback _onBodyCompleted;

    /// <summary>Makes one without body.</summary>
    public Cache() => _onBodyCompleted = OnBodyCompletedAsync;

    /// <summary>What is asked: the same key means the same result, over all workflows. 1 to 500 characters.</summary>
    [Input(Description = "What is asked, for example rates-2026-11: the same key means the same result, over all workflows.")]
    public Input<string> Key { get; set; } = new("");

    /// <summary>How long a result holds, up to 30 days. Default: 5 min.</summary>
    [Input(Description = "How long a result holds, as hours:minutes:seconds.", DefaultValue = "00:05:00")]
    public Input<TimeSpan> Duration { get; set; } = new(TimeSpan.FromMinutes(5));

    /// <summary>How long others wait for one that executes the body, before they do so themselves. Default: 30 s.</summary>
    [Input(DisplayName = "Longest Wait", Description = "How long others wait for the one that executes the body, before they do so themselves.", DefaultValue = "00:00:30", Category = "Advanced")]
    public Input<TimeSpan> LongestWait { get; set; } = new(TimeSpan.FromSeconds(30));

    /// <summary>The variable that the body sets and whose value is kept.</summary>
    [Input(UIHint = InputUIHints.VariablePicker, Description = "The variable that the body sets; its value is kept.")]
    public Variable? Variable { get; set; }

    /// <summary>Finds it out.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>Whether the result was known, so that the body was left out.</summary>
    [Output(Description = "Whether the result was known, so that the body was left out.")]
    public Output<bool>? Hit { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var key = context.Get(Key)?.Trim() ?? "";
        if (key.Length is 0 or > KeyLengthMax)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The key has {key.Length} characters. Give one of 1 to {KeyLengthMax}."));
        if (context.Get(Duration) is var duration && (duration <= TimeSpan.Zero || duration > _longestDuration))
            throw new InvalidOperationException($"A result cannot hold for {duration}. Give a time longer than zero, up to 30 days.");
        if (Variable is null)
            throw new InvalidOperationException("No variable is chosen. Choose the one that the body sets in the input 'Variable'.");
        // A repetition by hand begins anew.
        Release(context);
        context.SetProperty(KeyProperty, key);
        context.SetProperty(WaitsProperty, 0);
        return GoOnAsync(context);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    /// <inheritdoc />
    protected override bool HandleFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        // The next one tries for itself.
        Release(context);
        return false;
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        Release(context);
        return context.CompleteActivityAsync();
    }

    /// <inheritdoc />
    protected override void OnCanceled(ActivityExecutionContext context) => Release(context);

    private ValueTask GoOnAsync(ActivityExecutionContext context)
    {
        var (cache, key) = (context.GetRequiredService<ResultCache>(), context.GetProperty<string>(KeyProperty)!);
        if (cache.TryFind(key, out var json))
        {
            context.SetVariable(Variable!.Name, DynamicJson.Parse(Encoding.UTF8.GetBytes(json)));
            context.Set(Hit, true);
            return context.CompleteActivityAsync();
        }

        if (cache.TryBegin(key, context.Id, context.Get(LongestWait)))
        {
            context.Set(Hit, false);
            return context.ScheduleActivityAsync(Body, _onBodyCompleted);
        }

        var waits = context.GetProperty<int>(WaitsProperty);
        if (waits == 0)
            context.AddExecutionLogEntry("Waiting", $"Another run is finding out '{key}'.");
        context.SetProperty(WaitsProperty, waits + 1);
        context.DelayFor(_firstWait * Math.Min(waits + 1, _longestWait / _firstWait), GoOnAsync);
        return default;
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        var key = context.GetProperty<string>(KeyProperty)!;
        var json = context.GetVariable<object>(Variable!.Name) is { } value ? Encoding.UTF8.GetString(DynamicJson.ToUtf8(value)) : "null";
        if (!context.GetRequiredService<ResultCache>().Keep(key, json, context.Get(Duration)))
            context.AddExecutionLogEntry("NotKept", string.Create(CultureInfo.InvariantCulture, $"The result has {json.Length} characters; at most {ResultCache.LengthMax} are kept."));
        Release(context);
        return context.CompleteActivityAsync();
    }

    private static void Release(ActivityExecutionContext context)
    {
        if (context.GetProperty<string>(KeyProperty) is { } key)
            context.GetRequiredService<ResultCache>().End(key, context.Id);
    }
}
