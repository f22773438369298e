using System.Buffers;
using System.Globalization;
using Platform.Engine.Plans;

namespace Platform.Engine.Execution;

/// <summary>Lets an instance go on as another version of its definition: its state is read again, against the other plan.</summary>
internal static class Migration
{
    /// <summary>Moves an instance between two bursts.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="plan">The plan of the other version.</param>
    /// <exception cref="AlterationRefusedException">The other version lacks an activity that the instance is executing; nothing was changed.</exception>
    public static void Apply(WorkflowExecutionContext workflow, WorkflowPlan plan)
    {
        var from = workflow.Plan;
        var missing = workflow.ActivityExecutionContexts
            .Where(context => plan.FindByNodeId(context.Node.NodeId) is not { } node || node.Activity.Type != context.Activity.Type)
            .Select(context => $"'{context.Activity.Id}' ({context.Activity.Type})")
            .Distinct()
            .ToList();
        if (missing.Count > 0)
        {
            var version = plan.Definition.Version.ToString(CultureInfo.InvariantCulture);
            throw new AlterationRefusedException(
                $"Version {version} of '{plan.Definition.Name ?? plan.Definition.DefinitionId}' lacks what the instance is executing: {string.Join(", ", missing.Take(10))}. "
                + "Cancel these activities first, or choose a version that has them under the same ids.");
        }

        var state = new ArrayBufferWriter<byte>();
        StateCodec.Write(workflow, state);
        workflow.Empty(plan);
        StateCodec.Read(workflow, state.WrittenMemory);
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            if (context.Variables is null && context.Status != ActivityStatus.Pending)
                Interpreter.DeclareVariables(context);
            if (context.Counters is not null)
                context.Activity.Migrate(context, from.FindByNodeId(context.Node.NodeId)!);
        }
    }
}
