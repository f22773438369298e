using Platform.Engine.Definitions;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <content>Takes versions back and deletes them.</content>
public sealed partial class WorkflowDefinitions
{
    /// <summary>Instances that one commit deletes; other commits wait for as long as that takes.</summary>
    internal const int DeletedInstancesMax = 500;

    /// <summary>Takes the published version back: it stays, but nothing starts it any more.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public ValueTask<DefinitionResult> RetractAsync(string definitionId, CancellationToken cancellationToken) => RetractAsync(definitionId, null, cancellationToken);

    /// <summary>Takes the published version back if the definition is still what was seen.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="basis">What was seen; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionResult> RetractAsync(string definitionId, EditBasis? basis, CancellationToken cancellationToken)
    {
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        var edit = await FindEditAsync(definitionId, cancellationToken);
        var published = await store.FindDefinitionAsync(definitionId, VersionOptions.Published, cancellationToken);
        if (published is null || IsPassed(basis, edit))
        {
            var latest = await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken);
            if (latest is null)
                return new DefinitionResult.NotFound(definitionId);
            return IsPassed(basis, edit) ? new DefinitionResult.Conflict(definitionId, latest, DefinitionEdit.Read(edit)) : new DefinitionResult.NotPublished(latest);
        }

        var (commit, retracted) = Retraction(published, edit);
        // Only the latest version is what editors see, so only that one has a revision.
        return await CommitAsync(commit, definitionId, cancellationToken)
            ? new DefinitionResult.Saved(retracted, []) { Revision = retracted.IsLatest ? RevisionOf(edit) : null }
            : await ConflictAsync(definitionId, cancellationToken);
    }

    /// <summary>
    /// Deletes all versions of a definition, its triggers and its instances. Many instances go a part at a time before it; when the process
    /// ends meanwhile, the definition is left, taken back, with the instances that are left.
    /// </summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes, and the work between two commits.</param>
    /// <returns>Whether there was one.</returns>
    public async ValueTask<bool> DeleteAsync(string definitionId, CancellationToken cancellationToken) =>
        (await DeleteAsync(definitionId, null, cancellationToken)).WasDone;

    /// <summary>Deletes all versions of a definition, its triggers and its instances, if it is still what was seen.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="basis">What was seen; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionDeletion> DeleteAsync(string definitionId, EditBasis? basis, CancellationToken cancellationToken)
    {
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        var edit = await FindEditAsync(definitionId, cancellationToken);
        var versions = await store.ListDefinitionsAsync(new DefinitionFilter { DefinitionIds = [definitionId], WithDocuments = true }, cancellationToken);
        if (versions.Items.Count == 0)
            return new DefinitionDeletion(false, null);
        if (IsPassed(basis, edit))
            return new DefinitionDeletion(false, new(definitionId, versions.Items.FirstOrDefault(version => version.IsLatest), DefinitionEdit.Read(edit)));
        var instances = new InstanceFilter { DefinitionIds = [definitionId] };
        // Nothing may start new ones while many go.
        if (await HasManyAsync(instances, cancellationToken) && versions.Items.FirstOrDefault(version => version.IsPublished) is { } published
            && !await CommitAsync(Retraction(published, edit).Commit, definitionId, cancellationToken))
        {
            return new DefinitionDeletion(false, await ConflictAsync(definitionId, cancellationToken) as DefinitionResult.Conflict);
        }

        var commit = new Commit
        {
            DeletedDefinitionVersions = [.. versions.Items.Select(version => version.Id)],
            Triggers = [new TriggerSet(definitionId, [])],
            DeletedInstances = await DeleteAllButLastAsync(instances, cancellationToken),
            DeletedDocuments = await ScheduleDocuments.KeysOfAsync(store, definitionId, cancellationToken),
        };
        commit.DeletedDocuments.Add(new DocumentKey(DefinitionEdit.DocumentKind, definitionId));
        commit.DeletedDocuments.AddRange(KeptDocuments.KeysOf(definitionId));
        if (basis is not null)
            DefinitionEdit.AddCondition(commit, definitionId, edit);
        DefinitionChange.Audit(commit, versions.Items.MaxBy(version => version.Version), null);
        return await CommitAsync(commit, definitionId, cancellationToken)
            ? new DefinitionDeletion(true, null)
            : new DefinitionDeletion(false, await ConflictAsync(definitionId, cancellationToken) as DefinitionResult.Conflict);
    }

    /// <summary>
    /// Deletes one version and its instances, if its definition is still what was seen; a published one is retracted first, and the
    /// highest version left becomes the latest.
    /// </summary>
    /// <param name="id">Version id.</param>
    /// <param name="basis">What was seen of the definition; null for somebody who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    public async ValueTask<DefinitionDeletion> DeleteVersionAsync(string id, EditBasis? basis, CancellationToken cancellationToken)
    {
        if (await store.FindDefinitionVersionAsync(id, cancellationToken) is not { } found)
            return new DefinitionDeletion(false, null);
        using var _ = await _locks.EnterAsync(found.DefinitionId, cancellationToken);
        var edit = await FindEditAsync(found.DefinitionId, cancellationToken);
        if (await store.FindDefinitionVersionAsync(id, cancellationToken) is not { } version)
            return new DefinitionDeletion(false, null);
        var others = await store.ListDefinitionsAsync(
            new DefinitionFilter { DefinitionIds = [version.DefinitionId], OrderBy = DefinitionOrder.Version, Descending = true, WithDocuments = true },
            cancellationToken);
        if (IsPassed(basis, edit))
            return new DefinitionDeletion(false, new(version.DefinitionId, others.Items.FirstOrDefault(other => other.IsLatest), DefinitionEdit.Read(edit)));
        var commit = new Commit
        {
            DeletedDefinitionVersions = [id],
            DeletedInstances = await DeleteAllButLastAsync(new InstanceFilter { DefinitionVersionIds = [id] }, cancellationToken),
        };
        if (version.IsPublished)
            commit.Triggers = [new TriggerSet(version.DefinitionId, [])];
        if (version.IsLatest && others.Items.FirstOrDefault(other => other.Id != id) is { } highest)
        {
            commit.Definitions = [highest with { IsLatest = true }];
            DefinitionEdit.AddTo(commit, version.DefinitionId, edit, new(basis, null), host);
        }
        else if (version.IsLatest)
        {
            commit.DeletedDocuments = [new DocumentKey(DefinitionEdit.DocumentKind, version.DefinitionId), .. KeptDocuments.KeysOf(version.DefinitionId)];
        }

        if (basis is not null && commit.DocumentConditions is null)
            DefinitionEdit.AddCondition(commit, version.DefinitionId, edit);
        DefinitionChange.Audit(commit, version, null);
        return await CommitAsync(commit, version.DefinitionId, cancellationToken)
            ? new DefinitionDeletion(true, null)
            : new DefinitionDeletion(false, await ConflictAsync(version.DefinitionId, cancellationToken) as DefinitionResult.Conflict);
    }

    private static bool IsPassed(EditBasis? basis, StoredDocument? edit) => basis?.IsPassed(DefinitionEdit.Read(edit)) == true;

    private static (Commit Commit, WorkflowDefinition Retracted) Retraction(WorkflowDefinition published, StoredDocument? edit)
    {
        var retracted = published with { IsPublished = false };
        var commit = new Commit { Definitions = [retracted], Triggers = [new TriggerSet(published.DefinitionId, [])] };
        DefinitionEdit.AddCondition(commit, published.DefinitionId, edit);
        DefinitionChange.Audit(commit, published, retracted);
        return (commit, retracted);
    }

    private async ValueTask<bool> HasManyAsync(InstanceFilter filter, CancellationToken cancellationToken) =>
        (await store.ListInstancesAsync(filter with { Take = 0 }, cancellationToken)).TotalCount > DeletedInstancesMax;

    /// <summary>Deletes instances in commits of their own, until one commit can take the rest with what they belong to.</summary>
    /// <returns>The ids of that rest.</returns>
    private async ValueTask<List<string>> DeleteAllButLastAsync(InstanceFilter filter, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await store.ListInstancesAsync(filter with { Take = DeletedInstancesMax }, cancellationToken);
            List<string> ids = [.. page.Items.Select(instance => instance.Id)];
            if (page.TotalCount <= DeletedInstancesMax)
                return ids;
            await store.CommitAsync(new Commit { DeletedInstances = ids }, cancellationToken);
        }
    }
}

/// <summary>What became of deleting a definition or a version.</summary>
/// <param name="WasDone">Whether it was there and is gone.</param>
/// <param name="Conflict">What somebody else has done meanwhile; then nothing is deleted.</param>
public sealed record DefinitionDeletion(bool WasDone, DefinitionResult.Conflict? Conflict);
