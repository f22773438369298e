using System.Diagnostics;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Benchmarks;

/// <summary>The engine alone, on one thread: no store, no log.</summary>
internal static class EngineBenchmarks
{
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(3);

    public static void Run()
    {
        var flow = Measure("flow of 5 activities", Flow(5));
        var recorded = Measure("flow of 5 activities, with its log", Flow(5), withLog: true);
        Console.WriteLine($"  the log costs {recorded.Seconds / flow.Seconds:0.00} times the flow");
        foreach (var type in (string[])["For", "ForEach", "While"])
        {
            foreach (var iterations in (int[])[10_000, 100_000])
                Loop(type, iterations);
        }

        foreach (var size in (int[])[1_000, 10_000])
            Measure($"flowchart of {size:N0} nodes", Flow(size));
    }

    private static void Loop(string type, int iterations)
    {
        var result = Measure($"{type} of {iterations:N0} iterations over one activity", LoopDocument(type, iterations));
        Console.WriteLine($"  {result.Seconds / iterations * 1e9:0} ns per iteration");
    }

    private static (double Seconds, double Bytes) Measure(string name, string document, bool withLog = false)
    {
        var compileStart = Stopwatch.GetTimestamp();
        var (plan, host) = Compile(document);
        var compiled = Stopwatch.GetElapsedTime(compileStart);
        var log = withLog ? new Engine.Execution.BurstLog(new Engine.Execution.BurstLogOptions()) : null;
        for (var i = 0; i < 200; i++)
            RunOnce(plan, host, log);
        var runs = 0L;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        do
        {
            RunOnce(plan, host, log);
            runs++;
        }
        while ((runs & 15) != 0 || Stopwatch.GetElapsedTime(start) < MeasureFor);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Console.WriteLine($"{name}: {runs / elapsed:N0} runs/s, {bytes / runs:N0} bytes per run, compiled in {compiled.TotalMilliseconds:0.0} ms");
        return (elapsed / runs, (double)bytes / runs);
    }

    private static void RunOnce(WorkflowPlan plan, EngineHost host, Engine.Execution.BurstLog? log)
    {
        var workflow = new WorkflowExecutionContext(plan, "instance", host) { Log = log };
        Interpreter.StartAsync(workflow).GetAwaiter().GetResult();
        if (workflow.SubStatus != WorkflowSubStatus.Finished)
            throw new InvalidOperationException($"The run ended as {workflow.SubStatus}: {workflow.Incidents.FirstOrDefault()?.Message}");
        log?.Reset();
    }

    private static (WorkflowPlan Plan, EngineHost Host) Compile(string document)
    {
        var catalog = ActivityCatalog.Scan(typeof(Engine.Activity).Assembly);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(new LiteralLanguage(), new ObjectLanguage("Object", () => languages!), new VariableLanguage(), new InputLanguage(),
            new JavaScriptLanguage(Platform.Scripting.JavaScript.JsOptions.Default));
        var reader = new DefinitionReader(catalog, TypeAliases.BuiltIn, languages);
        var plan = new PlanCompiler(reader, catalog, languages).Compile(new WorkflowDefinition("v", "d", 1) { Document = document });
        var ids = 0;
        var host = new EngineHost
        {
            Clock = TimeProvider.System,
            NewId = () => (++ids).ToString(System.Globalization.CultureInfo.InvariantCulture),
            Services = new NoServices(),
            Limits = new EngineLimits { StepsPerBurstMax = long.MaxValue },
        };
        return (plan, host);
    }

    private static string Flow(int size)
    {
        var activities = Enumerable.Range(0, size).Select(i => WriteLine("a" + i));
        var connections = Enumerable.Range(0, size - 1).Select(i =>
            "{\"source\":{\"activity\":\"a" + i + "\",\"port\":\"Done\"},\"target\":{\"activity\":\"a" + (i + 1) + "\",\"port\":\"In\"}}");
        return "{\"root\":{\"id\":\"f\",\"type\":\"Elsa.Flowchart\",\"activities\":[" + string.Join(',', activities) + "],\"connections\":[" + string.Join(',', connections) + "]}}";
    }

    private static string WriteLine(string id) =>
        "{\"id\":\"" + id + "\",\"type\":\"Elsa.WriteLine\",\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"x\"}}}";

    private static string LoopDocument(string type, int iterations)
    {
        if (type == "While")
            return WhileDocument(iterations);
        var input = type == "For"
            ? $"\"end\":{{\"typeName\":\"Int32\",\"expression\":{{\"type\":\"Literal\",\"value\":{iterations - 1}}}}}"
            : $"\"items\":{{\"typeName\":\"Object\",\"expression\":{{\"type\":\"Object\",\"value\":\"[{string.Join(',', Enumerable.Range(0, iterations))}]\"}}}}";
        return "{\"root\":{\"id\":\"l\",\"type\":\"Elsa." + type + "\"," + input + ",\"body\":" + WriteLine("b") + "}}";
    }

    /// <summary>A condition and a counter in JavaScript: what the loop costs includes two evaluations.</summary>
    private static string WhileDocument(int iterations) =>
        "{\"variables\":[{\"id\":\"n\",\"name\":\"N\",\"typeName\":\"Int32\",\"value\":\"0\"}],\"root\":{\"id\":\"l\",\"type\":\"Elsa.While\","
        + "\"condition\":{\"typeName\":\"Boolean\",\"expression\":{\"type\":\"JavaScript\",\"value\":\"variables.N < " + iterations + "\"}},"
        + "\"body\":{\"id\":\"b\",\"type\":\"Elsa.SetVariable\",\"variable\":{\"id\":\"n\",\"name\":\"N\",\"typeName\":\"Int32\"},"
        + "\"value\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"JavaScript\",\"value\":\"variables.N + 1\"}}}}}";

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
