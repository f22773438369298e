using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>
/// One server for the tests of a collection, with an empty data folder that is deleted at the end.
/// For work on these tests <c>E2E_BASE_URL</c> names a server that is running already.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-e2e-");
    ServerProcess? server;
    bool hasSecondPerson;

    /// <summary>Where the server listens, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public string Username { get; } = "admin";

    public string Password { get; } = Environment.GetEnvironmentVariable("E2E_PASSWORD") ?? "e2e-" + Guid.NewGuid().ToString("n");

    public string ApiKey { get; } = "e2e-" + Guid.NewGuid().ToString("n");

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("E2E_BASE_URL") is { Length: > 0 } address)
        {
            Address = address.TrimEnd('/');
            return;
        }

        server = await ServerProcess.StartAsync(data.FullName, Password, ApiKey);
        Address = server.Address;
    }

    /// <summary>A program beside the person: it may do everything.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient { BaseAddress = new Uri(Address + "/") };
        client.DefaultRequestHeaders.Authorization = new("ApiKey", ApiKey);
        return client;
    }

    /// <summary>Imports a flowchart and publishes it.</summary>
    /// <param name="id">Its id and name.</param>
    /// <param name="activities">The activities as JSON objects.</param>
    /// <param name="more">Further members of the document, each with a comma behind it.</param>
    public async Task PublishAsync(string id, string activities, string more = "")
    {
        using var client = CreateClient();
        var document = $$"""{"definitionId":"{{id}}","name":"{{id}}",{{more}}"root":{"type":"Elsa.Flowchart","version":1,"id":"root","activities":[{{activities}}],"connections":[]} }""";
        using var imported = await client.PostAsync("elsa/api/workflow-definitions/import", new StringContent(document, MediaTypeHeaderValue.Parse("application/json")));
        imported.EnsureSuccessStatusCode();
        using var published = await client.PostAsJsonAsync($"elsa/api/workflow-definitions/{id}/publish", new JsonObject());
        published.EnsureSuccessStatusCode();
    }

    /// <summary>Runs a workflow until it ends, well or not, or waits; answers the id of the instance.</summary>
    public async Task<string> RunAsync(string id)
    {
        using var client = CreateClient();
        using var started = await client.PostAsJsonAsync($"elsa/api/workflow-definitions/{id}/execute", new JsonObject { ["versionOptions"] = "Latest" });
        return started.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    /// <summary>A second person who may do everything, after <see cref="AddSecondPersonAsync"/>.</summary>
    public string SecondUsername { get; } = "mina";

    /// <summary>Adds the second person: a start with another administrator makes one beside the first. Repeating it does nothing.</summary>
    public async Task AddSecondPersonAsync()
    {
        if (hasSecondPerson) return;
        hasSecondPerson = true;
        await RestartAsync(("Security__BootstrapUsername", SecondUsername));
        await RestartAsync();
    }

    /// <summary>Kills the server and starts it again where it was, with the same data.</summary>
    public async Task RestartAsync(params (string Name, string Value)[] settings)
    {
        Stop();
        server = await ServerProcess.StartAsync(Address, data.FullName, Password, ApiKey, settings);
    }

    /// <summary>Kills the server.</summary>
    public void Stop() => (server ?? throw new InvalidOperationException("The server is not ours to stop.")).Dispose();

    public Task DisposeAsync()
    {
        server?.Dispose();
        data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log(int lines = 60) => server?.Log(lines) ?? "";
}
