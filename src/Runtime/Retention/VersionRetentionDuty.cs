using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Runtime.Retention;

/// <summary>Deletes old versions of workflows that nothing uses: of all once at the start, then of each that changes.</summary>
/// <param name="store">Where definitions are.</param>
/// <param name="definitions">Deletes them.</param>
/// <param name="events">Tells which change.</param>
/// <param name="options">How many are kept.</param>
/// <param name="logger">Log.</param>
public sealed class VersionRetentionDuty(
    IWorkflowStore store, WorkflowDefinitions definitions, RuntimeEvents events, RetentionOptions options, ILogger<VersionRetentionDuty> logger) : BackgroundService
{
    /// <summary>Changes that may wait; what does not fit is looked at when it changes again, or at the next start.</summary>
    private const int ChangesMax = 10_000;

    private readonly Channel<string> _changed = Channel.CreateBounded<string>(new BoundedChannelOptions(ChangesMax) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Deletes what is too old of one workflow.</summary>
    /// <param name="definitionId">The workflow.</param>
    /// <param name="cancellationToken">Ends the wait for its changes.</param>
    /// <returns>How many versions were deleted.</returns>
    public async ValueTask<int> RunAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (options.DefinitionVersions is not { } kept)
            return 0;
        var count = await definitions.PruneAsync(definitionId, kept, cancellationToken);
        if (count > 0)
            Log.VersionsForgotten(logger, definitionId, count, kept);
        return count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.DefinitionVersions is not { } kept)
            return;
        events.DefinitionChanged += OnChanged;
        try
        {
            var all = await store.ListDefinitionsAsync(new DefinitionFilter(), stoppingToken);
            foreach (var definition in all.Items.GroupBy(version => version.DefinitionId).Where(versions => versions.Count() > kept))
                _changed.Writer.TryWrite(definition.Key);
            await foreach (var definitionId in _changed.Reader.ReadAllAsync(stoppingToken))
                await TryRunAsync(definitionId, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
        finally
        {
            events.DefinitionChanged -= OnChanged;
        }
    }

    private void OnChanged(string definitionId, bool triggersChanged)
    {
        // Only what is published makes versions.
        if (triggersChanged)
            _changed.Writer.TryWrite(definitionId);
    }

    private async ValueTask TryRunAsync(string definitionId, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(definitionId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        // The loop of a background duty: a failing store must not end it. The next change of the workflow asks again.
        catch (Exception exception)
        {
            Log.DutyFailed(logger, exception, nameof(VersionRetentionDuty), TimeSpan.Zero);
        }
    }
}
