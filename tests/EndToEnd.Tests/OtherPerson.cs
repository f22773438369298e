using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>The second person, who works over Elsa's API while the first one sits at the screen.</summary>
sealed class OtherPerson : IDisposable
{
    const string Definitions = "elsa/api/workflow-definitions";
    readonly HttpClient client;

    OtherPerson(HttpClient client) => this.client = client;

    /// <summary>The edition that this person saw last, as <c>ETag</c> gave it.</summary>
    public string? Seen { get; private set; }

    public static async Task<OtherPerson> SignInAsync(ServerFixture server)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Address + "/") };
        using var answer = await client.PostAsJsonAsync("elsa/api/identity/login", new JsonObject { ["username"] = server.SecondUsername, ["password"] = server.Password });
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.GetValue<string>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new OtherPerson(client);
    }

    /// <summary>Adds a <c>WriteLine</c> of this name to what is stored, and saves.</summary>
    public async Task AddActivityAsync(string definitionId, string name)
    {
        using var answer = await SaveAsync(definitionId, name, null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Does the same on the ground of an edition; answers what the server said.</summary>
    public async Task<string> TryAddActivityAsync(string definitionId, string name, string? edition)
    {
        using var answer = await SaveAsync(definitionId, name, edition);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Publishes what is stored.</summary>
    public async Task PublishAsync(string definitionId)
    {
        using var answer = await client.PostAsJsonAsync($"{Definitions}/{definitionId}/publish", new JsonObject());
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The names of the activities that are stored, in the latest version or another one.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string definitionId, string version = "Latest") =>
        [.. (await FindAsync(definitionId, version))["root"]!["activities"]!.AsArray().Select(activity => activity!["name"]!.GetValue<string>())];

    /// <summary>Deletes the workflow.</summary>
    public async Task DeleteAsync(string definitionId)
    {
        using var answer = await client.DeleteAsync($"{Definitions}/{definitionId}");
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => client.Dispose();

    async Task<JsonObject> FindAsync(string definitionId, string version = "Latest")
    {
        using var answer = await client.GetAsync($"{Definitions}/by-definition-id/{definitionId}?versionOptions={version}");
        answer.EnsureSuccessStatusCode();
        Seen = answer.Headers.ETag?.ToString();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    async Task<HttpResponseMessage> SaveAsync(string definitionId, string name, string? edition)
    {
        var definition = await FindAsync(definitionId);
        definition["root"]!["activities"]!.AsArray().Add((JsonNode)new JsonObject
        {
            ["id"] = name, ["name"] = name, ["type"] = "Elsa.WriteLine", ["version"] = 1,
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 80, ["y"] = 420 } } },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, Definitions) { Content = JsonContent.Create(new JsonObject { ["model"] = definition, ["publish"] = false }) };
        if (edition is not null) request.Headers.TryAddWithoutValidation("If-Match", edition);
        return await client.SendAsync(request);
    }
}
