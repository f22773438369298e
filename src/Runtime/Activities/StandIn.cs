using Platform.Engine;
using Platform.Runtime.Execution;

namespace Platform.Runtime.Activities;

/// <summary>
/// A workflow that answers in place of something that failed, as a child of the run. Its first burst runs inside the burst of the activity, so
/// that a caller over HTTP gets its answer; what takes longer is waited for durably. A run that stands in, and what it starts, gets no other
/// stand-in: two that stood in for one another would never end.
/// </summary>
public static class StandIn
{
    /// <summary>Marks an instance that stands in, and its children.</summary>
    internal const string Property = "StandsIn";

    /// <summary>Runs the workflow.</summary>
    /// <param name="context">The activity that failed to get an answer.</param>
    /// <param name="definitionId">The workflow; its published version runs.</param>
    /// <param name="input">Its inputs.</param>
    /// <param name="callback">Instance method of the activity that reads <see cref="EndOf"/>, called when the workflow ends later.</param>
    /// <returns>Why the workflow cannot stand in, in a sentence; whether it is waited for; its outputs by name, null when it faulted or was cancelled.</returns>
    public static async ValueTask<(string? Refusal, bool Waits, IDictionary<string, object?>? Output)> RunAsync(ActivityExecutionContext context, string definitionId, IDictionary<string, object> input, ExecuteActivityDelegate callback)
    {
        if (context.WorkflowExecutionContext.Properties.ContainsKey(Property))
            return ("This run stands in for a failed call itself.", false, null);
        var child = ChildStart.Request(context, new ChildOrder(definitionId, Waits: true), context.WorkflowExecutionContext.CorrelationId, input);
        var request = child with { Properties = new Dictionary<string, object?>(child.Properties!, StringComparer.Ordinal) { [Property] = true } };
        var started = await context.GetRequiredService<WorkflowRuntime>()
            .StartAsync(request with { Services = context.WorkflowExecutionContext.BurstServices }, context.CancellationToken);
        switch (started)
        {
            case StartResult.NotFound:
                return ($"The workflow '{definitionId}' is not published.", false, null);
            case StartResult.Refused refused:
                return (refused.Reason, false, null);
            case StartResult.Held:
                context.Send(new RuntimeMessage.Start(request));
                break;
            case StartResult.Started { Workflow: { Status: WorkflowStatus.Finished } workflow }:
                return (null, false, OutputOf(workflow));
            // The process ended before the burst of the activity was stored.
            case StartResult.Exists { Instance: { Status: nameof(WorkflowStatus.Finished) } instance }:
                var loaded = await context.GetRequiredService<InstanceRunner>().LoadAsync(instance.Id, context.CancellationToken);
                return (null, false, loaded is var (known, _) ? OutputOf(known) : null);
        }

        ChildStart.Wait(context, request.InstanceId!, callback);
        return (null, true, null);
    }

    /// <summary>How a workflow ended that was waited for.</summary>
    /// <param name="context">The activity, in its callback.</param>
    /// <returns>The workflow's outputs by name; null when it faulted or was cancelled.</returns>
    public static IDictionary<string, object?>? EndOf(ActivityExecutionContext context) =>
        context.GetWorkflowInput<string>(ChildWorkflowStimulus.SubStatusInput) == nameof(WorkflowSubStatus.Finished)
            ? context.GetWorkflowInput<IDictionary<string, object?>>(ChildWorkflowStimulus.OutputInput) ?? new Dictionary<string, object?>(StringComparer.Ordinal)
            : null;

    private static IDictionary<string, object?>? OutputOf(WorkflowExecutionContext workflow) =>
        workflow.SubStatus == WorkflowSubStatus.Finished ? workflow.Output : null;
}
