using Platform.Engine.Values;

namespace Platform.Engine;

/// <content>What an activity puts out.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>The value this execution gave an output; the default when it gave none.</summary>
    /// <typeparam name="T">Type of the output.</typeparam>
    /// <param name="output">The output; null gives the default.</param>
    public T? Get<T>(Output<T>? output) =>
        output is { Index: >= 0 } && OutputValues is { } values ? ValueConverter.Convert<T>(values[output.Index]) : default;

    /// <summary>Sets an output: its bound variable or workflow output, its record and what later expressions of the burst read.</summary>
    /// <typeparam name="T">Type of the output.</typeparam>
    /// <param name="output">The output; null does nothing.</param>
    /// <param name="value">The value.</param>
    public void Set<T>(Output<T>? output, T? value)
    {
        if (output is not null)
            SetOutput(output.Index, output.TargetId, value);
    }

    /// <summary>Sets the output named <c>Result</c>, bound or not.</summary>
    /// <param name="value">The value.</param>
    public void SetResult(object? value)
    {
        for (var i = 0; i < Node.Outputs.Length; i++)
        {
            if (Node.Outputs[i].Name == "Result")
                SetOutput(i, Node.Outputs[i].Output?.TargetId, value);
        }
    }

    internal void SetOutput(int index, string? targetId, object? value)
    {
        if (index < 0)
            return;
        var outputs = OutputValues ??= new object?[Node.Outputs.Length];
        outputs[index] = value;
        WorkflowExecutionContext.RegisterOutput(Node, index, value);
        if (targetId is null)
            return;
        var variable = (ParentActivityExecutionContext ?? this).FindVariable(targetId);
        var slot = Node.Outputs[index];
        if (slot.Conversion is { } conversion)
            value = conversion.Apply(value, slot.Name, variable?.Definition.Type);
        if (variable is not null)
            variable.Value = value;
        else if (slot.IsWorkflowOutput)
            Interpreter.SetOutput(this, targetId, value);
    }
}
