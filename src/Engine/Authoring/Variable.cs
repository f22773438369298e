using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <summary>How long the value of a variable is kept.</summary>
public enum VariableStorage
{
    /// <summary>Until the end of the burst that set it; then the variable has its default again.</summary>
    Burst,

    /// <summary>With the instance.</summary>
    Instance,
}

/// <summary>A variable: a place for a value in the scope of a workflow or container.</summary>
public class Variable
{
    /// <summary>Makes a variable without a name, which only code can refer to. It gets its id when its workflow is compiled.</summary>
    public Variable()
        : this("")
    {
    }

    /// <summary>Makes a variable.</summary>
    /// <param name="name">Name by which expressions find it.</param>
    public Variable(string name)
    {
        Name = name;
        Id = name.Length == 0 ? "" : char.ToLowerInvariant(name[0]) + name[1..] + "Variable";
    }

    /// <summary>Id: bindings refer to it.</summary>
    public string Id { get; set; }

    /// <summary>Name: expressions refer to it, case-sensitively.</summary>
    public string Name { get; set; }

    /// <summary>Type of the values; what is assigned is converted to it.</summary>
    public Type Type { get; set; } = typeof(object);

    /// <summary>Value at the beginning of each execution of the scope.</summary>
    public object? Value { get; set; }

    /// <summary>How long the value is kept. Default: with the instance.</summary>
    public VariableStorage Storage { get; set; } = VariableStorage.Instance;

    /// <summary>Current value in an execution.</summary>
    /// <param name="context">An execution in the variable's scope.</param>
    public object? Get(ActivityExecutionContext context) => context.FindVariable(Id) is { } found ? found.Value : Value;

    /// <summary>Current value where an expression is evaluated.</summary>
    /// <param name="context">The expression's context, in the variable's scope.</param>
    public object? Get(ExpressionExecutionContext context) => Get(context.ActivityExecutionContext);

    /// <summary>Current value in an execution, converted.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="context">An execution in the variable's scope.</param>
    public T? Get<T>(ActivityExecutionContext context) => ValueConverter.Convert<T>(Get(context));

    /// <summary>Current value where an expression is evaluated, converted.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="context">The expression's context, in the variable's scope.</param>
    public T? Get<T>(ExpressionExecutionContext context) => Get<T>(context.ActivityExecutionContext);

    /// <summary>Sets the value where an expression is evaluated.</summary>
    /// <param name="context">The expression's context, in the variable's scope.</param>
    /// <param name="value">The value; converted to <see cref="Type"/>.</param>
    public void Set(ExpressionExecutionContext context, object? value) => Set(context.ActivityExecutionContext, value);

    /// <summary>Sets the value in an execution.</summary>
    /// <param name="context">An execution in the variable's scope.</param>
    /// <param name="value">The value; converted to <see cref="Type"/>.</param>
    /// <exception cref="InvalidOperationException">The variable is not in scope.</exception>
    public void Set(ActivityExecutionContext context, object? value)
    {
        if (context.FindVariable(Id) is not { } found)
            throw new InvalidOperationException($"Variable '{Name}' not found.");
        found.Value = value;
    }
}

/// <summary>A variable of one type.</summary>
/// <typeparam name="T">Type of the values.</typeparam>
public sealed class Variable<T> : Variable
{
    /// <summary>Makes a variable without a name, which only code can refer to.</summary>
    public Variable()
        : this("", default)
    {
    }

    /// <summary>Makes a variable that begins with the default.</summary>
    /// <param name="name">Name.</param>
    public Variable(string name)
        : this(name, default)
    {
    }

    /// <summary>Makes a variable.</summary>
    /// <param name="name">Name.</param>
    /// <param name="value">Value at the beginning.</param>
    public Variable(string name, T? value)
        : base(name)
    {
        Type = typeof(T);
        Value = value;
    }

    /// <summary>Current value in an execution.</summary>
    /// <param name="context">An execution in the variable's scope.</param>
    public new T? Get(ActivityExecutionContext context) => ValueConverter.Convert<T>(base.Get(context));

    /// <summary>Current value where an expression is evaluated.</summary>
    /// <param name="context">The expression's context, in the variable's scope.</param>
    public new T? Get(ExpressionExecutionContext context) => Get(context.ActivityExecutionContext);

    /// <summary>Keeps the value with the instance, which is the default.</summary>
    public Variable<T> WithWorkflowStorage()
    {
        Storage = VariableStorage.Instance;
        return this;
    }

    /// <summary>Keeps the value until the end of the burst only.</summary>
    public Variable<T> WithMemoryStorage()
    {
        Storage = VariableStorage.Burst;
        return this;
    }
}
