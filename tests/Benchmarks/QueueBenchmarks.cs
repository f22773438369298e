using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>100,000 short runs through the queue: how fast they are accepted, how evenly they are done, and what the server holds meanwhile.</summary>
internal static class QueueBenchmarks
{
    private const int Connections = 32;
    private const int Runs = 100_000;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            using var server = await ServerProcess.StartPlatformAsync(data);
            using var client = ServerProcess.Client(server.Address);
            var model = JsonNode.Parse("""
                {
                  "definitionId": "short", "name": "short",
                  "root": {
                    "id": "s", "type": "Elsa.Sequence", "version": 1,
                    "activities": [{"id":"a","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"Literal","value":"short"}}}]
                  }
                }
                """)!;
            using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
            response.EnsureSuccessStatusCode();
            await MeasureAsync(server, client);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(ServerProcess server, HttpClient client)
    {
        var clock = Stopwatch.StartNew();
        var accepting = Load.PostAsync(server.Address, Connections, Runs, i => ("/elsa/api/workflow-definitions/short/dispatch", "{}"));
        var (most, before, rates) = (0.0, 0L, new List<double>());
        for (var at = clock.Elapsed; before < Runs; at = clock.Elapsed)
        {
            await Task.Delay(Step);
            var finished = await FinishedAsync(client);
            rates.Add((finished - before) / (clock.Elapsed - at).TotalSeconds);
            before = finished;
            most = Math.Max(most, server.WorkingSetMegabytes);
        }

        Console.WriteLine($"dispatch of {Runs:N0} runs: {await accepting}");
        Console.WriteLine($"  all done after {clock.Elapsed.TotalSeconds:0.0} s, {Runs / clock.Elapsed.TotalSeconds:N0} runs/s; in steps of {Step.TotalSeconds} s: {string.Join(" ", rates.Select(rate => $"{rate:0}"))}");
        Console.WriteLine($"  at most {most:0} MB RSS");
    }

    private static async Task<long> FinishedAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync(
            "/elsa/api/workflow-instances", new JsonObject { ["page"] = 0, ["pageSize"] = 1, ["definitionId"] = "short", ["status"] = "Finished" });
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["totalCount"]!.GetValue<long>();
    }
}
