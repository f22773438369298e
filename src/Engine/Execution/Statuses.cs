namespace Platform.Engine;

/// <summary>Whether an instance can still do something. Derived from <see cref="WorkflowSubStatus"/>.</summary>
public enum WorkflowStatus
{
    /// <summary>It runs, waits or was interrupted.</summary>
    Running,

    /// <summary>It ended and never leaves this status.</summary>
    Finished,
}

/// <summary>What an instance is doing.</summary>
public enum WorkflowSubStatus
{
    /// <summary>Created, not begun.</summary>
    Pending,

    /// <summary>A burst is running.</summary>
    Executing,

    /// <summary>A burst ended with activities still waiting: for bookmarks, or because one of them faulted.</summary>
    Suspended,

    /// <summary>Everything completed.</summary>
    Finished,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,

    /// <summary>An activity faulted and the incident strategy ends the instance.</summary>
    Faulted,

    /// <summary>A burst was stopped by a shutdown of the host; it goes on at the next start.</summary>
    Interrupted,
}

/// <summary>State of one activity execution.</summary>
public enum ActivityStatus
{
    /// <summary>Scheduled, not begun.</summary>
    Pending,

    /// <summary>Begun: executing, or waiting for a bookmark or a child.</summary>
    Running,

    /// <summary>Completed with outcomes.</summary>
    Completed,

    /// <summary>Cancelled by its owner or a person.</summary>
    Canceled,

    /// <summary>It threw. It stays in the instance so that it can be retried.</summary>
    Faulted,
}

/// <summary>What an unhandled fault does to its instance.</summary>
public enum IncidentStrategy
{
    /// <summary>The instance ends as faulted; work that was already queued still runs.</summary>
    Fault,

    /// <summary>Other branches go on; the faulted activity stays, so the instance ends up suspended.</summary>
    ContinueWithIncidents,
}
