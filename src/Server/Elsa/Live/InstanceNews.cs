using Microsoft.AspNetCore.SignalR;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Instances;

namespace Platform.Server.Elsa.Live;

/// <summary>The three messages by which viewers hear of an instance, as Studio expects them.</summary>
/// <param name="store">Where histories are read.</param>
internal sealed class InstanceNews(IWorkflowStore store)
{
    /// <summary>Tells viewers how an instance stands.</summary>
    /// <param name="viewers">Who hears it.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="nodeIds">The nodes whose figures are told; null for all.</param>
    /// <param name="cancellationToken">Ends the telling.</param>
    public async Task TellAsync(IClientProxy viewers, string instanceId, IReadOnlyCollection<string>? nodeIds, CancellationToken cancellationToken)
    {
        var history = await ActivityRecords.ReadAsync(store, instanceId, cancellationToken);
        await viewers.SendAsync("WorkflowExecutionLogUpdatedAsync", new LogUpdated(), cancellationToken);
        await viewers.SendAsync("ActivityExecutionLogUpdatedAsync", new StatsReply(ActivityRecords.StatsOf(history, nodeIds)), cancellationToken);
        await viewers.SendAsync("WorkflowInstanceUpdatedAsync", new InstanceUpdated(instanceId), cancellationToken);
    }
}
