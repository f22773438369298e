using System.Diagnostics.CodeAnalysis;
using Platform.Engine.Activities;

namespace Platform.Engine.Expressions;

/// <summary>
/// The variables in scope of an execution as one dictionary by name, nearest scope first. Reading and writing go straight to the
/// variables: nothing is copied. Writing a name that is not in scope declares nothing and fails.
/// </summary>
internal sealed class ScopeVariables(ActivityExecutionContext context) : NamedValues(context)
{
    public override ICollection<string> Keys
    {
        get
        {
            var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
            for (var scope = ScopeOrNull; scope is not null; scope = scope.ParentActivityExecutionContext)
            {
                foreach (var variable in scope.Variables ?? [])
                    names.TryAdd(variable.Definition.Name, true);
            }

            return [.. names.Keys];
        }
    }

    public override bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var variable = Scope.FindVariableByName(key);
        value = variable?.Value;
        return variable is not null;
    }

    protected override void Set(string key, object? value)
    {
        var variable = Scope.FindVariableByName(key) ?? throw new ExpressionException(
            $"There is no variable '{key}' here. Variables in scope: {string.Join(", ", Keys.Order(StringComparer.Ordinal))}.");
        variable.Value = Plain(value);
    }

    protected override ExpressionException CannotRemove(string key) => new($"The variable '{key}' cannot be deleted. Set it to null instead.");
}

/// <summary>
/// The inputs that an execution sees, by name: those of the nearest workflow that is used as an activity, then those of the run. Nothing
/// is copied, and nothing can be changed.
/// </summary>
internal sealed class ScopeInputs(ActivityExecutionContext context) : NamedValues(context)
{
    public override bool IsReadOnly => true;

    public override ICollection<string> Keys
    {
        get
        {
            var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
            for (var used = Enclosing(ScopeOrNull); used is not null; used = Enclosing(used))
            {
                foreach (var variable in used.Variables ?? [])
                    names.TryAdd(variable.Definition.Name, true);
            }

            if (ScopeOrNull is { } scope)
            {
                foreach (var name in scope.WorkflowExecutionContext.EffectiveInput.Keys)
                    names.TryAdd(name, true);
            }

            return [.. names.Keys];

            static ActivityExecutionContext? Enclosing(ActivityExecutionContext? scope) => scope is null ? null : WorkflowDefinitionActivity.Enclosing(scope);
        }
    }

    public override bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => Scope.TryFindInput(key, out value);

    protected override void Set(string key, object? value) => throw new ExpressionException($"The input '{key}' cannot be changed.");

    protected override ExpressionException CannotRemove(string key) => new($"The input '{key}' cannot be deleted.");
}
