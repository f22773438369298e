using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Platform.Runtime;

namespace Platform.Server.Elsa.Live;

/// <summary>
/// Tells viewers what was committed. The committing thread only notes it; figures are read and sent here. When bursts come faster than
/// they can be told, what happened to one instance meanwhile is told at once.
/// </summary>
/// <param name="events">Announces commits.</param>
/// <param name="observers">Knows what anybody looks at.</param>
/// <param name="hub">Reaches the viewers.</param>
/// <param name="news">Tells them.</param>
/// <param name="logger">Logs failures.</param>
internal sealed class LiveUpdates(
    RuntimeEvents events,
    InstanceObservers observers,
    IHubContext<WorkflowInstanceHub> hub,
    InstanceNews news,
    ILogger<LiveUpdates> logger) : BackgroundService
{
    private readonly Channel<BurstCommitted> _committed = Channel.CreateBounded<BurstCommitted>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        events.BurstCommitted += Note;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        events.BurstCommitted -= Note;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _committed.Reader.WaitToReadAsync(stoppingToken))
        {
            var changed = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
            while (_committed.Reader.TryRead(out var burst))
            {
                if (!changed.TryGetValue(burst.Instance.Id, out var nodeIds))
                    changed.Add(burst.Instance.Id, nodeIds = new HashSet<string>(StringComparer.Ordinal));
                nodeIds.UnionWith(burst.NodeIds);
            }

            foreach (var (instanceId, nodeIds) in changed)
                await TellAsync(instanceId, nodeIds, stoppingToken);
        }
    }

    private void Note(BurstCommitted burst)
    {
        if (observers.IsObserved(burst.Instance.Id))
            _committed.Writer.TryWrite(burst);
    }

    private async ValueTask TellAsync(string instanceId, HashSet<string> nodeIds, CancellationToken stoppingToken)
    {
        try
        {
            await news.TellAsync(hub.Clients.Group(instanceId), instanceId, nodeIds, stoppingToken);
        }
        // The loop of a background duty: one instance that cannot be told about must not end the telling.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.TellingFailed(logger, exception, instanceId);
        }
    }
}
