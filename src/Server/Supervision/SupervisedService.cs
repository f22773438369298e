using System.Globalization;
using Platform.CustomActivities.Services;

namespace Platform.Server.Supervision;

/// <summary>
/// One service that the server starts, and its one process: starts it, waits until it is ready, notices its end, starts it again by its
/// rules, and ends it. What is asked of it is done in the order in which it was asked. Thread-safe.
/// </summary>
/// <param name="name">Name of the service.</param>
/// <param name="parts">What it works with.</param>
/// <param name="needs">Ends when what it needs runs, with null, or with why that will not be; may be cancelled.</param>
internal sealed class SupervisedService(string name, SupervisorParts parts, Func<string, CancellationToken, Task<string?>> needs) : IDisposable
{
    private const int WordsLengthMax = 300;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _sync = new();
    private readonly List<DateTimeOffset> _restarts = [];
    private ProcessSnapshot _now = new(ProcessState.Stopped, parts.Clock.GetUtcNow());
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _stop = new();
    private Task _life = Task.CompletedTask;
    private int _asked;

    /// <summary>Name of the service.</summary>
    public string Name => name;

    /// <summary>How it stands.</summary>
    public ProcessSnapshot Now
    {
        get
        {
            lock (_sync)
                return _now;
        }
    }

    /// <summary>Whether nothing is under way: nothing that was asked of it, and nothing that it does by its rules.</summary>
    public bool IsAtRest => Volatile.Read(ref _asked) == 0 && Now.IsAtRest;

    /// <inheritdoc />
    public void Dispose()
    {
        _turn.Dispose();
        _stop.Dispose();
    }

    /// <summary>Shows a quarantine that was stored by an earlier life of the server.</summary>
    /// <param name="reason">Why it is quarantined.</param>
    public void ShowQuarantine(string reason) => Set(now => now with { State = ProcessState.Quarantined, LastError = reason });

    /// <summary>Starts it, unless it has a process already. One that backs off is started at once, with its restarts counted anew.</summary>
    public Task StartAsync() => InTurnAsync(async () =>
    {
        if (Now.State == ProcessState.BackingOff)
            await StopInTurnAsync();
        if (_life.IsCompleted)
            Begin();
    });

    /// <summary>Ends it, and all processes that it started.</summary>
    public Task StopAsync() => InTurnAsync(StopInTurnAsync);

    /// <summary>Ends it, then starts it.</summary>
    public Task RestartAsync() => InTurnAsync(async () =>
    {
        await StopInTurnAsync();
        Begin();
    });

    /// <summary>Waits until nothing is under way.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_sync)
                changed = _changed.Task;
            if (IsAtRest)
                return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task InTurnAsync(Func<Task> act)
    {
        Interlocked.Increment(ref _asked);
        try
        {
            await _turn.WaitAsync();
            try
            {
                await act();
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
            Set(now => now);
        }
    }

    private async Task StopInTurnAsync()
    {
        await _stop.CancelAsync();
        await _life;
        Set(now => new ProcessSnapshot(ProcessState.Stopped, default) { LastExitCode = now.LastExitCode });
    }

    private void Begin()
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _restarts.Clear();
        Set(now => new ProcessSnapshot(ProcessState.Starting, default) { LastExitCode = now.LastExitCode });
        var stop = _stop.Token;
        _life = Task.Run(() => LiveAsync(stop), CancellationToken.None);
    }

    private async Task LiveAsync(CancellationToken stop)
    {
        try
        {
            if (await needs(name, stop) is { } lacking)
            {
                Fail(lacking);
                return;
            }

            while (await RunAsync(stop) is { } end && await MayGoOnAsync(end, stop))
                Set(now => now with { State = ProcessState.Starting, NextStartAt = null, Restarts = now.Restarts + 1 });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever stops it says how it stands.
        }
        // The loop of a duty: what nobody foresaw must show as the state of the service, not be lost with the task.
        catch (Exception exception)
        {
            Log.SupervisionFailed(parts.Logger, exception, name);
            Fail($"The server failed to supervise it: {exception.Message}");
        }
    }

    /// <summary>Runs the process once, until it has ended by itself with all that it started. Null when it was asked to end, or is not there any more.</summary>
    private async Task<RunEnd?> RunAsync(CancellationToken stop)
    {
        if (parts.Registry.Find(name) is not { Options.Process: { } process } service)
        {
            Set(now => now with { State = ProcessState.Stopped });
            return null;
        }

        var log = parts.Logs.Of(name, process);
        log.ForgetError();
        ProcessRun run;
        try
        {
            run = parts.Launcher.Start(name, process, log.Write);
        }
        catch (ProcessStartException exception)
        {
            return new RunEnd(null, exception.Message, process.Restart) { CanHelpItself = false };
        }

        using (run)
        {
            Set(now => now with { State = ProcessState.Starting, Pid = run.Pid, RunId = run.Id });
            Log.ServiceStarted(parts.Logger, name, run.Pid);
            await parts.Records.SetProcessAsync(name, run.Pid);
            var late = await WaitAsync(service, process, run, stop);
            // It does not run any more, whoever ended it; what it has started may still.
            Set(now => now with { State = ProcessState.Stopping });
            await run.EndAsync(process.StopTimeout, parts.Hurry);
            var code = await run.Exited;
            Set(now => now with { Pid = null, RunId = null, LastExitCode = code });
            await parts.Records.SetProcessAsync(name, null);
            Log.ServiceEnded(parts.Logger, name, run.Pid, code);
            return stop.IsCancellationRequested ? null : new RunEnd(code, late ?? Words(code, log), process.Restart) { IsLate = late is not null };
        }
    }

