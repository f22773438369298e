namespace Platform.Server.Supervision;

/// <summary>Where a service that the server starts stands.</summary>
internal enum ProcessState
{
    /// <summary>It has no process, and needs none: nobody started it, somebody stopped it, or it ended well and is not restarted.</summary>
    Stopped,

    /// <summary>It waits for what it needs, or its process was started and is not ready yet.</summary>
    Starting,

    /// <summary>Its process was ready and has not ended since.</summary>
    Running,

    /// <summary>Its process was asked to end or has ended; what it has started is being ended, and killed after the stop timeout.</summary>
    Stopping,

    /// <summary>Its process ended by itself; it is started again at a known time.</summary>
    BackingOff,

    /// <summary>It ended more often than its rules allow. It stays so, also over a restart of the server, until somebody starts it.</summary>
    Quarantined,

    /// <summary>It could not be started, or it failed and its rules do not restart it.</summary>
    Failed,
}

/// <summary>What somebody wants of a service.</summary>
internal enum DesiredState
{
    /// <summary>That it does not run.</summary>
    Stopped,

    /// <summary>That it runs.</summary>
    Running,
}

/// <summary>How a service stood at a moment.</summary>
/// <param name="State">Where it stood.</param>
/// <param name="Since">Since when.</param>
internal sealed record ProcessSnapshot(ProcessState State, DateTimeOffset Since)
{
    /// <summary>Id of its process; null while there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>Id of the run of the process, another one for each start; null while there is none.</summary>
    public string? RunId { get; init; }

    /// <summary>How often it was restarted since somebody started it.</summary>
    public int Restarts { get; init; }

    /// <summary>When it is started again, while it backs off.</summary>
    public DateTimeOffset? NextStartAt { get; init; }

    /// <summary>Exit code of the last process that ended: 128 and its number when a signal ended it. Null when none has ended.</summary>
    public int? LastExitCode { get; init; }

    /// <summary>What went wrong last, in a sentence; null when nothing did.</summary>
    public string? LastError { get; init; }

    /// <summary>Whether it stays as it is until somebody or something does something: nothing is under way.</summary>
    public bool IsAtRest => State is ProcessState.Running or ProcessState.Stopped or ProcessState.Failed or ProcessState.Quarantined;
}
