using System.Text.Json;
using Platform.Engine;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Explanations;

/// <summary>Says what an instance is doing, what it waits for, since when, what happens next and what a person can do.</summary>
/// <param name="store">Where instances are kept.</param>
/// <param name="runner">Loads instances, and knows which ones run in this process.</param>
/// <param name="queued">Explains starts that have not begun.</param>
/// <param name="clock">Time.</param>
public sealed class InstanceExplainer(IWorkflowStore store, InstanceRunner runner, QueuedStartExplainer queued, TimeProvider clock)
{
    private const int IncidentsMax = 100;

    /// <summary>Explains an instance, or its queued start; null when there is neither.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<InstanceExplanation?> ExplainAsync(string instanceId, CancellationToken cancellationToken)
    {
        // In this order: the commit that stores the instance deletes the work.
        var start = await queued.ExplainAsync(instanceId, cancellationToken);
        if (await runner.LoadAsync(instanceId, cancellationToken) is not var (workflow, _))
            return start;
        var isRunningHere = runner.RunningInstances.Contains(instanceId);
        var explanation = workflow.SubStatus switch
        {
            WorkflowSubStatus.Pending or WorkflowSubStatus.Executing or WorkflowSubStatus.Interrupted => Executing(workflow, isRunningHere),
            WorkflowSubStatus.Suspended => await SuspendedAsync(workflow, cancellationToken),
            WorkflowSubStatus.Faulted => Faulted(workflow),
            WorkflowSubStatus.Cancelled => Ended(workflow, $"It was cancelled after {Durations.Text(Lifetime(workflow))}."),
            WorkflowSubStatus.Finished => Ended(workflow, $"It finished after {Durations.Text(Lifetime(workflow))}."),
        };
        return WithCleanup(explanation, workflow) with { RerunOf = Reruns.Reruns.OriginOf(workflow), Progress = InstanceProgress.Of(workflow) };
    }

    /// <summary>What is undone comes first: somebody who looks at an instance that was cancelled wonders why it has not ended.</summary>
    private static InstanceExplanation WithCleanup(InstanceExplanation explanation, WorkflowExecutionContext workflow)
    {
        var undoing = UndoText.Of(workflow, id => NameOf(workflow, id));
        var summary = (undoing, workflow) switch
        {
            ([var first, ..], _) => $"{first.Sentence} {explanation.Summary}",
            (_, { IsCancelling: true, SubStatus: not WorkflowSubStatus.Cancelled }) => $"It was cancelled and runs its last steps. {explanation.Summary}",
            _ => explanation.Summary,
        };
        return explanation with { Summary = summary, Undoing = undoing, HandledIncidents = Handled(workflow) };
    }

    private static List<IncidentExplanation> Handled(WorkflowExecutionContext workflow) =>
    [
        .. workflow.HandledIncidents.Select(incident => new IncidentExplanation(
            $"The activity {NameOf(workflow, incident.ActivityId)} failed and {NameOf(workflow, incident.HandledBy ?? "")} handled it: {incident.Message}",
            incident.ActivityId,
            incident.Timestamp,
            IsRetryable: false,
            incident.HandledBy)),
    ];

    private static TimeSpan Lifetime(WorkflowExecutionContext workflow) => (workflow.FinishedAt ?? workflow.UpdatedAt) - workflow.CreatedAt;

    private static InstanceExplanation Ended(WorkflowExecutionContext workflow, string summary) =>
        new(workflow.Id, workflow.SubStatus.ToString(), summary, workflow.FinishedAt ?? workflow.UpdatedAt, "Nothing: it has ended.")
        {
            Incidents = Incidents(workflow),
        };

    private static InstanceExplanation Executing(WorkflowExecutionContext workflow, bool isRunningHere)
    {
        var active = workflow.ActivityExecutionContexts.LastOrDefault(context => context.Status == ActivityStatus.Running);
        var what = active is null ? "" : $" It is at the activity {NameOf(active)}.";
        var (summary, next) = (isRunningHere, workflow.SubStatus) switch
        {
            (true, _) => ("It is executing right now." + what, "It goes on until it ends or has to wait."),
            (false, WorkflowSubStatus.Pending) => ("It was accepted and has not begun.", "It begins as soon as a worker is free."),
            (false, _) => ("It was stopped in the middle by a shutdown or a crash of the server; what it had done is stored." + what,
                "It goes on by itself as soon as a worker is free. A step that was cut off is executed again with the same idempotency key."),
        };
        return new(workflow.Id, workflow.SubStatus.ToString(), summary, workflow.UpdatedAt, next)
        {
            Incidents = Incidents(workflow),
            Actions = [Cancel(workflow)],
        };
    }

