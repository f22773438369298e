using Microsoft.Extensions.Hosting;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>
/// Keeps the catalog's workflows that are usable as activities equal to the store: all of them at the start, those of a definition
/// whenever it changed.
/// </summary>
/// <param name="store">Where definitions are kept.</param>
/// <param name="reader">Reads their documents.</param>
/// <param name="catalog">Receives the activity types.</param>
public sealed class UsableWorkflows(IWorkflowStore store, DefinitionReader reader, ActivityCatalog catalog) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Loads all of them. Must have ended before anything is compiled.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var usable = await store.ListDefinitionsAsync(new DefinitionFilter { IsUsableAsActivity = true, WithDocuments = true }, cancellationToken);
        var types = WorkflowActivityTypes.None;
        foreach (var versions in usable.Items.GroupBy(definition => definition.DefinitionId, StringComparer.Ordinal))
            types = types.With(versions.Key, TypesOf(versions));
        catalog.Workflows = types;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>Reads a definition again after a change.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="isUsable">Whether the change wrote a version that is usable as an activity.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>Whether workflows that use it see another version now.</returns>
    internal async ValueTask<bool> RefreshAsync(string definitionId, bool isUsable, CancellationToken cancellationToken)
    {
        if (!isUsable && !catalog.Workflows.All.Any(type => type.Definition.DefinitionId == definitionId))
            return false;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var versions = await store.ListDefinitionsAsync(
                new DefinitionFilter { DefinitionIds = [definitionId], IsUsableAsActivity = true, WithDocuments = true }, cancellationToken);
            catalog.Workflows = catalog.Workflows.With(definitionId, TypesOf(versions.Items));
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private IEnumerable<WorkflowActivityType> TypesOf(IEnumerable<WorkflowDefinition> versions) =>
        versions.Select(definition => WorkflowActivityType.Of(definition, reader.Read(definition))).OfType<WorkflowActivityType>();
}
