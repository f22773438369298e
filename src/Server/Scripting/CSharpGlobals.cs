using Platform.Engine;
using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Server.Scripting;

/// <summary>What C# sees of its workflow by name. Scripts are compiled against this class, so it and its members are public.</summary>
/// <param name="context">The execution in whose scope the script runs.</param>
/// <param name="arguments">Named arguments, or null.</param>
public sealed class CSharpGlobals(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments)
{
    private readonly WorkflowValues _values = new(context);

    /// <summary>The variables by name; scripts see them as <c>Variables</c>, with a member per variable.</summary>
    public CSharpNames VariableValues => field ??= new CSharpNames(_values.Variables);

    /// <summary>The inputs by name; scripts see them as <c>Inputs</c>, with a member per declared input.</summary>
    public CSharpNames InputValues => field ??= new CSharpNames(_values.Inputs);

    /// <summary>Outputs of activities of this burst.</summary>
    public CSharpOutputs Output => field ??= new CSharpOutputs(_values, context);

    /// <summary>The outcomes of the activity that runs the script.</summary>
    public CSharpOutcomes Outcome => field ??= new CSharpOutcomes(context);

    /// <summary>Arguments of the expression by name.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; } = arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The same as <see cref="Arguments"/>.</summary>
    public IReadOnlyDictionary<string, object?> Args => Arguments;

    /// <summary>The execution of the script.</summary>
    public ExpressionExecutionContext ExecutionContext { get; } = new(context);

    /// <summary>Id of the instance.</summary>
    public string WorkflowInstanceId => context.WorkflowExecutionContext.Id;

    /// <summary>Correlation id of the instance, or null.</summary>
    public string? CorrelationId
    {
        get => context.WorkflowExecutionContext.CorrelationId;
        set => context.WorkflowExecutionContext.CorrelationId = value;
    }

    /// <summary>Name of the instance, or null.</summary>
    public string? WorkflowInstanceName
    {
        get => context.WorkflowExecutionContext.Name;
        set => context.WorkflowExecutionContext.Name = value;
    }
}

/// <summary>Values of a workflow by name. Scripts are given a class of their own that adds a member per name.</summary>
public class CSharpNames
{
    private readonly IDictionary<string, object?> _values;

    internal CSharpNames(IDictionary<string, object?> values) => _values = values;

    /// <summary>The same values with further members.</summary>
    /// <param name="names">The values.</param>
    protected CSharpNames(CSharpNames names) => _values = names._values;

    /// <summary>The value of a name, converted; the default when there is none.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name.</param>
    public T? Get<T>(string name) => Get(name) is var value && value is T typed ? typed : ValueConverter.Convert<T>(value);

    /// <summary>The value of a name; null when there is none.</summary>
    /// <param name="name">Name.</param>
    public object? Get(string name) => _values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Sets a value.</summary>
    /// <param name="name">Name.</param>
    /// <param name="value">Value; converted to the type of the variable.</param>
    public void Set(string name, object? value) => _values[name] = value;
}

/// <summary>Outputs of activities, as far as they were set in the current burst.</summary>
public sealed class CSharpOutputs
{
    private readonly WorkflowValues _values;
    private readonly ActivityExecutionContext _context;

    internal CSharpOutputs(WorkflowValues values, ActivityExecutionContext context) => (_values, _context) = (values, context);

    /// <summary>The result of the activity that completed last.</summary>
    public object? LastResult => _context.WorkflowExecutionContext.LastResult;

    /// <summary>The value of an output, converted.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="activityIdOrName">The activity.</param>
    /// <param name="outputName">The output; null for <c>Result</c>.</param>
    public T? From<T>(string activityIdOrName, string? outputName = null) => ValueConverter.Convert<T>(From(activityIdOrName, outputName));

    /// <summary>The value of an output.</summary>
    /// <param name="activityIdOrName">The activity.</param>
    /// <param name="outputName">The output; null for <c>Result</c>.</param>
    public object? From(string activityIdOrName, string? outputName = null) => _values.GetOutput(activityIdOrName, outputName);
}

/// <summary>The outcomes of the activity that runs the script.</summary>
public sealed class CSharpOutcomes
{
    private readonly ActivityExecutionContext _context;

    internal CSharpOutcomes(ActivityExecutionContext context) => _context = context;

    /// <summary>Chooses the outcomes.</summary>
    /// <param name="names">Their names.</param>
    public void Set(params string[] names)
    {
        if (_context.Activity is not Engine.Activities.RunCSharp)
            throw new ExpressionException("Outcomes can be chosen in the activity 'Run C#' only.");
        // It only records; nothing has to be waited for.
        _ = _context.CompleteActivityWithOutcomesAsync(names).AsTask();
    }
}
