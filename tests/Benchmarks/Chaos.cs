using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>
/// Five supervised services, a constant load of runs that call them, and faults at random. At the end every run that was accepted has
/// ended well or says why not, and every service has come back; otherwise the exit code is 1.
/// </summary>
internal sealed class Chaos(HttpClient client, ChaosServices services, Random random)
{
    private const int UnderWayMax = 64;
    private static readonly string[] _kinds = ["kill", "hang", "slow", "error", "flap"];
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, long> _accepted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _broken = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Kind, TimeSpan? Recovery)> _faults = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private long _refused;

    /// <summary>Runs it.</summary>
    /// <param name="args">--minutes and --seed.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var minutes = double.Parse(Argument(args, "minutes") ?? "30", CultureInfo.InvariantCulture);
        var seed = int.Parse(Argument(args, "seed") ?? Environment.ProcessId.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        Console.WriteLine(FormattableString.Invariant($"chaos: {minutes} min, 20 runs/s over {ChaosServices.Names.Count} services, seed {seed}"));
        var data = Directory.CreateTempSubdirectory("platform-chaos-");
        try
        {
            using var services = new ChaosServices();
            using var server = await ServerProcess.StartPlatformAsync(data, services.Settings());
            using var client = ServerProcess.Client(server.Address);
            foreach (var name in ChaosServices.Names)
            {
                using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = ChaosServices.ModelOf(name), ["publish"] = true });
                response.EnsureSuccessStatusCode();
            }

            return await new Chaos(client, services, new Random(seed)).RunAsync(TimeSpan.FromMinutes(minutes));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static string? Argument(string[] args, string name) =>
        args.FirstOrDefault(argument => argument.StartsWith($"--{name}=", StringComparison.Ordinal))?[(name.Length + 3)..];

    private async Task<int> RunAsync(TimeSpan length)
    {
        foreach (var name in ChaosServices.Names)
            await RecoveredAsync(name);
        using var end = new CancellationTokenSource(length);
        using var loadEnd = new CancellationTokenSource();
        var load = LoadAsync(loadEnd.Token);
        var recoveries = await BreakAsync(end.Token);
        // Breakers close by calls, so the load goes on until all have come back.
        await Task.WhenAll(recoveries);
        await loadEnd.CancelAsync();
        await load;
        await ReportAsync();
        foreach (var problem in _problems)
            Console.WriteLine($"PROBLEM: {problem}");
        return _problems.IsEmpty ? 0 : 1;
    }

    private async Task LoadAsync(CancellationToken end)
    {
        var names = new Random(random.Next());
        using var places = new SemaphoreSlim(UnderWayMax);
        using var timer = new PeriodicTimer(_pace);
        while (!end.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            await places.WaitAsync(CancellationToken.None);
            _ = DispatchAsync(ChaosServices.Names[names.Next(ChaosServices.Names.Count)], places);
        }

        for (var i = 0; i < UnderWayMax; i++)
            await places.WaitAsync(CancellationToken.None);
    }

    private async Task DispatchAsync(string name, SemaphoreSlim places)
    {
        try
        {
            using var response = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{ChaosServices.WorkflowOf(name)}/dispatch", new JsonObject());
            if (response.IsSuccessStatusCode)
                _accepted.AddOrUpdate(name, 1, (_, count) => count + 1);
            else
                Interlocked.Increment(ref _refused);
        }
        catch (HttpRequestException exception)
        {
            _problems.Enqueue($"A run was neither accepted nor refused: {exception.Message}");
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<List<Task>> BreakAsync(CancellationToken end)
    {
        var recoveries = new List<Task>();
        while (true)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(3 + (random.NextDouble() * 9)), end);
            }
            catch (OperationCanceledException)
            {
                return recoveries;
            }

            var well = ChaosServices.Names.Where(name => !_broken.ContainsKey(name)).ToList();
            if (well.Count == 0)
                continue;
            var (name, kind) = (well[random.Next(well.Count)], _kinds[random.Next(_kinds.Length)]);
            _broken[name] = true;
            recoveries.Add(FaultAsync(name, kind, TimeSpan.FromSeconds(4 + (random.NextDouble() * 6)), random.Next(1, 7)));
        }
    }

    private async Task FaultAsync(string name, string kind, TimeSpan length, int times)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            if (kind == "kill")
                Kill((int)(await ServiceAsync(name))["process"]!["pid"]!);
            else
                await services.BreakAsync(name, kind, times);
            // Slow and failing services are mended by somebody; hung, killed and flapping ones by the platform.
            if (kind is "slow" or "error")
            {
                await Task.Delay(length);
                await services.MendAsync(name);
            }

            var isBack = await RecoveredAsync(name);
            _faults.Enqueue((kind, isBack ? watch.Elapsed : null));
            Console.WriteLine(FormattableString.Invariant($"  {DateTime.UtcNow:HH:mm:ss} {kind,-5} {name,-13} {(isBack ? $"back after {watch.Elapsed.TotalSeconds:0.0} s" : "NOT BACK")}"));
            if (!isBack)
                _problems.Enqueue($"'{name}' did not come back after '{kind}': {await ServiceAsync(name)}");
            else
                _broken.TryRemove(name, out _);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or ArgumentException or InvalidOperationException)
        {
            _problems.Enqueue($"The fault '{kind}' of '{name}' could not be played: {exception.Message}");
        }
    }

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>Waits until a service works, its process runs and its breaker is closed, three looks in a row.</summary>
    private async Task<bool> RecoveredAsync(string name)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var good = 0; good < 3; await timer.WaitForNextTickAsync())
        {
            if (watch.Elapsed > _patience)
                return false;
            var service = await ServiceAsync(name);
            var isWell = (string?)service["process"]?["state"] == "Running" && (string?)service["breaker"]!["state"] == "Closed" && await services.WorksAsync(name);
            good = isWell ? good + 1 : 0;
        }

        return true;
    }

    private async Task<JsonObject> ServiceAsync(string name) => (await client.GetFromJsonAsync<JsonObject>($"/api/services/{name}-service"))!;

    private async Task ReportAsync()
    {
        var (finished, faulted, accepted) = (0L, 0L, 0L);
        foreach (var name in ChaosServices.Names)
        {
            var expected = _accepted.GetValueOrDefault(name);
            var watch = Stopwatch.StartNew();
            var (well, explained) = (0L, 0L);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            do
                (well, explained) = (await CountAsync(name, "subStatus=Finished"), await CountAsync(name, "subStatus=Faulted"));
            while (well + explained < expected && watch.Elapsed < _patience && await timer.WaitForNextTickAsync());
            if (well + explained != expected)
                _problems.Enqueue($"Of {expected} runs of '{name}' that were accepted {well} ended well and {explained} faulted.");
            if (await CountAsync(name, "subStatus=Faulted&hasIncidents=false") is var silent && silent > 0)
                _problems.Enqueue($"{silent} runs of '{name}' faulted without saying why.");
            (finished, faulted, accepted) = (finished + well, faulted + explained, accepted + expected);
        }

        Console.WriteLine(FormattableString.Invariant($"runs: {accepted} accepted, {finished} ended well, {faulted} faulted with their reason, {_refused} refused; error rate {100.0 * faulted / Math.Max(accepted, 1):0.00} %"));
        foreach (var group in _faults.GroupBy(fault => fault.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var times = group.Select(fault => fault.Recovery?.TotalSeconds ?? double.PositiveInfinity).Order().ToList();
            Console.WriteLine(FormattableString.Invariant($"  {group.Key,-5} {times.Count,4} times, back after {times[times.Count / 2]:0.0} s (median), {times[^1]:0.0} s (most)"));
        }
    }

    private async Task<long> CountAsync(string name, string filter) =>
        (long)(await client.GetFromJsonAsync<JsonObject>($"/elsa/api/workflow-instances?definitionId={ChaosServices.WorkflowOf(name)}&{filter}&pageSize=1"))!["totalCount"]!;
}
