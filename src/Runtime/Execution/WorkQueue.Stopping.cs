using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <content>Keeps work from being done while all work is stopped. It stays in memory and in the store, and is done afterwards.</content>
public sealed partial class WorkQueue
{
    private CancellationTokenSource _interrupting = new();
    private TaskCompletionSource? _quiet;
    private int _busy;

    /// <summary>Number of items that are being done.</summary>
    internal int BusyCount
    {
        get
        {
            lock (_sync)
                return _busy;
        }
    }

    /// <summary>Completes when nothing is being done.</summary>
    internal Task WhenQuietAsync()
    {
        lock (_sync)
            return _busy == 0 ? Task.CompletedTask : (_quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Has what is being done end where it is, and waits for that, for at most the shutdown time. It stays queued.</summary>
    internal async Task InterruptAsync()
    {
        CancellationTokenSource interrupted;
        lock (_sync)
            (interrupted, _interrupting) = (_interrupting, new CancellationTokenSource());
        await interrupted.CancelAsync();
        await Task.WhenAny(WhenQuietAsync(), Task.Delay(_options.ShutdownTimeout, _clock));
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _interrupting.Dispose();
        base.Dispose();
    }

    private async Task DoCountedAsync(Lane lane, StoredWork work, CancellationToken stoppingToken)
    {
        try
        {
            // It may have been taken in the moment in which the intake was closed.
            if (Intake.IsClosed)
                PutBack(lane, work);
            else
                await DoAsync(lane, work, stoppingToken);
        }
        finally
        {
            lock (_sync)
            {
                if (--_busy == 0)
                {
                    _quiet?.TrySetResult();
                    _quiet = null;
                }
            }
        }
    }

    /// <summary>Keeps work that was not done for when the intake is opened.</summary>
    private void PutBack(Lane lane, StoredWork work)
    {
        lock (_sync)
            lane.Ready.Enqueue(work, (-work.Priority, work.Id));
        lane.Available.Release();
    }
}
