using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>
/// Sends what Elsa Studio 3.8.2 was seen to send, and compares the shape of each answer with one that Studio was seen to work with:
/// every member must be there, with a value of the same kind.
/// </summary>
public sealed class CaptureTests : IClassFixture<CaptureTests.SharedServer>
{
    private readonly SharedServer _shared;

    public CaptureTests(SharedServer shared) => _shared = shared;

    public static TheoryData<string> Captures =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Elsa", "Captures");

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Studios_request_gets_an_answer_of_the_shape_that_Studio_reads(string capture)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, capture));
        await using var own = JsonNode.Parse(text)!["request"]!["method"]!.GetValue<string>() == "GET" ? null : new ElsaServer();
        var (server, names) = own is null ? await _shared.GetAsync() : (own, await SeedAsync(own));
        if (capture.Contains("retract", StringComparison.Ordinal))
            await server.PostAsync("/workflow-definitions/order/publish", "{}");
        foreach (var (captured, actual) in names)
            text = text.Replace(captured, actual, StringComparison.Ordinal);
        var request = JsonNode.Parse(text)!["request"]!;
        var expected = JsonNode.Parse(text)!["response"]!;

        var answer = await server.SendAsync(
            HttpMethod.Parse(request["method"]!.GetValue<string>()),
            request["path"]!.GetValue<string>() + request["query"]?.GetValue<string>(),
            request["body"] is { } body ? ElsaServer.Json(body.ToJsonString()) : null);

        answer.Status.ShouldBe(expected["status"]?.GetValue<int>() ?? 200, answer.Text);
        foreach (var (name, _) in expected["headers"]?.AsObject() ?? [])
            answer.Headers.Keys.ShouldContain(name, StringComparer.OrdinalIgnoreCase);
        if (expected["bodyText"] is { } part)
            answer.Text.ShouldContain(part.GetValue<string>());
        if (expected["body"] is { } shape)
            Compare(shape, answer.Node, "$");
    }

    [Fact]
    public void There_are_enough_captures() => Directory.GetFiles(Folder).Length.ShouldBeGreaterThan(35);

    /// <summary>Definitions and instances of the names that the captures use; what gets its own name here is replaced in the captures.</summary>
    private static async Task<Dictionary<string, string>> SeedAsync(ElsaServer server)
    {
        await server.ImportAsync(Documents.Order("hello", "hello-v1", "Hello world", "False"), publish: true);
        var second = await server.PostAsync("/workflow-definitions/import", Documents.Order("hello", "ignored", "Hello world 2"));
        await server.ImportAsync(Documents.Order("order", "order-v1", "Order processing"));
        await server.ImportAsync(Documents.Order("e2fb9002b613c566", "e2fb9002b613c566-v1", "To delete", "False"));
        await server.ImportAsync(Documents.Order("faulty", "faulty-v1", "Faulty", faults: true));
        foreach (var id in (string[])["run-1", "run-2"])
            await server.ExecuteAsync("e2fb9002b613c566", id);
        await server.ExecuteAsync("faulty", "inst-faulted");
        var executions = await server.GetAsync("/activity-executions/list?WorkflowInstanceId=inst-faulted&ActivityNodeId=Workflow1%3Aroot1%3Ad1");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["hello-v2"] = second.Node["id"]!.GetValue<string>(),
            ["inst-faulted-d1-x"] = executions.Node["items"]![0]!["id"]!.GetValue<string>(),
        };
    }

    private static void Compare(JsonNode expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                actual.ShouldBeOfType<JsonObject>(path);
                if (path.EndsWith("customProperties", StringComparison.Ordinal))
                    break;
                foreach (var (name, member) in members)
                {
                    actual.AsObject().ContainsKey(name).ShouldBeTrue($"{path}.{name} is missing");
                    if (member is not null && actual[name] is { } value)
                        Compare(member, value, $"{path}.{name}");
                    else if (member is JsonArray or JsonObject || member?.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                        actual[name].ShouldNotBeNull($"{path}.{name} is null");
                }

                break;
            case JsonArray items:
                actual.ShouldBeOfType<JsonArray>(path);
                if (items.Count > 0 && actual.AsArray() is [{ } first, ..] && !path.EndsWith("activities", StringComparison.Ordinal))
                    Compare(items[0]!, first, path + "[0]");
                break;
            default:
                KindOf(actual).ShouldBe(KindOf(expected), path);
                break;
        }
    }

    private static string? KindOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "Boolean",
        var kind => kind?.ToString(),
    };

    /// <summary>Requests that change nothing share one server.</summary>
    public sealed class SharedServer : IAsyncDisposable
    {
        private readonly ElsaServer _server = new();
        private Task<Dictionary<string, string>>? _seeded;

        public async Task<(ElsaServer Server, Dictionary<string, string> Names)> GetAsync() => (_server, await (_seeded ??= SeedAsync(_server)));

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
