using Polly.Timeout;

namespace Platform.CustomActivities.Resilience;

/// <summary>One call that a <see cref="PolicyRunner"/> makes.</summary>
/// <param name="target">What is called, for notes.</param>
/// <param name="notes">The notes that are taken.</param>
/// <param name="attempt">Makes one attempt.</param>
public sealed class Call(string target, CallNotes notes, Func<CancellationToken, Task<AttemptResult>> attempt)
{
    /// <summary>The notes that are taken.</summary>
    public CallNotes Notes { get; } = notes;

    /// <summary>Makes one attempt.</summary>
    public Func<CancellationToken, Task<AttemptResult>> Attempt { get; } = attempt;

    /// <summary>What stands between it and what it calls. Default: nothing.</summary>
    public CallGuards? Guards { get; init; }

    /// <summary>Whether it may be sent twice at once. Default: false.</summary>
    public bool MayHedge { get; init; }

    /// <summary>A time limit of its own; the shorter one of it and the policy's counts. Default: none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether the same may work after an exception. Default: no connection, no answer in time.</summary>
    public Func<Exception, bool> IsPassingException { get; init; } = PolicyRunner.IsPassing;

    /// <summary>Whether the same may work after this result or exception.</summary>
    internal bool IsPassing(AttemptResult? result, Exception? exception) =>
        exception is not null ? exception is TimeoutRejectedException || IsPassingException(exception) : result?.Status is { } status && PolicyRunner.IsPassing(status);

    /// <summary>Cancelled when the caller itself gives up.</summary>
    internal CancellationToken GivenUp { get; set; }

    /// <summary>Notes that this call opened the circuit.</summary>
    internal void NoteOpened(BreakerSnapshot snapshot)
    {
        if (snapshot.State == BreakerState.Open)
            Notes.AddOpened(target, snapshot);
    }
}
