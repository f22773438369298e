using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>
/// The runtime through thousands of invented lives: clients, time and crashes at every point of a commit, decided by a seed.
/// <c>PLATFORM_SIMULATION_SEEDS</c> says how many, <c>PLATFORM_SIMULATION_SEED</c> repeats one.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsDefault = 4_000;
    private const int OperationsMax = 40;

    /// <summary>On a busy machine fewer seeds are looked at, rather than that everybody waits.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Whatever_happens_the_runtime_keeps_its_promises()
    {
        var only = Setting("PLATFORM_SIMULATION_SEED");
        var first = only ?? Random.Shared.Next(1_000_000) * 1_000;
        var count = only is null ? Setting("PLATFORM_SIMULATION_SEEDS") ?? SeedsDefault : 1;
        var began = Stopwatch.GetTimestamp();
        var done = 0;
        await Parallel.ForAsync(0, count, async (index, token) =>
        {
            if (count <= SeedsDefault && Stopwatch.GetElapsedTime(began) > TimeMax)
                return;
            var operations = SimulatedOperation.OfSeed(first + index, 10 + ((first + index) % (OperationsMax - 10)));
            if (await Simulation.RunAsync(operations) is { Length: > 0 } finding)
                Assert.Fail(await ShrinkAsync(first + index, operations, finding));
            Interlocked.Increment(ref done);
        });

        output.WriteLine($"{done} seeds from {first}, {Simulation.Effects} effects, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        done.ShouldBeGreaterThan(Math.Min(count, 50) - 1);
        if (only is null)
            Simulation.Effects.ShouldBeGreaterThan(done, "The simulations do hardly anything.");
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>The shortest prefix that breaks a promise, without the operations that it does not need.</summary>
    private static async Task<string> ShrinkAsync(int seed, List<SimulatedOperation> operations, string finding)
    {
        var shortest = operations;
        for (var length = 1; length < operations.Count; length++)
        {
            if (await Simulation.RunAsync(operations[..length]) is not { Length: > 0 } found)
                continue;
            (shortest, finding) = (operations[..length], found);
            break;
        }

        for (var index = shortest.Count - 1; index >= 0; index--)
        {
            var without = shortest.Where((_, i) => i != index).ToList();
            if (await Simulation.RunAsync(without) is { Length: > 0 } found)
                (shortest, finding) = (without, found);
        }

        return $"PLATFORM_SIMULATION_SEED={seed}{Environment.NewLine}{string.Join(Environment.NewLine, shortest)}{Environment.NewLine}{finding}";
    }
}
