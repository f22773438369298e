using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Platform.CustomActivities.Services;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Benchmarks;

/// <summary>
/// What <c>Call Service</c> costs beside a bare <see cref="HttpClient"/>: the same endpoint of another process, 32 callers, slices of both in turns.
/// The activity is executed by the engine with its journal, on its registry, with retries, time limits and circuit breaker; nothing is stored.
/// </summary>
internal static class CallServiceBenchmarks
{
    private const int Callers = 32;
    private const int Rounds = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        using var bare = await ServerProcess.StartAsync(typeof(CallServiceBenchmarks).Assembly.Location, ["bare"], []);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
            UseProxy = false,
        });
        var address = new Uri(bare.Address, "/bare");
        var (plan, host, registry) = Prepare(bare.Address);
        using (registry)
        {
            var (direct, called) = (new List<LoadResult>(), new List<LoadResult>());
            await MeasureAsync(WarmUp, () => AskAsync(client, address));
            await MeasureAsync(WarmUp, () => CallAsync(plan, host));
            for (var round = 0; round < Rounds; round++)
            {
                direct.Add(await MeasureAsync(Slice, () => AskAsync(client, address)));
                called.Add(await MeasureAsync(Slice, () => CallAsync(plan, host)));
            }

            var (simple, service) = (Middle(direct), Middle(called));
            Console.WriteLine($"bare HttpClient, {Callers} callers, middle one of {Rounds} slices: {simple}");
            Console.WriteLine($"Call Service on the engine: {service}");
            Console.WriteLine($"  {(1 - (service.PerSecond / simple.PerSecond)) * 100:0.0} % fewer calls a second, {service.P50 - simple.P50:0.000} ms more at p50");
        }
    }

    private static LoadResult Middle(List<LoadResult> results) => results.OrderBy(result => result.PerSecond).ElementAt(results.Count / 2);

    private static async Task AskAsync(HttpClient client, Uri address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
    }

    private static async Task CallAsync(WorkflowPlan plan, EngineHost host)
    {
        using var log = new BurstLog(new BurstLogOptions());
        var workflow = new WorkflowExecutionContext(plan, "instance", host) { Log = log };
        await Interpreter.StartAsync(workflow);
        if (workflow.SubStatus != WorkflowSubStatus.Finished)
            throw new InvalidOperationException($"The run ended as {workflow.SubStatus}: {workflow.Incidents.FirstOrDefault()?.Message}");
    }

    private static async Task<LoadResult> MeasureAsync(TimeSpan time, Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>(50_000);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var begun = Stopwatch.GetTimestamp();
                await call();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return times;
        })));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var sorted = all.SelectMany(list => list).Order().ToArray();
        return new LoadResult(sorted.Length, sorted.Length / elapsed, sorted[sorted.Length / 2], sorted[(int)(0.99 * (sorted.Length - 1))]);
    }

    private static (WorkflowPlan Plan, EngineHost Host, ServiceRegistry Registry) Prepare(Uri address)
    {
        var settings = new Dictionary<string, string?> { ["Services:bare:BaseAddress"] = address.GetLeftPart(UriPartial.Authority) };
        var registry = new ServiceRegistry(ServiceConfiguration.ReadAll(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()), TimeProvider.System);
        var catalog = ActivityCatalog.Scan(typeof(Engine.Activity).Assembly, typeof(CallService).Assembly);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(new LiteralLanguage(), new ObjectLanguage("Object", () => languages!));
        var reader = new DefinitionReader(catalog, TypeAliases.BuiltIn, languages);
        const string Document = """
            {"root":{"id":"a","type":"Platform.CallService",
              "service":{"typeName":"String","expression":{"type":"Literal","value":"bare"}},
              "path":{"typeName":"String","expression":{"type":"Literal","value":"/bare"}}}}
            """;
        var plan = new PlanCompiler(reader, catalog, languages).Compile(new WorkflowDefinition("v", "d", 1) { Document = Document });
        var services = new ServiceCollection().AddSingleton(registry).AddSingleton(TimeProvider.System).BuildServiceProvider();
        return (plan, new EngineHost { Clock = TimeProvider.System, NewId = () => "id", Services = services }, registry);
    }
}
