using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>
/// The real server is killed again and again over one database, at random moments: while it starts and recovers, while it works, while it
/// stops. So each start is also a recovery. 200 rounds in an ordinary run; <c>PLATFORM_CRASH_ROUNDS</c> says how many instead, and
/// <c>PLATFORM_CRASH_SEED</c> repeats the decisions of a run that failed.
/// </summary>
[Collection(Alone.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    const int RoundsDefault = 200;

    /// <summary>On a busy machine the ordinary run has fewer rounds, rather than that everybody waits; never so few, though.</summary>
    static readonly TimeSpan OrdinaryMax = TimeSpan.FromMinutes(3);
    const int LaneRoundsMin = 5;

    /// <summary>Databases at the same time: a starting server keeps one core busy.</summary>
    const int Lanes = 2;

    [Fact]
    public async Task Killed_at_any_moment_the_server_keeps_what_it_accepted_and_repeats_no_committed_step()
    {
        var asked = Setting("PLATFORM_CRASH_ROUNDS");
        var rounds = asked ?? RoundsDefault;
        var seed = Setting("PLATFORM_CRASH_SEED") ?? Random.Shared.Next();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => RunAsync(seed + lane, (rounds + lane) / Lanes, asked is null ? OrdinaryMax : TimeSpan.MaxValue))));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"PLATFORM_CRASH_SEED={seed} PLATFORM_CRASH_ROUNDS={rounds}: {exception.Message}", exception);
        }
    }

    async Task RunAsync(int seed, int rounds, TimeSpan timeMax)
    {
        var began = Stopwatch.GetTimestamp();
        await using var lane = await KillLane.StartAsync(seed);
        var round = 0;
        while (round < rounds && (round < LaneRoundsMin || Stopwatch.GetElapsedTime(began) < timeMax))
        {
            await lane.RoundAsync();
            round++;
        }

        (await lane.EndAsync()).ShouldBeEmpty();
        output.WriteLine($"Seed {seed}: killed {round} times in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s ({lane.Moments}), {lane.Accepted} wishes accepted.");
        lane.Accepted.ShouldBeGreaterThan(round / 10, $"Hardly anything was accepted: {lane.Moments}.");
    }

    static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
