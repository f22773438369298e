using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>
/// Inputs of one execution that somebody gave other values when the workflow was re-run from it. They are stored with the execution, so
/// that they hold after a restart and when it is retried, and they win over what the workflow's document says.
/// </summary>
internal static class EditedInputs
{
    private const string Key = "Platform.EditedInputs";

    /// <summary>Gives an execution other inputs.</summary>
    /// <param name="context">The execution, not begun.</param>
    /// <param name="values">Values by the name of the input, as in code or as in documents.</param>
    /// <exception cref="RerunRefusedException">An input cannot be given another value.</exception>
    public static void Set(ActivityExecutionContext context, IReadOnlyDictionary<string, object?> values)
    {
        var edited = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            var slot = Array.Find(context.Node.Inputs, slot => slot.Property.Name == name || slot.Property.WireName == name)
                ?? throw Refused($"The activity '{context.Activity.Id}' has no input '{name}'. It has: {string.Join(", ", context.Node.Inputs.Select(slot => slot.Property.WireName))}.");
            if (slot.Input is not { Index: >= 0, AutoEvaluate: true } input)
                throw Refused($"The input '{name}' of '{context.Activity.Id}' is a setting of the workflow's document or evaluated while the step runs. Change it in the workflow, and re-run the latest version.");
            if (slot.Property.Attribute.CanContainSecrets)
                throw Refused($"The input '{name}' of '{context.Activity.Id}' may hold a secret, which would be stored readable. Change the stored secret instead.");
            if (!ValueConverter.TryConvert(value, input.Type, out _))
                throw Refused($"The value for the input '{name}' of '{context.Activity.Id}' cannot be converted to its type {input.Type.Name}.");
            edited[slot.Property.Name] = value;
        }

        context.Properties[Key] = edited;
        context.WorkflowExecutionContext.HasEditedInputs = true;
    }

    /// <summary>Finds edited inputs in stored properties; an execution that begins anew keeps nothing else of them.</summary>
    public static void Keep(ActivityExecutionContext context, Dictionary<string, object?>? properties, bool onlyThem = true)
    {
        if (properties?.GetValueOrDefault(Key) is not { } edited)
            return;
        context.WorkflowExecutionContext.HasEditedInputs = true;
        if (onlyThem)
            context.PropertiesOrNull = new(StringComparer.Ordinal) { [Key] = edited };
    }

    /// <summary>Puts the edited values in the place of those that were evaluated.</summary>
    public static void Apply(ActivityExecutionContext context)
    {
        if (Of(context) is not { } edited)
            return;
        var values = context.InputValues ??= new object?[context.Node.Inputs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (edited.TryGetValue(context.Node.Inputs[i].Property.Name, out var value))
                values[i] = context.Node.Inputs[i].Input!.ConvertValue(value);
        }
    }

    /// <summary>Whether the execution that owns an input has another value for it.</summary>
    public static bool TryFind(ActivityExecutionContext context, Input input, out object? value)
    {
        for (var owner = context; owner is not null; owner = owner.ParentActivityExecutionContext)
        {
            if (!ReferenceEquals(owner.Activity, input.Owner))
                continue;
            value = null;
            return input.Index >= 0 && Of(owner) is { } edited
                && edited.TryGetValue(owner.Node.Inputs[input.Index].Property.Name, out value) && Convert(input, ref value);
        }

        value = null;
        return false;
    }

    private static bool Convert(Input input, ref object? value)
    {
        value = input.ConvertValue(value);
        return true;
    }

    private static IReadOnlyDictionary<string, object?>? Of(ActivityExecutionContext context) =>
        context.PropertiesOrNull?.GetValueOrDefault(Key) as IReadOnlyDictionary<string, object?>;

    private static RerunRefusedException Refused(string message) => new(RerunRefusal.WrongEdit, message);
}
