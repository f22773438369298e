using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Recovering;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests;

/// <summary>
/// The whole runtime over a store that outlives it: <see cref="RestartAsync"/> throws everything but the store away, as the end of a
/// process does.
/// </summary>
internal sealed class RuntimeHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<BurstCommitted> _committed = new();
    private readonly List<(Func<BurstCommitted, bool> Condition, TaskCompletionSource<BurstCommitted> Source)> _waiters = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _endedPlans = new(StringComparer.Ordinal);
    private ServiceProvider _services = null!;
    private List<IHostedService> _hosted = [];

    public ManualClock Clock { get; } = new();

    public InMemoryStore Store { get; } = new();

    /// <summary>What the runtime gets instead of <see cref="Store"/>; set it before a start.</summary>
    public Func<IWorkflowStore, IWorkflowStore> Wrap { get; set; } = store => store;

    /// <summary>Sees the parts of every process before anything of it runs.</summary>
    public Action<IServiceProvider>? Composed { get; set; }

    /// <summary>Where the runtime notes what executes; set it before a start. Null: nowhere.</summary>
    public string? RecorderPath { get; set; }

    public StringWriter Lines { get; } = new();

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();

    public WorkflowDefinitions Definitions => _services.GetRequiredService<WorkflowDefinitions>();

    /// <summary>The parts of a runtime that does not run: no workers, no timers.</summary>
    public static RuntimeHarness Compose()
    {
        var harness = new RuntimeHarness();
        harness._services = harness.ComposeServices();
        return harness;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<RuntimeHarness> CreateAsync()
    {
        var harness = new RuntimeHarness();
        await harness.Store.InitializeAsync(CancellationToken.None);
        await harness.StartAsync();
        return harness;
    }

    /// <summary>Ends the process in a moment: nothing is told to stop, nothing is committed any more by the old one.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StartAsync()
    {
        _services = ComposeServices();
        Composed?.Invoke(_services);
        _services.GetRequiredService<RuntimeEvents>().BurstCommitted += OnCommitted;
        _services.GetRequiredService<RuntimeEvents>().AlterationPlanEnded += OnPlanEnded;
        _hosted = [.. _services.GetServices<IHostedService>()];
        foreach (var hosted in _hosted)
            await hosted.StartAsync(CancellationToken.None);
    }

    /// <summary>The parts of a runtime over the store, without workers and timers: what a process leaves that ends before they begin.</summary>
    public async Task ComposeOnlyAsync()
    {
        await _services.DisposeAsync();
        _hosted = [];
        _services = ComposeServices();
    }

    public async Task StopAsync()
    {
        foreach (var hosted in Enumerable.Reverse(_hosted))
            await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    public async Task<WorkflowDefinition> PublishAsync(string definitionId, string document)
    {
        var result = await Definitions.SaveAsync(
            new DefinitionDraft(document) { DefinitionId = definitionId, Name = definitionId, ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None);
        return result.ShouldBeOfType<DefinitionResult.Saved>().Definition;
    }

    public async Task<StartResult.Started> RunAsync(string definitionId, Dictionary<string, object?>? input = null) =>
        (await Runtime.StartAsync(new StartRequest { DefinitionId = definitionId, Input = input }, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();

    /// <summary>The next committed burst that meets the condition, those already committed included.</summary>
    public Task<BurstCommitted> CommittedAsync(Func<BurstCommitted, bool> condition)
    {
        lock (_waiters)
        {
            if (_committed.FirstOrDefault(condition) is { } past)
                return Task.FromResult(past);
            var source = new TaskCompletionSource<BurstCommitted>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((condition, source));
            return source.Task.WaitAsync(Patience);
        }
    }

    /// <summary>How many bursts were committed so far.</summary>
    public int CommittedCount => _committed.Count;

    public Task<BurstCommitted> FinishedAsync(string definitionId) =>
        CommittedAsync(burst => burst.Instance.DefinitionId == definitionId && burst.Instance.Status == "Finished");

    /// <summary>Waits until something holds that nothing announces; the clock of the runtime moves on meanwhile, when asked to.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan step = default, TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            if (step > TimeSpan.Zero)
                Clock.Advance(step);
            await Task.Yield();
        }
    }

    /// <summary>Waits until something holds that nothing announces; the clock of the runtime moves on meanwhile, when asked to.</summary>
    public Task UntilAsync(Func<bool> condition, TimeSpan step = default) => UntilAsync(() => Task.FromResult(condition()), step);

    public async Task<StoredInstance> InstanceAsync(string id) => (await Store.FindInstanceAsync(id, CancellationToken.None)).ShouldNotBeNull();

    public async Task<IReadOnlyList<StoredInstance>> InstancesOfAsync(string definitionId) =>
        (await Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId] }, CancellationToken.None)).Items;

    /// <summary>Waits until an alteration plan has ended.</summary>
    public Task PlanEndedAsync(string planId) =>
        _endedPlans.GetOrAdd(planId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(Patience);

    private void OnPlanEnded(string planId) => _endedPlans.GetOrAdd(planId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void OnCommitted(BurstCommitted burst)
    {
        lock (_waiters)
        {
            _committed.Enqueue(burst);
            foreach (var (condition, source) in _waiters)
            {
                if (condition(burst))
                    source.TrySetResult(burst);
            }
        }
    }

    private ServiceProvider ComposeServices()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(Wrap(Store));
        services.AddSingleton(_ => new FlightRecorder(RecorderPath));
        services.AddSingleton(TextWriter.Synchronized(Lines));
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly, typeof(RuntimeHarness).Assembly);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(
            new LiteralLanguage(), new ObjectLanguage("Object", () => languages!),
            new ObjectLanguage("Json", () => languages!), new VariableLanguage(), new InputLanguage(),
            new JavaScriptLanguage(Platform.Scripting.JavaScript.JsOptions.Default),
            new LiquidLanguage(Platform.Scripting.Liquid.LiquidOptions.Default));
        var reader = new DefinitionReader(catalog, TypeAliases.BuiltIn, languages);
        services.AddSingleton(reader);
        services.AddSingleton(catalog);
        services.AddSingleton(new PlanCompiler(reader, catalog, languages));
        services.AddSingleton<Ids>();
        services.AddSingleton(new ValueCodec(TypeAliases.BuiltIn));
        services.AddSingleton(provider => new EngineHost { Clock = Clock, NewId = provider.GetRequiredService<Ids>().New, Services = provider });
        services.AddRuntime(new RuntimeOptions { WorkersMax = 4, BulkDispatchMax = 30, AlterationInstancesMax = 40, ScheduleCatchUpMax = 20, ScheduleQueueMax = 2, ScheduleBackfillMax = 20 });
        return services.BuildServiceProvider();
    }
}
