using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Scripting.JavaScript;

using Activity = Platform.Engine.Activity;

namespace Platform.Benchmarks;

/// <summary>
/// Scripts on one thread, beside Node in the same run. What workflows do is the first: a short expression over variables, compiled once
/// and evaluated often. The others are long-running, where Node compiles to machine code and we do not.
/// </summary>
internal static class JavaScriptBenchmarks
{
    private const string Template = "`${variables.name}: ${(variables.a > 10 && variables.b < 5) ? variables.a * variables.b : variables.a + variables.b}`";
    private const string Fib = "const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(25)";
    private const string Loop = "let s = 0; for (let i = 0; i < 3000000; i++) s += i % 7; s";

    private const string Transform = """
        const orders = Array.from({ length: 500 }, (_, i) => ({ id: i, customer: 'c' + i % 17, lines: [{ price: i % 13, n: 1 + i % 4 }, { price: 5, n: 2 }] }));
        const read = JSON.parse(JSON.stringify(orders));
        const totals = {};
        for (const { customer, lines } of read.filter(o => o.id % 3 !== 0))
          totals[customer] = (totals[customer] ?? 0) + lines.reduce((sum, { price, n }) => sum + price * n, 0);
        JSON.stringify(Object.entries(totals).map(([customer, total]) => ({ customer, total })).sort((x, y) => y.total - x.total || (x.customer < y.customer ? -1 : 1)))
        """;

    private const string Stringify = "const o = Array.from({ length: 2000 }, (_, i) => ({ id: i, name: 'n' + i, ok: i % 2 === 0, sub: [i, i / 3, null] })); JSON.stringify(o).length";
    private const string Parse = "const t = '[' + Array.from({ length: 2000 }, (_, i) => `{\"id\":${i},\"name\":\"n${i}\",\"ok\":true,\"sub\":[${i},0.5,null]}`).join() + ']'; JSON.parse(t).length";

    private const double SliceSeconds = 0.002;
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(2);

    public static void Run()
    {
        var node = NodeVersion();
        Console.WriteLine(node is null ? "Node is not installed here: its column is left out." : $"beside Node {node}");
        Report("template over three variables, in the engine", Measure(EngineTemplate()), Node(node, Template));
        foreach (var (name, source) in new[] { ("fib(25)", Fib), ("loop of 3,000,000", Loop), ("JSON transform of 500 orders", Transform), ("JSON.stringify of 2,000 objects", Stringify), ("JSON.parse of 2,000 objects", Parse) })
            Report(name, Measure(Script(source)), Node(node, source));
    }

    private static void Report(string name, (double Seconds, double Bytes) ours, double? theirs)
    {
        var rate = 1 / ours.Seconds;
        var own = rate >= 1_000 ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s") : string.Create(CultureInfo.InvariantCulture, $"{ours.Seconds * 1e3:0.00} ms");
        var other = theirs is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $", Node {(seconds < 1e-3 ? $"{1 / seconds:N0}/s" : $"{seconds * 1e3:0.00} ms")}: {ours.Seconds / seconds:0.0} times Node")
            : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {own}, {ours.Bytes:N0} bytes{other}"));
    }

    private static (double Seconds, double Bytes) Measure(Action run)
    {
        var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        do
            run();
        while (Stopwatch.GetTimestamp() < until);
        var best = double.MaxValue;
        var (runs, batch) = (0L, 1L);
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        until = Stopwatch.GetTimestamp() + (long)(MeasureFor.TotalSeconds * Stopwatch.Frequency);
        do
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0L; i < batch; i++)
                run();
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            runs += batch;
            // The fastest of many short slices: what other programs on the machine take is not in it. Node is measured the same way.
            best = Math.Min(best, elapsed / batch);
            if (elapsed < SliceSeconds)
                batch = Math.Min(batch * 2, 1_000_000);
        }
        while (Stopwatch.GetTimestamp() < until);
        return (best, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)runs);
    }

    private static Action Script(string source)
    {
        var script = JsScript.Compile(source);
        return () => script.Run(JsGlobals.Empty, JsOptions.Default, CancellationToken.None);
    }

    /// <summary>The expression as an input of an activity sees it: three variables of the workflow, read in place.</summary>
    private static Action EngineTemplate()
    {
        const string document = """
            {"variables":[{"id":"v1","name":"name","typeName":"String","value":"order"},{"id":"v2","name":"a","typeName":"Int32","value":"12"},{"id":"v3","name":"b","typeName":"Int32","value":"3"}],
             "root":{"id":"w","type":"Platform.Benchmarks.Holder"}}
            """;
        var catalog = ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(Holder).Assembly);
        var languages = new ExpressionLanguages(new LiteralLanguage(), new JavaScriptLanguage(JsOptions.Default));
        var plan = new PlanCompiler(new DefinitionReader(catalog, TypeAliases.BuiltIn, languages), catalog, languages).Compile(new WorkflowDefinition("v", "d", 1) { Document = document });
        var host = new EngineHost { Clock = TimeProvider.System, NewId = () => "", Services = new NoServices() };
        Interpreter.StartAsync(new WorkflowExecutionContext(plan, "instance", host)).GetAwaiter().GetResult();
        var expression = languages.Compile(new Expression("JavaScript", Template), typeof(string));
        var context = Holder.Seen ?? throw new InvalidOperationException("The activity did not run.");
        if (expression.Evaluate(context) is not "order: 36")
            throw new InvalidOperationException("The template gives something else.");
        return () => expression.Evaluate(context);
    }

    private static string? NodeVersion()
    {
        try
        {
            return RunNode("process.stdout.write(process.version)");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Seconds per run of the same source in Node: compiled once, called until it is warm, then measured.</summary>
    private static double? Node(string? version, string source)
    {
        if (version is null)
            return null;
        var (statement, line) = (source.LastIndexOf("; ", StringComparison.Ordinal), source.LastIndexOf('\n'));
        var at = Math.Max(statement < 0 ? 0 : statement + 2, line + 1);
        var body = source[..at] + "\nreturn " + source[at..];
        var program = $$"""
            const variables = { name: 'order', a: 12, b: 3 };
            const run = new Function('variables', {{JsonSerializer.Serialize(body)}});
            let kept, best = Infinity, batch = 1;
            const now = () => Number(process.hrtime.bigint()) / 1e9;
            for (const t = now(); now() - t < 0.5;) kept = run(variables);
            for (const t = now(); now() - t < 1.5;) {
              const start = now();
              for (let i = 0; i < batch; i++) kept = run(variables);
              const elapsed = now() - start;
              best = Math.min(best, elapsed / batch);
              if (elapsed < 0.002) batch = Math.min(batch * 2, 1000000);
            }
            process.stdout.write(String(best));
            if (kept === 0.123) process.stdout.write(' ');
            """;
        return double.Parse(RunNode(program), CultureInfo.InvariantCulture);
    }

    private static string RunNode(string program)
    {
        using var process = Process.Start(new ProcessStartInfo("node", ["-e", program]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"Node ended with {process.ExitCode}.");
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>Shows its execution, so that an expression can be evaluated in its scope.</summary>
[Activity("Platform.Benchmarks", "Benchmarks")]
public sealed class Holder : Activity
{
    /// <summary>The last execution.</summary>
    public static ActivityExecutionContext? Seen { get; private set; }

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => Seen = context;
}
