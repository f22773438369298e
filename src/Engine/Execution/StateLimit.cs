using System.Globalization;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>
/// What happens to an instance whose state is too large to be stored: the largest values are given up, as many as it takes, and the
/// instance faults with an incident that names each.
/// </summary>
internal static class StateLimit
{
    /// <summary>Makes a state storable.</summary>
    /// <param name="workflow">The instance.</param>
    public static void Enforce(WorkflowExecutionContext workflow)
    {
        var values = Values(workflow).OrderByDescending(value => value.Bytes).ToList();
        var total = values.Sum(value => value.Bytes);
        foreach (var (name, bytes, drop) in values.TakeWhile(_ => total > workflow.Host.Limits.StateBytesMax))
        {
            drop();
            total -= bytes;
            var root = workflow.Plan.Root;
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"WF2111: {name} was not stored: {(bytes > ValueLimits.BytesMax ? $"it takes more than {ValueLimits.BytesMax:N0} bytes as JSON, the most that one value may take" : $"the values of the instance take more than {workflow.Host.Limits.StateBytesMax:N0} bytes as JSON together")}. Keep large data in a file, a database or an object store, and its address in the workflow.");
            workflow.Incidents.Add(new Incident(
                root.Activity.Id, root.NodeId, root.Activity.Type, workflow.Root?.Sequence ?? 1, message, null, workflow.Host.Clock.GetUtcNow()));
        }

        // A burst that goes on ends as faulted; one that has ended is.
        workflow.IsFaulting = true;
        if (workflow.SubStatus == WorkflowSubStatus.Executing)
            return;
        workflow.SubStatus = WorkflowSubStatus.Faulted;
        workflow.FinishedAt ??= workflow.UpdatedAt;
    }

    private static IEnumerable<(string Name, long Bytes, Action Drop)> Values(WorkflowExecutionContext workflow)
    {
        foreach (var value in Members(workflow, workflow.InputOrNull, "The input"))
            yield return value;
        foreach (var value in Members(workflow, workflow.OutputOrNull, "The output"))
            yield return value;
        foreach (var value in Members(workflow, workflow.PropertiesOrNull, "The property"))
            yield return value;
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            foreach (var variable in context.Variables ?? [])
                yield return ($"The variable '{variable.Definition.Name}'", Measure(workflow, variable.Value), () => variable.Value = null);
            if (context.InputValues is { } inputs)
                yield return ($"What the activity '{context.Activity.Id}' got as inputs", inputs.Sum(input => Measure(workflow, input)), () => context.InputValues = null);
            if (context.PropertiesOrNull is { } properties)
                yield return ($"The state of the activity '{context.Activity.Id}'", Measure(workflow, properties), () => context.PropertiesOrNull = null);
        }
    }

    private static List<(string Name, long Bytes, Action Drop)> Members(WorkflowExecutionContext workflow, Dictionary<string, object?>? values, string kind) =>
        [.. (values ?? []).Keys.ToList().Select(key => ($"{kind} '{key}'", Measure(workflow, values![key]), (Action)(() => values[key] = null)))];

    private static long Measure(WorkflowExecutionContext workflow, object? value)
    {
        try
        {
            return workflow.Host.Values.CanStore(value) ? workflow.Host.Values.ToUtf8(value).Length : 0;
        }
        catch (ValueTooLargeException)
        {
            return int.MaxValue;
        }
    }
}
