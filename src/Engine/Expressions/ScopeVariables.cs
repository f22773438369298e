using System.Diagnostics.CodeAnalysis;
using Platform.Engine.Activities;

namespace Platform.Engine.Expressions;

/// <summary>
/// The variables in scope of an execution as one dictionary by name, nearest scope first. Reading and writing go straight to the
/// variables: nothing is copied. Writing a name that is not in scope declares nothing and fails.
/// </summary>
internal sealed class ScopeVariables(ActivityExecutionContext context) : NamedValues
{
    public override ICollection<string> Keys
    {
        get
        {
            var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
            for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            {
                foreach (var variable in scope.Variables ?? [])
                    names.TryAdd(variable.Definition.Name, true);
            }

            return [.. names.Keys];
        }
    }

    public override bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var variable = context.FindVariableByName(key);
        value = variable?.Value;
        return variable is not null;
    }

    protected override void Set(string key, object? value)
    {
        var variable = context.FindVariableByName(key) ?? throw new ExpressionException(
            $"There is no variable '{key}' here. Variables in scope: {string.Join(", ", Keys.Order(StringComparer.Ordinal))}.");
        variable.Value = value;
    }

    protected override ExpressionException CannotRemove(string key) => new($"The variable '{key}' cannot be deleted. Set it to null instead.");
}

/// <summary>
/// The inputs that an execution sees, by name: those of the nearest workflow that is used as an activity, then those of the run. Nothing
/// is copied, and nothing can be changed.
/// </summary>
internal sealed class ScopeInputs(ActivityExecutionContext context) : NamedValues
{
    public override bool IsReadOnly => true;

    public override ICollection<string> Keys
    {
        get
        {
            var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
            foreach (var variable in Composite()?.Variables ?? [])
                names.TryAdd(variable.Definition.Name, true);
            foreach (var name in context.WorkflowExecutionContext.EffectiveInput.Keys)
                names.TryAdd(name, true);
            return [.. names.Keys];
        }
    }

    public override bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (Array.Find(Composite()?.Variables ?? [], variable => variable.Definition.Name == key) is { } input)
        {
            value = input.Value;
            return true;
        }

        return context.WorkflowExecutionContext.TryGetInput(key, out value);
    }

    protected override void Set(string key, object? value) => throw new ExpressionException($"The input '{key}' cannot be changed.");

    protected override ExpressionException CannotRemove(string key) => new($"The input '{key}' cannot be deleted.");

    /// <summary>The nearest workflow that is used as an activity: its inputs are variables of its scope.</summary>
    private ActivityExecutionContext? Composite()
    {
        for (var scope = context; scope?.ParentActivityExecutionContext is { } parent; scope = parent)
        {
            if (scope.Activity is IComposite)
                return scope;
        }

        return null;
    }
}
