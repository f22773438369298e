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
/// <param name="clock">Time.</param>
/// <param name="logger">Logs failures.</param>
internal sealed class LiveUpdates(
    RuntimeEvents events,
    InstanceObservers observers,
    IHubContext<WorkflowInstanceHub> hub,
    InstanceNews news,
    TimeProvider clock,
    ILogger<LiveUpdates> logger) : BackgroundService
{
    /// <summary>
    /// How long nothing must have happened before viewers are told once more. Studio opens the connection before all of its parts listen,
    /// and leaves out what it is told while it reads already.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Channel<(string InstanceId, IReadOnlyList<string> NodeIds)> _committed = Channel.CreateBounded<(string, IReadOnlyList<string>)>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Tells the viewers of an instance once more how it stands, soon.</summary>
    /// <param name="instanceId">The instance.</param>
    public void Remind(string instanceId) => _committed.Writer.TryWrite((instanceId, []));

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
        Task<bool>? waiting = null;
        var lately = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            waiting ??= _committed.Reader.WaitToReadAsync(stoppingToken).AsTask();
            if (lately.Count > 0 && await Task.WhenAny(waiting, Task.Delay(Quiet, clock, stoppingToken)) != waiting)
            {
                foreach (var instanceId in lately)
                    await TellAsync(instanceId, null, stoppingToken);
                lately.Clear();
                continue;
            }

            if (!await waiting)
                return;
            waiting = null;
            foreach (var (instanceId, nodeIds) in TakeAll())
            {
                if (nodeIds.Count > 0)
                    await TellAsync(instanceId, nodeIds, stoppingToken);
                lately.Add(instanceId);
            }
        }
    }

    private Dictionary<string, HashSet<string>> TakeAll()
    {
        var changed = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        while (_committed.Reader.TryRead(out var burst))
        {
            if (!changed.TryGetValue(burst.InstanceId, out var nodeIds))
                changed.Add(burst.InstanceId, nodeIds = new HashSet<string>(StringComparer.Ordinal));
            nodeIds.UnionWith(burst.NodeIds);
        }

        return changed;
    }

    private void Note(BurstCommitted burst)
    {
        if (observers.IsObserved(burst.Instance.Id))
            _committed.Writer.TryWrite((burst.Instance.Id, burst.NodeIds));
    }

    private async ValueTask TellAsync(string instanceId, HashSet<string>? nodeIds, CancellationToken stoppingToken)
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
