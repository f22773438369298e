using Platform.Engine.Definitions;
using Platform.Runtime.Activities;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>
/// One run: operations of clients, of time and of fate over one store and one process after the other, then calm until nothing happens
/// any more, and then the comparison with the client's own book.
/// </summary>
internal sealed class Simulation : IDisposable
{
    /// <summary>Longer than the longest wait and the longest postponement after each other.</summary>
    private const int CalmRounds = 8;
    private const int CalmRoundsAgain = 2;
    private static readonly TimeSpan CalmStep = TimeSpan.FromSeconds(20);
    private static readonly Lazy<Task<IReadOnlyList<Commit>>> Published = new(PublishAsync);
    private readonly InMemoryStore _store = new();
    private readonly SimulatedWorld _world = new();
    private readonly ManualClock _clock = new();
    private readonly CountingClock _idClock = new();
    private readonly List<string> _known = [];
    private readonly SimulatedBook _book = new();
    private SimulatedProcess _process;
    private (int Calls, EndPoint Point)? _endAtStart;

    private Simulation() => _process = NewProcess();

    /// <summary>Number of effects of all runs of this process.</summary>
    public static long Effects => Interlocked.Read(ref _effects);

    private static long _effects;

    /// <summary>Runs operations.</summary>
    /// <returns>What broke a promise; empty when nothing did.</returns>
    public static async Task<string> RunAsync(IReadOnlyList<SimulatedOperation> operations)
    {
        using var simulation = new Simulation();
        foreach (var commit in await Published.Value)
            await simulation._store.CommitAsync(commit, CancellationToken.None);
        await simulation.StartAsync();
        foreach (var operation in operations)
            await simulation.StepAsync(operation);
        await simulation.CalmAsync(CalmRounds);
        await simulation.CheckAsync();
        Interlocked.Add(ref _effects, simulation._world.EffectCount);
        return string.Join(Environment.NewLine, simulation._world.Findings.Distinct());
    }

    public void Dispose() => _process.Dispose();

    /// <summary>What publishing the workflows writes; the same for all runs, whose clocks begin alike.</summary>
    private static async Task<IReadOnlyList<Commit>> PublishAsync()
    {
        var commits = new List<Commit>();
        using var simulation = new Simulation();
        simulation._process.Store.Writing = commits.Add;
        await simulation.StartAsync();
        foreach (var (id, document) in SimulatedWorkflows.All)
            (await simulation.SaveAsync(id, document)).ShouldBeOfType<DefinitionResult.Saved>(id);
        return commits;
    }

