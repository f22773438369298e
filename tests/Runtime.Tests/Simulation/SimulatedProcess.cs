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
using Platform.Runtime.Stimuli;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>
/// The whole runtime over a store, one thing at a time: the rounds of its duties and the items of its queue are done when the simulation
/// says so. Thrown away when the process ends.
/// </summary>
internal sealed class SimulatedProcess : IDisposable
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly, typeof(SimulatedProcess).Assembly);
    private static readonly ExpressionLanguages Languages = new(new LiteralLanguage(), new ObjectLanguage("Object", () => Languages!));
    private static readonly DefinitionReader Reader = new(Catalog, TypeAliases.BuiltIn, Languages);
    private readonly ServiceProvider _services;

    public SimulatedProcess(SimulatedStore store, SimulatedWorld world, TimeProvider clock, TimeProvider idClock)
    {
        Store = store;
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddSingleton<Store.IWorkflowStore>(store);
        services.AddSingleton(world);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(Reader);
        services.AddSingleton(Catalog);
        services.AddSingleton(new PlanCompiler(Reader, Catalog, Languages));
        services.AddSingleton(new Ids(idClock));
        services.AddSingleton(new ValueCodec(TypeAliases.BuiltIn));
        services.AddSingleton(provider => new EngineHost { Clock = clock, NewId = provider.GetRequiredService<Ids>().New, Services = provider });
        services.AddRuntime(new RuntimeOptions { StimulusKeepTime = TimeSpan.FromDays(1) });
        _services = services.BuildServiceProvider();
        Kept = Get<KeptStimuli>();
        Queue = Get<WorkQueue>();
        DueTimes = Get<DueTimes>();
        Runtime = Get<WorkflowRuntime>();
    }

    public SimulatedStore Store { get; }

    public WorkflowRuntime Runtime { get; }

    public KeyedStarts Keyed => Get<KeyedStarts>();

    public WorkflowDefinitions Definitions => Get<WorkflowDefinitions>();

    public ScheduleControl Schedules => Get<ScheduleControl>();

    private KeptStimuli Kept { get; }

    private WorkQueue Queue { get; }

    private DueTimes DueTimes { get; }

    /// <summary>What the hosted services do at a start.</summary>
    public async Task StartAsync()
    {
        await Get<CrashWatch>().StartAsync(CancellationToken.None);
        await Get<UsableWorkflows>().StartAsync(CancellationToken.None);
        await Kept.LoadAsync(CancellationToken.None);
        await Queue.ReadDueAsync(CancellationToken.None);
        await _services.GetServices<IHostedService>().OfType<Recovery>().Single().StartAsync(CancellationToken.None);
    }

    /// <summary>One round of the clock.</summary>
    public async Task FireAsync() => await DueTimes.FireAsync(CancellationToken.None);

    /// <summary>One round of kept stimuli.</summary>
    public async Task KeepAsync() => await Kept.DoRoundAsync(CancellationToken.None);

    /// <summary>Does one item of queued work.</summary>
    public ValueTask<bool> WorkAsync() => Queue.DoNextAsync(CancellationToken.None);

    public void Dispose() => _services.Dispose();

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
