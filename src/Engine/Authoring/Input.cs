using Platform.Engine.Converters;
using Platform.Engine.Execution;
using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <summary>An input of an activity, without its type.</summary>
public abstract class Input
{
    /// <summary>The expression that gives the value; null when the value was given in code.</summary>
    public Expression? Expression { get; protected init; }

    /// <summary>Type of the value.</summary>
    public abstract Type Type { get; }

    /// <summary>The compiled expression; null for a constant.</summary>
    internal CompiledExpression? Compiled { get; set; }

    /// <summary>The activity that owns the input, and the position of its value in that activity's contexts.</summary>
    internal Activity? Owner { get; set; }

    internal int Index { get; set; } = -1;

    /// <summary>Whether the interpreter evaluates it before execution.</summary>
    internal bool AutoEvaluate { get; set; } = true;

    /// <summary>Whether every execution has the same value, so that nothing is evaluated.</summary>
    internal abstract bool IsConstant { get; }

    internal abstract object? ConstantValue { get; }

    internal abstract void SetConstant(object? value);

    internal abstract object? ConvertValue(object? value);
}

/// <summary>
/// An input of an activity. It is evaluated before the activity executes; <see cref="Inputs"/> give the value of that execution.
/// </summary>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed class Input<T> : Input
{
    private T? _constant;
    private bool _isConstant;

    /// <summary>An input with the same value in every execution.</summary>
    /// <param name="literal">The value.</param>
    public Input(T literal)
    {
        _constant = literal;
        _isConstant = true;
    }

    /// <summary>An input that an expression gives.</summary>
    /// <param name="expression">The expression.</param>
    public Input(Expression expression) => Expression = expression;

    /// <summary>An input that a function gives at each execution. Code-authored activities only.</summary>
    /// <param name="function">The function.</param>
    public Input(Func<ExpressionExecutionContext, T> function) =>
        Compiled = new DelegateExpression(context => function(context));

    /// <summary>An input that a function gives at each execution. Code-authored activities only.</summary>
    /// <param name="function">The function.</param>
    public Input(Func<T> function)
        : this(_ => function())
    {
    }

    /// <summary>An input that a function gives at each execution, after waiting. Code-authored activities only.</summary>
    /// <param name="function">The function.</param>
    public Input(Func<ExpressionExecutionContext, ValueTask<T?>> function) =>
        Compiled = new WaitingDelegateExpression(async context => await function(context));

    /// <summary>An input that reads what an activity put out earlier in the same burst. Code-authored activities only.</summary>
    /// <param name="output">The output.</param>
    public Input(Output output) => Compiled = new DelegateExpression(output.Get);

    /// <summary>An input that reads a variable at each execution. Code-authored activities only.</summary>
    /// <param name="variable">The variable.</param>
    public Input(Variable variable) => Expression = new Expression("Variable", variable);

    /// <inheritdoc />
    public override Type Type => typeof(T);

    internal override bool IsConstant => _isConstant;

    internal override object? ConstantValue => _constant;

    internal T? Read(ActivityExecutionContext context)
    {
        if (_isConstant)
            return context.WorkflowExecutionContext.HasEditedInputs && EditedInputs.TryFind(context, this, out var edited) ? edited is T other ? other : default : _constant;
        var value = context.InputValueOf(this);
        return value is T typed ? typed : default;
    }

    internal override void SetConstant(object? value)
    {
        _constant = value is T typed ? typed : default;
        _isConstant = true;
    }

    internal override object? ConvertValue(object? value) => value is T ? value : ValueConverter.Convert<T>(value);
}

/// <summary>Reads inputs. A property that nobody set, and so holds null, gives the default.</summary>
public static class Inputs
{
    /// <summary>The value in an execution.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    /// <param name="context">An execution of the owning activity or of one of its descendants.</param>
    public static T Get<T>(this Input<T>? input, ActivityExecutionContext context) => input is null ? default! : input.Read(context)!;

