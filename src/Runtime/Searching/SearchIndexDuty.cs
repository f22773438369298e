using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Store;

namespace Platform.Runtime.Searching;

/// <summary>
/// Keeps the index of the search over runs: follows what has changed in small commits with pauses, behind the runs and never in their
/// commits. Where it stands is stored with the index, so that it goes on there after a restart. A run is indexed again when it changes.
/// </summary>
/// <param name="store">Where everything is.</param>
/// <param name="indexer">Reads runs.</param>
/// <param name="options">How it works.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class SearchIndexDuty(IWorkflowStore store, RunIndexer indexer, SearchOptions options, TimeProvider clock, ILogger<SearchIndexDuty> logger) : BackgroundService
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>Indexes everything that has changed until now.</summary>
    /// <param name="cancellationToken">Ends the work between two commits.</param>
    /// <returns>How many runs were indexed.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        var indexed = 0;
        while (await RunChunkAsync(cancellationToken) is > 0 and var count)
            indexed += count;
        return indexed;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Interval;
            try
            {
                var began = clock.GetTimestamp();
                if (await RunChunkAsync(stoppingToken) >= options.ChunkMax)
                    pause = clock.GetElapsedTime(began) * options.PauseFactor;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The loop of a background duty: a failing store must not end it.
            catch (Exception exception)
            {
                Log.DutyFailed(logger, exception, nameof(SearchIndexDuty), pause);
            }

            await Task.Delay(pause < PauseMax || pause == options.Interval ? pause : PauseMax, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<int> RunChunkAsync(CancellationToken cancellationToken)
    {
        var changed = await store.FindUnindexedAsync(options.ChunkMax, cancellationToken);
        var entries = new List<SearchEntry>(changed.Count);
        foreach (var instance in changed)
        {
            if (await indexer.ReadAsync(instance.Id, cancellationToken) is { } entry)
                entries.Add(entry);
        }

        if (entries.Count > 0)
            await store.CommitAsync(new Commit { SearchEntries = entries }, cancellationToken);
        return changed.Count;
    }
}
