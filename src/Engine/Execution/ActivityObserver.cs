namespace Platform.Engine.Execution;

/// <summary>
/// Hears what happens to the activities of one burst, on the thread that does it. It must be quick, must not throw and must not touch
/// the instance.
/// </summary>
/// <param name="context">The activity execution.</param>
/// <param name="moment">What happens to it.</param>
/// <param name="exception">What it threw; only with <see cref="ActivityMoment.Faulted"/>.</param>
public delegate void ActivityObserver(ActivityExecutionContext context, ActivityMoment moment, Exception? exception);

/// <summary>A moment in an activity execution.</summary>
public enum ActivityMoment
{
    /// <summary>It begins; its inputs are evaluated next.</summary>
    Started,

    /// <summary>Its own code is about to be called.</summary>
    Entering,

    /// <summary>The call of its own code returned. The code may still be waiting for something.</summary>
    Left,

    /// <summary>It goes on at a bookmark.</summary>
    Resumed,

    /// <summary>It completed.</summary>
    Completed,

    /// <summary>It faulted.</summary>
    Faulted,

    /// <summary>It was cancelled.</summary>
    Canceled,
}
