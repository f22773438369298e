using System.Text;
using Platform.Engine.Plans;

namespace Platform.Engine.Expressions;

/// <summary>Names of generated accessors: <c>getOrderTotal()</c> for the variable "order total".</summary>
internal static class AccessorNames
{
    /// <summary>Separators removed, the character after each and the first one upper-cased; the rest stays.</summary>
    public static string Pascal(string name)
    {
        var result = new StringBuilder(name.Length);
        var upper = true;
        foreach (var character in name)
        {
            if (character is ' ' or '_' or '-')
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(character) : character);
            upper = false;
        }

        return result.ToString();
    }

    /// <summary>The output that <c>getResultFromActivity1</c> means: output name before the last "From" that fits, activity after it.</summary>
    public static (PlanNode Node, int Output)? FindOutput(ActivityExecutionContext context, string text)
    {
        for (var at = text.IndexOf("From", StringComparison.Ordinal); at > 0; at = text.IndexOf("From", at + 1, StringComparison.Ordinal))
        {
            var outputName = text[..at];
            var activityName = text[(at + 4)..];
            if (FindNode(context, node => Pascal(node.Activity.Name ?? node.Activity.Id) == activityName || Pascal(node.Activity.Id) == activityName) is { } node
                && Array.FindIndex(node.Outputs, output => output.Name == outputName) is >= 0 and var index)
                return (node, index);
        }

        return null;
    }

    /// <summary>The output of an activity by id or name; the output named <c>Result</c> when no name is given.</summary>
    public static (PlanNode Node, int Output)? FindOutput(ActivityExecutionContext context, string activity, string? outputName)
    {
        var node = FindNode(context, candidate => candidate.Activity.Id == activity) ?? FindNode(context, candidate => candidate.Activity.Name == activity);
        if (node is null)
            return null;
        var index = Array.FindIndex(node.Outputs, output => output.Name == (outputName ?? "Result"));
        return index < 0 ? null : (node, index);
    }

    /// <summary>Nodes of the same container first, then of the containers around it, then any.</summary>
    private static PlanNode? FindNode(ActivityExecutionContext context, Func<PlanNode, bool> matches)
    {
        for (var container = context.Node.Parent; container is not null; container = container.Parent)
        {
            foreach (var child in container.ChildList)
            {
                if (matches(child))
                    return child;
            }
        }

        foreach (var node in context.WorkflowExecutionContext.Plan.Nodes)
        {
            if (matches(node))
                return node;
        }

        return null;
    }
}