    private static InstanceExplanation Faulted(WorkflowExecutionContext workflow)
    {
        var incidents = Incidents(workflow);
        var summary = incidents is [var first, ..] ? $"It ended with a fault: {first.Sentence}" : "It ended with a fault.";
        return new(workflow.Id, workflow.SubStatus.ToString(), summary, workflow.FinishedAt ?? workflow.UpdatedAt, "Nothing happens until somebody retries it.")
        {
            Incidents = incidents,
            Actions = incidents.Any(incident => incident.IsRetryable) ? [Retry(workflow)] : [],
        };
    }

    private async ValueTask<InstanceExplanation> SuspendedAsync(WorkflowExecutionContext workflow, CancellationToken cancellationToken)
    {
        var incidents = Incidents(workflow);
        var waits = new List<WaitExplanation>();
        var actions = new List<SuggestedAction>();
        foreach (var bookmark in workflow.Bookmarks.OrderBy(bookmark => bookmark.DueAt ?? DateTimeOffset.MaxValue).ThenBy(bookmark => bookmark.CreatedAt))
            waits.Add(await ExplainAsync(workflow, bookmark, actions, cancellationToken));
        if (incidents.Any(incident => incident.IsRetryable))
            actions.Add(Retry(workflow));
        actions.Add(Cancel(workflow));
        var since = waits.Count > 0 ? waits.Max(wait => wait.Since) : workflow.UpdatedAt;
        return new(workflow.Id, workflow.SubStatus.ToString(), SummaryOf(waits, incidents), since, NextOf(waits, incidents))
        {
            Waits = waits,
            Incidents = incidents,
            Actions = actions,
        };
    }

    private static string SummaryOf(List<WaitExplanation> waits, List<IncidentExplanation> incidents) => (waits, incidents) switch
    {
        ([var only], []) => only.Sentence,
        ([var first, ..], []) => $"It waits for {waits.Count} things. The first: {first.Sentence}",
        ([], [var incident, ..]) => $"It waits for nothing, because a step failed and its workflow carries on after faults: {incident.Sentence}",
        ([var wait, ..], [var incident, ..]) => $"{wait.Sentence} Besides, a step failed: {incident.Sentence}",
        ([], []) => "It waits, and nothing is known that would let it go on: a join whose other paths never come, or an activity that may not execute.",
    };

    private string NextOf(List<WaitExplanation> waits, List<IncidentExplanation> incidents)
    {
        if (waits.FirstOrDefault(wait => wait.DueAt is not null) is { DueAt: { } due } timed)
        {
            var left = due - clock.GetUtcNow();
            return left <= TimeSpan.Zero
                ? $"The activity '{timed.ActivityName}' is due and goes on as soon as a worker is free."
                : $"The activity '{timed.ActivityName}' goes on by itself in {Durations.Text(left)}, at {Durations.Text(due)}.";
        }

        if (waits.Count > 0)
            return "It goes on when what it waits for happens. It waits as long as it takes.";
        return incidents.Count > 0
            ? "Nothing happens until somebody retries the failed step or cancels the instance."
            : "Nothing happens by itself. Cancel it, or schedule an activity by an alteration.";
    }

    private static List<IncidentExplanation> Incidents(WorkflowExecutionContext workflow)
    {
        if (workflow.Incidents.Count == 0)
            return [];
        var faulted = workflow.ActivityExecutionContexts.Where(context => context.Status == ActivityStatus.Faulted)
            .Select(context => context.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. workflow.Incidents.Take(IncidentsMax).Select(incident => new IncidentExplanation(
                $"The activity {NameOf(workflow, incident.ActivityId)} failed: {incident.Message}",
                incident.ActivityId,
                incident.Timestamp,
                faulted.Contains(ActivityExecutionContext.FormatId(workflow.Id, incident.ActivitySequence)))),
        ];
    }

    private async ValueTask<WaitExplanation> ExplainAsync(
        WorkflowExecutionContext workflow, Bookmark bookmark, List<SuggestedAction> actions, CancellationToken cancellationToken)
    {
        var id = ActivityExecutionContext.FormatId(workflow.Id, bookmark.ActivitySequence);
        var activity = workflow.ActivityExecutionContexts.FirstOrDefault(context => context.Id == id)?.Activity;
        var name = activity is null ? id : PlainName(activity);
        var (kind, sentence) = bookmark.DueAt is { } due ? ("Time", UntilText(name, due)) : await StimulusAsync(workflow, bookmark, name, actions, cancellationToken);
        return new(kind, sentence, activity?.Id ?? "", name, bookmark.CreatedAt, bookmark.DueAt, bookmark.Id);
    }

