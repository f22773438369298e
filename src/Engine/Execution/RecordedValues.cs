using System.Text.Json;
using Platform.Engine.Secrets;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>
/// Gives an execution what its record says it put out. A record is made for people: values may be masked, cut or left out. Such a value
/// is never taken for the real one; where it is needed, the re-run is refused.
/// </summary>
internal static class RecordedValues
{
    /// <summary>Sets the outputs of an execution, with everything that setting them does.</summary>
    /// <param name="context">The execution.</param>
    /// <param name="record">The record of the original.</param>
    /// <exception cref="RerunRefusedException">An output that something may read is not in the record.</exception>
    public static void SetOutputs(ActivityExecutionContext context, ActivityExecutionRecord record)
    {
        for (var i = 0; i < context.Node.Outputs.Length; i++)
        {
            var slot = context.Node.Outputs[i];
            var property = context.Node.Type.Outputs[i];
            var isRecorded = TryFind(record.OutputValues, property.Name, out var element);
            if (isRecorded && IsWhole(element) && TryConvert(element, property.ValueType, out var value))
                context.SetOutput(i, slot.Output?.TargetId, value);
            else if (isRecorded || IsLeftOut(context, i))
                SetUnknown(context, i, isRecorded);
        }
    }

    /// <summary>
    /// Replaces evaluated inputs by the recorded ones where those are plain and whole, so that a decision by time or chance falls as it
    /// fell in the original.
    /// </summary>
    public static void SetPlainInputs(ActivityExecutionContext context, ActivityExecutionRecord record)
    {
        foreach (var index in context.Node.EvaluatedInputs)
        {
            var (property, input) = context.Node.Inputs[index];
            if (!TryFind(record.ActivityState, property.Name, out var element) || !IsWhole(element))
                continue;
            if (element.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number or JsonValueKind.String
                && ValueConverter.TryConvert(DynamicJson.FromElement(element), input!.Type, out var value))
                (context.InputValues ??= new object?[context.Node.Inputs.Length])[index] = value;
        }
    }

    private static bool TryFind(JsonElement? values, string name, out JsonElement element)
    {
        element = default;
        return values is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out element);
    }

    private static bool TryConvert(JsonElement element, Type type, out object? value)
    {
        value = DynamicJson.FromElement(element);
        return type == typeof(object) || ValueConverter.TryConvert(value, type, out value);
    }

    /// <summary>Whether a recorded value is the real one: nothing in it was masked, cut or replaced by its size.</summary>
    private static bool IsWhole(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is { } text && !text.Contains(SecretMask.Masked, StringComparison.Ordinal) && !IsReplaced(text),
        JsonValueKind.Object or JsonValueKind.Array => !element.GetRawText().Contains(SecretMask.Masked, StringComparison.Ordinal),
        _ => true,
    };

    private static bool IsReplaced(string text) =>
        text is "<too deep>" || text.EndsWith('…') || (text.StartsWith('<') && text.EndsWith(" bytes>", StringComparison.Ordinal));

    /// <summary>Whether a value that is not in the record may have been there all the same.</summary>
    private static bool IsLeftOut(ActivityExecutionContext context, int index) =>
        !context.Node.Type.Outputs[index].Attribute.IsSerializable || context.WorkflowExecutionContext.Log?.KeepsOutput(context, index) != true;

    private static void SetUnknown(ActivityExecutionContext context, int index, bool isRecorded)
    {
        var refusal = Missing(context, context.Node.Outputs[index].Name, isRecorded);
        if (IsNeeded(context, index))
            throw refusal;
        // What no expression names can be read all the same, by code: whoever does is told, instead of getting nothing.
        context.WorkflowExecutionContext.RegisterUnknown(context.Node, index, refusal.Message);
    }

    /// <summary>Whether an output goes into a variable, or an expression names it together with its activity.</summary>
    private static bool IsNeeded(ActivityExecutionContext context, int index)
    {
        if (context.Node.Outputs[index].Output?.TargetId is not null)
            return true;
        var output = context.Node.Outputs[index].Name;
        string[] names = context.Activity.Name is { Length: > 0 } name ? [context.Activity.Id, name] : [context.Activity.Id];
        return context.WorkflowExecutionContext.Plan.Nodes.Any(node => node.Inputs.Any(slot =>
            slot.Input?.Expression?.Value is string text && text.Contains(output, StringComparison.OrdinalIgnoreCase)
            && names.Any(activity => text.Contains(activity, StringComparison.OrdinalIgnoreCase))));
    }

    private static RerunRefusedException Missing(ActivityExecutionContext context, string output, bool isMasked) => new(
        RerunRefusal.ValueUnknown,
        $"The output '{output}' of '{context.Activity.Name ?? context.Activity.Id}' is used behind it, but the record of the original "
        + (isMasked ? "holds it only masked or cut." : "does not hold it.")
        + " Re-run from this activity or from one before it, so that it is made again.");
}
