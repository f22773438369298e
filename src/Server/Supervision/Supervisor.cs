using System.Collections.Concurrent;
using Platform.CustomActivities.Services;

namespace Platform.Server.Supervision;

/// <summary>In which way several services are started or stopped.</summary>
internal enum OrderMode
{
    /// <summary>At once, as far as they do not need one another.</summary>
    Parallel,

    /// <summary>One after the other.</summary>
    Sequential,
}

/// <summary>
/// Starts, watches and stops the services that have a start command: what is needed is started first and stopped last. What somebody wants
/// of a service is stored before anything is done, so that it holds after a restart of the server too. When the server ends, all of them
/// end; when it was killed, the next start ends what is left of them before it starts them anew.
/// </summary>
/// <param name="parts">What it works with.</param>
/// <param name="serverLog">The server's own log, which begins with the data directory.</param>
/// <param name="options">How long the services may take to end with the server.</param>
internal sealed class Supervisor(SupervisorParts parts, ServerLog serverLog, SupervisionOptions options) : IHostedService, IDisposable
{
    /// <summary>How long what an earlier life of the server has left running may take to end by itself.</summary>
    private static readonly TimeSpan LeftoverPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, SupervisedService> _services = new(StringComparer.OrdinalIgnoreCase);
    // What was asked of services that still wait for their turn among others.
    private readonly ConcurrentDictionary<string, int> _expected = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Task, bool> _work = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sync = new();
    private Task _beginning = Task.CompletedTask;
    private Task? _end;

    /// <summary>Whether the services that were to be started with the server have been asked to start.</summary>
    public bool HasBegun => _begun.Task.IsCompleted;

    /// <summary>The services.</summary>
    public ServiceRegistry Registry => parts.Registry;