    private string UntilText(string name, DateTimeOffset due) => due == DateTimeOffset.MaxValue
        ? $"'{name}' waits for a time that never comes."
        : $"'{name}' {(due > clock.GetUtcNow() ? "waits until" : "has been due since")} {Durations.Text(due)}.";

    private async ValueTask<(string Kind, string Sentence)> StimulusAsync(
        WorkflowExecutionContext workflow, Bookmark bookmark, string name, List<SuggestedAction> actions, CancellationToken cancellationToken)
    {
        using var payload = Parse(bookmark.Payload);
        switch (bookmark.Name)
        {
            case "Elsa.Event" when Text(payload, "eventName") is { } eventName:
                actions.Add(new($"Publish the event '{eventName}' to this instance", "POST",
                    $"/elsa/api/events/{Uri.EscapeDataString(eventName)}/trigger", $$"""{"workflowInstanceId":"{{workflow.Id}}"}"""));
                return ("Event", $"'{name}' waits for the event '{eventName}'{(workflow.CorrelationId is { } correlation ? $" (correlation id '{correlation}')" : "")}.");
            case "Elsa.RunTask":
                actions.Add(new($"Report the task '{Text(payload, "taskName")}' as done", "POST", $"/elsa/api/tasks/{bookmark.Id}/complete", """{"result":null}"""));
                return ("Task", $"'{name}' waits until the task '{Text(payload, "taskName")}' is reported as done.");
            case "Elsa.HttpEndpoint":
                return ("Http", $"'{name}' waits for an HTTP request: {Text(payload, "method")?.ToUpperInvariant()} /workflows{Text(payload, "path")}.");
            case Interpreter.BackgroundBookmarkName:
                return ("Background", $"'{name}' executes in the background.");
        }

        if (Text(payload, "childInstanceId") is { } childId)
            return ("Child", await ChildTextAsync(name, childId, cancellationToken));
        return Text(payload, "parentInstanceId") == workflow.Id
            ? ("Child", await ChildrenTextAsync(name, workflow.Id, cancellationToken))
            : ("Stimulus", $"'{name}' waits for the stimulus '{bookmark.Name}'.");
    }

    private async ValueTask<string> ChildTextAsync(string name, string childId, CancellationToken cancellationToken)
    {
        var page = await store.ListInstancesAsync(new InstanceFilter { Ids = [childId], Take = 1 }, cancellationToken);
        return page.Items is [var child]
            ? $"'{name}' waits for the end of the workflow instance '{childId}' of '{child.DefinitionId}', which is {child.SubStatus}."
            : $"'{name}' waits for the end of the workflow instance '{childId}', which has not begun.";
    }

    private async ValueTask<string> ChildrenTextAsync(string name, string parentId, CancellationToken cancellationToken)
    {
        var filter = new InstanceFilter { ParentInstanceId = parentId, Take = 1 };
        var begun = await store.ListInstancesAsync(filter, cancellationToken);
        var running = await store.ListInstancesAsync(filter with { Statuses = [nameof(WorkflowStatus.Running)] }, cancellationToken);
        return $"'{name}' waits for the workflows it dispatched: {begun.TotalCount} have begun, {running.TotalCount} of them still run.";
    }

    private static SuggestedAction Cancel(WorkflowExecutionContext workflow) => new("Cancel it", "POST", $"/elsa/api/cancel/workflow-instances/{workflow.Id}", "{}");

    private static SuggestedAction Retry(WorkflowExecutionContext workflow) =>
        new("Retry what failed", "POST", "/elsa/api/alterations/workflows/retry", $$"""{"workflowInstanceIds":["{{workflow.Id}}"]}""");

    private static string NameOf(ActivityExecutionContext context) => $"'{PlainName(context.Activity)}' ({context.Activity.Type})";

    private static string NameOf(WorkflowExecutionContext workflow, string activityId) =>
        workflow.Plan.FindByActivityId(activityId)?.Activity is { } activity ? $"'{PlainName(activity)}' ({activity.Type})" : $"'{activityId}'";

    private static string PlainName(Activity activity)
    {
        if (activity.Metadata.TryGetValue("displayText", out var text) && text?.ToString() is { Length: > 0 } shown)
            return shown;
        return activity.Name is { Length: > 0 } name ? name : activity.Id;
    }

    private static JsonDocument? Parse(string? payload)
    {
        try
        {
            return payload is null ? null : JsonDocument.Parse(payload);
        }
        catch (JsonException)
        {
            // A payload that is plain text.
            return null;
        }
    }

    private static string? Text(JsonDocument? payload, string name) =>
        payload is { RootElement.ValueKind: JsonValueKind.Object } && payload.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
