namespace Platform.CustomActivities.Services;

/// <summary>Runs workflows that answer in place of services that failed; only a server that can start workflows has it.</summary>
public abstract class StandInWorkflows
{
    /// <summary>Runs a workflow as a child of the run.</summary>
    /// <param name="context">The activity that failed to get an answer.</param>
    /// <param name="definitionId">The workflow; its published version runs.</param>
    /// <param name="input">Its inputs.</param>
    /// <param name="callback">Instance method of the activity that reads <see cref="EndOf"/>, called when the workflow ends later.</param>
    /// <returns>Why the workflow cannot stand in, in a sentence; whether it is waited for; its outputs by name, null when it faulted or was cancelled.</returns>
    public abstract ValueTask<(string? Refusal, bool Waits, IDictionary<string, object?>? Output)> RunAsync(ActivityExecutionContext context, string definitionId, IDictionary<string, object> input, ExecuteActivityDelegate callback);

    /// <summary>How a workflow ended that was waited for.</summary>
    /// <param name="context">The activity, in its callback.</param>
    /// <returns>The workflow's outputs by name; null when it faulted or was cancelled.</returns>
    public abstract IDictionary<string, object?>? EndOf(ActivityExecutionContext context);
}