    /// <summary>Waits until the process has ended, is asked to end, or is not ready in time; the last one is told.</summary>
    private async Task<string?> WaitAsync(ServiceClient service, ServiceProcess process, ProcessRun run, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(process.StartTimeout, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        var ready = parts.Ready.WaitAsync(service, process.Ready, either.Token);
        await Task.WhenAny(ready, run.Exited);
        var isReady = ready.IsCompletedSuccessfully && !run.Exited.IsCompleted;
        await either.CancelAsync();
        await Task.WhenAny(ready);
        if (stop.IsCancellationRequested || run.Exited.IsCompleted)
            return null;
        if (ready.Exception is { } failure)
            return failure.GetBaseException().Message;
        if (!isReady)
        {
            var what = process.Ready == Readiness.Health ? "its health check did not say that it is well" : "its port took no connection";
            return string.Create(CultureInfo.InvariantCulture, $"It was not ready within {process.StartTimeout.TotalSeconds:0.###} s: {what}.");
        }

        Set(now => now with { State = ProcessState.Running, LastError = now.Restarts > 0 ? now.LastError : null });
        Log.ServiceReady(parts.Logger, name, run.Pid);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult))
            await Task.WhenAny(run.Exited, stopped.Task);
        return null;
    }

    /// <summary>Waits as long as the rules say before the next start; false when there is none.</summary>
    private async Task<bool> MayGoOnAsync(RunEnd end, CancellationToken stop)
    {
        Log.ServiceFailed(parts.Logger, name, end.Error);
        if (!end.CanHelpItself || end.Rules.Mode == RestartMode.Never || (end.Rules.Mode == RestartMode.OnFailure && end is { ExitCode: 0, IsLate: false }))
        {
            if (end is { ExitCode: 0, IsLate: false })
                Set(before => before with { State = ProcessState.Stopped });
            else
                Fail(end.Error);
            return false;
        }

        var now = parts.Clock.GetUtcNow();
        _restarts.RemoveAll(at => at <= now - end.Rules.Window);
        if (_restarts.Count >= end.Rules.MaxRestarts)
        {
            await QuarantineAsync(end);
            return false;
        }

        _restarts.Add(now);
        var delay = end.Rules.DelayOf(_restarts.Count);
        Set(before => before with { State = ProcessState.BackingOff, NextStartAt = now + delay, LastError = end.Error });
        await Task.Delay(delay, parts.Clock, stop);
        return true;
    }

    private async Task QuarantineAsync(RunEnd end)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture, $"It was restarted {_restarts.Count} times within {end.Rules.Window:c} and ended again, so it is not restarted any more. {end.Error}");
        Log.ServiceQuarantined(parts.Logger, name, reason);
        await parts.QuarantinedAsync(name, new Quarantine(name, _restarts.Count, end.ExitCode, reason, parts.Clock.GetUtcNow()));
        Set(now => now with { State = ProcessState.Quarantined, LastError = reason });
    }

    private void Fail(string error) => Set(now => now with { State = ProcessState.Failed, LastError = error });

    private static string Words(int code, LineLog log)
    {
        var signal = code is > 128 and < 160 ? string.Create(CultureInfo.InvariantCulture, $", by signal {code - 128}") : "";
        var words = log.LastError is { } last ? $" It said last: {(last.Length > WordsLengthMax ? last[..WordsLengthMax] + "…" : last)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"It ended by itself with exit code {code}{signal}.{words}");
    }

    private void Set(Func<ProcessSnapshot, ProcessSnapshot> change)
    {
        TaskCompletionSource changed;
        bool isOther;
        lock (_sync)
        {
            var next = change(_now);
            isOther = next.State != _now.State;
            _now = next.State == _now.State && next.Since != default ? next : next with { Since = parts.Clock.GetUtcNow() };
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
        if (isOther)
            parts.StateChanged?.Invoke();
    }

    /// <summary>How a run of the process ended.</summary>
    private sealed record RunEnd(int? ExitCode, string Error, RestartRules Rules)
    {
        /// <summary>Whether it was ended because it was not ready in time.</summary>
        public bool IsLate { get; init; }

        /// <summary>Whether another start may go better, without somebody mending something.</summary>
        public bool CanHelpItself { get; init; } = true;
    }
}

/// <summary>Tells that a service was quarantined: the payload of the event for workflows.</summary>
/// <param name="Service">The service.</param>
/// <param name="Restarts">How often it was restarted before.</param>
/// <param name="ExitCode">How its last process ended; null when it could not be started.</param>
/// <param name="Error">Why, in sentences.</param>
/// <param name="At">When.</param>
internal sealed record Quarantine(string Service, int Restarts, int? ExitCode, string Error, DateTimeOffset At);
