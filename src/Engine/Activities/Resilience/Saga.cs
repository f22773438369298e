using System.Globalization;

namespace Platform.Engine.Activities.Resilience;

/// <summary>What a saga does after a fault when everything was undone.</summary>
public enum AfterCompensation
{
    /// <summary>It faults with the error that led to it; the message says what was undone.</summary>
    Fault,

    /// <summary>It ends with the outcome <c>Compensated</c>.</summary>
    Complete,
}

/// <summary>What a saga does when an undo step keeps failing.</summary>
public enum UndoFailure
{
    /// <summary>It stops there. The step is an incident; after a person has retried it, the rest is undone.</summary>
    Stop,

    /// <summary>The step is an incident, and the rest is undone.</summary>
    Continue,
}

/// <summary>
/// Runs <see cref="Body"/>, and undoes what was done in it when that cannot be brought to its end. Each <see cref="Compensable"/> whose
/// body completed counts as a step that can be undone. When the body faults, or the saga is cancelled, alone or with its instance, the
/// steps are undone, the last one first, one after the other. Variables declared inside of the saga are seen by an undo step as they were when
/// its step completed; those outside as they are. A saga that ends well hands its steps over to the saga around it.
/// </summary>
[Activity("Platform", "Resilience", "Run steps that are undone in reverse order when something fails.")]
[FlowNode("Done", "Compensated")]
public sealed class Saga : Activity
{
    private const string CauseKey = "cause";
    private const string UndoneBeforeKey = "undoneBefore";

    private readonly ActivityCompletionCallback _onBodyCompleted;
    private readonly ActivityCompletionCallback _onUndoCompleted;

    /// <summary>Makes one without body.</summary>
    public Saga()
    {
        _onBodyCompleted = OnBodyCompletedAsync;
        _onUndoCompleted = OnUndoCompletedAsync;
    }

    /// <summary>Where an execution is. The numbers are stored.</summary>
    private enum Phase
    {
        Body = 0,
        Undoing = 1,
        Over = 2,
    }

    /// <summary>What follows a fault when everything was undone. Default: Fault.</summary>
    [Input(
        DisplayName = "On Compensated",
        Description = "What follows a fault in the body when all steps were undone: Fault passes the error on, Complete goes on with the outcome Compensated.",
        DefaultValue = AfterCompensation.Fault)]
    public Input<AfterCompensation> OnCompensated { get; set; } = new(AfterCompensation.Fault);

    /// <summary>Most attempts to undo a step. Range: 1 and more. Default: 3.</summary>
    [Input(DisplayName = "Undo Attempts", Description = "The most attempts to undo a step, the first one included.", DefaultValue = 3, Category = "Undo")]
    public Input<int> UndoAttempts { get; set; } = new(3);

    /// <summary>Time between two attempts to undo a step. Default: 10 seconds.</summary>
    [Input(DisplayName = "Undo Delay", Description = "The time between two attempts to undo a step, as hours:minutes:seconds.", DefaultValue = "00:00:10", Category = "Undo")]
    public Input<TimeSpan> UndoDelay { get; set; } = new(TimeSpan.FromSeconds(10));

    /// <summary>What follows when a step cannot be undone. Default: Stop.</summary>
    [Input(
        DisplayName = "On Undo Failure",
        Description = "What follows when a step cannot be undone: Stop waits for somebody to retry it, Continue undoes the rest. It is an incident in any case.",
        DefaultValue = UndoFailure.Stop,
        Category = "Undo")]
    public Input<UndoFailure> OnUndoFailure { get; set; } = new(UndoFailure.Stop);

    /// <summary>The steps, those that can be undone among them.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>The fault that led to the undoing: type, message, code, activityId, activityName.</summary>
    [Output(Description = "The fault that led to the undoing, with type, message, code, activityId and activityName; empty when there was none.")]
    public Output<object>? Error { get; set; }

    /// <summary>Names of the steps that were undone, in that order.</summary>
    [Output(Description = "The names of the steps that were undone, in that order.")]
    public Output<ICollection<object>>? Undone { get; set; }

    /// <inheritdoc />
    internal override bool MayCleanUp => true;

    /// <summary>Whether the body of an execution runs.</summary>
    internal static bool IsInBody(ActivityExecutionContext context) =>
        context is { Status: ActivityStatus.Running, IsEnding: false, Counters: not null } && PhaseOf(context) == Phase.Body;

    /// <summary>Whether an execution undoes its steps.</summary>
    internal static bool IsUndoing(ActivityExecutionContext context) =>
        context is { Activity: Saga, Counters: not null } && PhaseOf(context) == Phase.Undoing && new Undoing(context, context).HasBegun;

    /// <summary>The fault that led to the undoing of an execution; null for none.</summary>
    internal static FaultDetails? CauseOf(ActivityExecutionContext context) => FaultDetails.FromValue(context.GetProperty<object>(CauseKey));

