using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Recovering;

/// <summary>
/// At the start, queues every instance whose burst was cut off by a shutdown or a crash: as many as the queue holds at once, the others
/// as it gets room; and again after an emergency stop. At the stop, interrupts running bursts so that their progress is stored. Register it after the work queue: it stops first.
/// </summary>
/// <param name="store">Knows the instances.</param>
/// <param name="queue">Goes on with them.</param>
/// <param name="runner">Runs bursts.</param>
/// <param name="options">How long to wait after a failure.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class Recovery(IWorkflowStore store, WorkQueue queue, InstanceRunner runner, RuntimeOptions options, TimeProvider clock, ILogger<Recovery> logger)
    : BackgroundService
{
    private const int PageSize = 1_000;
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _isComplete;

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        queue.HasRoom += WakeUp;
        queue.Intake.Opened += QueueAgain;
        _isComplete = await QueueAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.HasRoom -= WakeUp;
        queue.Intake.Opened -= QueueAgain;
        await base.StopAsync(cancellationToken);
        await runner.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _room.Reader.ReadAsync(stoppingToken);
                if (!_isComplete)
                    _isComplete = await QueueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The loop of a background duty: a failing store must not end it.
            catch (Exception exception)
            {
                Log.DutyFailed(logger, exception, nameof(Recovery), options.SafetyPollInterval);
                await Task.Delay(options.SafetyPollInterval, clock, stoppingToken).ContinueWith(static _ => { }, TaskScheduler.Default);
                WakeUp();
            }
        }
    }

    /// <summary>An emergency stop has interrupted instances as the end of a process does, and is over.</summary>
    private void QueueAgain()
    {
        _isComplete = false;
        WakeUp();
    }

    private void WakeUp() => _room.Writer.TryWrite(true);

    /// <summary>Queues what was cut off and is not held yet.</summary>
    /// <returns>Whether there was room for all.</returns>
    private async ValueTask<bool> QueueAsync(CancellationToken cancellationToken)
    {
        var filter = new InstanceFilter
        {
            Statuses = [nameof(WorkflowStatus.Running)],
            SubStatuses = [nameof(WorkflowSubStatus.Executing), nameof(WorkflowSubStatus.Interrupted)],
            Take = PageSize,
        };
        var count = 0;
        var hasRoom = true;
        for (var skip = 0; hasRoom; skip += PageSize)
        {
            var page = await store.ListInstancesAsync(filter with { Skip = skip }, cancellationToken);
            foreach (var instance in page.Items.Where(instance => !runner.IsRunning(instance.Id)))
            {
                hasRoom = queue.TryAdd(Outbox.Continue(instance.Id));
                if (!hasRoom)
                    break;
                count++;
            }

            if (page.Items.Count < PageSize)
                break;
        }

        if (count > 0)
            Log.Recovering(logger, count);
        return hasRoom;
    }
}
