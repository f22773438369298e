namespace Platform.Engine.Activities;

/// <summary>Runs a delegate. Only code can make it: documents cannot hold delegates.</summary>
[Activity("Elsa", "Primitives", "Runs code.")]
[Browsable(false)]
public sealed class Inline : CodeActivity
{
    private readonly Func<ActivityExecutionContext, ValueTask> _code;

    /// <summary>Runs code that may wait.</summary>
    /// <param name="code">The code.</param>
    public Inline(Func<ActivityExecutionContext, ValueTask> code) => _code = code;

    /// <summary>Runs code that may wait.</summary>
    /// <param name="code">The code.</param>
    public Inline(Func<ValueTask> code)
        : this(_ => code())
    {
    }

    /// <summary>Runs code.</summary>
    /// <param name="code">The code.</param>
    public Inline(Action<ActivityExecutionContext> code)
        : this(context =>
        {
            code(context);
            return default;
        })
    {
    }

    /// <summary>Runs code.</summary>
    /// <param name="code">The code.</param>
    public Inline(Action code)
        : this(_ => code())
    {
    }

    /// <summary>Runs code.</summary>
    /// <param name="code">The code.</param>
    public static Inline From(Action<ActivityExecutionContext> code) => new(code);

    /// <summary>Runs code that may wait.</summary>
    /// <param name="code">The code.</param>
    public static Inline From(Func<ActivityExecutionContext, ValueTask> code) => new(code);

    /// <summary>Runs code that gives a result.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="code">The code.</param>
    /// <param name="output">Variable that gets the result; null for none.</param>
    public static Inline<T> From<T>(Func<ActivityExecutionContext, T> code, Variable? output = null) => new(code, output);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => _code(context);
}

/// <summary>Runs a delegate that gives a result. Only code can make it.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
[Activity("Elsa", "Primitives", "Runs code that gives a result.")]
[Browsable(false)]
public sealed class Inline<T> : CodeActivity<T>
{
    private readonly Func<ActivityExecutionContext, ValueTask<T>> _code;

    /// <summary>Runs code that may wait.</summary>
    /// <param name="code">The code.</param>
    /// <param name="output">Variable that gets the result; null for none.</param>
    public Inline(Func<ActivityExecutionContext, ValueTask<T>> code, Variable? output = null)
    {
        _code = code;
        Result = output is null ? null : new Output<T>(output);
    }

    /// <summary>Runs code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="output">Variable that gets the result; null for none.</param>
    public Inline(Func<ActivityExecutionContext, T> code, Variable? output = null)
        : this(context => new ValueTask<T>(code(context)), output)
    {
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) => context.SetResult(await _code(context));
}
