namespace Platform.Engine.Execution;

/// <summary>
/// Runs the continuations of one instance's waiting activities one at a time: an activity's code never runs at the same moment as
/// another's of the same instance, although several may wait at once. Free of cost while nothing waits.
/// </summary>
internal sealed class BurstPump : SynchronizationContext
{
    private readonly Lock _sync = new();
    private List<(SendOrPostCallback Callback, object? State)>? _posted;
    private List<(SendOrPostCallback Callback, object? State)>? _draining;
    private SynchronizationContext? _outer;
    private TaskCompletionSource? _waiter;
    private int _signalled;

    public bool HasWork
    {
        get
        {
            lock (_sync)
                return _posted is { Count: > 0 };
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_sync)
            (_posted ??= []).Add((d, state));
        Wake();
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("An activity may not wait synchronously for its own instance.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends the current or the next wait.</summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _signalled, 1);
        Volatile.Read(ref _waiter)?.TrySetResult();
    }

    /// <summary>Makes this thread the one that runs the instance's code, until <see cref="Exit"/>.</summary>
    public void Enter()
    {
        _outer = Current;
        SetSynchronizationContext(this);
    }

    public void Exit()
    {
        SetSynchronizationContext(_outer);
        _outer = null;
    }

    public void Drain()
    {
        while (true)
        {
            lock (_sync)
            {
                if (_posted is not { Count: > 0 })
                    return;
                (_posted, _draining) = (_draining, _posted);
            }

            foreach (var (callback, state) in _draining!)
                callback(state);
            _draining.Clear();
        }
    }

    /// <summary>Waits until something was posted or the pump was woken.</summary>
    public async ValueTask WaitAsync()
    {
        if (Interlocked.Exchange(ref _signalled, 0) == 1)
            return;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _waiter, waiter);
        if (Volatile.Read(ref _signalled) == 0)
            await waiter.Task;
        Volatile.Write(ref _waiter, null);
        Volatile.Write(ref _signalled, 0);
    }
}
