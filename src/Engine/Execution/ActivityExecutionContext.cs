using System.Globalization;
using Platform.Engine.Activities;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <summary>
/// One execution of one activity: what the activity sees while it runs, and the state that is stored while it waits. Scheduling an
/// activity makes a new one, so a loop body has many. Not thread-safe: an instance has one driver at a time.
/// </summary>
public sealed partial class ActivityExecutionContext
{
    private string? _id;

    internal ActivityExecutionContext(WorkflowExecutionContext workflow, PlanNode node, ActivityExecutionContext? parent, long sequence) =>
        Reuse(workflow, node, parent, sequence);

    /// <summary>Id of this execution: unique over all instances and stable across restarts.</summary>
    public string Id => _id ??= FormatId(WorkflowExecutionContext.Id, Sequence);

    /// <summary>The instance.</summary>
    public WorkflowExecutionContext WorkflowExecutionContext { get; private set; }

    /// <summary>The execution that scheduled this one as its child; null for the root.</summary>
    public ActivityExecutionContext? ParentActivityExecutionContext { get; private set; }

    /// <summary>The activity.</summary>
    public Activity Activity => Node.Activity;

    /// <summary>State of this execution.</summary>
    public ActivityStatus Status { get; internal set; }

    /// <summary>When it began, UTC; default when it has not.</summary>
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>Cancelled when the run is cancelled, the host stops, or the time of an enclosing <c>Timeout</c> is up.</summary>
    public CancellationToken CancellationToken => WorkflowExecutionContext.Plan.MayTimeOut ? BranchToken() : WorkflowExecutionContext.CancellationToken;

    /// <summary>
    /// Key that stays the same when a crash makes the interpreter execute this activity again: pass it on to services that
    /// recognise repeated requests.
    /// </summary>
    public string IdempotencyKey => Attempt == 0 ? Id : string.Create(CultureInfo.InvariantCulture, $"{Id}.{Attempt}");

    /// <summary>Data the activity keeps while it waits. Stored with the instance.</summary>
    public IDictionary<string, object?> Properties => PropertiesOrNull ??= new(StringComparer.Ordinal);

    /// <summary>Data shown in the journal entry of the completion.</summary>
    public IDictionary<string, object?> JournalData => JournalDataOrNull ??= new(StringComparer.Ordinal);

    /// <summary>Inputs of the run: those given at the start, overlaid with those given at the current resume.</summary>
    public IDictionary<string, object?> WorkflowInput => WorkflowExecutionContext.EffectiveInput;

    /// <summary>Number of faults in this execution and its descendants that nobody handled.</summary>
    public int AggregateFaultCount { get; internal set; }

    /// <summary>What was passed along when this execution was scheduled.</summary>
    public object? Tag { get; internal set; }

    /// <summary>Method of the owner that the completion of this execution calls, or null.</summary>
    public string? CompletionCallbackMethodName => CompletionCallbackName ?? CompletionCallback?.Method.Name;

    internal PlanNode Node { get; private set; }

    internal long Sequence { get; private set; }

    /// <summary>Number of the execution that scheduled this one; for the call stack. 0 for none.</summary>
    internal long ScheduledBy { get; set; }

    internal int CallDepth { get; set; }

    internal int Attempt { get; set; }

    internal object?[]? InputValues { get; set; }

    /// <summary>
    /// Whether an input may hold the value of a secret. Then the inputs are not stored with the instance: they are evaluated anew when
    /// this execution goes on. Whoever hands out a secret sets it.
    /// </summary>
    public bool HoldsSecrets { get; set; }

    internal VariableInstance[]? Variables { get; set; }

    internal Dictionary<string, object?>? PropertiesOrNull { get; set; }

    internal Dictionary<string, object?>? JournalDataOrNull { get; set; }

    /// <summary>Values of this execution's outputs by output position, for its record; null when none was set.</summary>
    internal object?[]? OutputValues { get; set; }

    /// <summary>Counters of a container, stored with the instance: visits of a flowchart, index of a sequence ...</summary>
    internal int[]? Counters { get; set; }

    internal ActivityCompletionCallback? CompletionCallback { get; set; }

    internal string? CompletionCallbackName { get; set; }

    internal bool IsBackward { get; set; }

    internal bool IsBreaking { get; set; }

    internal bool IsInQueue { get; set; }

    /// <summary>The execution behind this one in the queue.</summary>
    internal ActivityExecutionContext? NextInQueue { get; set; }

    /// <summary>Whether the commit before its execution was asked for.</summary>
    internal bool IsCommitted { get; set; }

    /// <summary>Whether its code is waiting for something in this process; executed again when the process ends before it does.</summary>
    internal bool IsInFlight { get; set; }

