using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Runtime;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Golden;

/// <summary>The runtime over a database file, with a clock that stands still.</summary>
internal sealed class GoldenRuntime : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ServiceProvider _services;
    private List<IHostedService> _running = [];

    private GoldenRuntime(SqliteStore store)
    {
        Store = store;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IWorkflowStore>(store);
        services.AddSingleton(TextWriter.Synchronized(Lines));
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(
            new LiteralLanguage(), new ObjectLanguage("Object", () => languages!), new VariableLanguage(), new InputLanguage(),
            new JavaScriptLanguage(Scripting.JavaScript.JsOptions.Default));
        var reader = new DefinitionReader(catalog, TypeAliases.BuiltIn, languages);
        services.AddSingleton(reader);
        services.AddSingleton(catalog);
        services.AddSingleton(new PlanCompiler(reader, catalog, languages));
        services.AddSingleton<Ids>();
        services.AddSingleton(new ValueCodec(TypeAliases.BuiltIn));
        services.AddSingleton(provider => new EngineHost { Clock = Clock, NewId = provider.GetRequiredService<Ids>().New, Services = provider });
        services.AddRuntime(new RuntimeOptions { WorkersMax = 4 });
        _services = services.BuildServiceProvider();
    }

    public SqliteStore Store { get; }

    public ManualClock Clock { get; } = new();

    public StringWriter Lines { get; } = new();

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();

    /// <summary>Opens the database in a directory, or makes it.</summary>
    public static async Task<GoldenRuntime> OpenAsync(SqliteOptions options)
    {
        var store = new SqliteStore(options, new ManualClock());
        await store.InitializeAsync(CancellationToken.None);
        var runtime = new GoldenRuntime(store);
        runtime._running = [.. runtime._services.GetServices<IHostedService>()];
        foreach (var hosted in runtime._running)
            await hosted.StartAsync(CancellationToken.None);
        return runtime;
    }

    public async Task PublishAsync(string definitionId, string document) =>
        (await _services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
            new DefinitionDraft(document) { DefinitionId = definitionId, Name = definitionId }, publish: true, CancellationToken.None)).ShouldBeOfType<DefinitionResult.Saved>(definitionId);

    /// <summary>Starts an instance of that id; the id is the definition's with something behind it.</summary>
    public async Task StartAsync(string instanceId) => (await Runtime.StartAsync(RequestOf(instanceId), CancellationToken.None)).ShouldBeOfType<StartResult.Started>(instanceId);

    public static StartRequest RequestOf(string instanceId) => new() { DefinitionId = instanceId.Split('.')[0], InstanceId = instanceId, CorrelationId = instanceId };

    public async Task<string> SubStatusAsync(string instanceId) => (await Store.FindInstanceAsync(instanceId, CancellationToken.None))?.SubStatus ?? "missing";

    /// <summary>Waits until an instance is in a state.</summary>
    public async Task ReachesAsync(string instanceId, string subStatus)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await SubStatusAsync(instanceId) != subStatus)
        {
            patience.IsCancellationRequested.ShouldBeFalse($"'{instanceId}' is {await SubStatusAsync(instanceId)} instead of {subStatus}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Stops the duties; the store stays open.</summary>
    public async Task StopAsync()
    {
        foreach (var hosted in Enumerable.Reverse(_running))
            await hosted.StopAsync(CancellationToken.None);
        _running = [];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        await Store.DisposeAsync();
    }
}
