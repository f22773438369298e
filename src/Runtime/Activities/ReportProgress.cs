using Platform.Engine;

namespace Platform.Runtime.Activities;

/// <summary>
/// Says how far the instance is: so many items of so many. The last report is stored with the instance; its explanation and
/// <c>GET /api/instances/{id}/progress</c> tell it, and every report is in the journal. Faults when the numbers make no sense.
/// </summary>
[Activity("Platform", "Progress", "Report how many items of how many are done.", DisplayName = "Report Progress")]
public sealed class ReportProgress : CodeActivity
{
    /// <summary>Items that are done; not less than zero, not more than the total.</summary>
    [Input(Description = "How many items are done.")]
    public Input<long> Done { get; set; } = new(0L);

    /// <summary>Items in all; empty when nobody knows yet. Default: empty.</summary>
    [Input(Description = "How many items there are in all; empty when nobody knows yet.")]
    public Input<long?> Total { get; set; } = new((long?)null);

    /// <summary>What is being done, in a few words. Default: empty.</summary>
    [Input(Description = "What is being done, in a few words.")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        var (done, total) = (Done.Get(context), Total.GetOrDefault(context));
        if (done < 0 || total < 0 || done > total)
            throw new InvalidOperationException($"{done} items of {total} cannot be done. Give numbers from zero, and no more than the total.");
        var message = Message.GetOrDefault(context);
        if (message?.Length > InstanceProgress.MessageLengthMax)
            message = message[..InstanceProgress.MessageLengthMax];
        var progress = new InstanceProgress(done, total, message, context.WorkflowExecutionContext.Host.Clock.GetUtcNow());
        context.WorkflowExecutionContext.Properties[InstanceProgress.PropertyName] = progress.ToValue();
        context.AddExecutionLogEntry("Progress", progress.Sentence, payload: progress.ToValue());
    }
}

/// <summary>How far an instance is.</summary>
/// <param name="Done">Items that are done.</param>
/// <param name="Total">Items in all; null when nobody knows.</param>
/// <param name="Message">What is being done, or null.</param>
/// <param name="At">When it was reported, UTC.</param>
public sealed record InstanceProgress(long Done, long? Total, string? Message, DateTimeOffset At)
{
    internal const string PropertyName = "Platform.Progress";
    internal const int MessageLengthMax = 500;

    /// <summary>Share that is done, 0 to 100; null when nobody knows the total.</summary>
    public double? Percent => Total switch
    {
        null => null,
        0 => 100,
        { } total => Math.Round(100.0 * Done / total, 1),
    };

    /// <summary>The same as a sentence.</summary>
    public string Sentence => Total is { } total
        ? FormattableString.Invariant($"{Done} of {total} items are done ({Percent} %).{Suffix}")
        : FormattableString.Invariant($"{Done} items are done.{Suffix}");

    private string Suffix => string.IsNullOrWhiteSpace(Message) ? "" : $" {Message}";

    /// <summary>The last report of an instance; null when there is none.</summary>
    /// <param name="workflow">The instance.</param>
    public static InstanceProgress? Of(WorkflowExecutionContext workflow)
    {
        if (!workflow.Properties.TryGetValue(PropertyName, out var value) || value is not IDictionary<string, object?> members)
            return null;
        return new InstanceProgress(members.GetValue<long>("done"), members.GetValue<long?>("total"), members.GetValue<string>("message"), members.GetValue<DateTimeOffset>("at"));
    }

    internal Dictionary<string, object?> ToValue() => new(StringComparer.Ordinal) { ["done"] = Done, ["total"] = Total, ["message"] = Message, ["at"] = At };
}