    internal int BookmarkCount { get; set; }

    /// <summary>Whether it ever waited at a bookmark.</summary>
    internal bool HasWaited { get; set; }

    internal string[]? RequestedOutcomes { get; set; }

    internal Bookmark? ResumedBookmark { get; set; }

    internal ActivityExecutionContext? FirstChild { get; private set; }

    internal ActivityExecutionContext? LastChild { get; private set; }

    internal ActivityExecutionContext? NextSibling { get; private set; }

    internal ActivityExecutionContext? PreviousSibling { get; private set; }

    /// <summary>The value of an input in this execution.</summary>
    /// <typeparam name="T">Type of the input.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    public T? Get<T>(Input<T>? input) => input is null ? default : input.GetOrDefault(this);

    /// <summary>Sets a variable that is in scope.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="value">The value.</param>
    public void Set(Variable variable, object? value) => variable.Set(this, value);

    /// <summary>A service of the host.</summary>
    /// <typeparam name="T">Type of the service.</typeparam>
    /// <exception cref="InvalidOperationException">The host has no such service.</exception>
    public T GetRequiredService<T>()
        where T : notnull => GetService<T>() ?? throw new InvalidOperationException(
            $"Activity '{Activity.Id}' of type '{Activity.Type}' needs the service '{typeof(T).Name}', which this host does not offer.");

    /// <summary>A service of the host, or null.</summary>
    /// <typeparam name="T">Type of the service.</typeparam>
    public T? GetService<T>() => (T?)WorkflowExecutionContext.ServiceProvider.GetService(typeof(T));

    /// <summary>Current value of a variable in scope, nearest first; the default when there is none of that name.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name, case-sensitive.</param>
    public T? GetVariable<T>(string name) => FindVariableByName(name) is { } found ? ValueConverter.Convert<T>(found.Value) : default;

    /// <summary>Sets a variable in scope, nearest first; makes one in this execution's scope when there is none of that name.</summary>
    /// <param name="name">Name, case-sensitive.</param>
    /// <param name="value">The value; converted to the variable's type.</param>
    public void SetVariable(string name, object? value)
    {
        if (FindVariableByName(name) is { } found)
            found.Value = value;
        else
            AddVariable(new Variable(name), value);
    }

    /// <summary>Value of a workflow input, converted; the default when it was not given.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name of the input.</param>
    public T? GetWorkflowInput<T>(string name) =>
        WorkflowExecutionContext.TryGetInput(name, out var value) ? ValueConverter.Convert<T>(value) : default;

    /// <summary>Whether the instance was started by this activity as its trigger.</summary>
    public bool IsTriggerOfWorkflow() =>
        WorkflowExecutionContext.TriggerActivityId is { } trigger && string.Equals(trigger, Activity.Id, StringComparison.Ordinal)
        && !WorkflowExecutionContext.IsTriggerConsumed;

    /// <summary>A value of <see cref="Properties"/>, converted; the default when absent.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="key">Key.</param>
    public T? GetProperty<T>(string key) =>
        PropertiesOrNull is { } properties && properties.TryGetValue(key, out var value) ? ValueConverter.Convert<T>(value) : default;

    /// <summary>Sets a value of <see cref="Properties"/>.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value; must be storable.</param>
    public void SetProperty(string key, object? value) => Properties[key] = value;

    /// <summary>Evaluates an input that is not evaluated by itself, such as the condition of a loop.</summary>
    /// <typeparam name="T">Type of the input.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    /// <param name="arguments">Named arguments, or null.</param>
    public ValueTask<T?> EvaluateAsync<T>(Input<T>? input, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        if (input is null || input.IsConstant || input.Compiled is not { } compiled)
            return new ValueTask<T?>(input is null ? default : (T?)input.ConstantValue);
        if (!compiled.IsAsynchronous)
            return new ValueTask<T?>((T?)input.ConvertValue(compiled.Evaluate(this, arguments)));
        return AwaitAsync(input, compiled);

        async ValueTask<T?> AwaitAsync(Input<T> input, CompiledExpression compiled) => (T?)input.ConvertValue(await compiled.EvaluateAsync(this, arguments));
    }

    /// <summary>
    /// Gives up the value of an input that is not needed any more, so that it is not stored again with each burst while this execution
    /// waits. The journal keeps what it was.
    /// </summary>
    /// <param name="input">An input of this activity.</param>
    public void ReleaseInput(Input input)
    {
        if (ReferenceEquals(input.Owner, Activity) && input.Index >= 0 && InputValues is { } values)
            values[input.Index] = null;
    }

