using System.Diagnostics;

namespace Platform.Engine;

/// <summary>A change of a stored instance that somebody asks for from outside the workflow.</summary>
public abstract record Alteration
{
    private Alteration()
    {
    }

    /// <summary>Name of the change, as clients write it.</summary>
    public string Type => GetType().Name;

    /// <summary>Ends the instance.</summary>
    public sealed record Cancel : Alteration;

    /// <summary>Ends live activity executions; what their owners do about it, they do.</summary>
    /// <param name="ActivityId">Every live execution of this activity; used when no execution is named.</param>
    /// <param name="ActivityInstanceId">Exactly this execution, or null.</param>
    public sealed record CancelActivity(string? ActivityId, string? ActivityInstanceId) : Alteration;

    /// <summary>Gives a variable a value, in every live execution of its scope.</summary>
    /// <param name="VariableId">Id of the variable.</param>
    /// <param name="Value">The value; converted to the variable's type.</param>
    public sealed record ModifyVariable(string VariableId, object? Value) : Alteration;

    /// <summary>
    /// Executes an activity: again when it faulted, else once more under the live execution of its owner, which goes on behind it.
    /// </summary>
    /// <param name="ActivityId">The activity; used when no execution is named.</param>
    /// <param name="ActivityInstanceId">A live execution of the activity, or null.</param>
    public sealed record ScheduleActivity(string? ActivityId, string? ActivityInstanceId) : Alteration;

    /// <summary>Lets the instance go on as another version of its definition.</summary>
    /// <param name="TargetVersion">Number of the version.</param>
    public sealed record Migrate(int TargetVersion) : Alteration;

    /// <summary>Executes what faulted again.</summary>
    /// <param name="ActivityIds">Only these activities; null for all that faulted.</param>
    public sealed record RetryFaulted(IReadOnlyCollection<string>? ActivityIds) : Alteration
    {
        /// <summary>Only these executions; null for all that faulted.</summary>
        public IReadOnlyCollection<string>? ActivityInstanceIds { get; init; }
    }

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="cancel">For <see cref="Cancel"/>.</param>
    /// <param name="cancelActivity">For <see cref="CancelActivity"/>.</param>
    /// <param name="modifyVariable">For <see cref="ModifyVariable"/>.</param>
    /// <param name="scheduleActivity">For <see cref="ScheduleActivity"/>.</param>
    /// <param name="migrate">For <see cref="Migrate"/>.</param>
    /// <param name="retryFaulted">For <see cref="RetryFaulted"/>.</param>
    public T Match<T>(
        Func<Cancel, T> cancel,
        Func<CancelActivity, T> cancelActivity,
        Func<ModifyVariable, T> modifyVariable,
        Func<ScheduleActivity, T> scheduleActivity,
        Func<Migrate, T> migrate,
        Func<RetryFaulted, T> retryFaulted) => this switch
        {
            Cancel alteration => cancel(alteration),
            CancelActivity alteration => cancelActivity(alteration),
            ModifyVariable alteration => modifyVariable(alteration),
            ScheduleActivity alteration => scheduleActivity(alteration),
            Migrate alteration => migrate(alteration),
            RetryFaulted alteration => retryFaulted(alteration),
            _ => throw new UnreachableException(),
        };
}

/// <summary>What became of the alterations of one instance.</summary>
/// <param name="IsSuccessful">Whether all of them were applied. When not, the instance in memory is of no use any more: nothing of it may be stored.</param>
/// <param name="HasScheduledWork">Whether the instance has something to run afterwards.</param>
/// <param name="Log">What was done, and why something was refused.</param>
public sealed record AlterationResult(bool IsSuccessful, bool HasScheduledWork, IReadOnlyList<AlterationLogEntry> Log);

/// <summary>How much an entry of an alteration's log matters.</summary>
public enum AlterationLogLevel
{
    /// <summary>Something was done.</summary>
    Information,

    /// <summary>Something was done that may not be what was meant.</summary>
    Warning,

    /// <summary>Something was refused.</summary>
    Error,
}

/// <summary>One thing that an alteration did or refused.</summary>
/// <param name="Message">What, in a sentence. Never holds values of variables.</param>
/// <param name="LogLevel">How much it matters.</param>
/// <param name="Timestamp">When, UTC.</param>
/// <param name="EventName">Name of what happened, for example <c>VariableModified</c>.</param>
public sealed record AlterationLogEntry(string Message, AlterationLogLevel LogLevel, DateTimeOffset Timestamp, string? EventName);
