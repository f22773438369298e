using Platform.Engine;
using Platform.Runtime.Dispatching;

namespace Platform.Runtime.Explanations;

/// <summary>Says why an instance whose start is queued has not begun.</summary>
/// <param name="items">The queue.</param>
/// <param name="dispatch">Limits and pauses.</param>
/// <param name="clock">Time.</param>
public sealed class QueuedStartExplainer(QueueItems items, Dispatch dispatch, TimeProvider clock)
{
    /// <summary>Explains a queued start; null when none is queued for the instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    internal async ValueTask<InstanceExplanation?> ExplainAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await items.FindStartAsync(instanceId, cancellationToken) is not { } item)
            return null;
        var hold = item.State is QueueState.Running ? null : await dispatch.Gate.ExplainAsync(item.Work, cancellationToken);
        var (kind, why, next) = Reasons(item, hold);
        var sentence = $"Its start has been queued since {Durations.Text(item.Work.CreatedAt)} and has not begun. {why}";
        return new(instanceId, nameof(WorkflowSubStatus.Pending), sentence, item.Work.CreatedAt, next)
        {
            Waits = [new WaitExplanation(kind, why, "", "", item.Work.CreatedAt, item.State == QueueState.Delayed ? item.Work.DueAt : null, item.Work.Id)],
            Actions = Actions(item, hold),
        };
    }

    private (string Kind, string Why, string Next) Reasons(QueueItem item, StartHold? hold)
    {
        var due = item.Work.DueAt;
        if (item.State == QueueState.Running)
            return ("Worker", "A worker is carrying it out right now; nothing of it is stored yet.", "It appears among the instances with its first commit.");
        if (item.State == QueueState.Delayed)
        {
            var left = $"in {Durations.Text(due - clock.GetUtcNow())}, at {Durations.Text(due)}";
            var why = item.Work.Attempts == 0
                ? $"It is to begin {left}."
                : $"It was tried {item.Work.Attempts} times and failed; it is tried again {left}.";
            return ("Time", why, hold is null ? $"It begins by itself {left}." : $"It is due {left}, but then would still be held: {hold.Reason}");
        }

        return hold switch
        {
            null => ("Worker", "It waits for a free worker.", "It begins as soon as a worker is free."),
            { Kind: HoldKind.Paused or HoldKind.Dropped } => ("Pause", hold.Reason, "Nothing happens until the workflow is resumed; then it begins by itself."),
            { Kind: HoldKind.Rate, RetryAfter: { } wait } => (
                "Limit", hold.Reason, $"The next start is possible in {Durations.Text(wait)}. Starts of a higher priority and older ones go first."),
            _ => ("Limit", hold.Reason, "It begins by itself when such a run ends. Starts of a higher priority and older ones go first."),
        };
    }

    private static List<SuggestedAction> Actions(QueueItem item, StartHold? hold)
    {
        var actions = new List<SuggestedAction>();
        var definition = $"/api/definitions/{Uri.EscapeDataString(item.Work.DefinitionId ?? "")}";
        if (hold is { Kind: HoldKind.Paused or HoldKind.Dropped })
            actions.Add(new("Resume the workflow", "POST", $"{definition}/resume", null));
        else if (hold is not null)
            actions.Add(new("Take the limits of the workflow away", "DELETE", $"{definition}/limits", null));
        if (item.State != QueueState.Running)
            actions.Add(new("Take the start back", "DELETE", $"/api/queue/items/{Uri.EscapeDataString(item.Work.Id)}", null));
        return actions;
    }
}
