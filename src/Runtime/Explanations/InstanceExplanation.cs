namespace Platform.Runtime.Explanations;

/// <summary>What an instance is doing, in sentences that a person understands without knowing the platform.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="SubStatus">Its sub-status, Elsa's word.</param>
/// <param name="Summary">What it is doing or how it ended, in one sentence.</param>
/// <param name="Since">Since when that is so, UTC.</param>
/// <param name="Next">What happens next if nobody does anything.</param>
public sealed record InstanceExplanation(string InstanceId, string SubStatus, string Summary, DateTimeOffset Since, string Next)
{
    /// <summary>What it waits for, the soonest first, then in the order in which the waits began.</summary>
    public IReadOnlyList<WaitExplanation> Waits { get; init; } = [];

    /// <summary>What went wrong, in the order in which it happened.</summary>
    public IReadOnlyList<IncidentExplanation> Incidents { get; init; } = [];

    /// <summary>The last faults that a container handled, in the order in which they happened.</summary>
    public IReadOnlyList<IncidentExplanation> HandledIncidents { get; init; } = [];

    /// <summary>Sagas that undo their steps now, the innermost first.</summary>
    public IReadOnlyList<UndoExplanation> Undoing { get; init; } = [];

    /// <summary>The instance that this one is a re-run of, and the step that it began with; null when it is none.</summary>
    public Reruns.RerunOrigin? RerunOf { get; init; }

    /// <summary>How far it is, as <c>ReportProgress</c> said last; null when it did not.</summary>
    public Activities.InstanceProgress? Progress { get; init; }

    /// <summary>What a person can do about it.</summary>
    public IReadOnlyList<SuggestedAction> Actions { get; init; } = [];
}

/// <summary>One thing that an instance waits for.</summary>
/// <param name="Kind">
/// <c>Time</c>, <c>Event</c>, <c>Task</c>, <c>Http</c>, <c>Child</c>, <c>Background</c> or <c>Stimulus</c>; of a queued start <c>Time</c>,
/// <c>Pause</c>, <c>Limit</c> or <c>Worker</c>.
/// </param>
/// <param name="Sentence">What it waits for.</param>
/// <param name="ActivityId">The waiting activity; empty for a queued start.</param>
/// <param name="ActivityName">Its name for people; empty for a queued start.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="DueAt">When it goes on by itself, UTC; null for never.</param>
/// <param name="BookmarkId">The bookmark; of a queued start the item of the queue.</param>
public sealed record WaitExplanation(
    string Kind, string Sentence, string ActivityId, string ActivityName, DateTimeOffset Since, DateTimeOffset? DueAt, string BookmarkId);

/// <summary>One incident of an instance.</summary>
/// <param name="Sentence">What happened.</param>
/// <param name="ActivityId">The activity.</param>
/// <param name="At">When, UTC.</param>
/// <param name="IsRetryable">Whether the failed execution is still there, so that it can be executed again.</param>
/// <param name="HandledBy">Id of the container that handled it; null for an incident that nobody handled.</param>
public sealed record IncidentExplanation(string Sentence, string ActivityId, DateTimeOffset At, bool IsRetryable, string? HandledBy = null);

/// <summary>A saga that undoes its steps.</summary>
/// <param name="Sentence">How far it is, and why it undoes.</param>
/// <param name="ActivityId">The saga.</param>
/// <param name="Undone">Number of steps that were undone.</param>
/// <param name="Total">Number of steps that are undone in all.</param>
/// <param name="Current">Name of the step whose undo runs or waits; null between two.</param>
public sealed record UndoExplanation(string Sentence, string ActivityId, int Undone, int Total, string? Current);

/// <summary>Something a person can do.</summary>
/// <param name="Title">What it does, as on a button.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Href">Path on this server.</param>
/// <param name="Body">Example of a request body, or null when none is needed.</param>
public sealed record SuggestedAction(string Title, string Method, string Href, string? Body);