    private ValueTask<DefinitionResult> SaveAsync(string id, string document) =>
        _process.Definitions.SaveAsync(new DefinitionDraft(document) { DefinitionId = id, Name = id, ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None);

    private async Task StepAsync(SimulatedOperation operation)
    {
        try
        {
            await DoAsync(operation);
        }
        // What was not answered was not promised.
        catch (Exception exception) when (_process.Store.HasEnded || exception is DiskException)
        {
        }
        catch (Exception exception)
        {
            _world.Findings.Add($"{operation}: {exception}");
        }

        while (_process.Store.HasEnded)
            await RestartAsync();
    }

    private async Task DoAsync(SimulatedOperation operation)
    {
        var (a, b) = (operation.A, operation.B);
        switch (operation.Kind)
        {
            case OperationKind.Execute:
                await StartInstanceAsync(a, isQueued: false);
                break;
            case OperationKind.Dispatch:
                await StartInstanceAsync(a, isQueued: true);
                break;
            case OperationKind.DispatchKeyed:
                await DispatchKeyedAsync($"k{a % 4}");
                break;
            case OperationKind.PublishStart:
                var name = _book.NewEvent();
                await _process.Runtime.PublishAsync(EventStimulus.For(SimulatedWorkflows.StartEvent, null) with { CorrelationId = name }, CancellationToken.None);
                _book.AcceptedEvents.Add(name);
                break;
            case OperationKind.PublishGo when _book.OfDefinition(SimulatedWorkflows.Waits) is { Count: > 0 } waiting:
                await GoAsync(waiting[a % waiting.Count], isQueued: b % 3 > 0);
                break;
            case OperationKind.Advance:
                _clock.Advance(TimeSpan.FromSeconds(5 + (a % 85)));
                await _process.FireAsync();
                break;
            case OperationKind.Work:
                for (var i = 0; i <= a % 6 && await _process.WorkAsync(); i++)
                {
                }

                break;
            case OperationKind.Keep:
                await _process.KeepAsync();
                break;
            case OperationKind.Cancel when _known.Count > 0:
                await CancelAsync(_known[a % _known.Count]);
                break;
            case OperationKind.Switch:
                await SwitchAsync(isOn: b % 2 == 0);
                break;
            case OperationKind.End:
                _endAtStart = a % 3 == 0 ? (b % 8, (EndPoint)(b % 3)) : null;
                _process.Store.End();
                break;
            case OperationKind.EndLater:
                var point = (EndPoint)(b % 3);
                _process.Store.EndAfter(a % (point == EndPoint.AtRead ? 16 : 5), point);
                break;
            case OperationKind.FailLater:
                _process.Store.FailAfter(a % 4, 1 + (b % 3));
                break;
        }
    }

    private async Task StartInstanceAsync(int choice, bool isQueued)
    {
        var definition = SimulatedWorkflows.Startable[choice % SimulatedWorkflows.Startable.Length];
        var id = $"i{_known.Count}";
        _known.Add(id);
        _book.Asked[id] = definition;
        var request = new StartRequest { DefinitionId = definition, InstanceId = id, CorrelationId = id };
        if (isQueued)
            await _process.Runtime.DispatchAsync(request, CancellationToken.None);
        else
            (await _process.Runtime.StartAsync(request, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();
        _book.Accepted.Add(id);
    }

    private async Task DispatchKeyedAsync(string key)
    {
        var id = await _process.Keyed.DispatchAsync(new StartRequest { DefinitionId = "two" }, key, CancellationToken.None);
        if (_book.AcceptKeyed(key, id.ShouldNotBeNull()) is { } finding)
            _world.Findings.Add(finding);
    }

    private async Task GoAsync(string instance, bool isQueued)
    {
        var stimulus = EventStimulus.For(SimulatedWorkflows.GoEvent, null) with { CorrelationId = instance };
        if (isQueued)
            await _process.Runtime.PublishAsync(stimulus, CancellationToken.None);
        else
            await _process.Runtime.DeliverAsync(stimulus, CancellationToken.None);
        _book.Gone.Add(instance);
    }

    private async Task CancelAsync(string instance)
    {
        _book.CancelAsked.Add(instance);
        if (!await _process.Runtime.CancelAsync(instance, CancellationToken.None))
            return;
        _book.Cancelled.Add(instance);
        _world.Cancelled(instance);
    }

    private async Task SwitchAsync(bool isOn)
    {
        if (isOn)
            await SaveAsync(SimulatedWorkflows.Switched, SimulatedWorkflows.All.Single(workflow => workflow.Id == SimulatedWorkflows.Switched).Document);
        else
            await _process.Definitions.RetractAsync(SimulatedWorkflows.Switched, CancellationToken.None);
    }

    private SimulatedProcess NewProcess() => new(new SimulatedStore(_store, _world), _world, _clock, _idClock);

    private async Task RestartAsync()
    {
        _process.Dispose();
        _world.Ended();
        _process = NewProcess();
        if (_endAtStart is { } end)
            _process.Store.EndAfter(end.Calls, end.Point);
        _endAtStart = null;
        await StartAsync();
    }

    private async Task StartAsync()
    {
        try
        {
            await _process.StartAsync();
        }
        catch (Exception) when (_process.Store.HasEnded)
        {
            // It ended while it recovered; the next one does it again.
        }
    }

    /// <summary>Nothing fails any more, and time goes by until everything that waits for it has happened.</summary>
    private async Task CalmAsync(int rounds)
    {
        _process.Store.Mend();
        try
        {
            await DrainAsync();
            for (var round = 0; round < rounds; round++)
            {
                _clock.Advance(CalmStep);
                await _process.FireAsync();
                await DrainAsync();
            }
        }
        catch (Exception exception)
        {
            _world.Findings.Add($"While nothing fails any more: {exception}");
        }
    }

    private async Task DrainAsync()
    {
        const int itemsMax = 100_000;
        var items = 0;
        do
        {
            while (await _process.WorkAsync())
                (++items).ShouldBeLessThan(itemsMax, "The queue does not come to an end.");
            await _process.KeepAsync();
        }
        while (await _process.WorkAsync());
    }

    private async Task CheckAsync()
    {
        var check = new SimulationCheck(_store, _world, _book);
        await check.GoneAsync();
        foreach (var waiting in await check.WaitingAsync())
            await GoAsync(waiting, isQueued: true);
        await CalmAsync(CalmRoundsAgain);
        await check.EverythingAsync(await _process.Schedules.FindAsync($"{SimulatedWorkflows.Cron}|t", CancellationToken.None));
    }
}
