using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Platform.Server.Tests.Elsa;

/// <summary>The real server in this process, with data in memory.</summary>
public sealed class ElsaServer : WebApplicationFactory<Program>
{
    private const string ApiKey = "elsa-api-tests-0123456789abcdef";
    private HttpClient? _client;

    /// <summary>A client that may do everything, below the API's prefix.</summary>
    public HttpClient Client => _client ??= Prepare(CreateDefaultClient());

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, string? body) => SendAsync(HttpMethod.Post, path, body is null ? null : Json(body));

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("/elsa/", StringComparison.Ordinal) ? path : "/elsa/api" + path) { Content = content };
        using var response = await Client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>Imports a document and answers its model.</summary>
    public async Task<JsonNode> ImportAsync(string document, bool publish = false)
    {
        var imported = await PostAsync("/workflow-definitions/import", document);
        imported.Status.ShouldBeOneOf(200, 201);
        if (!publish)
            return imported.Node;
        var published = await PostAsync($"/workflow-definitions/{imported.Node["definitionId"]}/publish", "{}");
        published.Status.ShouldBe(200, published.Text);
        return published.Node["workflowDefinition"]!;
    }

    /// <summary>Runs the latest version and answers the instance id.</summary>
    public async Task<string> ExecuteAsync(string definitionId, string? instanceId = null)
    {
        var answer = await PostAsync($"/workflow-definitions/{definitionId}/execute", $$"""{"versionOptions":"Latest","instanceId":{{(instanceId is null ? "null" : $"\"{instanceId}\"")}}}""");
        return answer.Headers["x-elsa-workflow-instance-id"];
    }

    /// <summary>The main program closes the server beside the factory; which of the two comes first says nothing about the server.</summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("Storage:Kind", "Memory");
        builder.UseSetting("Security:BootstrapPassword", "a-good-long-password");
        builder.UseSetting("Security:BootstrapApiKey", ApiKey);
        // The workflows behind the routes that clients of older systems call; scenarios publish them.
        builder.UseSetting("Compatibility:Automation:Workflow", "scn-automation");
        builder.UseSetting("Compatibility:Automation:ContentWorkflow", "scn-content");
        builder.UseSetting("Compatibility:Orchestrator:FullSyncWorkflow", "scn-sync");
        builder.UseSetting("Compatibility:Orchestrator:Blocks:0:Id", "A");
        builder.UseSetting("Compatibility:Orchestrator:Blocks:0:Workflow", "scn-sync");
        builder.UseSetting("Compatibility:Pipelines:0:Name", "ai-pipeline");
        builder.UseSetting("Compatibility:Pipelines:0:Workflow", "scn-pipeline");
        // A service that the scenarios start and stop.
        builder.UseSetting("Services:prc-sleeper:BaseAddress", "http://127.0.0.1:9");
        builder.UseSetting("Services:prc-sleeper:Process:Executable", "sleep");
        builder.UseSetting("Services:prc-sleeper:Process:Arguments:0", "1000");
        builder.UseSetting("Services:prc-sleeper:Process:Ready", "Started");
        builder.UseSetting("Services:prc-sleeper:Process:StartsWithServer", "false");
    }

    private static HttpClient Prepare(HttpClient client)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", ApiKey);
        return client;
    }
}

/// <summary>An answer of the server, read to the end.</summary>
public sealed record Answer(int Status, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Node => JsonNode.Parse(Bytes) ?? throw new InvalidOperationException("The answer is null.");

    /// <summary>Checks that Studio would show this text, and that a program would find this code.</summary>
    public void ShouldBeInvalid(string code, string text)
    {
        Status.ShouldBe(400, Text);
        Headers["Content-Type"].ShouldStartWith("application/problem+json");
        Node["statusCode"]!.GetValue<int>().ShouldBe(400);
        Node["errors"]!["generalErrors"]!.AsArray().ShouldContain(error => error!.GetValue<string>().Contains(text, StringComparison.Ordinal), Text);
        Node["problems"]!.AsArray().ShouldContain(problem => problem!["code"]!.GetValue<string>() == code, Text);
    }
}
