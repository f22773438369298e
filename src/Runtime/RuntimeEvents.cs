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

    internal void RaiseAlterationPlanEnded(string planId) => AlterationPlanEnded?.Invoke(planId);

    internal void RaiseBurstCommitted(BurstCommitted committed) => BurstCommitted?.Invoke(committed);

    internal void RaiseDefinitionChanged(string definitionId, bool triggersChanged) => DefinitionChanged?.Invoke(definitionId, triggersChanged);
}

/// <summary>A burst of an instance that is now durable.</summary>
/// <param name="Instance">The instance as stored.</param>
/// <param name="NodeIds">Nodes whose activities did something in the burst.</param>
/// <param name="NewBookmarks">Bookmarks the burst created.</param>
public sealed record BurstCommitted(StoredInstance Instance, IReadOnlyList<string> NodeIds, IReadOnlyList<StoredBookmark> NewBookmarks);
