using System.Globalization;
using Platform.Engine.Execution;
using Platform.Engine.Expressions;

namespace Platform.Engine.Activities;

/// <summary>A state of a <see cref="StateMachine"/>.</summary>
public sealed class StateMachineState : IActivityHolder
{
    /// <summary>Name; transitions refer to it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Runs when the state is entered, before anything can lead out of it; null for nothing.</summary>
    public IActivity? Entry { get; set; }

    /// <summary>Runs when the state is left, after the action of the transition; null for nothing.</summary>
    public IActivity? Exit { get; set; }

    IEnumerable<HeldActivity> IActivityHolder.HeldActivities => [new(nameof(Entry), Entry), new(nameof(Exit), Exit)];
}

/// <summary>A way from one state of a <see cref="StateMachine"/> to another.</summary>
public sealed class StateMachineTransition : IActivityHolder
{
    /// <summary>Name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Label for people; null for the name.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Name of the state it leaves.</summary>
    public string From { get; set; } = "";

    /// <summary>Name of the state it enters.</summary>
    public string To { get; set; } = "";

    /// <summary>What has to happen: the transition is considered when this activity completed. Null for at once.</summary>
    public IActivity? Trigger { get; set; }

    /// <summary>Whether the transition is taken once its trigger completed; absent or empty for always.</summary>
    public Expression? Condition { get; set; }

    /// <summary>Runs when the transition is taken, before the state is left; null for nothing.</summary>
    public IActivity? Action { get; set; }

    IEnumerable<HeldActivity> IActivityHolder.HeldActivities => [new(nameof(Trigger), Trigger), new(nameof(Action), Action)];

    /// <summary>The label, or a description when there is none.</summary>
    internal string Title => DisplayName is { Length: > 0 } label ? label : Name is { Length: > 0 } name ? name : $"{From} → {To}";
}

/// <summary>
/// Is in one of its states and goes from one to another as its transitions say. Entering a state runs its entry activity, then arms the
/// triggers of all transitions out of it at once. When a trigger completed and the condition of its transition holds, the other
/// triggers are cancelled, the transition's action and the state's exit activity run, and the next state is entered; a condition that does not
/// hold arms its trigger again. A state without transitions out of it completes the machine.
/// </summary>
/// <remarks>A transition without trigger is considered before the others are armed, in document order.</remarks>
[Activity("Elsa", "Flow", "A state machine: states, and transitions between them that wait for their triggers.")]
public sealed class StateMachine : Activity
{
    // Positions in the counters of an execution.
    private const int State = 0;
    private const int Transition = 1;
    private const int None = -1;

    /// <summary>Most transitions in a row without any activity: a circle of conditions that always hold would never end.</summary>
    private const int IdleTransitionsMax = 1_000;
    private const string CurrentStateProperty = "CurrentState";

    private enum Step
    {
        Enter,
        Consider,
        Act,
        Leave,
    }

    /// <summary>The states.</summary>
    [Input(IsBrowsable = false, Description = "The states, each with a name and what runs on entering and leaving it.")]
    public ICollection<StateMachineState> States { get; set; } = [];

    /// <summary>The transitions, in the order in which they are considered.</summary>
    [Input(IsBrowsable = false, Description = "The transitions between the states.")]
    public ICollection<StateMachineTransition> Transitions { get; set; } = [];

    /// <summary>Name of the state to begin with. Default: <see cref="CurrentState"/>, or the first state.</summary>
    [Input(Description = "The name of the state to begin with; the first state when empty.")]
    public string? InitialState { get; set; }

    /// <summary>The state that a document stored as the current one; the machine begins with it when there is no initial state.</summary>
    [Input(IsBrowsable = false, Description = "The current state.")]
    public string? CurrentState { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Counters = [None, None];
        if (States.Count == 0)
            return context.CompleteActivityAsync();
        var initial = StartedTransition(context)?.From ?? Given(InitialState) ?? Given(CurrentState) ?? States.First().Name;
        SetState(context, initial, "It is named as the initial state");
        return RunAsync(context, Step.Enter);
    }

