using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>What operators say about the starts of a definition.</summary>
/// <param name="Limits">How many runs there may be, or null.</param>
/// <param name="Pause">The pause, or null.</param>
public sealed record DispatchRule(DefinitionLimits? Limits, DefinitionPause? Pause);

/// <summary>
/// Limits and pauses of definitions. They are stored as documents and all held in memory, so that starts of definitions without any
/// are not even looked up.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class DispatchRules(IWorkflowStore store, TimeProvider clock, ILogger<DispatchRules> logger) : IHostedService
{
    private readonly KeyedLock _changing = new();
    private readonly Lock _sync = new();
    private volatile FrozenDictionary<string, DispatchRule> _rules = FrozenDictionary<string, DispatchRule>.Empty;

    /// <summary>Whether there are none at all.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>The definitions that have limits or are paused.</summary>
    public IReadOnlyList<string> DefinitionIds => _rules.Keys;

    /// <summary>Raised when the rules of a definition were changed: its id.</summary>
    internal event Action<string>? Changed;

    /// <summary>The rules of a definition; null when it has none.</summary>
    /// <param name="definitionId">The definition.</param>
    public DispatchRule? Find(string definitionId) => _rules.GetValueOrDefault(definitionId);

    /// <summary>Why a definition takes no starts, not even into the queue; null when it takes them.</summary>
    /// <param name="definitionId">The definition.</param>
    public StartHold? RefusalOf(string definitionId) =>
        Find(definitionId)?.Pause is { Mode: PauseMode.Drop } pause ? StartHold.Of(definitionId, pause) : null;

    /// <summary>Counts a start that was refused because its definition drops starts.</summary>
    /// <param name="definitionId">The definition.</param>
    public async ValueTask CountDroppedAsync(string definitionId) => await DropAsync(definitionId, null);

    /// <summary>Limits the runs of a definition, or takes its limits away.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="limits">The limits; null for none.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>False when there was nothing to take away.</returns>
    public async ValueTask<bool> SetLimitsAsync(string definitionId, DefinitionLimits? limits, CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(definitionId, cancellationToken);
        var rule = Find(definitionId);
        if (limits is null && rule?.Limits is null)
            return false;
        limits?.Check();
        var commit = limits is null
            ? new Commit { DeletedDocuments = [new(DefinitionLimits.DocumentKind, definitionId)] }
            : new Commit { Documents = [new(DefinitionLimits.DocumentKind, definitionId, limits.ToJson())] };
        Audit(commit, definitionId, rule?.Limits?.ToJson(), limits?.ToJson());
        await store.CommitAsync(commit, CancellationToken.None);
        Set(definitionId, limits, rule?.Pause);
        Changed?.Invoke(definitionId);
        return true;
    }

    /// <summary>Pauses a definition, or changes how it is paused.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="mode">What becomes of starts.</param>
    /// <param name="by">Who pauses it.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<DefinitionPause> PauseAsync(string definitionId, PauseMode mode, string by, CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(definitionId, cancellationToken);
        var rule = Find(definitionId);
        var pause = new DefinitionPause(mode, by, clock.GetUtcNow(), rule?.Pause?.Dropped ?? 0);
        var commit = new Commit { Documents = [new(DefinitionPause.DocumentKind, definitionId, pause.ToJson())] };
        Audit(commit, definitionId, rule?.Pause?.ToJson(), pause.ToJson());
        await store.CommitAsync(commit, CancellationToken.None);
        Set(definitionId, rule?.Limits, pause);
        Log.DefinitionPaused(logger, definitionId, mode.ToString(), by);
        Changed?.Invoke(definitionId);
        return pause;
    }

    /// <summary>Lets a definition start again; what waited begins at once.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="by">Who resumes it.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The pause that has ended; null when it was not paused.</returns>
    public async ValueTask<DefinitionPause?> ResumeAsync(string definitionId, string by, CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(definitionId, cancellationToken);
        if (Find(definitionId) is not { Pause: { } pause } rule)
            return null;
        var commit = new Commit { DeletedDocuments = [new(DefinitionPause.DocumentKind, definitionId)] };
        Audit(commit, definitionId, pause.ToJson(), null);
        await store.CommitAsync(commit, CancellationToken.None);
        Set(definitionId, rule.Limits, null);
        Log.DefinitionResumed(logger, definitionId, by, pause.Dropped);
        Changed?.Invoke(definitionId);
        return pause;
    }

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var document in await store.ListDocumentsAsync(DefinitionLimits.DocumentKind, cancellationToken))
            Load(document, () => Set(document.Id, DefinitionLimits.Read(document.Json), Find(document.Id)?.Pause));
        foreach (var document in await store.ListDocumentsAsync(DefinitionPause.DocumentKind, cancellationToken))
            Load(document, () => Set(document.Id, Find(document.Id)?.Limits, DefinitionPause.Read(document.Json)));
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Drops a start of a paused definition, if it is still paused in that way.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="workId">The queued start, deleted in the commit that counts it; null when it was not queued.</param>
    /// <returns>Whether it was dropped.</returns>
    internal async ValueTask<bool> DropAsync(string definitionId, string? workId)
    {
        using var _ = await _changing.EnterAsync(definitionId, CancellationToken.None);
        if (Find(definitionId) is not { Pause: { Mode: PauseMode.Drop } pause } rule)
            return false;
        var counted = pause with { Dropped = pause.Dropped + 1 };
        await store.CommitAsync(
            new Commit
            {
                DeletedWork = workId is null ? null : [workId],
                Documents = [new(DefinitionPause.DocumentKind, definitionId, counted.ToJson())],
            },
            CancellationToken.None);
        Set(definitionId, rule.Limits, counted);
        Log.StartDropped(logger, definitionId, pause.By, counted.Dropped);
        return true;
    }

    private void Load(StoredDocument document, Action set)
    {
        try
        {
            set();
        }
        catch (FormatException exception)
        {
            Log.RuleUnreadable(logger, document.Kind, document.Id, exception.Message);
        }
    }

    private void Set(string definitionId, DefinitionLimits? limits, DefinitionPause? pause)
    {
        lock (_sync)
        {
            var rules = _rules.ToDictionary(StringComparer.Ordinal);
            if (limits is null && pause is null)
                rules.Remove(definitionId);
            else
                rules[definitionId] = new DispatchRule(limits, pause);
            _rules = rules.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    private static void Audit(Commit commit, string definitionId, string? before, string? after) =>
        AuditScope.Current?.AddTo(commit, new AuditChange("workflow", definitionId, null) { Before = Read(before), After = Read(after) });

    private static JsonObject? Read(string? document) => document is null ? null : JsonNode.Parse(document) as JsonObject;
}
