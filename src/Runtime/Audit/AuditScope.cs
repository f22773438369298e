using Platform.Runtime.Store;

namespace Platform.Runtime.Audit;

/// <summary>
/// What somebody is doing at the moment, for the audit log. It travels with the call as a trace does. Whoever makes a change adds its
/// entry to the very commit of the change, so that neither is stored without the other; outside of a scope that adds nothing.
/// </summary>
/// <param name="entry">Who, from where, and what the request asks for; id and time are set anew for each entry.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
public sealed class AuditScope(AuditEntry entry, Ids ids, TimeProvider clock)
{
    private static readonly AsyncLocal<AuditScope?> _current = new();
    private volatile AuditEntry _entry = entry;
    private volatile bool _hasChange;
    private volatile bool _isOver;
    private volatile bool _isSettled;

    /// <summary>The scope of this call; null when nobody asked for it to be audited.</summary>
    public static AuditScope? Current => _current.Value is { _isOver: false } scope ? scope : null;

    /// <summary>A scope for what the server does by itself.</summary>
    /// <param name="action">What it does.</param>
    /// <param name="ids">Makes ids.</param>
    /// <param name="clock">Time.</param>
    public static AuditScope OfSystem(string action, Ids ids, TimeProvider clock) =>
        new(new AuditEntry { Id = "", At = default, ActorKind = "system", Action = action }, ids, clock);

    /// <summary>Whether a commit carries an entry of this scope, or would have if it changed anything.</summary>
    public bool HasChange => _hasChange;

    /// <summary>Makes this the scope of the calling method and of all that it calls, until it returns.</summary>
    public void Enter() => _current.Value = this;

    /// <summary>Ends the scope also for what it has started and what goes on.</summary>
    public void End() => _isOver = true;

    /// <summary>Says more about what is being done than the request did: who it turned out to be, what came of it.</summary>
    /// <param name="change">Changes the entry.</param>
    public void Refine(Func<AuditEntry, AuditEntry> change) => _entry = change(_entry);

    /// <summary>Says that what is being done changes nothing: it leaves no entry of its own when it is done.</summary>
    public void Leave() => _hasChange = true;

    /// <summary>Whether nothing more is to be written of it.</summary>
    public bool IsSettled => _isSettled;

    /// <summary>
    /// Says that what was asked for is done and told, whatever the answer looks like: a run that was started may answer what its workflow
    /// wants, also that it faulted.
    /// </summary>
    public void Settle() => _isSettled = true;

    /// <summary>The entry as it stands, with an id and the time of now.</summary>
    public AuditEntry ToEntry() => _entry with { Id = ids.New(), At = clock.GetUtcNow() };

    /// <summary>Adds the entry of a change to the commit that makes it.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="change">What it changes.</param>
    public void AddTo(Commit commit, AuditChange change)
    {
        _hasChange = true;
        if (!change.IsNone)
            (commit.Audit ??= []).Add(change.Complete(ToEntry()));
    }
}
