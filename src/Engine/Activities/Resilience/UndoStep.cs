using System.Globalization;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Activities.Resilience;

/// <summary>A step of a saga that completed and can be undone, as it is stored with the saga.</summary>
/// <param name="Number">Number of the step in its saga; the order of completion.</param>
/// <param name="NodeId">Node of the <see cref="Compensable"/>.</param>
/// <param name="Name">Its name, or its id.</param>
/// <param name="Variables">Variables declared between the saga and the step, as they were when the step completed.</param>
internal sealed record UndoStep(long Number, string NodeId, string Name, IReadOnlyList<CapturedVariable> Variables)
{
    /// <summary>The step of a <see cref="Compensable"/> whose body has just completed.</summary>
    public static UndoStep Capture(ActivityExecutionContext compensable, ActivityExecutionContext saga)
    {
        var codec = compensable.WorkflowExecutionContext.Host.Values;
        var captured = new List<CapturedVariable>();
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        for (var scope = compensable; scope is not null && scope != saga; scope = scope.ParentActivityExecutionContext)
        {
            foreach (var variable in scope.Variables ?? [])
            {
                // What is kept in memory only, or cannot be stored, would be lost with the next wait: an undo step never sees it.
                if (variable.Definition.Storage == VariableStorage.Instance && codec.CanStore(variable.Value) && hidden.Add(variable.Definition.Id))
                    captured.Add(new CapturedVariable(variable.Definition.Id, variable.Definition.Name, ValueCopy.Of(variable.Value)));
            }
        }

        return new UndoStep(compensable.Sequence, compensable.Node.NodeId, compensable.Activity.Name ?? compensable.Activity.Id, captured);
    }

    public Dictionary<string, object?> ToValue() => new(StringComparer.Ordinal)
    {
        ["number"] = Number,
        ["node"] = NodeId,
        ["name"] = Name,
        ["variables"] = Variables.Select(variable => (object?)new List<object?> { variable.Id, variable.Name, variable.Value }).ToList(),
    };

    public static UndoStep FromValue(object? value)
    {
        var members = (IDictionary<string, object?>)value!;
        return new UndoStep(
            NumberOf(value),
            (string)members["node"]!,
            (string)members["name"]!,
            [.. ((IEnumerable<object?>)members["variables"]!).Select(item => (IList<object?>)item!).Select(item => new CapturedVariable((string)item[0]!, (string)item[1]!, item[2]))]);
    }

    public static long NumberOf(object? value) => Convert.ToInt64(((IDictionary<string, object?>)value!)["number"], CultureInfo.InvariantCulture);

    /// <summary>Whether a name chosen by an author means this step.</summary>
    public bool Is(string? name) =>
        string.IsNullOrEmpty(name) || string.Equals(name, Name, StringComparison.Ordinal) || NodeId.EndsWith(":" + name, StringComparison.Ordinal);

    /// <summary>The captured variables for an execution of the undo activity, which may change them for itself.</summary>
    public VariableInstance[]? ToVariables(PlanNode undo) =>
        Variables.Count == 0 ? null : [.. Variables.Select(variable => new VariableInstance(DefinitionOf(variable, undo), ValueCopy.Of(variable.Value)))];

    /// <summary>What the variable was declared as, so that it keeps its type.</summary>
    private static Variable DefinitionOf(CapturedVariable variable, PlanNode undo)
    {
        for (var scope = undo.Parent; scope is not null; scope = scope.Parent)
        {
            if (Array.Find(scope.VariableList, candidate => candidate.Id == variable.Id) is { } declared)
                return declared;
        }

        return new Variable(variable.Name) { Id = variable.Id };
    }
}

/// <summary>A variable as it was.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record CapturedVariable(string Id, string Name, object? Value);
