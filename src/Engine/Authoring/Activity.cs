using System.Collections.Concurrent;
using System.Globalization;

namespace Platform.Engine;

/// <summary>What every activity has: identity inside its workflow and its type.</summary>
public interface IActivity
{
    /// <summary>Id, unique inside its workflow.</summary>
    string Id { get; set; }

    /// <summary>Path of ids from the root, joined by colons; set when the workflow is compiled.</summary>
    string NodeId { get; set; }

    /// <summary>Name given by the author; expressions refer to it. Null when none was given.</summary>
    string? Name { get; set; }

    /// <summary>Type name, for example <c>Elsa.WriteLine</c>; set when the workflow is compiled.</summary>
    string Type { get; set; }

    /// <summary>Version of the type.</summary>
    int Version { get; set; }
}

/// <summary>Receives control after a bookmark was resumed.</summary>
/// <param name="context">The activity execution that waited.</param>
public delegate ValueTask ExecuteActivityDelegate(ActivityExecutionContext context);

/// <summary>Receives control after a scheduled child completed. The method must be an instance method of the scheduling activity.</summary>
/// <param name="context">The owner, the child and its outcomes.</param>
public delegate ValueTask ActivityCompletionCallback(ActivityCompletedContext context);

/// <summary>
/// A step of a workflow. One object is shared by all runs of a workflow version, so it holds definition only: what belongs to one
/// execution lives in the <see cref="ActivityExecutionContext"/>. An activity that neither completes nor creates a bookmark nor
/// schedules a child stays running; <see cref="CodeActivity"/> completes by itself.
/// </summary>
public abstract class Activity : IActivity
{
    private Dictionary<string, object>? _customProperties;
    private Dictionary<string, object>? _metadata;
    private ConcurrentDictionary<string, Delegate>? _resolvedCallbacks;

    /// <summary>Makes an activity.</summary>
    /// <param name="source">Source file that makes it, or null; shown in the journal.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Activity(string? source = null, int? line = null)
    {
        Source = source;
        Line = line;
    }

    /// <inheritdoc />
    public string Id { get; set; } = "";

    /// <inheritdoc />
    public string NodeId { get; set; } = "";

    /// <inheritdoc />
    public string? Name { get; set; }

    /// <inheritdoc />
    public string Type { get; set; } = "";

    /// <inheritdoc />
    public int Version { get; set; } = 1;

    /// <summary>Settings that are not inputs, such as <c>canStartWorkflow</c>.</summary>
    public IDictionary<string, object> CustomProperties => _customProperties ??= new(StringComparer.Ordinal);

    /// <summary>Design-time data without meaning for execution.</summary>
    public IDictionary<string, object> Metadata => _metadata ??= new(StringComparer.Ordinal);

    /// <summary>Whether a new instance may start at this activity.</summary>
    public bool CanStartWorkflow { get; set; }

    /// <summary>Whether the author asked for execution as a background job.</summary>
    public bool RunAsynchronously { get; set; }

    /// <summary>Source file that made the activity, when it was made in code that says so. Journal entries of the activity name it.</summary>
    public string? Source { get; set; }

    /// <summary>Line in <see cref="Source"/>.</summary>
    public int? Line { get; set; }

    /// <summary>Place in the document it was read from, as a JSON path; empty when it was made in code.</summary>
    public string DocumentPath { get; internal set; } = "";