    /// <summary>Names of the services that can be started, those that are needed first.</summary>
    public IReadOnlyList<string> Names => InOrder(Registry.Names);

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        serverLog.Open();
        await parts.Records.LoadAsync(cancellationToken);
        foreach (var (name, record) in parts.Records.All.Where(record => record.Value.Quarantine is not null && HasCommand(record.Key)))
            Of(name).ShowQuarantine(record.Quarantine!);
        Registry.Replaced = () => _ = Keep(Task.Run(StopMissingAsync));
        _beginning = BeginAsync();
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Whoever asks again while it ends waits for the same end.
        lock (_sync)
            return _end ??= EndAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var service in _services.Values)
            service.Dispose();
        _ending.Dispose();
    }

    /// <summary>Whether a service can be started: it is registered with a start command.</summary>
    /// <param name="name">The service.</param>
    public bool HasCommand(string name) => Registry.Find(name)?.Options.Process is not null;

    /// <summary>How a service stands; null when it has no start command and no process either.</summary>
    /// <param name="name">The service.</param>
    public ProcessSnapshot? Find(string name) => HasCommand(name) || _services.ContainsKey(name) ? Of(name).Now : null;

    /// <summary>Arguments as people may see them, without secrets.</summary>
    /// <param name="arguments">The arguments.</param>
    public IReadOnlyList<string> Shown(IEnumerable<string> arguments) => [.. arguments.Select(parts.Logs.Mask)];

    /// <summary>What is wanted of a service.</summary>
    /// <param name="name">The service.</param>
    public DesiredState DesiredOf(string name) => parts.Records.Find(name)?.Desired
        ?? (Registry.Find(name)?.Options.Process is { StartsWithServer: true } ? DesiredState.Running : DesiredState.Stopped);

    /// <summary>Whether nothing is under way with a service.</summary>
    /// <param name="name">The service.</param>
    public bool IsAtRest(string name) => HasBegun && !_expected.ContainsKey(name) && Of(name).IsAtRest;

    /// <summary>Whether a service is being started, or about to be with the server, and has not failed since: it still has its start time.</summary>
    /// <param name="name">The service.</param>
    public bool IsStarting(string name) => HasCommand(name)
        && (HasBegun ? Of(name).Now is { State: ProcessState.Starting, Restarts: 0 } : DesiredOf(name) == DesiredState.Running && Of(name).Now.State != ProcessState.Quarantined);

    /// <summary>The services that can be started and have a tag, those that are needed first.</summary>
    /// <param name="tag">The tag; null for all.</param>
    public IReadOnlyList<string> Tagged(string? tag) => string.IsNullOrEmpty(tag)
        ? Names
        : [.. Names.Where(name => Registry.Find(name)!.Options.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))];

    /// <summary>Wants services to run, with what they need, and starts them.</summary>
    /// <param name="names">The services.</param>
    /// <param name="mode">In which way.</param>
    /// <returns>What is started, in order.</returns>
    public async Task<Order> StartServicesAsync(IEnumerable<string> names, OrderMode mode)
    {
        var all = InOrder(names.SelectMany(Registry.Set.WithDependencies));
        await parts.Records.WishAsync(all, DesiredState.Running);
        Expect(all);
        return new Order(all, Keep(Task.Run(RunAsync)));

        async Task RunAsync()
        {
            await _begun.Task;
            var rest = new List<Task>();
            foreach (var name in all)
            {
                // Somebody may have stopped it since.
                var started = DesiredOf(name) == DesiredState.Running && !_ending.IsCancellationRequested ? StartOneAsync(name) : Task.CompletedTask;
                Begun(name);
                if (mode == OrderMode.Sequential)
                    await started;
                rest.Add(started);
            }

            await Task.WhenAll(rest);
        }
    }

    /// <summary>Wants services not to run, and stops them.</summary>
    /// <param name="names">The services.</param>
    /// <param name="mode">In which way.</param>
    /// <param name="withDependents">Whether those that need them are stopped too, before them.</param>
    /// <returns>What is stopped, in order.</returns>
    public async Task<Order> StopServicesAsync(IEnumerable<string> names, OrderMode mode, bool withDependents)
    {
        var chosen = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (withDependents)
            chosen.UnionWith(Names.Where(name => Registry.Set.WithDependencies(name).Any(chosen.Contains)));
        IReadOnlyList<string> all = [.. InOrder(chosen).Reverse()];
        await parts.Records.WishAsync(all, DesiredState.Stopped);
        return new Order(all, Keep(Task.Run(() => StopServicesAsync(all, mode, name => DesiredOf(name) == DesiredState.Stopped))));
    }

    /// <summary>Stops a service, then starts it; what it needs is started when it does not run.</summary>
    /// <param name="name">The service.</param>
    /// <param name="onlyRun">Restarts it only while it has this run of its process; null for whichever it has.</param>
    public async Task<Order> RestartServiceAsync(string name, string? onlyRun = null)
    {
        var all = InOrder(Registry.Set.WithDependencies(name));
        await parts.Records.WishAsync(all, DesiredState.Running);
        Expect([name]);
        return new Order([name], Keep(Task.Run(RunAsync)));

        async Task RunAsync()
        {
            await _begun.Task;
            await Task.WhenAll(all.SkipLast(1).Select(StartOneAsync));
            var isWanted = DesiredOf(name) == DesiredState.Running && (onlyRun is null || Of(name).Now.RunId == onlyRun) && !_ending.IsCancellationRequested;
            var restarted = isWanted ? Of(name).RestartAsync() : Task.CompletedTask;
            Begun(name);
            await restarted;
            await RestAsync(name);
        }
    }

    private void Expect(IEnumerable<string> names)
    {
        foreach (var name in names)
            _expected.AddOrUpdate(name, 1, (_, count) => count + 1);
    }

    private void Begun(string name)
    {
        if (_expected.AddOrUpdate(name, 0, (_, count) => count - 1) == 0)
            _expected.TryRemove(new(name, 0));
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        Registry.Replaced = null;
        await _ending.CancelAsync();
        using var limit = new CancellationTokenSource(options.ShutdownTimeout, parts.Clock);
        await using (limit.Token.Register(parts.HurryUp))
        await using (cancellationToken.Register(parts.HurryUp))
        {
            await _beginning;
            await StopServicesAsync(_services.Keys, OrderMode.Parallel, _ => true);
            await Task.WhenAll(_work.Keys.Select(task => Task.WhenAny(task)));
        }
    }

    private async Task BeginAsync()
    {
        try
        {
            foreach (var left in (await parts.Launcher.EndLeftoversAsync(LeftoverPatience, _ending.Token)).GroupBy(process => RunMark.OwnerOf(process.Mark)))
                Log.LeftoversEnded(parts.Logger, left.Key, string.Join(", ", left.Select(process => process.Id)));
            foreach (var (name, record) in parts.Records.All.Where(record => record.Value.Pid is not null))
                await EndRecordedAsync(name, record);
            foreach (var name in Names.Where(name => DesiredOf(name) == DesiredState.Running && Of(name).Now.State == ProcessState.Stopped && !_ending.IsCancellationRequested))
                _ = Keep(Of(name).StartAsync());
        }
        // The loop of a duty: without it a mistake here would show only as services that nobody has started.
        catch (Exception exception)
        {
            Log.SupervisionFailed(parts.Logger, exception, "*");
        }
        finally
        {
            _begun.SetResult();
        }
    }

    /// <summary>Where marks cannot be read, the stored number of the process and the time of its start must do.</summary>
    private async Task EndRecordedAsync(string name, ProcessRecord record)
    {
        if (!ProcessTree.ReadsMarks && RecordedProcess.End(record.Pid!.Value, record.StartedAt))
            Log.LeftoversEnded(parts.Logger, name, record.Pid.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await parts.Records.SetProcessAsync(name, null);
    }

    private async Task StartOneAsync(string name)
    {
        await Of(name).StartAsync();
        await RestAsync(name);
    }

    private async Task StopServicesAsync(IEnumerable<string> names, OrderMode mode, Func<string, bool> isWanted)
    {
        var stopped = new Dictionary<string, Task>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in InOrder(names, withoutCommand: true).Reverse())
        {
            // Whatever needs it comes before it in this order.
            var before = stopped.Where(other => Registry.Set.WithDependencies(other.Key).Contains(name, StringComparer.OrdinalIgnoreCase)).Select(other => other.Value).ToList();
            stopped[name] = StopAfterAsync(name, before);
            if (mode == OrderMode.Sequential)
                await stopped[name];
        }

        await Task.WhenAll(stopped.Values);

        async Task StopAfterAsync(string name, List<Task> before)
        {
            await Task.WhenAll(before);
            if (isWanted(name))
                await Of(name).StopAsync();
        }
    }

    /// <summary>Ends what has lost its start command or its registration while it ran.</summary>
    private async Task StopMissingAsync()
    {
        foreach (var name in _services.Keys.Where(name => !HasCommand(name)).ToList())
        {
            await Of(name).StopAsync();
            if (HasCommand(name))
                continue;
            await parts.Records.ForgetAsync(name);
            _services.TryRemove(name, out _);
        }
    }

    /// <summary>Waits until what a service needs runs; null, or why that will not be.</summary>
    private async Task<string?> NeedsAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var other in InOrder(Registry.Set.WithDependencies(name)).Where(other => !other.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            // One that somebody has stopped is not started behind their back, and not waited for.
            if (DesiredOf(other) == DesiredState.Stopped)
                continue;
            if (Of(other).Now.State == ProcessState.Stopped)
                _ = Keep(Of(other).StartAsync());
            await Of(other).RestAsync(cancellationToken);
            if (Of(other).Now is { State: not ProcessState.Running and var state })
                return $"It needs the service '{other}', which is {state}. Start that one first; it says what is wrong with it.";
        }

        return null;
    }

    private async Task RestAsync(string name)
    {
        try
        {
            await Of(name).RestAsync(_ending.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The server ends, and with it the service.
        }
    }

    private SupervisedService Of(string name) => _services.GetOrAdd(Registry.Find(name)?.Name ?? name, key => new SupervisedService(key, parts, NeedsAsync));

    /// <summary>Services in the order in which they are started.</summary>
    private IReadOnlyList<string> InOrder(IEnumerable<string> names, bool withoutCommand = false)
    {
        var chosen = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var order = chosen.Order(StringComparer.OrdinalIgnoreCase).SelectMany(Registry.Set.WithDependencies).Distinct(StringComparer.OrdinalIgnoreCase).Where(chosen.Contains);
        return [.. order.Concat(withoutCommand ? chosen : []).Distinct(StringComparer.OrdinalIgnoreCase).Where(name => withoutCommand || HasCommand(name))];
    }

    /// <summary>
    /// Keeps what goes on after the answer, so that the end of the server waits for it. It is started apart from who asked: the burst of a
    /// workflow ends long before.
    /// </summary>
    private Task Keep(Task task)
    {
        if (task.IsCompletedSuccessfully)
            return task;
        _work.TryAdd(task, true);
        return ForgetAsync();

        async Task ForgetAsync()
        {
            try
            {
                await task;
            }
            // The loop of a duty: nobody may be waiting for it, so that it is told here.
            catch (Exception exception)
            {
                Log.SupervisionFailed(parts.Logger, exception, "*");
            }
            finally
            {
                _work.TryRemove(task, out _);
            }
        }
    }
}

/// <summary>What was asked of services.</summary>
/// <param name="Names">The services, in the order in which it is done.</param>
/// <param name="Done">Ends when it is done: when nothing is under way any more.</param>
internal sealed record Order(IReadOnlyList<string> Names, Task Done);
