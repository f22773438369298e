using Platform.Engine.Plans;

namespace Platform.Engine;

/// <content>What activities put out in the current burst.</content>
public sealed partial class WorkflowExecutionContext
{
    /// <summary>The outputs of the current burst by position; null while there are none.</summary>
    internal object?[]? OutputRegister => _outputRegister;

    /// <summary>The value that an output of an activity had last in the current burst.</summary>
    /// <param name="node">The activity's node.</param>
    /// <param name="index">Position of the output.</param>
    internal object? RegisteredOutput(PlanNode node, int index) => _outputRegister?[node.FirstOutput + index] switch
    {
        UnknownOutput unknown => throw new Expressions.ExpressionException(unknown.Message),
        var value => value,
    };

    /// <summary>Notes that an output had a value that a re-run does not know: reading it fails with a message.</summary>
    internal void RegisterUnknown(PlanNode node, int index, string message) =>
        (_outputRegister ??= new object?[Plan.OutputCount])[node.FirstOutput + index] = new UnknownOutput(message);

    /// <summary>Goes on as another version, with the outputs of those activities that it has too.</summary>
    internal void TakeOverOutputs(WorkflowPlan from, object?[]? register)
    {
        foreach (var node in register is null ? [] : from.Nodes)
        {
            if (Plan.FindByNodeId(node.NodeId) is not { } now || now.Activity.Type != node.Activity.Type)
                continue;
            for (var i = 0; i < node.Outputs.Length; i++)
            {
                var index = Array.FindIndex(now.Outputs, slot => slot.Name == node.Outputs[i].Name);
                if (index >= 0)
                    (_outputRegister ??= new object?[Plan.OutputCount])[now.FirstOutput + index] = register![node.FirstOutput + i];
            }
        }
    }

    internal void RegisterOutput(PlanNode node, int index, object? value)
    {
        _outputRegister ??= new object?[Plan.OutputCount];
        _outputRegister[node.FirstOutput + index] = value;
        LastResult = value;
    }
}

/// <summary>Stands in the output register for a value that is not known.</summary>
internal sealed record UnknownOutput(string Message);
