using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>
/// Definitions and their versions: what editors and importers do to them. Changes to one definition follow each other; each is one
/// commit that also replaces the definition's triggers.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="plans">Compiles them.</param>
/// <param name="indexer">Finds their triggers.</param>
/// <param name="consumers">Finds workflows that use others.</param>
/// <param name="host">Makes ids and knows the time.</param>
/// <param name="events">Hears of changes.</param>
public sealed partial class WorkflowDefinitions(
    IWorkflowStore store,
    PlanCache plans,
    TriggerIndexer indexer,
    ConsumingWorkflows consumers,
    EngineHost host,
    RuntimeEvents events)
{
    private readonly KeyedLock _locks = new();

    /// <summary>The version of a definition that the options select, or null.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="options">Which version.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<WorkflowDefinition?> FindAsync(string definitionId, VersionOptions options, CancellationToken cancellationToken) =>
        store.FindDefinitionAsync(definitionId, options, cancellationToken);

    /// <summary>The version with this version id, or null.</summary>
    /// <param name="id">Version id.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<WorkflowDefinition?> FindVersionAsync(string id, CancellationToken cancellationToken) =>
        store.FindDefinitionVersionAsync(id, cancellationToken);

    /// <summary>Versions that match a filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<Page<WorkflowDefinition>> ListAsync(DefinitionFilter filter, CancellationToken cancellationToken) =>
        store.ListDefinitionsAsync(filter, cancellationToken);

    /// <summary>
    /// Saves a document as the draft of its definition: overwrites the draft, or makes a new version after a published one. Repeating
    /// the same save changes nothing further.
    /// </summary>
    /// <param name="draft">The document and its header; only definition id (empty for a new definition), names, tool version and document count.</param>
    /// <param name="publish">Whether to publish it at once.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public ValueTask<DefinitionResult> SaveAsync(DefinitionDraft draft, bool publish, CancellationToken cancellationToken) =>
        SaveAsync(draft, publish, null, cancellationToken);

    /// <summary>The same for somebody who says what was seen before: what somebody else has changed since is not overwritten.</summary>
    /// <param name="draft">The document and its header.</param>
    /// <param name="publish">Whether to publish it at once.</param>
    /// <param name="basis">What was seen; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionResult> SaveAsync(DefinitionDraft draft, bool publish, EditBasis? basis, CancellationToken cancellationToken) =>
        await UpdateConsumersAsync(await SaveOneAsync(draft, publish, new(basis, null) { Companion = draft.Companion }, cancellationToken), isForced: false, cancellationToken);

    /// <summary>The revision of what editors of a definition see. Read it before the definition: then it is never newer than that.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<string> FindRevisionAsync(string definitionId, CancellationToken cancellationToken) =>
        RevisionOf(await FindEditAsync(definitionId, cancellationToken));

    /// <param name="draft">The document and its header.</param>
    /// <param name="publish">Whether to publish it at once.</param>
    /// <param name="stamp">Who does it.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    private async ValueTask<DefinitionResult> SaveOneAsync(DefinitionDraft draft, bool publish, EditStamp stamp, CancellationToken cancellationToken)
    {
        var definitionId = draft.DefinitionId is { Length: > 0 } given ? given : host.NewId();
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        var edit = await FindEditAsync(definitionId, cancellationToken);
        var latest = await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken);
        if (latest is { IsReadonly: true })
            return new DefinitionResult.Readonly(latest);
        // Two who come to the same content have nothing to decide, whoever was first.
        var isSame = latest is not null && IsSame(latest, draft);
        if (!isSame && stamp.Basis is { } basis && (latest is null || basis.IsPassed(DefinitionEdit.Read(edit))))
            return new DefinitionResult.Conflict(definitionId, latest, DefinitionEdit.Read(edit));
        if (isSame && latest!.IsPublished)
            return publish ? new DefinitionResult.AlreadyPublished(latest, RevisionOf(edit)) : new DefinitionResult.Saved(latest, []) { Revision = RevisionOf(edit) };
        var isNewVersion = latest is null || latest.IsPublished;
        var id = isNewVersion ? await NewVersionIdAsync(draft.Id, latest, cancellationToken) : latest!.Id;
        var version = new WorkflowDefinition(id, definitionId, isNewVersion ? (latest?.Version ?? 0) + 1 : latest!.Version)
        {
            Name = draft.Name,
            Description = draft.Description,
            CreatedAt = isNewVersion ? host.Clock.GetUtcNow() : latest!.CreatedAt,
            ToolVersion = draft.ToolVersion,
            IsLatest = true,
            IsSystem = draft.IsSystem,
            ProviderName = draft.ProviderName ?? latest?.ProviderName,
            Document = draft.Document,
        };
        if (publish)
            return await PublishVersionAsync(version, latest, edit, stamp with { Action = stamp.Action ?? "workflow.publish" }, cancellationToken);
        var content = plans.TryRead(version, out var problems);
        if (content is null)
            return new DefinitionResult.Invalid(problems);
        if (isSame && latest!.ToolVersion == draft.ToolVersion)
        {
            AuditScope.Current?.Leave();
            return new DefinitionResult.Saved(latest, content.Warnings) { Revision = RevisionOf(edit) };
        }

        version = version with { IsUsableAsActivity = content.Options.UsableAsActivity };
        var commit = new Commit { Definitions = [version] };
        if (isNewVersion && latest is not null)
            commit.Definitions.Add(latest with { IsLatest = false });
        DefinitionChange.Audit(commit, latest, version, stamp.Action);
        var revision = DefinitionEdit.AddTo(commit, definitionId, edit, stamp, host);
        return await CommitAsync(commit, definitionId, cancellationToken)
            ? new DefinitionResult.Saved(version, content.Warnings) { Revision = revision }
            : await ConflictAsync(definitionId, cancellationToken);
    }

    /// <summary>Publishes the latest version.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public ValueTask<DefinitionResult> PublishAsync(string definitionId, CancellationToken cancellationToken) => PublishAsync(definitionId, null, cancellationToken);

    /// <summary>Publishes the latest version if it is still what was seen.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="basis">What was seen; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionResult> PublishAsync(string definitionId, EditBasis? basis, CancellationToken cancellationToken) =>
        await UpdateConsumersAsync(await PublishOneAsync(definitionId, basis, cancellationToken), isForced: false, cancellationToken);

    /// <summary>Points the latest versions of the workflows that use a definition as an activity to its published version.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionResult> UpdateReferencesAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Published, cancellationToken) is { } published)
            return await UpdateConsumersAsync(new DefinitionResult.Saved(published, []), isForced: true, cancellationToken);
        return await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is { } latest
            ? new DefinitionResult.NotPublished(latest)
            : new DefinitionResult.NotFound(definitionId);
    }

    private async ValueTask<DefinitionResult> PublishOneAsync(string definitionId, EditBasis? basis, CancellationToken cancellationToken)
    {
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        var edit = await FindEditAsync(definitionId, cancellationToken);
        var latest = await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken);
        if (latest is null)
            return new DefinitionResult.NotFound(definitionId);
        if (basis?.IsPassed(DefinitionEdit.Read(edit)) == true)
            return new DefinitionResult.Conflict(definitionId, latest, DefinitionEdit.Read(edit));
        return latest.IsPublished
            ? new DefinitionResult.AlreadyPublished(latest, RevisionOf(edit))
            : await PublishVersionAsync(latest, latest, edit, new(basis, "workflow.publish"), cancellationToken);
    }

    /// <summary>Makes a new draft with the content of an earlier version.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="version">Number of the earlier version.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<DefinitionResult> RevertAsync(string definitionId, int version, CancellationToken cancellationToken) =>
        RevertAsync(definitionId, version, null, cancellationToken);

    /// <summary>Makes a new draft with the content of an earlier version, if the latest one is still what was seen.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="version">Number of the earlier version.</param>
    /// <param name="basis">What was seen; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<DefinitionResult> RevertAsync(string definitionId, int version, EditBasis? basis, CancellationToken cancellationToken)
    {
        var earlier = await store.FindDefinitionAsync(definitionId, VersionOptions.Specific(version), cancellationToken);
        return earlier is null
            ? new DefinitionResult.NotFound(definitionId)
            : await SaveAsync(DefinitionDraft.From(earlier) with { Id = null }, publish: false, basis, cancellationToken);
    }

    private async ValueTask<DefinitionResult> PublishVersionAsync(
        WorkflowDefinition version, WorkflowDefinition? latest, StoredDocument? edit, EditStamp stamp, CancellationToken cancellationToken)
    {
        var plan = plans.TryCompile(version, out var problems);
        if (plan is null || problems.Count > 0)
            return new DefinitionResult.Invalid(problems);
        var published = version with { IsPublished = true, IsLatest = true, IsUsableAsActivity = plan.Content.Options.UsableAsActivity };
        var indexed = await indexer.IndexAsync(plan, published, cancellationToken);
        if (indexed.Problems.Count > 0)
            return new DefinitionResult.Invalid(indexed.Problems);
        var commit = new Commit { Definitions = [], Triggers = [new TriggerSet(version.DefinitionId, indexed.Triggers)] };
        var former = await store.FindDefinitionAsync(version.DefinitionId, VersionOptions.Published, cancellationToken);
        if (former is not null && former.Id != version.Id)
            commit.Definitions.Add(former with { IsPublished = false, IsLatest = false });
        if (latest is not null && latest.Id != version.Id && latest.Id != former?.Id)
            commit.Definitions.Add(latest with { IsLatest = false });
        commit.Definitions.Add(published);
        DefinitionChange.Audit(commit, latest, published, stamp.Action);
        var revision = DefinitionEdit.AddTo(commit, version.DefinitionId, edit, stamp, host);
        return await CommitAsync(commit, version.DefinitionId, cancellationToken)
            ? new DefinitionResult.Saved(published, plan.Content.Warnings) { Revision = revision, UpdatesConsumers = plan.Content.Options.AutoUpdateConsumingWorkflows }
            : await ConflictAsync(version.DefinitionId, cancellationToken);
    }

    /// <summary>
    /// After a workflow was published that says so: the workflows that use it get its new version, in a version of their own, published
    /// when they were. One that cannot be published with it stays as it is, and a warning says why.
    /// </summary>
    private async ValueTask<DefinitionResult> UpdateConsumersAsync(DefinitionResult result, bool isForced, CancellationToken cancellationToken)
    {
        if (result is not DefinitionResult.Saved { Definition: { IsPublished: true, IsUsableAsActivity: true } published } saved || !(isForced || saved.UpdatesConsumers))
            return result;
        var updated = new List<string>();
        var warnings = new List<DefinitionProblem>(saved.Warnings);
        foreach (var (consumer, draft) in await consumers.RepointAsync(published, cancellationToken))
        {
            var change = await SaveOneAsync(draft, consumer.IsPublished, new(null, "workflow.update-references"), cancellationToken);
            if (await UpdateConsumersAsync(change, isForced: false, cancellationToken) is DefinitionResult.Saved)
                updated.Add(consumer.DefinitionId);
            else
                warnings.Add(new DefinitionProblem("$", "WF2005", $"The workflow '{consumer.Name ?? consumer.DefinitionId}' uses this one but cannot take its new version; it keeps the one that it has. Open it to see why."));
        }

        return saved with { UpdatedConsumers = updated, Warnings = warnings };
    }

    /// <returns>False when somebody changed the definition in the same moment, beside this process.</returns>
    private async ValueTask<bool> CommitAsync(Commit commit, string definitionId, CancellationToken cancellationToken)
    {
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome == CommitOutcome.DocumentConflict)
            return false;
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Changing the definition '{definitionId}' failed: {outcome}.");
        await plans.DefinitionChangedAsync(definitionId, commit.Definitions ?? [], commit.DeletedDefinitionVersions ?? []);
        events.RaiseDefinitionChanged(definitionId, commit.Triggers is not null);
        return true;
    }

    private ValueTask<StoredDocument?> FindEditAsync(string definitionId, CancellationToken cancellationToken) =>
        store.FindDocumentAsync(DefinitionEdit.DocumentKind, definitionId, cancellationToken);

    private static string RevisionOf(StoredDocument? edit) => DefinitionEdit.Read(edit)?.Revision ?? DefinitionEdit.FirstRevision;

    private async ValueTask<DefinitionResult> ConflictAsync(string definitionId, CancellationToken cancellationToken)
    {
        var edit = await FindEditAsync(definitionId, cancellationToken);
        return new DefinitionResult.Conflict(
            definitionId, await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken), DefinitionEdit.Read(edit));
    }

    /// <summary>Whether a save repeats what is published, as editors do when an answer was lost: no new version then.</summary>
    private static bool IsSame(WorkflowDefinition stored, DefinitionDraft draft) =>
        stored.Name == draft.Name && stored.Description == draft.Description && stored.Document == draft.Document;

    private async ValueTask<string> NewVersionIdAsync(string? wanted, WorkflowDefinition? latest, CancellationToken cancellationToken)
    {
        if (wanted is not { Length: > 0 } || latest is not null || await store.FindDefinitionVersionAsync(wanted, cancellationToken) is not null)
            return host.NewId();
        return wanted;
    }
}

/// <summary>A document to save.</summary>
/// <param name="Document">The document as JSON text in Elsa's format.</param>
public sealed record DefinitionDraft(string Document)
{
    /// <summary>The definition; null or empty for a new one.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Version id wanted for the first version of a new definition; otherwise ignored.</summary>
    public string? Id { get; init; }

    /// <summary>Name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Version of the tool that wrote the document, or null.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>Whether ordinary lists leave it out.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Where it comes from when not from a person; null keeps what was stored.</summary>
    public string? ProviderName { get; init; }

    /// <summary>Makes a further document to be stored in the commit of the change, out of the revision after it; null for none.</summary>
    public Func<string, StoredDocument>? Companion { get; init; }

    /// <summary>The content of a stored version as a new draft.</summary>
    /// <param name="definition">The version.</param>
    public static DefinitionDraft From(WorkflowDefinition definition) => new(definition.Document)
    {
        DefinitionId = definition.DefinitionId,
        Id = definition.Id,
        Name = definition.Name,
        Description = definition.Description,
        ToolVersion = definition.ToolVersion,
        IsSystem = definition.IsSystem,
    };
}
