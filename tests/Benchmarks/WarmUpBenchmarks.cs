namespace Platform.Benchmarks;

/// <summary>The rate of the HTTP workflow from the first second of a server on, in steps, beside a bare Kestrel endpoint that is as young.</summary>
internal static class WarmUpBenchmarks
{
    private const int Connections = 32;
    private const int Steps = 15;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            using (var bare = await ServerProcess.StartAsync(typeof(WarmUpBenchmarks).Assembly.Location, ["bare"], []))
                Console.WriteLine($"bare Kestrel endpoint, requests/s (and µs of its processor time per request) in steps of {Step.TotalSeconds} s from its start: {await RatesAsync(bare, "/bare")}");
            using var server = await ServerProcess.StartPlatformAsync(data);
            await HttpBenchmarks.PublishAsync(server.Address);
            Console.WriteLine($"durable HTTP workflow of 5 activities, the same: {await RatesAsync(server, "/workflows/bench")}");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<string> RatesAsync(ServerProcess server, string path)
    {
        var steps = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            var before = server.ProcessorTime;
            var result = await Load.RunAsync(server.Address, path, Connections, Step);
            steps.Add($"{result.PerSecond:0} ({(server.ProcessorTime - before).TotalMicroseconds / result.Count:0})");
        }

        return string.Join(" ", steps);
    }
}
