using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>A run that ends the server whenever it executes.</summary>
[Collection(Alone.Name)]
public sealed class QuarantineTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-quarantine-");
    readonly string password = "e2e-" + Guid.NewGuid().ToString("n");
    readonly string apiKey = "e2e-" + Guid.NewGuid().ToString("n");
    ServerProcess? server;
    HttpClient client = new();

    public void Dispose()
    {
        client.Dispose();
        server?.Dispose();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task After_three_ends_of_the_server_it_is_set_aside_and_everything_else_finishes()
    {
        await StartAsync();
        await PublishAsync("poison", Step("kill", "Elsa.RunCSharp", "script", "System.Environment.FailFast(\"the end\"); return 1;"));
        await PublishAsync("waits", Step("d", "Elsa.Delay", "timeSpan", "00:00:01"));
        var others = new List<string>();
        for (var i = 0; i < 20; i++) others.Add(await DispatchAsync("waits"));
        var poison = await DispatchAsync("poison");

        await server!.EndedAsync();
        for (var ends = 1; ends < 3; ends++)
        {
            // It may be so quick that the server does not get as far as to listen.
            if (await TryStartAsync()) await server.EndedAsync();
        }

        await StartAsync();

        foreach (var other in others) (await EndAsync(other)).ShouldBe("Finished");
        (await EndAsync(poison)).ShouldBe("Faulted");
        var explanation = (await client.GetFromJsonAsync<JsonObject>($"/api/instances/{poison}/explain"))!;
        explanation["summary"]!.GetValue<string>().ShouldContain("WF2110: The server ended without stopping 3 times while this instance was executing.");
        explanation["actions"]!.AsArray().ShouldContain(action => action!["title"]!.GetValue<string>() == "Retry what failed");
    }

    async Task<bool> TryStartAsync()
    {
        try
        {
            await StartAsync();
            return true;
        }
        catch (InvalidOperationException ended) when (ended.Message.Contains("ended by itself", StringComparison.Ordinal))
        {
            return false;
        }
    }

    async Task StartAsync()
    {
        server?.Dispose();
        server = await ServerProcess.StartAsync(data.FullName, password, apiKey, ("Scripting__AllowCSharp", "true"));
        client.Dispose();
        client = new HttpClient { BaseAddress = new Uri(server.Address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {apiKey}");
    }

    async Task<string> DispatchAsync(string definitionId)
    {
        using var dispatched = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definitionId}/dispatch", new JsonObject());
        dispatched.EnsureSuccessStatusCode();
        return (await dispatched.Content.ReadFromJsonAsync<JsonObject>())!["workflowInstanceId"]!.GetValue<string>();
    }

    async Task<string> EndAsync(string instance)
    {
        var until = DateTime.UtcNow + Patience;
        var state = "";
        while (DateTime.UtcNow < until)
        {
            using var response = await client.GetAsync($"/elsa/api/workflow-instances/{instance}/execution-state");
            state = response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync<JsonObject>())!["subStatus"]!.GetValue<string>() : $"{response.StatusCode}";
            if (state is "Finished" or "Faulted" or "Cancelled") return state;
        }

        return state;
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
