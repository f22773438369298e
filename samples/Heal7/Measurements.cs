using System.Collections.Concurrent;
using System.Diagnostics;

namespace Platform.Heal7;

/// <summary>A value that somebody measured.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The value.</param>
public sealed record Sample(string Name, double Value);

/// <summary>What the values of a name come to.</summary>
/// <param name="Count">How many.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P95">The value that 95 % do not exceed.</param>
public sealed record Summary(int Count, double Min, double Max, double Mean, double P95);

/// <summary>
/// The ai-monitoring service: <c>POST /samples</c> takes measured values, <c>GET /summary</c> tells what they come to, and <c>GET /metrics</c>
/// measures this process and its machine. Of each name the last thousand values count.
/// </summary>
/// <param name="clock">Time.</param>
public sealed class Measurements(TimeProvider clock)
{
    private const int NamesMax = 1000;
    private const int ValuesMax = 1000;
    private readonly ConcurrentDictionary<string, Queue<double>> _values = new(StringComparer.Ordinal);
    private readonly long _startedAt = clock.GetTimestamp();

    /// <summary>What the values come to, by name.</summary>
    public IReadOnlyDictionary<string, Summary> Summaries => _values.ToDictionary(entry => entry.Key, entry => Summarise(entry.Value), StringComparer.Ordinal);

    internal static void Map(WebApplication app)
    {
        app.MapPost("/samples", (Sample sample, Measurements measurements) => measurements.Add(sample) is { } mistake
            ? Results.BadRequest(new { error = mistake })
            : Results.Accepted());
        app.MapGet("/summary", (Measurements measurements) => Results.Json(measurements.Summaries));
        app.MapGet("/metrics", (Measurements measurements) => Results.Json(measurements.Measure()));
    }

    /// <summary>Takes a value.</summary>
    /// <param name="sample">The value.</param>
    /// <returns>Null, or why it is not taken.</returns>
    public string? Add(Sample sample)
    {
        if (string.IsNullOrWhiteSpace(sample.Name) || sample.Name.Length > 100 || !double.IsFinite(sample.Value))
            return "A sample has a name of at most 100 characters and a finite value.";
        if (_values.Count >= NamesMax && !_values.ContainsKey(sample.Name))
            return $"There are {NamesMax} names already.";
        var values = _values.GetOrAdd(sample.Name, _ => new Queue<double>());
        lock (values)
        {
            values.Enqueue(sample.Value);
            if (values.Count > ValuesMax)
                values.Dequeue();
        }

        return null;
    }

    private static Summary Summarise(Queue<double> values)
    {
        double[] sorted;
        lock (values)
            sorted = [.. values.Order()];
        return new Summary(sorted.Length, sorted[0], sorted[^1], sorted.Average(), sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1]);
    }

    private Dictionary<string, double> Measure()
    {
        using var process = Process.GetCurrentProcess();
        var disk = new DriveInfo(Environment.CurrentDirectory);
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["uptimeSeconds"] = clock.GetElapsedTime(_startedAt).TotalSeconds,
            ["cpuSeconds"] = process.TotalProcessorTime.TotalSeconds,
            ["memoryBytes"] = process.WorkingSet64,
            ["heapBytes"] = GC.GetTotalMemory(forceFullCollection: false),
            ["threads"] = process.Threads.Count,
            ["processors"] = Environment.ProcessorCount,
            ["diskFreeBytes"] = disk.AvailableFreeSpace,
            ["diskTotalBytes"] = disk.TotalSize,
        };
    }
}