    /// <summary>Remembers what a <see cref="Compensate"/> in the body has undone.</summary>
    internal static void AddUndone(ActivityExecutionContext context, List<object?> names) =>
        context.SetProperty(UndoneBeforeKey, (object)UndoneBefore(context).Concat(names).ToList());

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [(int)Phase.Body];
        context.PropertiesOrNull?.Clear();
        return context.ScheduleActivityAsync(Body, _onBodyCompleted);
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onBodyCompleted;

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        if (PhaseOf(context) == Phase.Body)
            return EndBodyAsync(context);
        new Undoing(context, context).Skip();
        return GoOnAsync(context);
    }

    /// <inheritdoc />
    internal override FaultDecision DecideFault(ActivityExecutionContext context, ActivityExecutionContext faulted, Exception exception)
    {
        if (PhaseOf(context) == Phase.Undoing)
            return new Undoing(context, context).Decide(faulted, exception);
        if (context.IsEnding || PhaseOf(context) == Phase.Over)
            return FaultDecision.PassOn;
        // With nothing to undo the fault is like any other: it names the activity, which can be retried there.
        if (new SagaSteps(context).Count == 0 && OnCompensated.Get(context) == AfterCompensation.Fault)
            return FaultDecision.PassOn;
        var fault = FaultDetails.Of(faulted, exception);
        context.SetProperty(CauseKey, (object)fault.ToValue());
        context.Set(Error, fault.ToValue());
        context.Counters![0] = (int)Phase.Undoing;
        return FaultDecision.Handle;
    }

    /// <inheritdoc />
    internal override ValueTask OnBranchEndedAsync(ActivityExecutionContext context, ActivityExecutionContext branch)
    {
        // The body ended itself; nothing failed.
        if (PhaseOf(context) == Phase.Body)
            return EndBodyAsync(context);
        var undoing = new Undoing(context, context);
        if (!undoing.HasBegun)
            undoing.Begin(null);
        else if (undoing.WaitsForAttempt(OnUndoDueAsync))
            return default;
        return GoOnAsync(context);
    }

    /// <inheritdoc />
    internal override bool HasCleanup(ActivityExecutionContext context) =>
        context is { Status: ActivityStatus.Running, Counters: not null }
        && (PhaseOf(context) == Phase.Undoing || (PhaseOf(context) == Phase.Body && new SagaSteps(context).Count > 0));

    /// <inheritdoc />
    internal override bool IsCleaningUp(ActivityExecutionContext context) =>
        context.Counters is not null && PhaseOf(context) == Phase.Undoing && new Undoing(context, context).HasBegun;

    /// <inheritdoc />
    internal override bool CleanUp(ActivityExecutionContext context)
    {
        if (PhaseOf(context) == Phase.Over)
            return false;
        var undoing = new Undoing(context, context);
        context.Counters![0] = (int)Phase.Undoing;
        if (!undoing.HasBegun)
            undoing.Begin(null);
        if (undoing.Next(_onUndoCompleted))
            return true;
        End(context);
        return false;
    }

    /// <inheritdoc />
    internal override void Leave(ActivityExecutionContext context)
    {
        if (IsInBody(context))
            new SagaSteps(context).HandOver();
    }

    /// <inheritdoc />
    internal override VariableInstance[]? GivenVariables(ActivityExecutionContext context, ActivityExecutionContext child) =>
        PhaseOf(context) == Phase.Undoing ? new Undoing(context, context).VariablesOf(child) : base.GivenVariables(context, child);

    private static Phase PhaseOf(ActivityExecutionContext context) => (Phase)context.Counters![0];

    private static IEnumerable<object?> UndoneBefore(ActivityExecutionContext context) => context.GetProperty<object>(UndoneBeforeKey) as List<object?> ?? [];

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => EndBodyAsync(completed.TargetContext);

    private ValueTask EndBodyAsync(ActivityExecutionContext context)
    {
        var steps = new SagaSteps(context);
        var undone = UndoneBefore(context).ToList();
        var isCompensated = undone.Count > 0 && steps.Count == 0;
        context.Counters![0] = (int)Phase.Over;
        context.Set(Undone, undone!);
        steps.HandOver();
        return context.CompleteActivityWithOutcomesAsync(isCompensated ? "Compensated" : "Done");
    }

    private ValueTask OnUndoCompletedAsync(ActivityCompletedContext completed)
    {
        new Undoing(completed.TargetContext, completed.TargetContext).Complete();
        return GoOnAsync(completed.TargetContext);
    }

    private ValueTask OnUndoDueAsync(ActivityExecutionContext context) => GoOnAsync(context);

    private ValueTask GoOnAsync(ActivityExecutionContext context)
    {
        // What is being ended goes on by itself, through its cleanup.
        if (context.IsUnwinding || new Undoing(context, context).Next(_onUndoCompleted))
            return default;
        var fault = CauseOf(context)!;
        var failed = End(context);
        if (failed.Count == 0 && OnCompensated.Get(context) == AfterCompensation.Complete)
            return context.CompleteActivityWithOutcomesAsync("Compensated");
        throw new RethrownException(fault with { Message = fault.Message.TrimEnd() + " " + Summary(context) });
    }

    private List<object?> End(ActivityExecutionContext context)
    {
        var undoing = new Undoing(context, context);
        context.Counters![0] = (int)Phase.Over;
        context.AddExecutionLogEntry("Compensated", Summary(context));
        context.Set(Undone, UndoneBefore(context).Concat(undoing.Undone).ToList()!);
        return undoing.Failed;
    }

    private static string Summary(ActivityExecutionContext context)
    {
        var undoing = new Undoing(context, context);
        var undone = UndoneBefore(context).Concat(undoing.Undone).ToList();
        var text = undone.Count == 0 ? "Nothing was undone." : $"Undone: {string.Join(", ", undone)}.";
        return undoing.Failed.Count == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text} Not undone: {string.Join(", ", undoing.Failed)}.");
    }
}
