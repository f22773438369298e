using Platform.Engine.Execution;
using Platform.Engine.Plans;

namespace Platform.Engine;

/// <content>What somebody changes from outside.</content>
public static partial class Interpreter
{
    /// <summary>
    /// Applies alterations to an instance that is not running, all of them or none, and runs the burst that follows. When they are
    /// refused, the instance in memory is of no use any more: load it again. When undo steps have to run, the instance is handed back
    /// before the first of them, to be stored, and <see cref="RunAsync"/> goes on with it.
    /// </summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="alterations">The alterations, in order.</param>
    /// <param name="versions">Plans of the versions that the instance may be migrated to, by number.</param>
    /// <param name="altered">Hears what became of the alterations before anything runs; null for nobody.</param>
    public static async ValueTask<AlterationResult> AlterAsync(
        WorkflowExecutionContext workflow,
        IReadOnlyList<Alteration> alterations,
        IReadOnlyDictionary<int, WorkflowPlan> versions,
        Action<AlterationResult>? altered = null)
    {
        var run = new AlterationRun(workflow, versions);
        var isSuccessful = await run.ApplyAsync(alterations);
        var result = new AlterationResult(isSuccessful, isSuccessful && workflow.QueueHead is not null, run.Log);
        altered?.Invoke(result);
        if (!isSuccessful)
            return result;
        if (workflow.SubStatus == WorkflowSubStatus.Cancelled)
            EndBurst(workflow);
        else if (!workflow.IsCheckpointRequested)
            await RunAsync(workflow);
        return result;
    }
}
