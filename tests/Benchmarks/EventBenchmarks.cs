using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>10,000 instances start, wait for an event, and are resumed by one each; every answer comes after the commit.</summary>
internal static class EventBenchmarks
{
    private const int Connections = 32;
    private const int Instances = 10_000;
    private const int WarmUp = 15_000;

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("platform-benchmark-");
        try
        {
            using var server = await ServerProcess.StartPlatformAsync(data);
            await PublishAsync(server.Address);
            await MeasureAsync(server, "warm-up", WarmUp);
            var (starts, resumes) = await MeasureAsync(server, "measured", Instances);
            Console.WriteLine($"start and wait for an event, {Instances:N0} instances: {starts}");
            Console.WriteLine($"resume by an event with a correlation id: {resumes}");
            Console.WriteLine($"  {await FinishedAsync(server.Address):N0} of {Instances + WarmUp:N0} instances have finished; server {server.WorkingSetMegabytes:0} MB RSS");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    /// <summary>Starts instances that wait, and resumes each.</summary>
    public static async Task<(LoadResult Starts, LoadResult Resumes)> MeasureAsync(ServerProcess server, string name, int count)
    {
        var starts = await Load.PostAsync(server.Address, Connections, count, i => ("/elsa/api/workflow-definitions/waits/execute", $$"""{"correlationId":"{{name}}-{{i}}"}"""));
        var resumes = await Load.PostAsync(
            server.Address, Connections, count, i => ("/elsa/api/events/go/trigger", $$"""{"correlationId":"{{name}}-{{i}}","workflowExecutionMode":"Synchronous"}"""));
        return (starts, resumes);
    }

    public static async Task PublishAsync(Uri address)
    {
        using var client = ServerProcess.Client(address);
        var model = JsonNode.Parse("""
            {
              "definitionId": "waits", "name": "waits",
              "root": {
                "id": "s", "type": "Elsa.Sequence", "version": 1,
                "activities": [
                  {"id":"a","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"Literal","value":"waits"}}},
                  {"id":"b","type":"Elsa.Event","version":1,"eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}}},
                  {"id":"c","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"Literal","value":"resumed"}}}
                ]
              }
            }
            """)!;
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        response.EnsureSuccessStatusCode();
    }

    private static async Task<long> FinishedAsync(Uri address)
    {
        using var client = ServerProcess.Client(address);
        using var response = await client.PostAsJsonAsync(
            "/elsa/api/workflow-instances", new JsonObject { ["page"] = 0, ["pageSize"] = 1, ["definitionId"] = "waits", ["status"] = "Finished" });
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["totalCount"]!.GetValue<long>();
    }
}
