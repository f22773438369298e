using System.Globalization;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>
/// The real server is killed again and again over one database, at random moments: while it starts and recovers, while it works, while it
/// stops. So each start is also a recovery. 200 rounds in an ordinary run; <c>PLATFORM_CRASH_ROUNDS</c> says how many instead, and
/// <c>PLATFORM_CRASH_SEED</c> repeats the decisions of a run that failed.
/// </summary>
public sealed class KillTests
{
    const int RoundsDefault = 200;

    /// <summary>Databases at the same time: a starting server keeps one core busy.</summary>
    const int Lanes = 2;

    [Fact]
    public async Task Killed_at_any_moment_the_server_keeps_what_it_accepted_and_repeats_no_committed_step()
    {
        var rounds = Setting("PLATFORM_CRASH_ROUNDS") ?? RoundsDefault;
        var seed = Setting("PLATFORM_CRASH_SEED") ?? Random.Shared.Next();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => RunAsync(seed + lane, (rounds + lane) / Lanes))));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"PLATFORM_CRASH_SEED={seed} PLATFORM_CRASH_ROUNDS={rounds}: {exception.Message}", exception);
        }
    }

    static async Task RunAsync(int seed, int rounds)
    {
        await using var lane = await KillLane.StartAsync(seed);
        for (var round = 0; round < rounds; round++) await lane.RoundAsync();
        (await lane.EndAsync()).ShouldBeEmpty();
        lane.Accepted.ShouldBeGreaterThan(rounds, $"Hardly anything was accepted: {lane.Moments}.");
    }

    static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
