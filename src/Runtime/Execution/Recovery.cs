using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// At the start, queues every instance whose burst was cut off by a shutdown or a crash; at the stop, interrupts running bursts so that
/// their progress is stored. Register it after the work queue: it stops first.
/// </summary>
/// <param name="store">Knows the instances.</param>
/// <param name="queue">Goes on with them.</param>
/// <param name="runner">Runs bursts.</param>
/// <param name="logger">Log.</param>
public sealed class Recovery(IWorkflowStore store, WorkQueue queue, InstanceRunner runner, ILogger<Recovery> logger) : IHostedService
{
    private const int PageSize = 1_000;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var filter = new InstanceFilter
        {
            Statuses = [nameof(WorkflowStatus.Running)],
            SubStatuses = [nameof(WorkflowSubStatus.Executing), nameof(WorkflowSubStatus.Interrupted)],
            Take = PageSize,
        };
        var count = 0;
        for (var skip = 0; ; skip += PageSize)
        {
            var page = await store.ListInstancesAsync(filter with { Skip = skip }, cancellationToken);
            foreach (var instance in page.Items)
                queue.Add(Outbox.Continue(instance.Id));
            count += page.Items.Count;
            if (page.Items.Count < PageSize)
                break;
        }

        if (count > 0)
            Log.Recovering(logger, count);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => runner.StopAsync(cancellationToken);
}
