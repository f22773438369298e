using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Live;

/// <summary>Says nothing more than that the journal grew.</summary>
internal sealed record LogUpdated;

/// <summary>Says which instance was stored.</summary>
internal sealed record InstanceUpdated(string WorkflowInstanceId);

/// <summary>The hub of instance viewers: each observes one instance, sometimes over several connections.</summary>
/// <param name="observers">Counts who observes what.</param>
/// <param name="connections">Knows the connections, so that they end with the access.</param>
/// <param name="news">Tells how an instance stands.</param>
/// <param name="updates">Tells it once more.</param>
/// <param name="store">Knows the instances.</param>
internal sealed class WorkflowInstanceHub(InstanceObservers observers, OpenConnections connections, InstanceNews news, LiveUpdates updates, IWorkflowStore store) : Hub
{
    private const int InstancesPerConnectionMax = 100;

    /// <summary>
    /// Begins to send what happens to an instance. It begins with how the instance stands: what happened between the reading of the page
    /// and this moment, or while a connection was lost, would else never be told.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    public async Task ObserveInstanceAsync(string instanceId)
    {
        var page = await store.ListInstancesAsync(new InstanceFilter { Ids = [instanceId ?? ""] }, Context.ConnectionAborted);
        if (page.Items.Count == 0)
            throw new HubException("Access denied.");
        if (!observers.Add(Context.ConnectionId, page.Items[0].Id, InstancesPerConnectionMax))
            return;
        await Groups.AddToGroupAsync(Context.ConnectionId, page.Items[0].Id, Context.ConnectionAborted);
        await news.TellAsync(Clients.Caller, page.Items[0].Id, null, Context.ConnectionAborted);
        updates.Remind(page.Items[0].Id);
    }

    /// <inheritdoc/>
    public override async Task OnConnectedAsync()
    {
        await connections.AddAsync(Context);
        await base.OnConnectedAsync();
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context);
        observers.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

/// <summary>Counts the connections that observe each instance, so that nothing is prepared for instances that nobody looks at.</summary>
internal sealed class InstanceObservers
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HashSet<string>> _connections = new(StringComparer.Ordinal);

    /// <summary>Whether anybody observes an instance.</summary>
    public bool IsObserved(string instanceId) => !_counts.IsEmpty && _counts.ContainsKey(instanceId);

    /// <summary>A connection observes an instance from now on.</summary>
    /// <returns>False when it does already or observes too many.</returns>
    public bool Add(string connectionId, string instanceId, int max)
    {
        var observed = _connections.GetOrAdd(connectionId, static _ => new HashSet<string>(StringComparer.Ordinal));
        lock (observed)
        {
            if (observed.Count >= max || !observed.Add(instanceId))
                return false;
        }

        _counts.AddOrUpdate(instanceId, 1, static (_, count) => count + 1);
        return true;
    }

    /// <summary>A connection is gone.</summary>
    public void Remove(string connectionId)
    {
        if (!_connections.TryRemove(connectionId, out var observed))
            return;
        lock (observed)
        {
            foreach (var instanceId in observed)
                Release(instanceId);
        }
    }

    private void Release(string instanceId)
    {
        while (_counts.TryGetValue(instanceId, out var count))
        {
            var isDone = count > 1
                ? _counts.TryUpdate(instanceId, count - 1, count)
                : _counts.TryRemove(KeyValuePair.Create(instanceId, count));
            if (isDone)
                return;
        }
    }
}
