using Platform.Engine.Activities;
using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <content>What activities written for Elsa find on the context besides the essentials.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>What delegates and variables are evaluated with.</summary>
    public ExpressionExecutionContext ExpressionExecutionContext => new(this);

    /// <summary>This execution's bookmarks.</summary>
    public IEnumerable<Bookmark> Bookmarks => WorkflowExecutionContext.Bookmarks.Where(bookmark => bookmark.ActivitySequence == Sequence);

    /// <summary>Value of a workflow input, converted; the default when it was not given. Inputs of the current resume come first.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name of the input.</param>
    public T? GetInput<T>(string name) => GetWorkflowInput<T>(name);

    /// <summary>Value of a workflow input, converted.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="name">Name of the input.</param>
    /// <param name="value">The value; the default when it was not given.</param>
    /// <returns>Whether it was given.</returns>
    public bool TryGetWorkflowInput<T>(string name, out T? value)
    {
        var isGiven = WorkflowExecutionContext.TryGetInput(name, out var given);
        value = isGiven ? ValueConverter.Convert<T>(given) : default;
        return isGiven;
    }

    /// <summary>Current value of a variable.</summary>
    /// <param name="variable">A variable in scope.</param>
    public object? Get(Variable variable) => variable.Get(this);

    /// <summary>Current value of a variable.</summary>
    /// <typeparam name="T">Type of the variable.</typeparam>
    /// <param name="variable">A variable in scope.</param>
    public T? Get<T>(Variable<T> variable) => variable.Get(this);

    /// <summary>Makes a variable in this execution's scope.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <param name="name">Name.</param>
    /// <param name="value">Value to begin with.</param>
    public Variable CreateVariable<T>(string name, T? value)
    {
        var variable = new Variable<T>(name, value);
        AddVariable(variable, value);
        return variable;
    }

    /// <summary>Values of all variables in scope by name; nearer ones hide others.</summary>
    public IDictionary<string, object?> GetVariableValues()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var context = this; context is not null; context = context.ParentActivityExecutionContext)
        {
            foreach (var variable in context.Variables ?? [])
                values.TryAdd(variable.Definition.Name, variable.Value);
        }

        return values;
    }

    /// <summary>Sets a value of <see cref="Properties"/>.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="key">Key.</param>
    /// <param name="value">Value; must be storable.</param>
    public void SetProperty<T>(string key, T? value) => Properties[key] = value;

    /// <summary>Replaces a value of <see cref="Properties"/>.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="key">Key.</param>
    /// <param name="update">Gives the new value for the old one, which is the default when absent.</param>
    /// <returns>The new value.</returns>
    public T? UpdateProperty<T>(string key, Func<T?, T?> update)
    {
        var value = update(GetProperty<T>(key));
        SetProperty(key, value);
        return value;
    }

    /// <summary>The executions that this one is inside of, innermost first.</summary>
    public IEnumerable<ActivityExecutionContext> GetAncestors()
    {
        for (var context = ParentActivityExecutionContext; context is not null; context = context.ParentActivityExecutionContext)
            yield return context;
    }

    /// <summary>The live executions that this one scheduled.</summary>
    public IEnumerable<ActivityExecutionContext> GetChildren()
    {
        for (var child = FirstChild; child is not null; child = child.NextSibling)
            yield return child;
    }

    /// <summary>Waits for any of several stimuli.</summary>
    /// <param name="stimuli">Payloads, a bookmark each.</param>
    /// <param name="callback">Instance method of this activity to call on resuming; null completes it.</param>
    /// <param name="includeActivityInstanceId">Whether only stimuli for this execution match. Default: true.</param>
    public void CreateBookmarks(IEnumerable<object> stimuli, ExecuteActivityDelegate? callback = null, bool includeActivityInstanceId = true)
    {
        foreach (var stimulus in stimuli)
            CreateBookmark(stimulus, callback, includeActivityInstanceId);
    }

    /// <summary>Waits for a time, durably: also over a restart, and without a thread.</summary>
    /// <param name="delay">How long.</param>
    /// <param name="callback">Instance method of this activity to call then; null completes it.</param>
    public void DelayFor(TimeSpan delay, ExecuteActivityDelegate? callback = null) =>
        CreateBookmark(new CreateBookmarkArgs { DueAt = Activities.Resilience.Waits.Until(this, delay), Callback = callback });

    /// <summary>Waits for this very bookmark.</summary>
    /// <param name="callback">Instance method of this activity to call on resuming; null completes it.</param>
    /// <param name="metadata">Free data about the bookmark.</param>
    public Bookmark CreateBookmark(ExecuteActivityDelegate? callback, IReadOnlyDictionary<string, string> metadata) =>
        CreateBookmark(new CreateBookmarkArgs { Callback = callback, Metadata = metadata });

    /// <summary>Schedules an embedded activity of this one.</summary>
    /// <param name="activity">The activity; null runs the callback at once.</param>
    /// <param name="options">How.</param>
    public ValueTask ScheduleActivityAsync(IActivity? activity, ScheduleWorkOptions? options) =>
        ScheduleActivityAsync(activity, options?.CompletionCallback, options?.Tag, options?.Variables);

    /// <summary>Schedules several embedded activities of this one; they run side by side.</summary>
    /// <param name="activities">The activities; null ones are left out.</param>
    /// <param name="completionCallback">Instance method of this activity to call as each of them completes; null for none.</param>
    public async ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ActivityCompletionCallback? completionCallback = null)
    {
        foreach (var activity in activities)
        {
            if (activity is not null)
                await ScheduleActivityAsync(activity, completionCallback);
        }
    }

    /// <summary>
    /// Runs what the flowchart connects to outcomes of this activity, while the activity itself goes on: for activities that announce
    /// something several times. Outside of a flowchart there is nothing connected, and nothing runs.
    /// </summary>
    /// <param name="outcomes">Outcome names.</param>
    public ValueTask ScheduleOutcomesAsync(params string[] outcomes)
    {
        JournalData["Outcomes"] = outcomes;
        if (ParentActivityExecutionContext is { Activity: Flowchart flowchart } owner)
            flowchart.FollowWithoutCompletion(owner, this, outcomes);
        return default;
    }

    /// <summary>Completes the nearest enclosing composite or workflow, and with it this execution.</summary>
    /// <param name="outcomes">Outcomes of the composite; none for <c>Done</c>.</param>
    public ValueTask CompleteCompositeAsync(params string[] outcomes)
    {
        var composite = GetAncestors().FirstOrDefault(ancestor => ancestor.Activity is IComposite)
            ?? throw new InvalidOperationException($"Activity '{Activity.Id}' completes its composite, but it is not inside of one.");
        return Interpreter.CompleteAsync(composite, outcomes.Length > 0 ? outcomes : Outcomes.Done);
    }
}

/// <summary>How an embedded activity is scheduled.</summary>
public sealed class ScheduleWorkOptions
{
    /// <summary>Instance method of the scheduling activity to call when the activity completed. Default: none.</summary>
    public ActivityCompletionCallback? CompletionCallback { get; set; }

    /// <summary>Passed along to the activity's context. Default: none.</summary>
    public object? Tag { get; set; }

    /// <summary>Variables that only the activity and its descendants see. Default: none.</summary>
    public ICollection<Variable>? Variables { get; set; }
}

/// <summary>Reads dictionaries of values, such as the inputs of a workflow.</summary>
public static class ValueDictionaries
{
    /// <summary>A value, converted; the default when it is absent.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="key">Key.</param>
    public static T? Get<T>(this IDictionary<string, object?> values, string key) => values.GetValue<T>(key);

    /// <summary>A value, converted; the default when it is absent.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="key">Key.</param>
    public static T? GetValue<T>(this IDictionary<string, object?> values, string key) =>
        values.TryGetValue(key, out var value) ? ValueConverter.Convert<T>(value) : default;
}
