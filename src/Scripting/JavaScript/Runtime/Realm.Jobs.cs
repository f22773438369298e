namespace Platform.Scripting.JavaScript;

/// <summary>The jobs of promises, and the host work that a run waits for.</summary>
internal sealed partial class Realm
{
    private Lock? _arrivedLock;
    private Queue<Action>? _jobs;
    private List<Action>? _arrived;
    private TaskCompletionSource? _arrivalSignal;
    private int _outstanding;
    private HashSet<Coroutine>? _suspended;

    /// <summary>True while host tasks are running whose results the script may be waiting for.</summary>
    public bool HasOutstandingWork => _outstanding > 0;

    public void EnqueueJob(Action job)
    {
        Allocate(64);
        (_jobs ??= new Queue<Action>()).Enqueue(job);
    }

    /// <summary>Remembers what is suspended, so that its variables count as used memory.</summary>
    public void NoteSuspended(Coroutine coroutine) => (_suspended ??= []).Add(coroutine);

    public void NoteResumed(Coroutine coroutine) => _suspended?.Remove(coroutine);

    /// <summary>Runs promise jobs until none is left.</summary>
    public void RunJobs()
    {
        while (_jobs is not null && _jobs.TryDequeue(out var job))
        {
            Step();
            job();
        }
    }

    /// <summary>A promise for the result of a host task. The run settles it on its own thread of execution.</summary>
    public JsPromise Track(Task task, Func<Task, object?> resultOf)
    {
        var promise = new JsPromise(this);
        if (task.IsCompleted)
        {
            Settle(promise, task, resultOf);
            return promise;
        }

        _arrivedLock ??= new Lock();
        _outstanding++;
        _ = task.ContinueWith(
            done => Arrive(() =>
            {
                _outstanding--;
                Settle(promise, done, resultOf);
            }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return promise;
    }

    /// <summary>Waits until at least one host task has finished, and takes in what has arrived.</summary>
    public async ValueTask WaitForHostAsync()
    {
        Task signal;
        lock (_arrivedLock!)
        {
            _arrivalSignal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            signal = _arrived is { Count: > 0 } ? Task.CompletedTask : _arrivalSignal.Task;
        }

        try
        {
            await signal.WaitAsync(TimeLeft(), Options.TimeProvider, _cancellation);
        }
        catch (TimeoutException)
        {
            CheckTime();
            throw new JsLimitException(JsLimitKind.Time, "The script waited too long for the host");
        }

        List<Action> arrived;
        lock (_arrivedLock!)
        {
            arrived = _arrived ?? [];
            _arrived = null;
            _arrivalSignal = null;
        }

        foreach (var action in arrived)
            action();
    }

    // Host tasks end on other threads; what they bring is queued for the run.
    private void Arrive(Action action)
    {
        TaskCompletionSource? signal;
        lock (_arrivedLock!)
        {
            (_arrived ??= []).Add(action);
            signal = _arrivalSignal;
        }

        signal?.TrySetResult();
    }

    private void Settle(JsPromise promise, Task task, Func<Task, object?> resultOf)
    {
        if (task.IsCompletedSuccessfully)
        {
            promise.Resolve(HostValue.ToScript(this, resultOf(task)));
            return;
        }

        _cancellation.ThrowIfCancellationRequested();
        var error = task.Exception?.InnerException ?? new TaskCanceledException(task);
        promise.Reject(ValueOf(JsThrow.Host(error)));
    }
}
