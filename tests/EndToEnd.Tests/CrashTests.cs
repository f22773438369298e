using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>The server is killed as a power cut does it, and started again on the same data.</summary>
[Collection(Alone.Name)]
public sealed class CrashTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-crash-");
    readonly string password = "e2e-" + Guid.NewGuid().ToString("n");
    readonly string apiKey = "e2e-" + Guid.NewGuid().ToString("n");
    ServerProcess? server;
    HttpClient client = new();
    TaskCompletionSource enough = new();
    int enoughAt;

    public Task InitializeAsync() => StartAsync();

    public Task DisposeAsync()
    {
        client.Dispose();
        server?.Dispose();
        data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Killed_under_load_the_server_loses_no_definition_no_accepted_run_and_no_due_timer()
    {
        await PublishAsync("waits", Step("d", "Elsa.Delay", "timeSpan", "00:00:03"));
        await PublishAsync("quick", Step("n", "Elsa.SetName", "value", "done"));
        var accepted = new List<(string Definition, string Instance)>();
        var published = new List<string> { "waits", "quick" };

        for (var round = 0; round < 3; round++)
        {
            // Several clients start, dispatch and publish; each notes only what was answered. The kill comes in the middle.
            enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            enoughAt = (round + 1) * 30;
            var load = Enumerable.Range(0, 4).Select(worker => Task.Run(() => LoadAsync($"r{round}w{worker}", accepted, published))).ToArray();
            await enough.Task.WaitAsync(Patience);
            server!.Kill();
            await Task.WhenAll(load);
            await StartAsync();
        }

        foreach (var definition in published) (await client.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{definition}?versionOptions=Published")).IsSuccessStatusCode.ShouldBeTrue(definition);
        foreach (var (definition, instance) in accepted) (await FinishedAsync(instance)).ShouldBe("Finished", $"{definition} {instance}");
    }

    async Task LoadAsync(string name, List<(string, string)> accepted, List<string> published)
    {
        try
        {
            for (var i = 0; i < 1_000; i++)
            {
                var definition = i % 2 == 0 ? "waits" : "quick";
                if (i % 3 == 0)
                {
                    using var dispatched = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definition}/dispatch", new JsonObject());
                    dispatched.EnsureSuccessStatusCode();
                    var answer = await dispatched.Content.ReadFromJsonAsync<JsonObject>();
                    Accept(accepted, definition, answer!["workflowInstanceId"]!.GetValue<string>());
                }
                else
                {
                    using var executed = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definition}/execute", new JsonObject());
                    executed.EnsureSuccessStatusCode();
                    Accept(accepted, definition, executed.Headers.GetValues("x-elsa-workflow-instance-id").Single());
                }

                if (i % 10 != 0) continue;
                await PublishAsync($"{name}-{i}", Step("n", "Elsa.SetName", "value", "x"));
                lock (accepted) published.Add($"{name}-{i}");
            }
        }
        catch (HttpRequestException)
        {
            // The server is gone: what it did not answer was not promised.
        }
    }

    void Accept(List<(string, string)> accepted, string definition, string instance)
    {
        lock (accepted)
        {
            accepted.Add((definition, instance));
            if (accepted.Count >= enoughAt) enough.TrySetResult();
        }
    }

    async Task<string> FinishedAsync(string instance)
    {
        var until = DateTime.UtcNow + Patience;
        var state = "";
        while (DateTime.UtcNow < until)
        {
            using var response = await client.GetAsync($"/elsa/api/workflow-instances/{instance}/execution-state");
            if (!response.IsSuccessStatusCode) return $"lost ({response.StatusCode})";
            state = (await response.Content.ReadFromJsonAsync<JsonObject>())!["subStatus"]!.GetValue<string>();
            if (state is not ("Suspended" or "Executing" or "Pending")) return state;
        }

        return state;
    }

    async Task StartAsync()
    {
        server?.Dispose();
        server = await ServerProcess.StartAsync(data.FullName, password, apiKey);
        client.Dispose();
        client = new HttpClient { BaseAddress = new Uri(server.Address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {apiKey}");
    }

    async Task PublishAsync(string definitionId, JsonObject root)
    {
        var model = new JsonObject { ["definitionId"] = definitionId, ["name"] = definitionId, ["root"] = root };
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        response.EnsureSuccessStatusCode();
    }

    static JsonObject Step(string id, string type, string input, string value) => new()
    {
        ["id"] = id,
        ["type"] = type,
        ["version"] = 1,
        [input] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } },
    };
}
