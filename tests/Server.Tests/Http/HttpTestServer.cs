using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Http;

/// <summary>A server with what tests of workflows over HTTP do with it.</summary>
internal sealed class HttpTestServer : IAsyncDisposable
{
    private readonly TestServer _server;

    private HttpTestServer(TestServer server)
    {
        _server = server;
        Client = server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _server.Services;

    public WorkflowDefinitions Definitions => Services.GetRequiredService<WorkflowDefinitions>();

    public IWorkflowStore Store => Services.GetRequiredService<IWorkflowStore>();

    public WorkflowRuntime Runtime => Services.GetRequiredService<WorkflowRuntime>();

    /// <summary>Time of the server.</summary>
    public SteppingClock Clock => _server.Clock;

    public static HttpTestServer Start(params (string Key, string Value)[] settings) => Start(null, settings);

    /// <summary>Starts a server whose services a test changes first.</summary>
    public static HttpTestServer Start(Action<IServiceCollection>? services, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            // Tests of single workflows do without those that are shipped.
            ["Shipped:Directory"] = "none",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return new HttpTestServer(new TestServer(all, services));
    }

    /// <summary>Starts a server on a store that outlives it.</summary>
    public static HttpTestServer StartOn(IWorkflowStore store) => Start(services => services.AddSingleton(store));

    /// <summary>A client that may do everything.</summary>
    public HttpClient Authorized() => _server.WithApiKey();

    public async Task PublishAsync(string definitionId, string document)
    {
        var result = await TryPublishAsync(definitionId, document);
        if (result is DefinitionResult.Invalid invalid)
            throw new InvalidOperationException(string.Join("; ", invalid.Problems.Select(problem => problem.Message)));
        result.ShouldBeOfType<DefinitionResult.Saved>();
    }

    public ValueTask<DefinitionResult> TryPublishAsync(string definitionId, string document) => Definitions.SaveAsync(
        new DefinitionDraft(document) { DefinitionId = definitionId, Name = definitionId, ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None);

    public async Task<StoredInstance> OnlyInstanceAsync(string definitionId)
    {
        var page = await Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId] }, CancellationToken.None);
        return page.Items.ShouldHaveSingleItem();
    }

    /// <summary>All that the only instance of a definition wrote about its run, incidents included.</summary>
    public async Task<string> LogAsync(string definitionId)
    {
        var bursts = await Store.ReadBurstsAsync((await OnlyInstanceAsync(definitionId)).Id, CancellationToken.None);
        return string.Concat(bursts.Select(burst => System.Text.RegularExpressions.Regex.Unescape(System.Text.Encoding.UTF8.GetString(burst.Log.Span))));
    }

    public async Task<int> CountInstancesAsync(string definitionId) =>
        (await Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId] }, CancellationToken.None)).Items.Count;

    /// <summary>Waits until an instance is stored as somebody wants it.</summary>
    public async Task UntilAsync(string instanceId, Func<StoredInstance, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Store.FindInstanceAsync(instanceId, CancellationToken.None) is not { } instance || !condition(instance))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>Writes small documents.</summary>
internal static class Flow
{
    public static string Of(params JsonObject[] steps) => new JsonObject
    {
        ["root"] = new JsonObject { ["id"] = "root", ["type"] = "Elsa.Sequence", ["activities"] = new JsonArray([.. steps]) },
    }.ToJsonString();

    /// <summary>A flowchart; connections read <c>a:Port -> b</c>, the port may be left out.</summary>
    public static string Chart(JsonObject[] steps, params string[] connections) => new JsonObject
    {
        ["root"] = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. connections.Select(Connection)]),
        },
    }.ToJsonString();

    public static JsonObject Endpoint(string path, string methods = """["GET"]""", string id = "endpoint") => Starts(Step(
        id, "Elsa.HttpEndpoint", ("path", "Literal", path), ("supportedMethods", "Object", methods)));

    public static JsonObject Respond(string? content, string id = "respond", string status = "OK") =>
        Step(id, "Elsa.WriteHttpResponse", ("content", "Literal", content), ("statusCode", "Literal", status));

    /// <summary>Answers with the value of a variable.</summary>
    public static JsonObject RespondWith(string variable, string id = "respond") =>
        Step(id, "Elsa.WriteHttpResponse", ("content", "Variable", new JsonObject { ["id"] = variable, ["name"] = variable }));

    public static JsonObject Step(string id, string type, params (string Name, string Expression, JsonNode? Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type };
        foreach (var (name, expression, value) in inputs)
        {
            step[name] = new JsonObject
            {
                ["typeName"] = "Any",
                ["expression"] = new JsonObject { ["type"] = expression, ["value"] = value?.DeepClone() },
            };
        }

        return step;
    }

    public static JsonObject Starts(JsonObject step)
    {
        step["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return step;
    }

    public static JsonObject With(this JsonObject step, string name, JsonNode value)
    {
        step[name] = value;
        return step;
    }

    public static JsonObject Bind(this JsonObject step, string output, string variable) =>
        step.With(output, new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } });

    /// <summary>Declares variables that are kept with the instance.</summary>
    public static string Variables(this string document, params string[] names)
    {
        var parsed = JsonNode.Parse(document)!.AsObject();
        parsed["variables"] = new JsonArray([.. names.Select(name => new JsonObject
        {
            ["id"] = name,
            ["name"] = name,
            ["typeName"] = "Object",
            ["storageDriverTypeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core",
        })]);
        return parsed.ToJsonString();
    }

    private static JsonNode Connection(string text)
    {
        var ends = text.Split(" -> ");
        var source = ends[0].Split(':');
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1] : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }
}