    /// <summary>The value in an execution.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    /// <param name="context">Where an expression of the owning activity or of one of its descendants is evaluated.</param>
    public static T Get<T>(this Input<T>? input, ExpressionExecutionContext context) => input.Get(context.ActivityExecutionContext);

    /// <summary>The value in an execution; the default when the input has none.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    /// <param name="context">An execution of the owning activity or of one of its descendants.</param>
    public static T? GetOrDefault<T>(this Input<T>? input, ActivityExecutionContext context) => input is null ? default : input.Read(context);

    /// <summary>The value in an execution; that of a function when the input has none.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="input">The input.</param>
    /// <param name="context">An execution of the owning activity or of one of its descendants.</param>
    /// <param name="defaultValue">Gives the value instead.</param>
    public static T? GetOrDefault<T>(this Input<T>? input, ActivityExecutionContext context, Func<T?> defaultValue) =>
        input is not null && input.Read(context) is { } value ? value : defaultValue();
}

/// <summary>An output of an activity, without its type.</summary>
public abstract class Output
{
    /// <summary>
    /// What the value is assigned to: the id of a variable in scope, or the name of a workflow output. Null when it is only recorded.
    /// </summary>
    public string? TargetId
    {
        get => field ?? Variable?.Id;
        set;
    }

    /// <summary>Type of the value.</summary>
    public abstract Type Type { get; }

    /// <summary>Position of its value in the plan's output register, and its name.</summary>
    internal int Index { get; set; } = -1;

    internal string Name { get; set; } = "";

    /// <summary>What changes the value on its way to the target; null for nothing.</summary>
    internal OutputConversion? Conversion { get; set; }

    /// <summary>The activity that owns the output; set when its workflow is compiled.</summary>
    internal Activity? Owner { get; set; }

    /// <summary>The variable it is assigned to, when that was given in code: variables get their ids at the compilation.</summary>
    internal Variable? Variable { get; private protected init; }

    /// <summary>What was put out last in the current burst; null when nothing was.</summary>
    /// <param name="context">Where an expression of the same workflow is evaluated.</param>
    public object? Get(ExpressionExecutionContext context) =>
        Owner?.PlanNode is { } node ? context.ActivityExecutionContext.WorkflowExecutionContext.RegisteredOutput(node, Index) : null;
}

/// <summary>An output of an activity.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed class Output<T> : Output
{
    /// <summary>An output that is only recorded.</summary>
    public Output()
    {
    }

    /// <summary>An output that is assigned to a variable. Code-authored activities only.</summary>
    /// <param name="variable">The variable.</param>
    public Output(Variable variable) => Variable = variable;

    /// <inheritdoc />
    public override Type Type => typeof(T);

    /// <summary>What was put out last in the current burst; the default when nothing was.</summary>
    /// <param name="context">Where an expression of the same workflow is evaluated.</param>
    public new T? Get(ExpressionExecutionContext context) => ValueConverter.Convert<T>(base.Get(context));

    /// <summary>Sets the value for an execution.</summary>
    /// <param name="context">The execution of the owning activity.</param>
    /// <param name="value">The value.</param>
    public void Set(ActivityExecutionContext context, T? value) => context.Set(this, value);
}

/// <summary>Reads what activities put out, by the activity itself.</summary>
public static class ActivityOutputs
{
    /// <summary>What an output of an activity had last in the current burst; the default when it had nothing.</summary>
    /// <typeparam name="TActivity">Type of the activity.</typeparam>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="activity">The activity, a part of the same workflow.</param>
    /// <param name="context">Where an expression is evaluated.</param>
    /// <param name="output">Chooses the output.</param>
    public static T? GetOutput<TActivity, T>(this TActivity activity, ExpressionExecutionContext context, Func<TActivity, Output?> output)
        where TActivity : Activity => ValueConverter.Convert<T>(output(activity)?.Get(context));
}
