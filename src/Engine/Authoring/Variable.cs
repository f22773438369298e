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
    /// <summary>Makes a variable.</summary>
    /// <param name="name">Name by which expressions find it.</param>
    public Variable(string name)
    {
        Name = name;
        Id = (name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..]) + "Variable";
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
}
