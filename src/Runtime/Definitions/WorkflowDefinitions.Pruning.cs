using System.Globalization;
using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <content>Forgets old versions that nobody needs.</content>
public sealed partial class WorkflowDefinitions
{
    private const int QueuedStartsMax = 1_000;

    /// <summary>
    /// Deletes versions of a definition behind its newest ones. What is published, latest or read-only stays, and so does a version that an
    /// instance, a queued start or another workflow uses.
    /// </summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="kept">How many of the newest stay in any case.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    /// <returns>How many were deleted.</returns>
    internal async ValueTask<int> PruneAsync(string definitionId, int kept, CancellationToken cancellationToken)
    {
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        var filter = new DefinitionFilter { DefinitionIds = [definitionId], OrderBy = DefinitionOrder.Version, Descending = true };
        var versions = (await store.ListDefinitionsAsync(filter, cancellationToken)).Items;
        var old = versions.Skip(kept).Where(version => version is { IsPublished: false, IsLatest: false, IsReadonly: false }).ToList();
        if (old.Count == 0)
            return 0;
        var withInstances = (await store.CountInstancesAsync(cancellationToken))
            .Where(count => count.DefinitionId == definitionId && count.Instances > 0).Select(count => count.DefinitionVersionId).ToHashSet(StringComparer.Ordinal);
        // So many queued starts that they cannot all be looked at keep everything.
        var queued = await store.ListWorkAsync(new WorkFilter { DefinitionId = definitionId, Take = QueuedStartsMax }, cancellationToken);
        if (queued.TotalCount > queued.Items.Count)
            return 0;
        var users = (await store.ListDefinitionsAsync(new DefinitionFilter { Versions = VersionOptions.LatestOrPublished, WithDocuments = true }, cancellationToken)).Items;
        var ids = old
            .Where(version => !withInstances.Contains(version.Id)
                && !queued.Items.Any(start => Names(start, version))
                && !users.Any(user => user.Document.Contains(version.Id, StringComparison.Ordinal)))
            .Select(version => version.Id).ToList();
        if (ids.Count == 0)
            return 0;
        return await CommitAsync(new Commit { DeletedDefinitionVersions = ids }, definitionId, cancellationToken) ? ids.Count : 0;
    }

    /// <summary>Whether a queued start asks for a version by its id or number. In doubt it does.</summary>
    private static bool Names(StoredWork start, WorkflowDefinition version) =>
        start.Payload.Contains(version.Id, StringComparison.Ordinal)
        || start.Payload.Contains(string.Create(CultureInfo.InvariantCulture, $"\"version\":\"{version.Version}\""), StringComparison.Ordinal);
}