    /// <summary>Evaluates an expression that is part of the activity's definition, such as the condition of a case.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="expression">The expression; null gives the default.</param>
    /// <param name="arguments">Named arguments, or null.</param>
    public async ValueTask<T?> EvaluateAsync<T>(Expression? expression, IReadOnlyDictionary<string, object?>? arguments = null)
    {
        if (expression is null)
            return default;
        var compiled = WorkflowExecutionContext.Plan.Compile(expression, typeof(T));
        return ValueConverter.Convert<T>(await compiled.EvaluateAsync(this, arguments));
    }

    /// <summary>Adds an entry to the journal.</summary>
    /// <param name="eventName">Event name, for example <c>Attempt</c>.</param>
    /// <param name="message">What happened, in a sentence; or null.</param>
    /// <param name="source">Where in the code; or null.</param>
    /// <param name="payload">Details; must be storable; or null.</param>
    public void AddExecutionLogEntry(string eventName, string? message = null, string? source = null, object? payload = null)
    {
        if (WorkflowExecutionContext.HeldEntries is { } held)
            held.Add((eventName, message, source ?? Activity.SourceLine, payload));
        else
            WorkflowExecutionContext.Log?.Custom(this, eventName, message, source ?? Activity.SourceLine, payload);
    }

    /// <summary>The id of an activity execution, from its instance and its number.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="sequence">The number.</param>
    public static string FormatId(string instanceId, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{instanceId}-{sequence}");

    /// <summary>
    /// Value of an input of the workflow that this execution belongs to; null when it was not given. Inside a workflow used as an
    /// activity, inputs are variables of its scope; they hide those of the run.
    /// </summary>
    internal object? FindInput(string name) => TryFindInput(name, out var value) ? value : FindVariableByName(name)?.Value;

    internal bool TryFindInput(string name, out object? value)
    {
        for (var scope = WorkflowDefinitionActivity.Enclosing(this); scope is not null; scope = WorkflowDefinitionActivity.Enclosing(scope))
        {
            foreach (var variable in scope.Variables ?? [])
            {
                if (!string.Equals(variable.Definition.Name, name, StringComparison.Ordinal))
                    continue;
                value = variable.Value;
                return true;
            }
        }

        return WorkflowExecutionContext.TryGetInput(name, out value);
    }

    internal object? InputValueOf(Input input)
    {
        for (var context = this; context is not null; context = context.ParentActivityExecutionContext)
        {
            if (ReferenceEquals(context.Node.Activity, input.Owner))
                return input.Index >= 0 && context.InputValues is { } values ? values[input.Index] : null;
        }

        return null;
    }

    internal VariableInstance? FindVariable(string id)
    {
        for (var context = this; context is not null; context = context.ParentActivityExecutionContext)
        {
            if (context.Variables is not { } variables)
                continue;
            foreach (var variable in variables)
            {
                if (string.Equals(variable.Definition.Id, id, StringComparison.Ordinal))
                    return variable;
            }
        }

        return null;
    }

    internal VariableInstance? FindVariableByName(string name)
    {
        for (var context = this; context is not null; context = context.ParentActivityExecutionContext)
        {
            if (context.Variables is not { } variables)
                continue;
            foreach (var variable in variables)
            {
                if (string.Equals(variable.Definition.Name, name, StringComparison.Ordinal))
                    return variable;
            }
        }

        return null;
    }

    internal VariableInstance AddVariable(Variable definition, object? value)
    {
        var instance = new VariableInstance(definition, value);
        Variables = Variables is { } existing ? [.. existing, instance] : [instance];
        return instance;
    }

    internal void Link(ActivityExecutionContext child)
    {
        child.PreviousSibling = LastChild;
        if (LastChild is null)
            FirstChild = child;
        else
            LastChild.NextSibling = child;
        LastChild = child;
    }

    internal void Unlink(ActivityExecutionContext child)
    {
        if (child.PreviousSibling is { } previous)
            previous.NextSibling = child.NextSibling;
        else if (FirstChild == child)
            FirstChild = child.NextSibling;
        else
            return;
        if (child.NextSibling is { } next)
            next.PreviousSibling = child.PreviousSibling;
        else
            LastChild = child.PreviousSibling;
        child.PreviousSibling = null;
        child.NextSibling = null;
    }
}

/// <summary>A variable in one execution of its scope.</summary>
/// <param name="definition">The variable.</param>
/// <param name="value">Value to begin with, already of the variable's type.</param>
internal sealed class VariableInstance(Variable definition, object? value)
{
    private object? _value = value;

    public Variable Definition { get; } = definition;

    /// <summary>Current value; what is assigned is converted to the variable's type.</summary>
    public object? Value
    {
        get => _value;
        set => _value = Definition.Type == typeof(object) ? value : ValueConverter.Convert(value, Definition.Type);
    }
}
