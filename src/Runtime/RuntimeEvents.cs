using Platform.Runtime.Store;

namespace Platform.Runtime;

/// <summary>
/// What the runtime tells the rest of the process after a commit: live screens, route tables. In-process and best effort: truth is in
/// the store. Handlers run on the committing thread and must return quickly.
/// </summary>
public sealed class RuntimeEvents
{
    /// <summary>A burst of an instance was committed.</summary>
    public event Action<BurstCommitted>? BurstCommitted;

    /// <summary>A definition changed: its id, and whether its triggers changed.</summary>
    public event Action<string, bool>? DefinitionChanged;

    /// <summary>An alteration plan has ended: its id.</summary>
    public event Action<string>? AlterationPlanEnded;

    /// <summary>A burst ended: how long it took, its commits included.</summary>
    internal event Action<TimeSpan>? BurstEnded;

    /// <summary>A worker took queued work.</summary>
    internal event Action<StoredWork>? WorkBegun;

    /// <summary>A worker is done with queued work, whatever became of it.</summary>
    internal event Action<StoredWork>? WorkEnded;

    /// <summary>A tick of a schedule was taken so much after it was due.</summary>
    internal event Action<TimeSpan>? TickTaken;

    /// <summary>A schedule fired: how many ticks start, how many were missed and do not.</summary>
    internal event Action<int, long>? ScheduleFired;

    /// <summary>Tells whether somebody wants to know how long bursts take; null for nobody.</summary>
    internal Func<bool>? WantsBurstTimes { get; set; }

    /// <summary>Whether somebody wants to know how long bursts take.</summary>
    internal bool TimesBursts => WantsBurstTimes?.Invoke() == true;

    internal void RaiseBurstEnded(TimeSpan elapsed) => BurstEnded?.Invoke(elapsed);

    internal void RaiseWorkBegun(StoredWork work) => WorkBegun?.Invoke(work);

    internal void RaiseWorkEnded(StoredWork work) => WorkEnded?.Invoke(work);

    internal void RaiseTickTaken(TimeSpan lateness) => TickTaken?.Invoke(lateness);

    internal void RaiseScheduleFired(int started, long missed) => ScheduleFired?.Invoke(started, missed);

    internal void RaiseAlterationPlanEnded(string planId) => AlterationPlanEnded?.Invoke(planId);

    internal void RaiseBurstCommitted(BurstCommitted committed) => BurstCommitted?.Invoke(committed);

    internal void RaiseDefinitionChanged(string definitionId, bool triggersChanged) => DefinitionChanged?.Invoke(definitionId, triggersChanged);
}

/// <summary>A burst of an instance that is now durable.</summary>
/// <param name="Instance">The instance as stored.</param>
/// <param name="NodeIds">Nodes whose activities did something in the burst.</param>
/// <param name="NewBookmarks">Bookmarks the burst created.</param>
public sealed record BurstCommitted(StoredInstance Instance, IReadOnlyList<string> NodeIds, IReadOnlyList<StoredBookmark> NewBookmarks)
{
    /// <summary>Whether the run ended with this commit, for the first time or again after a retry.</summary>
    public bool IsEnd { get; init; }

    /// <summary>Types of the activities that faulted, one for each fault, handled ones included.</summary>
    public IReadOnlyList<string> FaultedTypes { get; init; } = [];
}