    internal string? SourceLine => Source is null ? null : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Source)}:{Line}");

    /// <summary>Whether the interpreter completes the activity when it returned without a bookmark or children.</summary>
    internal virtual bool AutoCompletes => false;

    /// <summary>The node it has in its plan; null before compilation.</summary>
    internal Plans.PlanNode? PlanNode { get; set; }

    /// <summary>Callbacks that were found by name, kept with the activity so that they live as long as its plan.</summary>
    internal ConcurrentDictionary<string, Delegate> ResolvedCallbacks => _resolvedCallbacks ?? MakeResolvedCallbacks();

    /// <summary>The enclosing execution that this activity's completion completes, instead of telling its owner; null for none.</summary>
    internal virtual ActivityExecutionContext? Completes(ActivityExecutionContext context) => null;

    /// <summary>Carries the counters of an execution over from another version of this activity.</summary>
    /// <param name="context">The execution, with the counters as they were.</param>
    /// <param name="from">This activity's node in the other version.</param>
    internal virtual void Migrate(ActivityExecutionContext context, Plans.PlanNode from)
    {
    }

    /// <summary>Whether executions of the activity may have steps to run before they end by force: undo steps, a finally.</summary>
    internal virtual bool MayCleanUp => false;

    /// <summary>Whether an execution has such steps now, or is in the middle of them.</summary>
    /// <param name="context">The execution.</param>
    internal virtual bool HasCleanup(ActivityExecutionContext context) => false;

    /// <summary>Whether the children of an execution are such steps, which a cancellation lets finish.</summary>
    /// <param name="context">The execution.</param>
    internal virtual bool IsCleaningUp(ActivityExecutionContext context) => false;

    /// <summary>Schedules the next such step of an execution that is being ended and has no child.</summary>
    /// <param name="context">The execution.</param>
    /// <returns>False when nothing is left to do.</returns>
    internal virtual bool CleanUp(ActivityExecutionContext context) => false;

    /// <summary>Called when completion jumps out of an execution by an activity inside of it, as <c>Finish</c> does.</summary>
    /// <param name="context">The execution.</param>
    internal virtual void Leave(ActivityExecutionContext context)
    {
    }

    /// <summary>
    /// Called after a branch ended that faulted and was handled here, or that this activity ended itself; steps that had to run before
    /// have run.
    /// </summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="branch">The child that was ended.</param>
    internal virtual ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch) => OnFaultHandledAsync(context, branch);

    /// <summary>What becomes of a descendant's fault as far as this activity is concerned.</summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="faulted">The execution that faulted.</param>
    /// <param name="exception">What was thrown.</param>
    internal virtual FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception) =>
        context.IsEnding ? FaultDecision.PassOn : FaultDecision.Ask;

    /// <summary>Variables that this activity gives a child besides those that the child declares; for the child's repetition.</summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="child">The child.</param>
    internal virtual VariableInstance[]? GivenVariables(ActivityExecutionContext context, ActivityExecutionContext child) =>
        child.Variables is { } variables && Array.FindAll(variables, Activities.LoopVariables.IsGiven) is { Length: > 0 } given ? given : null;

    internal object? CustomPropertyOrNull(string name) => _customProperties?.GetValueOrDefault(name);

    internal ValueTask InvokeAsync(ActivityExecutionContext context) => ExecuteAsync(context);

    internal ValueTask<bool> InvokeCanExecuteAsync(ActivityExecutionContext context) => CanExecuteAsync(context);

    internal ValueTask InvokeChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        OnChildCanceledAsync(context, child);

    internal ValueTask<bool> InvokeHandleFaultAsync(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception) =>
        HandleFaultAsync(context, faulted, exception);

    internal void InvokeOnCanceled(ActivityExecutionContext context) => OnCanceled(context);

    internal ActivityCompletionCallback? InvokeGetCompletionCallback(IActivity child) => GetCompletionCallback(child);

    /// <summary>
    /// Does the work. Runs <b>at least once</b>: after a crash between execution and commit it runs again with the same
    /// <see cref="ActivityExecutionContext.IdempotencyKey"/>. Throwing faults the activity.
    /// </summary>
    /// <param name="context">The execution.</param>
    protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Execute(context);
        return default;
    }

    /// <summary>Synchronous form of <see cref="ExecuteAsync"/>; override one of the two.</summary>
    /// <param name="context">The execution.</param>
    protected virtual void Execute(ActivityExecutionContext context)
    {
    }

    /// <summary>Whether the activity may run now. False leaves it waiting; it does not complete.</summary>
    /// <param name="context">The execution, with inputs evaluated.</param>
    protected virtual ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context) => new(CanExecute(context));

    /// <summary>Synchronous form of <see cref="CanExecuteAsync"/>; override one of the two.</summary>
    /// <param name="context">The execution, with inputs evaluated.</param>
    protected virtual bool CanExecute(ActivityExecutionContext context) => true;

    /// <summary>
    /// Called on every enclosing activity that runs, innermost first, when a descendant faults. Returning true handles the fault: the
    /// child that contains the faulted execution is ended with everything in it, the instance does not fault, the fault is recorded
    /// as a handled incident, and <see cref="OnFaultHandledAsync"/> is called. Children that stand beside it go on. What is thrown here
    /// takes the place of the fault. <see cref="FaultFilter"/> reads the fault.
    /// </summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="faulted">The execution that faulted.</param>
    /// <param name="exception">What was thrown.</param>
    protected virtual ValueTask<bool> HandleFaultAsync(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception) =>
        new(HandleFault(context, faulted, exception));

    /// <summary>Synchronous form of <see cref="HandleFaultAsync"/>; override one of the two.</summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="faulted">The execution that faulted.</param>
    /// <param name="exception">What was thrown.</param>
    protected virtual bool HandleFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception) => false;

    /// <summary>
    /// Called after this activity handled a fault and the child with it has ended, cleanup included: the place to complete or to
    /// schedule what comes instead. By default the activity stays running.
    /// </summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="child">The child that was ended.</param>
    protected virtual ValueTask OnFaultHandledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => default;

    /// <summary>
    /// Called when an execution of this activity ends by force: it or its instance is cancelled, a container ends it, or a jump leaves
    /// it. The place to give back what it held outside of the instance. It may be called again for the same execution after a crash,
    /// and not at all for an instance that is deleted, so what is held must run out by itself too. What is thrown here becomes an incident.
    /// </summary>
    /// <param name="context">This activity's execution; nothing can be scheduled any more.</param>
    protected virtual void OnCanceled(ActivityExecutionContext context)
    {
    }

    /// <summary>Called after a child was cancelled on its own (not together with this activity).</summary>
    /// <param name="context">This activity's execution.</param>
    /// <param name="child">The cancelled child.</param>
    protected virtual ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => default;

    /// <summary>
    /// What the completion of an embedded activity calls when somebody else schedules that activity, as an alteration of the instance
    /// does. Null, the default, when this activity could not go on behind it.
    /// </summary>
    /// <param name="child">The embedded activity.</param>
    protected virtual ActivityCompletionCallback? GetCompletionCallback(IActivity child) => null;

    private ConcurrentDictionary<string, Delegate> MakeResolvedCallbacks() =>
        Interlocked.CompareExchange(ref _resolvedCallbacks, new(StringComparer.Ordinal), null) ?? _resolvedCallbacks;
}

/// <summary>An activity with one result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class Activity<T> : Activity
{
    /// <summary>Makes an activity.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Activity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Where the result goes.</summary>
    [Output(Description = "The result of the activity.")]
    public Output<T>? Result { get; set; }
}

/// <summary>An activity that completes by itself after it ran, unless it created a bookmark, scheduled a child or completed earlier.</summary>
public abstract class CodeActivity : Activity
{
    /// <summary>Makes an activity.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected CodeActivity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    internal override bool AutoCompletes => true;
}

/// <summary>A <see cref="CodeActivity"/> with one result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class CodeActivity<T> : CodeActivity
{
    /// <summary>Makes an activity.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected CodeActivity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Where the result goes.</summary>
    [Output(Description = "The result of the activity.")]
    public Output<T>? Result { get; set; }
}
