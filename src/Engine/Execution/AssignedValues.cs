using System.Text.Json;
using Platform.Engine.Activities;
using Platform.Engine.Plans;

namespace Platform.Engine.Execution;

/// <summary>
/// What an instance's records show that its variables and outputs were given, the last value of each. A record is made for people: what
/// is masked, cut or left out there is not here either. It costs no run anything, and is known after the run has ended, when its
/// variables are gone.
/// </summary>
public static class AssignedValues
{
    /// <summary>The values by the names of the variables and outputs.</summary>
    /// <param name="plan">The workflow.</param>
    /// <param name="history">What the instance did.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(WorkflowPlan plan, ExecutionHistory history)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var execution in history.Executions)
        {
            if (plan.FindByNodeId(execution.NodeId) is not { } node)
                continue;
            if (node.Activity is SetVariable { Variable: { } variable })
                Take(values, variable.Name, execution.ActivityState, nameof(SetVariable.Value));
            foreach (var slot in node.Outputs)
            {
                if (slot.Output?.TargetId is { } target)
                    Take(values, NameOf(node, target), execution.OutputValues, slot.Name);
            }
        }

        return values;
    }

    private static void Take(Dictionary<string, JsonElement> values, string name, JsonElement? recorded, string member)
    {
        if (recorded is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(member, out var value))
            values[name] = value;
    }

    /// <summary>The name of the variable with an id in the scopes around a node; what is none of them is a workflow output, named by itself.</summary>
    private static string NameOf(PlanNode node, string target)
    {
        for (var scope = node; scope is not null; scope = scope.Parent)
        {
            foreach (var variable in scope.Variables)
            {
                if (variable.Id == target)
                    return variable.Name;
            }
        }

        return target;
    }
}
