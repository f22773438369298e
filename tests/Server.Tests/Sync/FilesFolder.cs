using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Server.Tests.Sync;

/// <summary>A folder of workflow files, and a server that knows it.</summary>
internal sealed class FilesFolder : IAsyncDisposable
{
    public FilesFolder(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        Directory.CreateDirectory(Path);
        var all = new Dictionary<string, string?>(settings ?? [])
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            ["DefinitionFiles:Root"] = Path,
        };
        Server = new TestServer(all, services);
        Client = Server.WithApiKey();
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "platform-sync-" + System.IO.Path.GetRandomFileName());

    public TestServer Server { get; }

    public HttpClient Client { get; }

    public static string Workflow(string id, string text = "hello", string? name = null, bool? isPublished = null) => new JsonObject
    {
        ["definitionId"] = id,
        ["name"] = name ?? id,
        ["isPublished"] = isPublished ?? true,
        ["root"] = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa.Sequence",
            ["activities"] = new JsonArray(new JsonObject
            {
                ["id"] = "w1",
                ["type"] = "Elsa.WriteLine",
                ["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = text } },
            }),
        },
    }.ToJsonString();

    public void Write(string file, string content)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Path, file));

    public async Task<JsonNode> SyncAsync(string query = "", HttpStatusCode status = HttpStatusCode.OK)
    {
        var response = await Client.PostAsync(new Uri("/api/definitions/sync" + query, UriKind.Relative), null);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Changes a workflow in the database, as somebody in Studio does.</summary>
    public async Task SaveAsync(string id, string text, bool publish = true)
    {
        using var content = new StringContent($$"""{"model":{{Workflow(id, text)}},"publish":{{(publish ? "true" : "false")}}}""", Encoding.UTF8, "application/json");
        (await Client.PostAsync(new Uri("/elsa/api/workflow-definitions", UriKind.Relative), content)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async Task<JsonNode?> FindAsync(string id)
    {
        var response = await Client.GetAsync(new Uri($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Latest", UriKind.Relative));
        return response.StatusCode == HttpStatusCode.OK ? await response.JsonAsync() : null;
    }

    public async Task<string?> TextOfAsync(string id) =>
        (await FindAsync(id))?["root"]!["activities"]![0]!["text"]!["expression"]!["value"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(Path, recursive: true);
    }
}