    /// <summary>Triggers carry the number of their transition, so only what runs between two states can be scheduled from outside.</summary>
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child)
    {
        if (States.Any(state => state.Entry == child))
            return OnEnteredAsync;
        if (Transitions.Any(transition => transition.Action == child))
            return OnActedAsync;
        return States.Any(state => state.Exit == child) ? OnLeftAsync : null;
    }

    /// <inheritdoc />
    internal override void Migrate(ActivityExecutionContext context, Plans.PlanNode from)
    {
        var former = (StateMachine)from.Activity;
        var counters = context.Counters!;
        if (counters[State] >= 0)
        {
            var name = former.Current(context).Name;
            counters[State] = States.Select(state => state.Name).ToList().IndexOf(name);
            if (counters[State] == None)
                throw new AlterationRefusedException($"The state machine '{Id}' is in the state '{name}', which the other version does not have.");
        }

        if (counters[Transition] >= 0)
        {
            var taken = former.Taken(context);
            counters[Transition] = Transitions.ToList().FindIndex(other => other.Name == taken.Name && other.From == taken.From && other.To == taken.To);
            if (counters[Transition] == None)
                throw new AlterationRefusedException($"The state machine '{Id}' has taken the transition '{taken.Title}', which the other version does not have.");
        }

        for (var child = context.FirstChild; child is not null; child = child.NextSibling)
        {
            if (Transitions.ToList().FindIndex(transition => transition.Trigger == child.Activity) is >= 0 and var armed)
                child.Tag = armed;
        }
    }

    private static string? Given(string? name) => string.IsNullOrWhiteSpace(name) ? null : name;

    /// <summary>The transition whose trigger started the workflow: the machine begins in the state that it leaves.</summary>
    private StateMachineTransition? StartedTransition(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        if (workflow.IsTriggerConsumed || workflow.TriggerActivityId is not { } trigger)
            return null;
        return Transitions.FirstOrDefault(transition => transition.Trigger is Activity { PlanNode: { } node } && Holds(node));

        bool Holds(Plans.PlanNode node) => node.Activity.Id == trigger || node.ChildList.Exists(Holds);
    }

    /// <summary>Goes from step to step until an activity runs, triggers are armed or the machine ends. Not by recursion: states may follow one another without activities.</summary>
    private async ValueTask RunAsync(ActivityExecutionContext context, Step step)
    {
        for (var idle = 0; !context.IsBreaking;)
        {
            switch (step)
            {
                case Step.Enter:
                    if (idle++ > IdleTransitionsMax)
                        throw new InvalidOperationException($"More than {IdleTransitionsMax} transitions followed one another without any activity. Give one of them a trigger.");
                    if (Current(context).Entry is { } entry)
                    {
                        await context.ScheduleActivityAsync(entry, OnEnteredAsync);
                        return;
                    }

                    step = Step.Consider;
                    break;
                case Step.Consider:
                    if (!await ConsiderAsync(context))
                        return;
                    step = Step.Act;
                    break;
                case Step.Act:
                    if (Taken(context).Action is { } action)
                    {
                        await context.ScheduleActivityAsync(action, OnActedAsync);
                        return;
                    }

                    step = Step.Leave;
                    break;
                case Step.Leave:
                    if (Current(context).Exit is { } exit)
                    {
                        await context.ScheduleActivityAsync(exit, OnLeftAsync);
                        return;
                    }

                    GoOn(context);
                    step = Step.Enter;
                    break;
            }
        }

        await context.CompleteActivityAsync();
    }

    private ValueTask OnEnteredAsync(ActivityCompletedContext completed) => RunAsync(completed.TargetContext, Step.Consider);

    private ValueTask OnActedAsync(ActivityCompletedContext completed) => RunAsync(completed.TargetContext, Step.Leave);

    private ValueTask OnLeftAsync(ActivityCompletedContext completed)
    {
        GoOn(completed.TargetContext);
        return RunAsync(completed.TargetContext, Step.Enter);
    }

    private void GoOn(ActivityExecutionContext context) => SetState(context, Taken(context).To, $"The transition '{Taken(context).Title}' leads to it");

    private void SetState(ActivityExecutionContext context, string name, string reason)
    {
        var index = States.Select((state, at) => (state, at)).Where(entry => entry.state.Name == name).Select(entry => entry.at).DefaultIfEmpty(None).First();
        if (index == None)
            throw new InvalidOperationException($"There is no state '{name}'. {reason}. States: {string.Join(", ", States.Select(state => state.Name))}.");
        context.Counters![State] = index;
        context.SetProperty(CurrentStateProperty, name);
        context.JournalData[CurrentStateProperty] = name;
        context.AddExecutionLogEntry("StateEntered", $"Entered the state '{name}'.");
    }

    private StateMachineState Current(ActivityExecutionContext context) => States.ElementAt(context.Counters![State]);

    private StateMachineTransition Taken(ActivityExecutionContext context) => Transitions.ElementAt(context.Counters![Transition]);

    /// <summary>Looks for a way out of the state. True when a transition is taken at once; otherwise the triggers are armed, or the machine ends.</summary>
    private async ValueTask<bool> ConsiderAsync(ActivityExecutionContext context)
    {
        var state = Current(context).Name;
        var outbound = Transitions.Select((transition, index) => (transition, index)).Where(entry => entry.transition.From == state).ToList();
        if (outbound.Count == 0)
        {
            await context.CompleteActivityAsync();
            return false;
        }

        foreach (var (transition, index) in outbound.Where(entry => entry.transition.Trigger is null))
        {
            if (await IsOpenAsync(context, transition))
            {
                await TakeAsync(context, index);
                return true;
            }
        }

        var armed = outbound.FindAll(entry => entry.transition.Trigger is not null);
        if (armed.Count == 0)
        {
            throw new InvalidOperationException(
                $"Nothing can lead out of the state '{state}': none of its transitions has a trigger, and no condition holds. "
                + "Give a transition a trigger, or one of them no condition.");
        }

        foreach (var (_, index) in armed)
            await ArmAsync(context, index);
        return false;
    }

    private ValueTask ArmAsync(ActivityExecutionContext context, int transition) =>
        context.ScheduleActivityAsync(Transitions.ElementAt(transition).Trigger, OnTriggeredAsync, tag: transition);

    private async ValueTask OnTriggeredAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        // Stored tags may come back as another kind of number.
        var index = Convert.ToInt32(completed.ChildContext!.Tag, CultureInfo.InvariantCulture);
        if (!context.IsBreaking && !await IsOpenAsync(context, Transitions.ElementAt(index)))
        {
            await ArmAsync(context, index);
            return;
        }

        await TakeAsync(context, index);
        await RunAsync(context, Step.Act);
    }

    /// <summary>An empty condition is one that a designer made and nobody filled in.</summary>
    private static async ValueTask<bool> IsOpenAsync(ActivityExecutionContext context, StateMachineTransition transition) =>
        transition.Condition is not { } condition || condition.Value is null || (condition.Value is string text && string.IsNullOrWhiteSpace(text))
        || await context.EvaluateAsync<bool>(condition);

    /// <summary>The transition has won: whatever else was armed waits no longer.</summary>
    private async ValueTask TakeAsync(ActivityExecutionContext context, int transition)
    {
        foreach (var competing in context.GetChildren().ToList())
            await Interpreter.CancelAsync(competing, notifyOwner: false);
        context.Counters![Transition] = transition;
        context.AddExecutionLogEntry("TransitionTaken", $"Took the transition '{Taken(context).Title}' to the state '{Taken(context).To}'.");
    }
}
