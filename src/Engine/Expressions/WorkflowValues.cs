using System.Globalization;
using Platform.Engine.Plans;

namespace Platform.Engine.Expressions;

/// <summary>
/// What an expression sees of its workflow by name. Languages outside of the engine use it; nothing is copied, so a value that is
/// changed is changed in the workflow.
/// </summary>
/// <param name="context">The execution in whose scope names are looked up.</param>
public sealed class WorkflowValues(ActivityExecutionContext context)
{
    /// <summary>The variables in scope, nearest first. They can be set; setting a name that is not in scope fails.</summary>
    public IDictionary<string, object?> Variables { get; } = new ScopeVariables(context);

    /// <summary>The inputs of the nearest workflow used as an activity, then those of the run. Read-only.</summary>
    public IDictionary<string, object?> Inputs { get; } = new ScopeInputs(context);

    /// <summary>The types of the variables in scope by name.</summary>
    public IEnumerable<KeyValuePair<string, Type>> VariableTypes =>
        Variables.Keys.Select(name => KeyValuePair.Create(name, context.FindVariableByName(name)!.Definition.Type));

    /// <summary>The types of the inputs by name: those that the workflow declares.</summary>
    public IEnumerable<KeyValuePair<string, Type>> InputTypes =>
        context.WorkflowExecutionContext.Plan.Content.Inputs.Select(input => KeyValuePair.Create(input.Name, input.Type));

    /// <summary>The value that an output of an activity had last in the current burst; null when it had none.</summary>
    /// <param name="activity">Id or name of the activity.</param>
    /// <param name="output">Name of the output; null for <c>Result</c>.</param>
    /// <exception cref="ExpressionException">There is no such activity or output.</exception>
    public object? GetOutput(string activity, string? output = null)
    {
        var (node, index) = AccessorNames.FindOutput(context, activity, output) ?? throw new ExpressionException(string.Create(
            CultureInfo.InvariantCulture,
            $"There is no activity '{activity}' with an output '{output ?? "Result"}' in this workflow."));
        return ReadOutput(context, node, index);
    }

    /// <summary>
    /// An output of the current burst. Earlier ones are not kept, as in Elsa; the journal says so, because a null that comes only after a
    /// wait is hard to explain otherwise.
    /// </summary>
    internal static object? ReadOutput(ActivityExecutionContext context, PlanNode node, int index)
    {
        var workflow = context.WorkflowExecutionContext;
        var value = workflow.RegisteredOutput(node, index);
        if (value is null && workflow.WasLoaded)
        {
            context.AddExecutionLogEntry(
                "OutputNotKept",
                $"The output '{node.Outputs[index].Name}' of '{node.Activity.Name ?? node.Activity.Id}' has no value since the workflow last waited: outputs are not kept over a wait. "
                + "Bind the output to a variable and read the variable.");
        }

        return value;
    }
}
