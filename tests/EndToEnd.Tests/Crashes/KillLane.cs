using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>One database, one server process after the other over it, their clients and the ledger of their steps.</summary>
public sealed class KillLane : IAsyncDisposable
{
    const string CrashesMax = "100";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A round whose calls do not come, because the machine is busy, ends all the same.</summary>
    static readonly TimeSpan RoundMax = TimeSpan.FromSeconds(15);
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-kill-");
    readonly string apiKey = "e2e-" + Guid.NewGuid().ToString("n");
    readonly SortedDictionary<string, int> moments = new(StringComparer.Ordinal);
    readonly Random random;
    readonly StepLedger ledger;
    readonly CrashClients clients;
    DateTimeOffset firstTickAt;
    TimeSpan startTime;
    int life;

    KillLane(int seed, StepLedger ledger) => (random, this.ledger, clients) = (new Random(seed), ledger, new CrashClients(seed));

    /// <summary>Number of wishes that were answered.</summary>
    public int Accepted => clients.Wishes.Count(wish => wish.AnsweredIn is not null);

    /// <summary>How often the server was killed when.</summary>
    public string Moments => string.Join(", ", moments.Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>Starts the first server and publishes the workflows.</summary>
    public static async Task<KillLane> StartAsync(int seed)
    {
        var lane = new KillLane(seed, await StepLedger.StartAsync());
        try
        {
            await lane.PrepareAsync();
            return lane;
        }
        catch
        {
            await lane.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        data.Delete(recursive: true);
    }

    /// <summary>Starts a server, lets it work, and kills it at some moment.</summary>
    public async Task RoundAsync()
    {
        using var server = Begin();
        var moment = random.Next(100);
        if (moment < 40)
        {
            Note("while it starts");
            await PassAsync(startTime * (0.3 + (random.NextDouble() * 0.8)));
            return;
        }

        await server.ListenAsync();
        if (moment < 60)
        {
            Note("while it recovers");
            await PassAsync(TimeSpan.FromMilliseconds(random.Next(100)));
            return;
        }

        using var client = Connect(server);
        using var stop = new CancellationTokenSource();
        var enough = ledger.MoreAsync(1 + random.Next(50));
        var load = clients.LoadAsync(client, life, stop.Token);
        await Task.WhenAny(enough, load, Task.Delay(RoundMax));
        if (moment < 72)
        {
            Note("while it stops");
            server.Terminate();
            await PassAsync(TimeSpan.FromMilliseconds(random.Next(250)));
        }
        else
        {
            Note("while it works");
            await PassAsync(TimeSpan.FromMilliseconds(random.NextDouble() * 10));
        }

        server.Kill();
        await stop.CancelAsync();
        await load.WaitAsync(Patience);
    }

    /// <summary>Starts the last server, lets everything come to its end, and gives what breaks a promise; empty when nothing does.</summary>
    public async Task<string> EndAsync()
    {
        using var server = Begin();
        await server.ListenAsync();
        using var client = Connect(server);
        await clients.RepeatAsync(client, life);
        using (var paused = await client.PostAsync($"/api/schedules/{Uri.EscapeDataString($"{CrashWorkflows.Tick}|s")}/pause", null))
            paused.EnsureSuccessStatusCode();
        var open = await QuiesceAsync(client);
        var findings = await new CrashAudit(clients, ledger) { FirstTickAt = firstTickAt }.FindAsync(client);
        return findings.Length == 0 ? "" : $"Killed {Moments}; {open} instances are running.\n{findings}\n{server.Log(20)}";
    }

    async Task PrepareAsync()
    {
        var began = Stopwatch.GetTimestamp();
        using var server = Begin(("Security__BootstrapApiKey", apiKey), ("Security__BootstrapPassword", apiKey));
        await server.ListenAsync();
        startTime = Stopwatch.GetElapsedTime(began);
        using var client = Connect(server);
        foreach (var (id, root) in CrashWorkflows.All)
            await CrashClients.PublishAsync(client, id, root, id == CrashWorkflows.Tick ? CrashWorkflows.TickSettings : null);
        var schedule = await CrashAudit.TickAsync(client);
        firstTickAt = schedule["nextDueAt"]!.GetValue<DateTimeOffset>().AddSeconds(-CrashAudit.TicksOf(schedule));
    }

    /// <summary>Waits until no instance runs and no step was called for a while: a queued start has no instance yet.</summary>
    async Task<long> QuiesceAsync(HttpClient client)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var count = ledger.Count;
            var list = await client.GetFromJsonAsync<JsonObject>("/elsa/api/workflow-instances?status=Running&pageSize=1");
            var open = list!["totalCount"]!.GetValue<long>();
            await PassAsync(TimeSpan.FromMilliseconds(500));
            if ((open == 0 && ledger.Count == count) || Stopwatch.GetElapsedTime(began) > Patience) return open;
        }
    }

    /// <summary>There is nothing to wait for: a random moment is what is wanted.</summary>
    static Task PassAsync(TimeSpan time) => Task.Delay(time);

    void Note(string moment) => moments[moment] = moments.GetValueOrDefault(moment) + 1;

    ServerProcess Begin(params (string Name, string Value)[] settings) => ServerProcess.Begin(data.FullName,
    [
        ("Services__ledger__BaseAddress", ledger.AddressOf(++life)),
        ("Services__ledger__Policy__TimeoutPerAttempt", "00:01:00"),
        // Here it is never an instance that ends the process.
        ("Runtime__CrashesMax", CrashesMax),
        // A process that lives for a second has no use for a profile.
        ("DOTNET_TieredPGO", "0"),
        .. settings,
    ]);

    HttpClient Connect(ServerProcess server)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Address), Timeout = Patience };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {apiKey}");
        return client;
    }
}
