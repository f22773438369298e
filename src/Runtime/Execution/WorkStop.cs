using Platform.Runtime.Dispatching;

namespace Platform.Runtime.Execution;

/// <summary>
/// Brings all work to a place where it can go on later, while the process lives: what runs may end by itself for a while, then it is
/// interrupted and stored, as when the process stops. Close <see cref="Intake"/> first.
/// </summary>
/// <param name="runner">Runs bursts.</param>
/// <param name="queue">Does queued work.</param>
/// <param name="options">How long to wait.</param>
/// <param name="clock">Time.</param>
public sealed class WorkStop(InstanceRunner runner, WorkQueue queue, RuntimeOptions options, TimeProvider clock)
{
    /// <summary>Instances that a burst runs for, and queued work that is being done.</summary>
    public int BusyCount => Math.Max(runner.RunningInstances.Count, queue.BusyCount);

    /// <summary>Whether nothing runs.</summary>
    public bool IsQuiet => BusyCount == 0;

    /// <summary>Waits for what runs, for at most <see cref="RuntimeOptions.DrainTimeout"/>; then interrupts it and waits until that is stored.</summary>
    public async Task DrainAsync()
    {
        if (!await WaitAsync(options.DrainTimeout))
            await Task.WhenAll(runner.InterruptAsync(), queue.InterruptAsync());
    }

    private async Task<bool> WaitAsync(TimeSpan atMost)
    {
        var quiet = Task.WhenAll(runner.WhenQuietAsync(), queue.WhenQuietAsync());
        return await Task.WhenAny(quiet, Task.Delay(atMost, clock)) == quiet;
    }
}
