using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>
/// A workflow of five activities behind an HTTP endpoint, durable before the answer, beside a bare Kestrel endpoint in the same run.
/// Both are processes of their own; the load comes from this one over 32 connections.
/// </summary>
internal static class HttpBenchmarks
{
    private const int Connections = 32;
    private const int Versions = 1_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            using var bare = await ServerProcess.StartAsync(typeof(HttpBenchmarks).Assembly.Location, ["bare"], []);
            using var server = await ServerProcess.StartPlatformAsync(data);
            await PublishAsync(server.Address);
            await Load.RunAsync(bare.Address, "/bare", Connections, WarmUp);
            var warm = await Load.RunAsync(server.Address, "/workflows/bench", Connections, WarmUp);
            var simple = await Load.RunAsync(bare.Address, "/bare", Connections, MeasureFor);
            var durable = await Load.RunAsync(server.Address, "/workflows/bench", Connections, MeasureFor);
            Console.WriteLine($"bare Kestrel endpoint: {simple}");
            Console.WriteLine($"durable HTTP workflow of 5 activities: {durable}");
            Console.WriteLine($"  ratio 1/{simple.PerSecond / durable.PerSecond:0.0} of the bare endpoint, p99 {durable.P99 / simple.P99:0.0} times its p99");
            var answered = warm.Count + durable.Count + 1;
            Console.WriteLine($"  answered {answered:N0} times, stored {await StoredAsync(server.Address):N0} finished instances");
            var bytes = data.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            await ReportVersionsAsync(server, durable.PerSecond);
            Console.WriteLine($"  {bytes / 1e6:0.0} MB on disk, about {bytes / (double)answered:0} bytes per run; server {server.WorkingSetMegabytes:0} MB RSS");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<long> StoredAsync(Uri address)
    {
        using var client = ServerProcess.Client(address);
        var filter = new JsonObject { ["page"] = 0, ["pageSize"] = 1, ["definitionId"] = "bench", ["status"] = "Finished" };
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-instances", filter);
        var list = await response.Content.ReadFromJsonAsync<JsonObject>();
        return list!["totalCount"]!.GetValue<long>();
    }

    private static async Task ReportVersionsAsync(ServerProcess server, double before)
    {
        for (var version = 2; version <= Versions; version++)
            await PublishAsync(server.Address, version);
        await Load.RunAsync(server.Address, "/workflows/bench", Connections, WarmUp);
        var durable = await Load.RunAsync(server.Address, "/workflows/bench", Connections, MeasureFor);
        Console.WriteLine($"the same with {Versions:N0} versions of the workflow stored: {durable}");
        Console.WriteLine($"  {durable.PerSecond / before * 100:0} % of the rate with one version");
    }

    public static async Task PublishAsync(Uri address, int version = 1)
    {
        using var client = ServerProcess.Client(address);
        var model = JsonNode.Parse("""
            {
              "definitionId": "bench", "name": "bench",
              "variables": [{"id":"v","name":"Total","typeName":"Int32","value":"1","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
              "root": {
                "id": "f", "type": "Elsa.Flowchart", "version": 1,
                "activities": [
                  {"id":"a","type":"Elsa.HttpEndpoint","version":1,"customProperties":{"canStartWorkflow":true},
                   "path":{"typeName":"String","expression":{"type":"Literal","value":"bench"}}},
                  {"id":"b","type":"Elsa.SetVariable","version":1,"variable":{"id":"v","name":"Total","typeName":"Int32"},
                   "value":{"typeName":"Object","expression":{"type":"Literal","value":"2"}}},
                  {"id":"c","type":"Elsa.FlowDecision","version":1,"condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"}}},
                  {"id":"d","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"Literal","value":"bench"}}},
                  {"id":"e","type":"Elsa.WriteHttpResponse","version":1,"content":{"typeName":"Object","expression":{"type":"Literal","value":"pong"}}}
                ],
                "connections": [
                  {"source":{"activity":"a","port":"Done"},"target":{"activity":"b","port":"In"}},
                  {"source":{"activity":"b","port":"Done"},"target":{"activity":"c","port":"In"}},
                  {"source":{"activity":"c","port":"True"},"target":{"activity":"d","port":"In"}},
                  {"source":{"activity":"d","port":"Done"},"target":{"activity":"e","port":"In"}}
                ]
              }
            }
            """)!;
        model["description"] = $"version {version}";
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"Publishing the benchmark workflow failed: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        var pong = await client.GetStringAsync("/workflows/bench");
        if (pong != "pong")
            throw new InvalidOperationException($"The benchmark workflow answers '{pong}' instead of 'pong'.");
    }
}
